//! The environment in which a server hands a request to CGI, FastCGI, WSGI, Rack or PHP
//! (RFC 3875), however it is printed.

use countersign_base_string::Scheme;
use countersign_encoding::encode;

use crate::error::CaptureError;
use crate::headers::Headers;
use crate::http::Exchanges;
use crate::limits::Limits;
use crate::notes::Note;
use crate::request::OwnedRequest;

use super::fields::{self, Fields};
use super::message;

const METHOD: &str = "REQUEST_METHOD";

/// One of these stands beside the method, or it is no environment.
const COMPANIONS: [&str; 6] = [
    "REQUEST_URI",
    "PATH_INFO",
    "SCRIPT_NAME",
    "QUERY_STRING",
    "HTTP_HOST",
    "SERVER_NAME",
];

/// The target as it arrived: most servers; Gunicorn; IIS.
const TARGETS: [&str; 3] = ["REQUEST_URI", "RAW_URI", "UNENCODED_URL"];

/// Where `Authorization` is found, and whether an application has to look for it.
const AUTHORIZATIONS: [(&str, bool); 3] = [
    ("HTTP_AUTHORIZATION", false),
    ("REDIRECT_HTTP_AUTHORIZATION", true),
    ("REDIRECT_REDIRECT_HTTP_AUTHORIZATION", true),
];

pub(super) fn is(text: &str) -> bool {
    text.contains(METHOD)
        && COMPANIONS.iter().any(|name| text.contains(name))
        && fields::text(&fields::read(text), METHOD).is_some()
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let fields = fields::read(text);
    let mut exchanges = Exchanges::new(limits);
    let (target, is_decoded) = target(&fields);
    let (headers, is_redirected) = headers(&fields, limits);
    let method = fields::text(&fields, METHOD).unwrap_or("GET");
    let mut request = OwnedRequest::new(method, target).with_headers(headers);
    let scheme = scheme(&fields);
    if let Some(scheme) = scheme {
        request = request.with_scheme(scheme);
    }
    if let Some(host) = host(&fields, scheme) {
        request = request.with_host(host);
    }
    let mut notes = Vec::new();
    if is_decoded {
        notes.push(Note::PathDecoded);
    }
    if is_redirected {
        notes.push(Note::AuthorizationRedirected);
    }
    exchanges.request(request, notes)?;
    message::note_body(&mut exchanges);
    Ok(exchanges)
}

/// The target; and whether its path had to be put together from decoded parts.
fn target(fields: &Fields) -> (String, bool) {
    let raw = TARGETS.iter().find_map(|name| fields::text(fields, name));
    if let Some(raw) = raw {
        return (raw.to_owned(), false);
    }
    let part = |name| fields::text(fields, name).unwrap_or("");
    let path = format!("{}{}", part("SCRIPT_NAME"), part("PATH_INFO"));
    let mut target: String = path
        .split('/')
        .map(|segment| encode(segment).into_owned())
        .collect::<Vec<_>>()
        .join("/");
    if target.is_empty() {
        target.push('/');
    }
    let query = part("QUERY_STRING");
    if !query.is_empty() {
        target.push('?');
        target.push_str(query);
    }
    (target, true)
}

/// What the server says of the connection it had; a proxy may have had another one.
fn scheme(fields: &Fields) -> Option<Scheme> {
    let of_name = |name: &str| match fields::text(fields, name)? {
        text if text.eq_ignore_ascii_case("https") => Some(Scheme::Https),
        text if text.eq_ignore_ascii_case("http") => Some(Scheme::Http),
        _ => None,
    };
    ["wsgi.url_scheme", "rack.url_scheme", "REQUEST_SCHEME"]
        .iter()
        .find_map(|name| of_name(name))
        .or_else(|| match fields::text(fields, "HTTPS")? {
            text if text.eq_ignore_ascii_case("off") || text == "0" => Some(Scheme::Http),
            _ => Some(Scheme::Https),
        })
}

/// `Host` as sent, else the server's own name, with a port that is not the scheme's own.
fn host(fields: &Fields, scheme: Option<Scheme>) -> Option<String> {
    if let Some(host) = fields::text(fields, "HTTP_HOST") {
        return Some(host.to_owned());
    }
    let name = fields::text(fields, "SERVER_NAME")?;
    let own = match scheme {
        Some(Scheme::Http) => "80",
        _ => "443",
    };
    match fields::text(fields, "SERVER_PORT") {
        Some(port) if port != own => Some(format!("{name}:{port}")),
        _ => Some(name.to_owned()),
    }
}

/// The fields that were headers; and whether `Authorization` is only there under another name.
fn headers(fields: &Fields, limits: &Limits) -> (Headers, bool) {
    let mut headers = Headers::new();
    let mut is_redirected = false;
    let authorization = AUTHORIZATIONS
        .iter()
        .find_map(|(name, redirected)| Some((fields::bytes(fields, name)?, *redirected)));
    if let Some((value, redirected)) = authorization {
        headers.push("Authorization", value.trim_ascii());
        is_redirected = redirected;
    }
    for (name, value) in fields.iter().take(limits.headers()) {
        let header = match name.as_str() {
            "CONTENT_TYPE" | "CONTENT_LENGTH" if !value.is_empty() => name,
            "HTTP_AUTHORIZATION" | "HTTP_CONTENT_TYPE" | "HTTP_CONTENT_LENGTH" => continue,
            name => match name.strip_prefix("HTTP_") {
                Some(header) if !header.is_empty() => header,
                _ => continue,
            },
        };
        headers.push(spelt(header), value.trim_ascii());
    }
    (headers, is_redirected)
}

/// `CONTENT_TYPE` as it is usually spelt: `Content-Type`.
fn spelt(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!(
            "{}{}",
            first.to_ascii_uppercase(),
            rest.to_ascii_lowercase()
        )
    });
    words.collect::<Vec<_>>().join("-")
}
