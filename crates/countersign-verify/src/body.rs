//! The check of `oauth_body_hash` (Request Body Hash draft, sections 3 and 4).

use countersign_base_string::Request;
use countersign_signature::body_hash::Streamed;
use countersign_signature::{Hash, Method, body_hash};

use crate::check::CheckId;
use crate::examine::State;
use crate::policy::{BodyHashRule, BodyHashWith, Policy};
use crate::refusal::Cause;

/// How the body of a verified request is covered by its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyCoverage {
    /// There is no body, and no hash was sent.
    Empty,
    /// A form, signed by its parameters.
    Form,
    /// Signed by `oauth_body_hash`.
    Hashed,
    /// `oauth_body_hash` is signed, but the body was not read yet: it is covered once it has been
    /// read to its end and has that hash.
    Pending,
    /// Not signed: anyone on the way may have changed it. A body that was not read may yet be empty.
    Unsigned,
}

/// The hash that `oauth_body_hash` is due in; PLAINTEXT has none of its own and takes SHA-1.
pub(crate) fn due_hash(method: &Method, policy: &Policy) -> Hash {
    match policy.body_hash_made_with() {
        BodyHashWith::Method => method.hash().unwrap_or(Hash::Sha1),
        BodyHashWith::Always(hash) => hash,
    }
}

pub(crate) fn check(state: &mut State<'_>, method: &Method) -> Result<(), Cause> {
    let (request, policy) = (state.request, state.policy);
    let is_form = is_signed_form(request, policy);
    let unsigned = covers_nothing(request, is_form, method, policy)?;
    let coverage = match state.claims.body_hash() {
        Some(_) if is_form => return Err(Cause::BodyHashOnForm),
        Some(sent) => {
            body_hash::check(due_hash(method, policy), request.body(), sent)
                .map_err(|_| Cause::BodyHashMismatch)?;
            state.trail.passed(CheckId::BodyHash);
            BodyCoverage::Hashed
        }
        None => {
            let coverage = if is_form {
                BodyCoverage::Form
            } else if request.body().is_empty() {
                BodyCoverage::Empty
            } else if policy.body_hash() == BodyHashRule::Required {
                return Err(Cause::Absent {
                    names: vec!["oauth_body_hash"],
                });
            } else {
                BodyCoverage::Unsigned
            };
            state.trail.not_applicable(CheckId::BodyHash);
            coverage
        }
    };
    state.body = unsigned.or(Some(coverage));
    Ok(())
}

/// Whether the body is a form whose pairs are signed.
fn is_signed_form(request: &Request<'_>, policy: &Policy) -> bool {
    request.is_form_body() && !policy.is_raw_protocol()
}

/// PLAINTEXT signs neither parameters nor hashes (RFC 5849 section 3.4.4): a body is unsigned,
/// whatever stands beside it, and no good where it has to be signed.
fn covers_nothing(
    request: &Request<'_>,
    is_form: bool,
    method: &Method,
    policy: &Policy,
) -> Result<Option<BodyCoverage>, Cause> {
    if !method.is_plaintext() || request.body().is_empty() {
        return Ok(None);
    }
    if policy.body_hash() == BodyHashRule::Required && !is_form {
        return Err(Cause::MethodNotAllowed {
            rsa_without_certificate: false,
        });
    }
    Ok(Some(BodyCoverage::Unsigned))
}

/// The same for a body that is read later; only a form was read.
pub(crate) fn check_head(state: &mut State<'_>, method: &Method) -> Result<(), Cause> {
    let policy = state.policy;
    if is_signed_form(state.request, policy) {
        return check(state, method);
    }
    let is_required = policy.body_hash() == BodyHashRule::Required;
    let coverage = match state.claims.body_hash() {
        // Its hash would say nothing, and the body was not read.
        _ if method.is_plaintext() => {
            if is_required {
                return Err(Cause::MethodNotAllowed {
                    rsa_without_certificate: false,
                });
            }
            state.trail.not_applicable(CheckId::BodyHash);
            BodyCoverage::Unsigned
        }
        Some(sent) => {
            let due = Streamed::new(due_hash(method, policy), sent)
                .map_err(|_| Cause::BodyHashMismatch)?;
            state.due = Some(Box::new(due));
            BodyCoverage::Pending
        }
        None if is_required => {
            return Err(Cause::Absent {
                names: vec!["oauth_body_hash"],
            });
        }
        None => {
            state.trail.not_applicable(CheckId::BodyHash);
            BodyCoverage::Unsigned
        }
    };
    state.body = Some(coverage);
    Ok(())
}
