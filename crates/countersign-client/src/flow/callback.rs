//! What a callback says.

use countersign_encoding::form::raw_pairs;
use countersign_encoding::{DecodeError, decode_form_bytes};
use countersign_key::Secret;
use countersign_problem::{ProblemCode, harmless};

use super::SessionState;
use super::state::same;

/// More than any callback has, in bytes.
const LONGEST: usize = 8 * 1024;

const TOKEN: &str = "oauth_token";
const VERIFIER: &str = "oauth_verifier";
/// How X says that the user declined; the value is the token.
const DENIED: &str = "denied";
const PROBLEM: &str = "oauth_problem";

/// The verifier of a callback that belongs to these temporary credentials.
pub(super) fn verifier_of(
    target: &str,
    token: &str,
    state: Option<(&'static str, &SessionState)>,
) -> Result<Secret, CallbackError> {
    let found = Found::read(target, state.map(|(name, _)| name))?;
    if let Some((_, state)) = state
        && !found.state.is_some_and(|theirs| state.matches(&theirs))
    {
        return Err(CallbackError::OtherSession);
    }
    let theirs = found.token.as_deref().or(found.denied.as_deref());
    match (theirs, &found.problem) {
        (Some(theirs), _) if !same(token, theirs) => return Err(CallbackError::OtherToken),
        // Some providers name the problem alone.
        (None, None) => return Err(CallbackError::OtherToken),
        (Some(_), _) | (None, Some(_)) => {}
    }
    match (found.problem, found.denied, found.verifier) {
        (Some(problem), _, _) => Err(CallbackError::refused(&problem)),
        (None, Some(_), _) => Err(CallbackError::Denied),
        // What net.oauth sends when the user declines.
        (None, None, Some(verifier)) if verifier == "denied" => Err(CallbackError::Denied),
        (None, None, Some(verifier)) if !verifier.is_empty() => Ok(Secret::new(verifier)),
        (None, None, _) => Err(CallbackError::NoVerifier),
    }
}

#[derive(Default)]
struct Found {
    token: Option<String>,
    verifier: Option<String>,
    denied: Option<String>,
    problem: Option<String>,
    state: Option<String>,
}

impl Found {
    fn read(target: &str, state_name: Option<&'static str>) -> Result<Self, CallbackError> {
        if target.len() > LONGEST {
            return Err(CallbackError::TooLong);
        }
        let without_fragment = target.split('#').next().unwrap_or_default();
        let query = without_fragment
            .split_once('?')
            .map_or(without_fragment, |(_, query)| query);
        let mut found = Self::default();
        for pair in raw_pairs(query.as_bytes()) {
            let name = text(pair.name())?;
            let (slot, name) = match name.as_str() {
                TOKEN => (&mut found.token, TOKEN),
                VERIFIER => (&mut found.verifier, VERIFIER),
                DENIED => (&mut found.denied, DENIED),
                PROBLEM => (&mut found.problem, PROBLEM),
                other => match state_name {
                    Some(name) if name == other => (&mut found.state, name),
                    Some(_) | None => continue,
                },
            };
            if slot.is_some() {
                return Err(CallbackError::Repeated { name });
            }
            *slot = Some(text(pair.value().unwrap_or_default())?);
        }
        Ok(found)
    }
}

fn text(spelled: &[u8]) -> Result<String, CallbackError> {
    let decoded = decode_form_bytes(spelled).map_err(CallbackError::Encoding)?;
    String::from_utf8(decoded.into_owned()).map_err(|_| CallbackError::NotText)
}

/// Why a callback is not the approval that was waited for. None of these uses the temporary
/// credentials up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// The user declined. That is a normal event.
    #[error("the user declined")]
    Denied,
    /// The query is malformed.
    #[error("the callback can't be decoded")]
    Encoding(#[source] DecodeError),
    /// There is no verifier (RFC 5849 section 2.2).
    #[error("expected an oauth_verifier, found none")]
    NoVerifier,
    /// A value is not UTF-8.
    #[error("expected text in the callback, found other bytes")]
    NotText,
    /// Whoever comes back is not the user who began.
    #[error("expected the state of the session in which this began, found another or none")]
    OtherSession,
    /// The callback is about other temporary credentials.
    #[error("expected a callback for the temporary credentials of this flow, found another")]
    OtherToken,
    /// The provider names a problem.
    #[error("the provider reports {}", harmless(.code.as_str()))]
    Problem {
        /// Its code.
        code: ProblemCode,
    },
    /// Which of two values counts?
    #[error("expected {name} once in the callback, found it twice")]
    Repeated {
        /// Its name.
        name: &'static str,
    },
    /// Longer than any callback is.
    #[error("expected a callback of at most 8192 bytes, found a longer one")]
    TooLong,
}

impl CallbackError {
    fn refused(problem: &str) -> Self {
        let Ok(code) = ProblemCode::parse(problem) else {
            return Self::NoVerifier;
        };
        let declined = [ProblemCode::USER_REFUSED, ProblemCode::PERMISSION_DENIED];
        match code.known() {
            Some(known) if declined.contains(&known) => Self::Denied,
            Some(_) | None => Self::Problem { code },
        }
    }
}
