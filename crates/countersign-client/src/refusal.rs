//! The problem in an answer, and whether the answer may have one.

use countersign_dialect::Provider;
use countersign_problem::{
    Answer, Found, Grounds, parse, parse_beyond, parse_step, refuses_beyond,
};
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, StatusCode};

use crate::answer::MAX_ANSWER;

/// Statuses below 500 that a server or proxy answers before the provider looks at the credentials.
const BEFORE_THE_PROVIDER: [StatusCode; 5] = [
    StatusCode::PROXY_AUTHENTICATION_REQUIRED,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::URI_TOO_LONG,
    StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
];

/// Whether an answer of this status may speak of clocks and tokens. Whoever is faulty, or stands in
/// between, knows nothing of them.
pub(crate) fn speaks_for_the_provider(status: StatusCode) -> bool {
    status.is_client_error() && !BEFORE_THE_PROVIDER.contains(&status)
}

/// Whether a problem may be acted upon by itself. What is named outright under the status of a refused
/// request is; a text that resembles one of some provider's is where nothing but the credentials can
/// be meant. An answer about something else, as a form's own `invalid token`, says nothing of tokens;
/// nor does one that its provider gives to other refusals too.
pub(crate) fn is_believed(status: StatusCode, found: &Found) -> bool {
    if found.token_may_be_good() {
        return false;
    }
    match found.grounds {
        Grounds::Declared => {
            // Some token endpoints name problems under a status of success.
            status.is_success()
                || [
                    StatusCode::BAD_REQUEST,
                    StatusCode::FORBIDDEN,
                    StatusCode::UNAUTHORIZED,
                ]
                .contains(&status)
        }
        _ => status == StatusCode::UNAUTHORIZED,
    }
}

/// The problem that an answer names or means.
pub(crate) fn found(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<Found> {
    read(status, headers, body, parse)
}

/// The problem in an answer that is a refusal by the row of the provider alone, not by its status.
pub(crate) fn found_beyond(
    row: Option<&Provider>,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<Found> {
    let row = row?;
    let errors = row.errors;
    read(status, headers, body, |answer| {
        let codes = errors.code_names();
        parse_beyond(answer, row.name, errors.statuses, errors.code_at, codes)
    })
}

/// Like [`found_beyond`], in the answer to a step of a flow.
pub(crate) fn found_in_a_step(
    row: Option<&Provider>,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<Found> {
    found_beyond(row, status, headers, body).or_else(|| {
        let row = row?;
        let errors = row.errors;
        read(status, headers, body, |answer| {
            parse_step(answer, row.name, errors.statuses, errors.step_begins)
        })
    })
}

/// Whether an answer is a refusal by the row of the provider, known words or not, or has a code of one
/// in its head.
pub(crate) fn is_beyond(
    row: Option<&Provider>,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> bool {
    let Some(errors) = row.map(|row| row.errors) else {
        return false;
    };
    let named = headers.get_all(errors.code_header).iter();
    let mut named = named.filter_map(|value| value.to_str().ok());
    let is_code = |word: &str| {
        errors
            .code_names()
            .any(|code| code.eq_ignore_ascii_case(word))
    };
    if named.any(|value| value.split(',').any(|word| is_code(word.trim()))) {
        return true;
    }
    read(status, headers, body, |answer| {
        refuses_beyond(answer, errors.statuses, errors.code_at, errors.code_names())
    })
}

fn read<T>(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    parse: impl FnOnce(&Answer<'_>) -> T,
) -> T {
    let challenges: Vec<&str> = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    parse(&Answer {
        status: Some(status.as_u16()),
        challenges: &challenges,
        content_type: text(headers, &CONTENT_TYPE),
        body: body.get(..MAX_ANSWER).unwrap_or(body),
    })
}

/// The first value of a field, if it is text.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
