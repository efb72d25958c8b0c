//! The check of `oauth_body_hash` (Request Body Hash draft, sections 3 and 4).

use countersign_base_string::Request;
use countersign_signature::body_hash::Streamed;
use countersign_signature::{Hash, Method, body_hash};

use crate::check::{CheckId, Trail};
use crate::claims::Claims;
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
    /// Not signed: anyone on the way may have changed it.
    Unsigned,
}

/// The hash that `oauth_body_hash` is due in; PLAINTEXT has none of its own and takes SHA-1.
pub(crate) fn due_hash(method: &Method, policy: &Policy) -> Hash {
    match policy.body_hash_made_with() {
        BodyHashWith::Method => method.hash().unwrap_or(Hash::Sha1),
        BodyHashWith::Always(hash) => hash,
    }
}

pub(crate) fn check(
    request: &Request<'_>,
    claims: &Claims<'_>,
    method: &Method,
    policy: &Policy,
    trail: &mut Trail,
) -> Result<BodyCoverage, Cause> {
    let is_form = request.is_form_body();
    let unsigned = covers_nothing(request, method, policy)?;
    match claims.body_hash() {
        Some(_) if is_form => Err(Cause::BodyHashOnForm),
        Some(sent) => {
            body_hash::check(due_hash(method, policy), request.body(), sent)
                .map_err(|_| Cause::BodyHashMismatch)?;
            trail.passed(CheckId::BodyHash);
            Ok(unsigned.unwrap_or(BodyCoverage::Hashed))
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
            trail.not_applicable(CheckId::BodyHash);
            Ok(unsigned.unwrap_or(coverage))
        }
    }
}

/// PLAINTEXT signs neither parameters nor hashes (RFC 5849 section 3.4.4): a body is unsigned,
/// whatever stands beside it, and no good where it has to be signed.
fn covers_nothing(
    request: &Request<'_>,
    method: &Method,
    policy: &Policy,
) -> Result<Option<BodyCoverage>, Cause> {
    if !method.is_plaintext() || request.body().is_empty() {
        return Ok(None);
    }
    if policy.body_hash() == BodyHashRule::Required && !request.is_form_body() {
        return Err(Cause::MethodNotAllowed {
            rsa_without_certificate: false,
        });
    }
    Ok(Some(BodyCoverage::Unsigned))
}

/// The same for a body that is read later; only a form was read.
pub(crate) fn check_head(
    request: &Request<'_>,
    claims: &Claims<'_>,
    method: &Method,
    policy: &Policy,
    trail: &mut Trail,
) -> Result<(BodyCoverage, Option<Box<Streamed>>), Cause> {
    match claims.body_hash() {
        // Its hash would say nothing, and the body was not read.
        _ if method.is_plaintext() && !request.is_form_body() => {
            if policy.body_hash() == BodyHashRule::Required {
                return Err(Cause::MethodNotAllowed {
                    rsa_without_certificate: false,
                });
            }
            trail.not_applicable(CheckId::BodyHash);
            Ok((BodyCoverage::Unsigned, None))
        }
        Some(sent) if !request.is_form_body() => {
            let due = Streamed::new(due_hash(method, policy), sent)
                .map_err(|_| Cause::BodyHashMismatch)?;
            Ok((BodyCoverage::Pending, Some(Box::new(due))))
        }
        None if !request.is_form_body() && policy.body_hash() == BodyHashRule::Required => {
            Err(Cause::Absent {
                names: vec!["oauth_body_hash"],
            })
        }
        None if !request.is_form_body() => {
            trail.not_applicable(CheckId::BodyHash);
            Ok((BodyCoverage::Unsigned, None))
        }
        _ => check(request, claims, method, policy, trail).map(|coverage| (coverage, None)),
    }
}
