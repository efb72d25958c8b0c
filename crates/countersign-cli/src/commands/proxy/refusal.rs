//! The proxy's own answers, in one table: to whom nothing is passed on, and why.

use countersign_problem::harmless;
use countersign_server::AnswerBody;
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, PROXY_AUTHENTICATE, RETRY_AFTER,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{Response, StatusCode};

use crate::text::shell_word;

/// Says that it was the proxy that answered (RFC 9209).
const PROXY_STATUS: HeaderName = HeaderName::from_static("proxy-status");

const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"countersign proxy\"");

/// In how many seconds to come again.
const LATER: HeaderValue = HeaderValue::from_static("5");

/// Why the proxy answers by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The tool has an `Authorization` header of its own.
    Authorization,
    /// The body of the request broke off.
    BodyBroken,
    /// The body of the request came too slowly.
    BodySlow,
    /// A tunnel, in which nothing can be signed.
    Connect,
    /// A page of another origin asks, or makes a browser ask.
    ForeignPage,
    /// A name that this machine is not known by; without one it was missing.
    Host(Option<String>),
    /// No room for another body now.
    NoRoom,
    /// The key, the randomness or the profile failed.
    NotSigned(String),
    /// An absolute target that is not the upstream's.
    OtherOrigin(String),
    /// A target that is none of the upstream's.
    Target,
    /// The token is missing or another one.
    Token {
        /// Asked as the proxy that the tool goes through.
        as_proxy: bool,
    },
    /// A body beyond the limit, in MiB.
    TooLarge(u16),
    /// A form with more fields than this.
    TooManyFields(usize),
    /// A method whose answer repeats the request as it was signed.
    Trace,
    /// It can't be signed as it is.
    Unsignable(String),
    /// The upstream gave no answer.
    Upstream(Fault),
}

/// What went wrong with the upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    /// The upstream's origin.
    pub(super) upstream: String,
    /// What the system says.
    pub(super) why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    Broken,
    Certificate,
    ConnectionRefused,
    NotConnected,
    NotFound,
    Tls,
    TooLate,
}

/// A row: the status, the kind of error by RFC 9209 section 2.3, the name in the log.
type Row = (StatusCode, &'static str, &'static str);

const DENIED: &str = "http_request_denied";

impl FaultKind {
    const fn row(self) -> Row {
        let bad = StatusCode::BAD_GATEWAY;
        match self {
            Self::Broken => (bad, "http_protocol_error", "upstream_broken"),
            Self::Certificate => (bad, "tls_certificate_error", "upstream_certificate"),
            Self::ConnectionRefused => (bad, "connection_refused", "upstream_unreachable"),
            Self::NotConnected => (bad, "destination_unavailable", "upstream_unreachable"),
            Self::NotFound => (bad, "dns_error", "upstream_unreachable"),
            Self::Tls => (bad, "tls_protocol_error", "upstream_tls"),
            Self::TooLate => (
                StatusCode::GATEWAY_TIMEOUT,
                "http_response_timeout",
                "upstream_too_late",
            ),
        }
    }
}

impl Refusal {
    const fn row(&self) -> Row {
        match self {
            Self::Authorization => (StatusCode::BAD_REQUEST, DENIED, "own_authorization"),
            Self::BodyBroken => (StatusCode::BAD_REQUEST, "http_request_error", "body_broken"),
            Self::BodySlow => (
                StatusCode::REQUEST_TIMEOUT,
                "http_request_error",
                "body_slow",
            ),
            Self::Connect => (StatusCode::NOT_IMPLEMENTED, DENIED, "connect"),
            Self::ForeignPage => (StatusCode::FORBIDDEN, DENIED, "foreign_page"),
            Self::Host(_) => (StatusCode::MISDIRECTED_REQUEST, DENIED, "host"),
            Self::NoRoom => (
                StatusCode::SERVICE_UNAVAILABLE,
                "connection_limit_reached",
                "no_room",
            ),
            Self::NotSigned(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "proxy_internal_error",
                "not_signed",
            ),
            Self::OtherOrigin(_) => (StatusCode::MISDIRECTED_REQUEST, DENIED, "other_origin"),
            Self::Target => (StatusCode::BAD_REQUEST, "http_request_error", "target"),
            Self::Token { as_proxy: false } => (StatusCode::UNAUTHORIZED, DENIED, "token"),
            Self::Token { as_proxy: true } => {
                (StatusCode::PROXY_AUTHENTICATION_REQUIRED, DENIED, "token")
            }
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, DENIED, "too_large"),
            Self::TooManyFields(_) => (StatusCode::PAYLOAD_TOO_LARGE, DENIED, "too_many_fields"),
            Self::Trace => (StatusCode::NOT_IMPLEMENTED, DENIED, "trace"),
            Self::Unsignable(_) => (StatusCode::BAD_REQUEST, "http_request_error", "unsignable"),
            Self::Upstream(fault) => fault.kind.row(),
        }
    }

    /// In the log.
    pub(super) const fn name(&self) -> &'static str {
        self.row().2
    }

    pub(super) const fn status(&self) -> StatusCode {
        self.row().0
    }

    /// What is wrong, and what to do.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Authorization => "the request has an Authorization header of its own; switch the tool's signing or login off, or start the proxy with --replace-authorization to drop it".to_owned(),
            Self::BodyBroken => "the body of the request broke off".to_owned(),
            Self::BodySlow => "the body of the request came too slowly".to_owned(),
            Self::Connect => "nothing can be signed within a tunnel (CONNECT): give the tool an address that begins with http://, the upstream is asked over TLS all the same".to_owned(),
            Self::ForeignPage => "a web page of another origin asked (Origin, Sec-Fetch-Site, Referer); nothing is signed for it".to_owned(),
            Self::Host(None) => "expected one Host header".to_owned(),
            Self::Host(Some(host)) => format!(
                "the Host header {host} is none of this proxy's names; if the tool has to call it that, start the proxy with --allow-host {}",
                shell_word(without_port(host))
            ),
            Self::NoRoom => "other requests take up all the room for bodies; try again".to_owned(),
            Self::NotSigned(why) => format!("the request could not be signed: {why}"),
            Self::OtherOrigin(upstream) => format!("this proxy asks {upstream} and nobody else"),
            Self::Target => "expected a path that begins with /".to_owned(),
            Self::Token { as_proxy: false } => "the token that was printed at the start is missing or another one; give it as user name (curl -u TOKEN:) or in the header X-Countersign-Token".to_owned(),
            Self::Token { as_proxy: true } => "the token that was printed at the start is missing or another one; give it as user name of the proxy (http://TOKEN@HOST:PORT)".to_owned(),
            Self::TooLarge(limit) => format!(
                "the body has more than {limit} MiB; --max-body sets another limit"
            ),
            Self::TooManyFields(limit) => {
                format!("the form has more than {limit} fields, each of which is signed")
            }
            Self::Trace => "the answer to TRACE would show the signature, so it is not signed".to_owned(),
            Self::Unsignable(why) => format!("the request can't be signed: {why}"),
            Self::Upstream(Fault { upstream, why, .. }) => {
                format!("{upstream} gave no answer: {why}")
            }
        }
    }

    /// The answer, which says that it is the proxy's own.
    pub(super) fn answer(&self) -> Response<AnswerBody> {
        let (status, error, _) = self.row();
        let text = format!("countersign proxy: {}\n", harmless(&self.text()));
        let mut response = Response::new(AnswerBody::text(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let status = HeaderValue::try_from(format!("countersign; error={error}"));
        headers.extend(status.ok().map(|value| (PROXY_STATUS, value)));
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(CONTENT_TYPE, plain);
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::Token { as_proxy: false } => headers.insert(WWW_AUTHENTICATE, CHALLENGE),
            Self::Token { as_proxy: true } => headers.insert(PROXY_AUTHENTICATE, CHALLENGE),
            Self::NoRoom => headers.insert(RETRY_AFTER, LATER),
            _ => None,
        };
        response
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
