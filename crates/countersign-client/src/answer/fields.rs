//! The pairs of an answer that is a form, each name once.

use countersign_dialect::Provider;
use countersign_encoding::form::raw_pairs;
use countersign_encoding::{DecodeError, decode_form_bytes};
use countersign_problem::{Found, Grounds};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use super::{AnswerError, MAX_ANSWER, Refused};
use crate::look::is_coded;
use crate::refusal::{found, found_in_a_step, speaks_for_the_provider, text};

/// More pairs than any answer has.
const MAX_PAIRS: usize = 128;

/// Types that a form is never sent as; with all others providers are too careless to be believed.
const OTHER_TYPES: [&str; 3] = ["application/json", "application/xml", "text/xml"];

pub(super) struct Fields {
    pairs: Vec<(String, String)>,
}

impl Fields {
    /// Reads the body of an answer with a status of success; anything else is an error that says
    /// what the answer was instead.
    pub(super) fn read<B: AsRef<[u8]>>(
        response: &http::Response<B>,
        row: Option<&Provider>,
    ) -> Result<Self, AnswerError> {
        let body = response.body().as_ref();
        let headers = response.headers();
        let status = response.status();
        let is_long = body.len() > MAX_ANSWER;
        if status.is_redirection() {
            return Err(AnswerError::Redirected {
                status: status.as_u16(),
            });
        }
        if !status.is_success() {
            return Err(match is_long {
                // A page of whoever is in between.
                true => AnswerError::Fault {
                    status: status.as_u16(),
                },
                false => refusal(status, headers, body),
            });
        }
        if is_long {
            return Err(AnswerError::TooLong);
        }
        check_transfer(headers, body)?;
        if let Some(refused) = declared(row, status, headers, body) {
            return Err(AnswerError::Refused(Box::new(refused)));
        }
        check_type(headers, body)?;
        let pairs = read_pairs(body.trim_ascii())?;
        for (index, (name, _)) in pairs.iter().enumerate() {
            let before = pairs.get(..index).unwrap_or_default();
            if name.starts_with("oauth_") && before.iter().any(|(other, _)| other == name) {
                return Err(AnswerError::Repeated { name: name.clone() });
            }
        }
        Ok(Self { pairs })
    }

    /// Takes the value of a name out.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let index = self.pairs.iter().position(|(other, _)| other == name)?;
        Some(self.pairs.remove(index).1)
    }

    /// What nobody took.
    pub(super) fn rest(self) -> Vec<(String, String)> {
        self.pairs
    }
}

fn read_pairs(body: &[u8]) -> Result<Vec<(String, String)>, AnswerError> {
    let mut pairs = Vec::new();
    for pair in raw_pairs(body) {
        if pairs.len() >= MAX_PAIRS {
            return Err(AnswerError::TooLong);
        }
        let name = decoded(pair.name())?;
        let value = decoded(pair.value().unwrap_or_default())?;
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn decoded(spelled: &[u8]) -> Result<String, AnswerError> {
    let decoded =
        decode_form_bytes(spelled).map_err(|error: DecodeError| AnswerError::Encoding(error))?;
    let text = String::from_utf8(decoded.into_owned()).map_err(|_| AnswerError::NoForm)?;
    if text.chars().any(char::is_control) {
        return Err(AnswerError::NoForm);
    }
    Ok(text)
}

/// What was sent is all there, and as it is: nothing is inflated here.
fn check_transfer(headers: &HeaderMap, body: &[u8]) -> Result<(), AnswerError> {
    if is_coded(headers) {
        return Err(AnswerError::Compressed);
    }
    let promised = text(headers, &CONTENT_LENGTH).map(str::parse::<usize>);
    match promised {
        Some(Ok(promised)) if promised == body.len() => Ok(()),
        Some(_) => Err(AnswerError::Truncated),
        None => Ok(()),
    }
}

fn check_type(headers: &HeaderMap, body: &[u8]) -> Result<(), AnswerError> {
    let declared = text(headers, &CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim_ascii();
    let other = OTHER_TYPES
        .iter()
        .any(|other| declared.eq_ignore_ascii_case(other));
    // A page, whatever its type says: forms are sent as text/html too.
    let page = matches!(body.trim_ascii_start().first(), Some(b'<' | b'{' | b'['));
    if other || page {
        return Err(AnswerError::NoForm);
    }
    Ok(())
}

/// What an answer without success says. Only the provider itself knows about tokens, so a fault on
/// the way to it says nothing about them, whatever its body claims.
fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> AnswerError {
    let fault = AnswerError::Fault {
        status: status.as_u16(),
    };
    if !speaks_for_the_provider(status) {
        return fault;
    }
    match found(status, headers, body) {
        Some(found) => AnswerError::Refused(Box::new(Refused::new(status, found))),
        None => fault,
    }
}

/// A problem under a status of success: one that is named outright, or the way of the provider to refuse.
fn declared(
    row: Option<&Provider>,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<Refused> {
    let is_named = |found: &Found| found.grounds == Grounds::Declared;
    found(status, headers, body)
        .filter(is_named)
        .or_else(|| found_in_a_step(row, status, headers, body))
        .map(|found| Refused::new(status, found))
}
