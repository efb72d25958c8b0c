//! The whole pipeline in one call, without stores.

use countersign_base_string::Request;
use countersign_clock::{UnixTime, Verdict};

use crate::check::{Check, CheckId, Outcome, Trail};
use crate::claims::Claims;
use crate::examine::examine;
use crate::keys::{Consumer, ConsumerLookup, Token, TokenLookup};
use crate::policy::Policy;
use crate::proof::Proven;
use crate::refusal::{Cause, Refusal};

/// What [`verify`] came to: every check, and proof or refusal.
#[derive(Debug)]
pub struct Report<'a> {
    claims: Claims<'static>,
    verdict: Option<Verdict>,
    failures: Vec<Cause>,
    outcome: Result<Proven<'a>, Refusal>,
}

/// Runs the whole pipeline, as far as it goes without stores, on one request.
///
/// `consumer` and `token` are the candidate keys: the caller says that they are the ones the
/// request names. The state of the token and the nonce are not checked; they need stores.
///
/// ```
/// use countersign_base_string::{Request, Uri};
/// use countersign_clock::UnixTime;
/// use countersign_key::Secret;
/// use countersign_verify::{Consumer, Policy, Token, verify};
///
/// // RFC 5849 section 1.2: the photo request.
/// let uri = Uri::parse("http://photos.example.net/photos?file=vacation.jpg&size=original")?;
/// let request = Request::new("GET", uri)?.with_authorization(
///     "OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", \
///      oauth_token=\"nnch734d00sl2jdk\", oauth_signature_method=\"HMAC-SHA1\", \
///      oauth_timestamp=\"137131202\", oauth_nonce=\"chapoH\", \
///      oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"",
/// );
/// let (secret, token_secret) =
///     (Secret::new("kd94hf93k423kf44"), Secret::new("pfkkdhi9sl3r4s00"));
/// let now = UnixTime::from_seconds(137_131_202);
/// let policy = Policy::default();
/// let report = verify(
///     &request,
///     Consumer::secret(&secret),
///     Some(Token::new(&token_secret)),
///     now,
///     &policy,
/// );
/// assert!(report.outcome().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn verify<'a>(
    request: &'a Request<'a>,
    consumer: Consumer<'_>,
    token: Option<Token<'_>>,
    now: UnixTime,
    policy: &'a Policy,
) -> Report<'a> {
    let examination = examine(request, now, policy);
    let claims = examination.claims().clone().into_owned();
    let verdict = examination.verdict().copied();
    let failures = examination.failures().to_vec();
    let outcome = examination
        .admit()
        .and_then(|admitted| admitted.with_consumer(ConsumerLookup::Known(consumer)))
        .and_then(|keyed| {
            let lookup = match token {
                Some(token) if keyed.token().is_some() => TokenLookup::Known(token),
                None if keyed.token().is_some() => TokenLookup::Unknown,
                _ => TokenLookup::NotSent,
            };
            keyed.with_token(lookup)
        })
        .and_then(crate::pipeline::Bound::verify);
    Report {
        claims,
        verdict,
        failures,
        outcome,
    }
}

impl<'a> Report<'a> {
    /// Proof that the signature is right, or the refusal.
    ///
    /// # Errors
    ///
    /// The first failure in the order of the pipeline.
    pub fn outcome(&self) -> Result<&Proven<'a>, &Refusal> {
        self.outcome.as_ref()
    }

    /// Proof that the signature is right, or the refusal.
    ///
    /// # Errors
    ///
    /// The first failure in the order of the pipeline.
    pub fn into_outcome(self) -> Result<Proven<'a>, Refusal> {
        self.outcome
    }

    /// What the request claims of itself; empty when it can't be read.
    #[must_use]
    pub fn claims(&self) -> &Claims<'static> {
        &self.claims
    }

    /// What each check came to.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        match &self.outcome {
            Ok(proven) => proven.trail(),
            Err(refusal) => refusal.trail(),
        }
    }

    /// Every check in the order of the pipeline, with its facts for a person.
    #[must_use]
    pub fn checks(&self) -> Vec<Check> {
        self.trail()
            .iter()
            .map(|(id, outcome)| Check {
                id,
                outcome,
                detail: self.detail(id, outcome),
            })
            .collect()
    }

    fn cause_of(&self, id: CheckId) -> Option<&Cause> {
        let refused = self.outcome.as_ref().err().map(Refusal::cause);
        self.failures
            .iter()
            .chain(refused)
            .find(|cause| cause.check() == id)
    }

    fn detail(&self, id: CheckId, outcome: Outcome) -> String {
        match outcome {
            Outcome::Failed => self.cause_of(id).map(Cause::in_full).unwrap_or_default(),
            Outcome::NotRun => match id {
                CheckId::TokenState | CheckId::Nonce => "needs the provider's store".to_owned(),
                _ => "not run after an earlier failure".to_owned(),
            },
            Outcome::NotApplicable => not_applicable(id).to_owned(),
            Outcome::Passed => self.passed(id),
        }
    }

    fn passed(&self, id: CheckId) -> String {
        let claims = &self.claims;
        match id {
            CheckId::Limits => "sizes and counts within the limits".to_owned(),
            CheckId::Grammar => "readable, correctly encoded".to_owned(),
            CheckId::Placement => "all oauth_ parameters in one place".to_owned(),
            CheckId::Duplicates => "no oauth_ parameter twice".to_owned(),
            CheckId::Required => "complete".to_owned(),
            CheckId::Version => "1.0".to_owned(),
            CheckId::Syntax => "timestamp and nonce well formed".to_owned(),
            CheckId::Window => match self.verdict {
                Some(Verdict::Accepted { difference }) => window_detail(difference),
                _ => String::new(),
            },
            CheckId::Consumer => "key at hand".to_owned(),
            CheckId::Method => {
                format!(
                    "{}, fits the kind of key",
                    claims.signature_method().unwrap_or_default()
                )
            }
            CheckId::Certificate => "live now".to_owned(),
            CheckId::TokenBinding => "secret at hand".to_owned(),
            CheckId::BodyHash => "equals the hash of the body".to_owned(),
            CheckId::Signature => "equals the one computed".to_owned(),
            CheckId::TokenState => "usable".to_owned(),
            CheckId::Nonce => "new".to_owned(),
        }
    }
}

fn window_detail(difference: i64) -> String {
    let distance = difference.unsigned_abs();
    match difference.signum() {
        -1 => format!("{distance} s before the verifier's clock"),
        1 => format!("{distance} s after the verifier's clock"),
        _ => "equal to the verifier's clock".to_owned(),
    }
}

fn not_applicable(id: CheckId) -> &'static str {
    match id {
        CheckId::Version => "not sent, 1.0 is meant",
        CheckId::Window => "no readable timestamp",
        CheckId::Certificate => "not an RSA method, or a prepared key",
        CheckId::TokenBinding => "no token sent",
        CheckId::BodyHash => "no body hash sent",
        _ => "does not apply",
    }
}
