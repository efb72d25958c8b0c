//! The flows that end in a token, each step a type of its own.

mod callback;
mod callback_url;
mod pending;
mod renewal;
mod start;
mod state;
#[cfg(test)]
mod tests;
mod xauth;

use countersign_encoding::encode;
use countersign_signature::Placement;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Uri};

use crate::body::Body;
use crate::credentials::Credentials;
use crate::instructions::append;
use crate::sign::{Extras, SignError};
use crate::stamp::Stamp;

pub use callback::CallbackError;
pub use callback_url::{Callback, CallbackUrlError};
pub use pending::{Approved, Pending};
pub use renewal::Renewal;
pub use start::Start;
pub use state::SessionState;
pub use xauth::XAuth;

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// A signed request to a token endpoint. It is a POST (RFC 5849 section 2.1), or a GET where the
/// provider takes the protocol parameters in the query and there are no others; those are always
/// in the body, as a password may be among them.
fn token_request(
    credentials: &Credentials,
    uri: &Uri,
    pairs: &[(&str, &str)],
    extras: Extras<'_>,
    stamp: Stamp<'_>,
) -> Result<http::Request<Vec<u8>>, SignError> {
    let written: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    let written = written.join("&");
    let placement = credentials.client().placement();
    let mut request = http::Request::new(Vec::new());
    *request.uri_mut() = uri.clone();
    if placement != Placement::Query || !written.is_empty() {
        *request.method_mut() = Method::POST;
    }
    if placement == Placement::Body || !written.is_empty() {
        request.headers_mut().insert(CONTENT_TYPE, FORM);
    }
    append(request.body_mut(), &written);
    let instructions =
        credentials.sign_with(&request, Body::Bytes(request.body()), extras, stamp)?;
    instructions.apply(&mut request).map_err(SignError::Apply)?;
    Ok(request)
}
