//! Values that are not taken: what is wrong with each parameter, and what to send instead.

use countersign_doctor::Confidence;
use http::Method;

use super::finding::{finding, known};
use crate::records::RecordedFinding;

/// How a request came, as far as it decides which values are taken.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sent {
    /// Whether clients sign for https here.
    pub(super) is_https: bool,
    pub(super) is_post: bool,
}

impl Sent {
    pub(super) fn of(method: &Method, scheme: Option<countersign_base_string::Scheme>) -> Self {
        Self {
            is_https: scheme == Some(countersign_base_string::Scheme::Https),
            is_post: method == Method::POST,
        }
    }
}

/// A value outside of its parameter's syntax.
pub(super) fn malformed(name: &'static str, expected: &'static str) -> RecordedFinding {
    known("hdr.value_malformed")
        .noting(name, format!("expected {expected}"))
        .doing(match name {
            "oauth_nonce" => "Use letters and digits for the nonce, 255 at most.",
            "oauth_verifier" => {
                "Send the verifier as the callback or the page gave it, decoded once, without blanks or line ends."
            }
            "oauth_consumer_key" => {
                "Send the consumer key as it is registered; look for a line end that was read from a file with it."
            }
            "oauth_token" | "oauth_session_handle" => {
                "Send the value as it was issued; look for a line end that was read from a file with it."
            }
            "oauth_callback" => {
                "Send the callback as it is registered, or `oob`, without control characters."
            }
            _ => "Send the parameter within its syntax.",
        })
}

/// A value that the endpoint does not take, whose syntax may be right.
pub(super) fn unacceptable(name: &'static str, sent: Sent) -> RecordedFinding {
    let of_value = || known("hdr.value_malformed");
    match name {
        "oauth_session_handle" => finding("token.renewal_stale", Confidence::Likely)
            .saying("the session handle does not belong to the token that came with it")
            .noting(name, "is another than the one issued with this token")
            .doing("Send token and handle of one and the same answer, the newest."),
        "oauth_token" => known("token.wrong_type")
            .saying("a token was sent where none is due")
            .noting(name, "is not taken here")
            .doing("Ask for temporary credentials without oauth_token."),
        "x_auth_password" if !sent.is_https => of_value()
            .saying("names and passwords are traded for tokens over https only")
            .noting(name, "came for an http address")
            .doing(
                "Sign and send the request for the https address. The service's own is `[server] public_url`: while \
                 that is http, xAuth is not to be had.",
            ),
        "x_auth_password" if !sent.is_post => of_value()
            .saying("names and passwords are traded for tokens by POST only")
            .noting(name, "did not come by POST")
            .doing("Send them by POST, in a form body."),
        "x_auth_mode" => of_value()
            .saying("the mode of xAuth is not the one there is")
            .noting(name, "is another than client_auth, or not once in the form body")
            .doing("Send x_auth_mode=client_auth, once and in the form body."),
        "x_auth_username" | "x_auth_password" => of_value()
            .saying("a parameter of xAuth is not as it has to be")
            .noting(name, "is empty, no text in UTF-8, there twice, or not in the form body")
            .doing("Send x_auth_mode, x_auth_username and x_auth_password once each, in the form body."),
        _ => of_value()
            .saying("a protocol parameter has a value that is not taken here")
            .noting(name, "is not taken here")
            .doing(format!("Send {name} as it was issued or registered.")),
    }
}

/// A value that nobody was given.
pub(super) fn too_long(name: &'static str) -> RecordedFinding {
    known("hdr.value_malformed")
        .saying("a protocol parameter is longer than any that is issued or registered")
        .noting(name, "is longer than 255 bytes")
        .doing(format!(
            "Send {name} as it was issued or registered; look for something that was joined to it."
        ))
}

/// A wrong verifier.
pub(super) fn wrong_verifier() -> RecordedFinding {
    known("hdr.value_malformed")
        .saying("the verifier is not the one that was handed to the user")
        .noting("oauth_verifier", "is another")
        .doing(
            "Send the verifier that came with this very token: keep token, secret and verifier of one user's login \
             together. A code that was typed is asked for again.",
        )
}
