//! What the caller is told: one total function from a cause to status, problem and advice.

use countersign_base_string::{ParametersError, Place};
use countersign_clock::AcceptableRange;
use countersign_problem::{Problem, ProblemCode, TimestampRange, VersionRange};

use crate::refusal::{Cause, NAMES_LISTED, Refusal};
use crate::token::TokenFault;

/// The answer to a refused request: a status and, for faults of the caller, a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The problem; none for a bare challenge, for limits and for our own faults.
    pub problem: Option<Problem>,
    /// Seconds for `Retry-After`, where waiting helps.
    pub retry_after: Option<u32>,
}

impl Answer {
    fn problem(problem: Problem) -> Self {
        Self {
            status: problem.status(),
            problem: Some(problem),
            retry_after: None,
        }
    }

    fn bare(status: u16) -> Self {
        Self {
            status,
            problem: None,
            retry_after: None,
        }
    }

    fn coded(code: ProblemCode) -> Self {
        Self::problem(Problem::new(code))
    }

    fn advised(code: ProblemCode, advice: impl Into<String>) -> Self {
        Self::problem(Problem::new(code).with_advice(advice))
    }

    fn rejected<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self::problem(names.into_iter().take(NAMES_LISTED).fold(
            Problem::new(ProblemCode::PARAMETER_REJECTED),
            |problem, name| problem.with_parameter_rejected(name, None),
        ))
    }
}

const NO_CERTIFICATE: &str = "No certificates have been registered for the consumer";
const INVALID: &str = "Failed to validate signature";
const NOT_AUTHORIZED: &str =
    "The access token has not been authorized, or has been revoked by the user";

fn wire_range(range: AcceptableRange) -> TimestampRange {
    let clamp = |seconds: i64| u64::try_from(seconds).unwrap_or(0);
    TimestampRange::new(clamp(range.low().seconds()), clamp(range.high().seconds()))
}

impl Refusal {
    /// What the caller is told (explicit mode, the purpose of Problem Reporting).
    ///
    /// A request without any OAuth parameter gets a bare challenge; limits and faults of our own
    /// never carry a problem, so that no client throws a token away for them.
    #[must_use]
    pub fn answer(&self) -> Answer {
        answer_to(self.cause())
    }
}

/// What the caller is told for a cause, where a provider refuses by one of its own findings.
#[must_use]
#[deny(
    clippy::wildcard_enum_match_arm,
    reason = "every cause needs an answer of its own"
)]
pub fn answer_to(cause: &Cause) -> Answer {
    match cause {
        Cause::NotOAuth => Answer::bare(401),
        Cause::Unreadable(error) if error.is_limit() => {
            let in_header = matches!(
                error,
                ParametersError::TooLong {
                    place: Place::Header,
                    ..
                }
            );
            Answer::bare(if in_header { 431 } else { 413 })
        }
        Cause::Unreadable(_) => Answer::coded(ProblemCode::PARAMETER_REJECTED),
        Cause::AuthorizationTwice { .. } => Answer::coded(ProblemCode::PARAMETER_REJECTED),
        Cause::Placement { .. } => Answer::coded(ProblemCode::PARAMETER_REJECTED),
        Cause::Duplicated { names } => Answer::rejected(names.iter().map(String::as_str)),
        Cause::Absent { names } => Answer::problem(names.iter().fold(
            Problem::new(ProblemCode::PARAMETER_ABSENT),
            |problem, name| problem.with_parameter_absent(*name),
        )),
        Cause::NotUtf8 { names } => Answer::rejected(names.iter().copied()),
        Cause::Malformed { name, .. } => Answer::rejected([*name]),
        Cause::TimestampSyntax(_) => Answer::rejected(["oauth_timestamp"]),
        Cause::Version => Answer::problem(
            Problem::new(ProblemCode::VERSION_REJECTED)
                .with_acceptable_versions(VersionRange::ONLY_1_0),
        ),
        Cause::TimestampRefused { verdict, range } => {
            let problem = Problem::new(ProblemCode::TIMESTAMP_REFUSED)
                .with_acceptable_timestamps(wire_range(*range));
            Answer::problem(match verdict.advice() {
                Some(advice) => problem.with_advice(advice),
                None => problem,
            })
        }
        Cause::ConsumerUnknown => Answer::coded(ProblemCode::CONSUMER_KEY_UNKNOWN),
        Cause::ConsumerRejected => Answer::coded(ProblemCode::CONSUMER_KEY_REJECTED),
        Cause::ConsumerRefused { retry_after } | Cause::NonceQuota { retry_after } => Answer {
            retry_after: Some(*retry_after),
            ..Answer::coded(ProblemCode::CONSUMER_KEY_REFUSED)
        },
        Cause::MethodNotAllowed {
            rsa_without_certificate: true,
        }
        | Cause::NoLiveCertificate { .. } => {
            Answer::advised(ProblemCode::SIGNATURE_METHOD_REJECTED, NO_CERTIFICATE)
        }
        Cause::MethodNotAllowed { .. } | Cause::PlaintextWithoutTls => {
            Answer::coded(ProblemCode::SIGNATURE_METHOD_REJECTED)
        }
        Cause::Token(fault) => token(fault),
        Cause::BodyHashOnForm => Answer::rejected(["oauth_body_hash"]),
        Cause::BodyHashMismatch | Cause::SignatureMismatch | Cause::SignatureSyntax(_) => {
            Answer::advised(ProblemCode::SIGNATURE_INVALID, INVALID)
        }
        Cause::NonceUsed => Answer::coded(ProblemCode::NONCE_USED),
        Cause::NonceUnavailable { retry_after } => Answer {
            retry_after: Some(*retry_after),
            ..Answer::bare(503)
        },
    }
}

fn token(fault: &TokenFault) -> Answer {
    let (code, advice) = match fault {
        TokenFault::NotAuthorized => (ProblemCode::TOKEN_REJECTED, NOT_AUTHORIZED.to_owned()),
        TokenFault::Unknown | TokenFault::Foreign => (
            ProblemCode::TOKEN_REJECTED,
            "The access token is not valid".to_owned(),
        ),
        TokenFault::ExpectedRequestToken { presented } => (
            ProblemCode::TOKEN_REJECTED,
            format!("Token {presented} does not match an expected REQUEST token"),
        ),
        TokenFault::ExpectedAccessToken { presented } => (
            ProblemCode::TOKEN_REJECTED,
            format!("Token {presented} does not match an expected ACCESS token"),
        ),
        TokenFault::Expired => (
            ProblemCode::TOKEN_EXPIRED,
            "The access token has expired".to_owned(),
        ),
        TokenFault::NotProvided => (
            ProblemCode::TOKEN_REJECTED,
            "Token has not been provided".to_owned(),
        ),
        TokenFault::Undecided => return Answer::coded(ProblemCode::PERMISSION_UNKNOWN),
        TokenFault::Denied | TokenFault::Ended => {
            return Answer::coded(ProblemCode::PERMISSION_DENIED);
        }
        TokenFault::Used => return Answer::coded(ProblemCode::TOKEN_USED),
    };
    Answer::advised(code, advice)
}
