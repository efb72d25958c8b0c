//! Answers as `http` responses.

use countersign_encoding::encode;
use countersign_problem::bare_challenge;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};

use crate::refusal::Told;

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

impl Told {
    /// The answer as a response: the problem in `WWW-Authenticate` and the same in a form body,
    /// spaces as `%20` in both.
    #[must_use]
    pub fn response(&self, realm: Option<&str>) -> Response<String> {
        let body = match &self.problem {
            Some(problem) => problem.form_body(),
            None => String::new(),
        };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let challenge = match (&self.problem, self.status) {
            (Some(problem), _) => Some(problem.challenge(realm)),
            (None, 401) => Some(bare_challenge(realm)),
            (None, _) => None,
        };
        let headers = response.headers_mut();
        if let Some(value) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(WWW_AUTHENTICATE, value);
        }
        if self.problem.is_some() {
            headers.insert(CONTENT_TYPE, FORM);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// What a token endpoint gives out, as a response.
pub(crate) fn form(pairs: &[(&str, &str)]) -> Response<String> {
    let body = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&");
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, FORM);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
