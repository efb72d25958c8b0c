//! What each cause comes from, as far as the service knows it without any search.

use countersign_base_string::ParametersError;
use countersign_certificate::{Certificate, Validity};
use countersign_clock::{UnixTime, Verdict};
use countersign_doctor::Side;
use countersign_problem::ProblemCode;
use countersign_provider::{BodyFault, Cause, LoginUnavailable, WireError};
use countersign_store::{ConsumerKind, Credential};
use countersign_token::Cause as Why;
use countersign_verify::{Cause as RequestCause, TokenFault};

use super::facts::{Facts, Token};
use super::finding::known;
use super::places;
use super::values::{self, Sent};
use crate::records::RecordedFinding;
use crate::request_id::Known;

/// More certificates are not listed.
const CERTIFICATES: usize = 8;

/// The cause as a finding; `None` where only the signature itself can tell.
#[deny(
    clippy::wildcard_enum_match_arm,
    reason = "every cause that there is needs an explanation"
)]
pub(super) fn explain(
    cause: &Cause,
    facts: &Facts,
    sent: Sent,
    now: UnixTime,
) -> Option<RecordedFinding> {
    match cause {
        Cause::Request(cause) => of_request(cause, facts, now),
        Cause::Token(why) => Some(of_token(*why, facts)),
        Cause::Audit | Cause::Contention | Cause::Random(_) | Cause::Store(_) => {
            Some(known("provider.fault").noting("service", cause.to_string()))
        }
        Cause::Body(BodyFault::TooLong { limit }) => {
            Some(known("hdr.limits").noting("body", format!("longer than {limit} bytes")))
        }
        Cause::Body(BodyFault::TooSlow) => Some(
            known("hdr.limits")
                .saying("the body took longer than a verifier waits")
                .on(Side::Network),
        ),
        Cause::Body(BodyFault::NoRoom) => Some(
            known("provider.fault")
                .saying("there was no room for the body: others had taken it, or needed what a slow one held"),
        ),
        Cause::Body(_) => None,
        Cause::Callback => {
            let registered = facts.consumer.as_ref().map(|it| it.row.callbacks.len());
            let registered = registered.unwrap_or(0);
            Some(known("callback.config").noting(
                "oauth_callback",
                format!("is none of those that are registered, of which there are {registered}"),
            ))
        }
        Cause::Flow { .. } => {
            let kind = facts.consumer.as_ref().map(|it| kind(it.row.kind));
            Some(known("flow.wrong_for_app_type").noting(
                "application",
                format!("is a {} one", kind.unwrap_or("registered")),
            ))
        }
        Cause::Login(LoginUnavailable::Later { .. }) => Some(
            known("consumer.throttled")
                .saying("passwords were tried too often, with this user name or altogether")
                .noting("service", "names no problem: the password may be right"),
        ),
        Cause::Login(_) => Some(known("provider.fault").noting("service", cause.in_full())),
        Cause::Missing { name } => Some(missing(name)),
        Cause::Permission { code, .. } => Some(known(of_permission(code))),
        Cause::Quota { what, limit, .. } => {
            Some(known("consumer.throttled").noting(*what, format!("there are {limit} already")))
        }
        Cause::TooLong { name } => Some(values::too_long(name)),
        Cause::Unacceptable { name } => Some(values::unacceptable(name, sent)),
        Cause::WrongPassword => Some(
            known("permission.denied")
                .saying("the user name or password traded for a token is not accepted")
                .doing(
                    "Have the user type name and password anew; `countersign admin user list` shows who is known, and \
                     `admin user password` sets another.",
                ),
        ),
        Cause::Wire(error) => Some(of_wire(error)),
        // Another version's cause: its name and words are told all the same.
        _ => None,
    }
}

/// What the service noted itself.
pub(super) fn of_known(known: Known) -> RecordedFinding {
    let finding = self::known("permission.role").saying(known.cause().1);
    match known {
        Known::NoRole => finding.doing(
            "Give the user a role of `[access] roles` in an organisation: countersign admin user role.",
        ),
        Known::SeveralOrganisations => finding.doing(
            "Let the user connect the application on the pages, where the organisation is chosen: a name and a \
             password can't say which is meant.",
        ),
    }
}

const fn kind(kind: ConsumerKind) -> &'static str {
    match kind {
        ConsumerKind::Public => "public",
        ConsumerKind::Private => "private",
        ConsumerKind::Partner => "partner",
        _ => "registered",
    }
}

fn missing(name: &'static str) -> RecordedFinding {
    let (code, other) = match name {
        "oauth_callback" => ("callback.config", "hdr.param_absent"),
        "oauth_body_hash" => ("bodyhash.missing", "hdr.param_absent"),
        _ => ("hdr.param_absent", "hdr.param_name_typo"),
    };
    known(code)
        .noting(name, "is needed here, and not there")
        .or_else(other)
}

fn of_permission(code: &ProblemCode) -> &'static str {
    match code.as_str() {
        "consumer_key_refused" => "consumer.throttled",
        "permission_unknown" => "permission.undecided",
        _ => "permission.denied",
    }
}

fn of_wire(error: &WireError) -> RecordedFinding {
    match error {
        WireError::ContentTypeTwice { .. } => known("hdr.malformed")
            .saying("the request has several Content-Type fields")
            .noting(
                "Content-Type",
                "which one counts decides whether the body is signed",
            ),
        WireError::Forwarded(_) => known("hdr.malformed")
            .saying("a proxy in front of the service forwards an origin that is none")
            .on(Side::Network),
        WireError::NotText { name, offset } => known("hdr.malformed")
            .saying("a field that is signed holds other bytes than text")
            .noting(
                *name,
                format!("other bytes than text from byte {offset} on"),
            ),
        WireError::Method(_) => {
            known("method.mismatch").saying("the HTTP method is none that can be signed")
        }
        _ => known("uri.malformed").saying("the request target is none that can be signed"),
    }
}

fn of_token(why: Why, facts: &Facts) -> RecordedFinding {
    let finding = match why {
        Why::RevokedByAdministrator => known("token.revoked")
            .saying("an administrator of this service ended the authorisation, or removed the application")
            .doing("See in the audit trail when, and ask the administrators why; then the user may connect again."),
        Why::RevokedByUser => known("token.revoked"),
        Why::RoleChanged => known("token.role_changed")
            .saying("the role of the user who connected the application no longer allows it"),
        Why::UserRemoved => known("token.role_changed")
            .saying("the user who connected the application was removed from the organisation"),
        Why::Replaced => known("token.replaced"),
        Why::Superseded => known("token.renewal_stale")
            .saying("the token had been replaced by a newer one in a renewal"),
        Why::Expired => known("token.expired"),
        Why::AuthorizationExpired => known("token.expired")
            .saying("the whole authorisation is over: the user has to give it again"),
        Why::Burnt => known("token.used")
            .saying("the temporary credentials were burnt by too many wrong verifiers"),
        Why::Used => known("token.used"),
        Why::WrongKind => wrong_kind(&facts.token),
        Why::WrongVerifier => values::wrong_verifier(),
        Why::Undecided => known("permission.undecided"),
        Why::Denied => known("permission.denied").saying("the user refused the application"),
        Why::NotRenewable => known("flow.wrong_for_app_type")
            .saying("the token was issued without a session and can't be renewed"),
        Why::Foreign => {
            known("token.unknown").saying("the token was issued for another authorisation")
        }
        Why::Unissued => known("provider.fault")
            .saying("the token is newer than any the service knows: its store was set back"),
    };
    let told = facts.of_token(why);
    told.into_iter()
        .fold(finding, |finding, (what, note)| finding.noting(what, note))
}

/// Which kind of token came shows which one was due.
fn wrong_kind(token: &Token) -> RecordedFinding {
    let finding = known("token.wrong_type");
    match token {
        Token::Temporary(_) => finding
            .saying("the temporary token of the first step was sent where an access token is due")
            .doing("Store the token and secret of the exchange's answer, and use those."),
        Token::Access(..) => finding
            .saying("an access token was sent where the temporary token of the first step is due")
            .doing(
                "Exchange temporary credentials once; an access token is renewed with its oauth_session_handle, which \
                 was not sent.",
            ),
        Token::None => finding,
    }
}

fn of_request(cause: &RequestCause, facts: &Facts, now: UnixTime) -> Option<RecordedFinding> {
    let finding = match cause {
        // Only the signature itself can tell.
        RequestCause::SignatureMismatch
        | RequestCause::SignatureSyntax(_)
        | RequestCause::BodyHashMismatch => return None,
        RequestCause::NoLiveCertificate { .. } => certificates(facts, now),
        RequestCause::TimestampRefused { verdict, .. } => timestamp(*verdict),
        RequestCause::MethodNotAllowed {
            rsa_without_certificate,
        } => method(*rsa_without_certificate, facts),
        RequestCause::PlaintextWithoutTls => known("sig.method_unsupported")
            .saying("PLAINTEXT shows the secrets to the net, and is only taken over https"),
        RequestCause::ConsumerUnknown => known("consumer.unknown").or_else("env.mismatch"),
        RequestCause::ConsumerRejected => known("consumer.rejected"),
        RequestCause::ConsumerRefused { .. } => known("consumer.throttled"),
        RequestCause::NonceUsed => known("nonce.reuse"),
        RequestCause::NonceQuota { retry_after } => known("consumer.throttled").noting(
            "oauth_nonce",
            format!("the application has as many live ones as it may have, for {retry_after} s"),
        ),
        RequestCause::NonceUnavailable { .. } => {
            known("provider.fault").noting("service", cause.to_string())
        }
        RequestCause::Token(TokenFault::NotProvided) => missing("oauth_token"),
        RequestCause::Token(TokenFault::Foreign) => known("token.unknown")
            .saying("the token was issued to another application")
            .or_else("env.mismatch"),
        RequestCause::Token(_) => known("token.unknown").or_else("env.mismatch"),
        RequestCause::Absent { names } => {
            let (first, rest) = names.split_first()?;
            let finding = missing(first);
            rest.iter().fold(finding, |finding, name| {
                finding.noting(*name, "is needed here, and not there")
            })
        }
        RequestCause::NotOAuth => known("hdr.absent").or_else("hdr.stripped"),
        RequestCause::AuthorizationTwice { .. } => known("hdr.duplicated"),
        RequestCause::Duplicated { names } => {
            let known_names = names.iter().filter_map(|name| places::protocol_name(name));
            known_names.fold(known("hdr.param_duplicated"), |finding, name| {
                finding.noting(name, "occurs more than once")
            })
        }
        RequestCause::Placement { places } => places
            .iter()
            .fold(known("hdr.param_location"), |finding, place| {
                finding.noting(place.to_string(), "holds protocol parameters")
            }),
        RequestCause::Version => known("protocol.version"),
        RequestCause::Malformed { name, expected } => values::malformed(name, expected),
        RequestCause::NotUtf8 { names } => {
            names.iter().fold(known("enc.not_utf8"), |finding, name| {
                finding.noting(*name, "is not text in UTF-8")
            })
        }
        RequestCause::TimestampSyntax(_) => {
            known("time.malformed").noting("oauth_timestamp", "is no decimal number of seconds")
        }
        RequestCause::BodyHashOnForm => known("bodyhash.on_form"),
        RequestCause::Unreadable(error) => unreadable(error),
        _ => return None,
    };
    Some(finding)
}

fn unreadable(error: &ParametersError) -> RecordedFinding {
    if error.is_limit() {
        return known("hdr.limits").noting("request", error.to_string());
    }
    match error {
        ParametersError::Authorization(error) => known("hdr.malformed").noting(
            "Authorization",
            format!("can't be read from byte {} on", error.offset()),
        ),
        ParametersError::AmbiguousAuthorization { .. } => known("hdr.duplicated"),
        ParametersError::Encoding { place, offset, .. } => known("enc.malformed").noting(
            place.to_string(),
            format!("can't be decoded at byte {offset}"),
        ),
        _ => known("hdr.malformed"),
    }
}

/// A day.
const DAY: u64 = 86_400;

/// How far off a clock is: in seconds as long as these say something, since whoever sends a
/// timestamp may write anything into it.
fn distance(seconds: u64) -> String {
    match seconds {
        0..DAY => format!("{seconds} s"),
        seconds if seconds < DAY.saturating_mul(400) => {
            format!("{} d", seconds.checked_div(DAY).unwrap_or(0))
        }
        _ => "more than a year".to_owned(),
    }
}

fn timestamp(verdict: Verdict) -> RecordedFinding {
    let finding = known("time.skew");
    let (by, limit, side) = match verdict {
        Verdict::TooOld { by, limit } => (by, limit, "before"),
        Verdict::TooNew { by, limit } => (by, limit, "after"),
        Verdict::Accepted { .. } => return finding,
    };
    let off = distance(by.saturating_add(u64::from(limit)));
    finding.showing(
        "oauth_timestamp",
        format!("{off} {side} the service's clock"),
        format!("at most {limit} s {side} it"),
    )
}

fn method(rsa_without_certificate: bool, facts: &Facts) -> RecordedFinding {
    let Some(consumer) = &facts.consumer else {
        return known("sig.method_unsupported");
    };
    let row = &consumer.row;
    let kind = match &row.credential {
        Credential::Secret(_) => "a secret: it signs with HMAC",
        Credential::Certificates(_) => "certificates: it signs with RSA",
    };
    let code = if rsa_without_certificate {
        "rsa.no_certificate"
    } else {
        "sig.method_required"
    };
    let finding = known(code)
        .noting("application", format!("is registered with {kind}"))
        .or_else("sig.method_required");
    if row.methods.is_empty() {
        return finding;
    }
    finding.noting(
        "application",
        format!("is pinned to {}", row.methods.join(", ")),
    )
}

/// Which certificates are registered, and why none of them counts.
fn certificates(facts: &Facts, now: UnixTime) -> RecordedFinding {
    let registered: &[Certificate] = match facts.consumer.as_ref().map(|it| &it.row.credential) {
        Some(Credential::Certificates(certificates)) => certificates,
        _ => &[],
    };
    let states = || {
        registered
            .iter()
            .map(|certificate| certificate.validity(now))
    };
    let code = if registered.is_empty() {
        "rsa.no_certificate"
    } else if states().any(|state| matches!(state, Validity::Live { .. })) {
        "rsa.weak_key"
    } else if states().all(|state| matches!(state, Validity::NotYet { .. })) {
        "rsa.certificate_not_yet_valid"
    } else {
        "rsa.certificate_expired"
    };
    listed(known(code), registered, now)
}

/// The registered certificates by their fingerprints, with their dates.
pub(super) fn listed(
    finding: RecordedFinding,
    registered: &[Certificate],
    now: UnixTime,
) -> RecordedFinding {
    let shown = registered.iter().take(CERTIFICATES);
    shown.fold(finding, |finding, certificate| {
        let (from, until) = (certificate.not_before(), certificate.not_after());
        let state = match certificate.validity(now) {
            Validity::Live { .. } => format!("valid until {}", until.rfc3339()),
            Validity::Expired { .. } => format!("expired {}", until.rfc3339()),
            Validity::NotYet { .. } => format!("not valid before {}", from.rfc3339()),
        };
        let print = certificate.sha256_fingerprint();
        finding.noting(
            "registered certificate",
            format!("{state}; SHA-256 {print}"),
        )
    })
}
