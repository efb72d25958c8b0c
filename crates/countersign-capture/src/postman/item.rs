//! One request of a collection.

use countersign_base_string::Scheme;
use serde_json::Value;

use super::variables::Variables;
use crate::answer::OwnedAnswer;
use crate::capture::{Exchange, Missing};
use crate::har::form_body;
use crate::headers::Headers;
use crate::json;
use crate::notes::Note;
use crate::request::{FORM_TYPE, OwnedRequest};
use crate::url::Url;

/// Reads a `request`, which may be a mere URL, with its first saved answer.
pub(super) fn read(
    request: &Value,
    answers: &[Value],
    auth: Option<&Value>,
    variables: &Variables<'_>,
) -> Result<Exchange, &'static str> {
    let mut notes = Vec::new();
    let url = url(request.get("url").unwrap_or(request)).ok_or("its request has no url")?;
    let url = sendable(&variables.resolve(&url, &mut notes));
    let method = json::text(request, "method").unwrap_or("GET");
    let method = variables.resolve(method, &mut notes).into_owned();
    let mut owned = located(method, &url, &mut notes)?;

    let mut headers = Headers::new();
    for (name, value) in json::pairs(json::list(request, "header"), "key") {
        headers.push(name, variables.resolve(value, &mut notes).as_bytes());
    }
    let mut exchange = Exchange::default();
    if let Some(body) = request.get("body") {
        let body = body_of(body, variables, &mut notes);
        if let Some(media) = body.media
            && headers.first("content-type").is_none()
        {
            headers.push("Content-Type", media);
        }
        owned = owned.with_body(body.bytes);
        exchange.missing.extend(body.missing);
    }
    notes.extend(oauth1(request.get("auth").or(auth)));
    exchange.request = Some(owned.with_headers(headers));
    exchange.answer = answers.first().map(answer);
    exchange.notes = notes;
    Ok(exchange)
}

/// The URL as text: `raw`, or put together from its parts.
fn url(url: &Value) -> Option<String> {
    if let Some(url) = url.as_str() {
        return Some(url.to_owned());
    }
    let raw = match json::text(url, "raw") {
        Some(raw) => raw.to_owned(),
        None => from_parts(url)?,
    };
    Some(with_path_variables(&raw, json::list(url, "variable")))
}

fn from_parts(url: &Value) -> Option<String> {
    let joined = |key: &str, separator: &str| match url.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let parts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
            Some(parts.join(separator))
        }
        _ => None,
    };
    let mut out = String::new();
    if let Some(protocol) = json::text(url, "protocol") {
        out.push_str(protocol.trim_end_matches("://"));
        out.push_str("://");
    }
    out.push_str(&joined("host", ".")?);
    if let Some(port) = json::text(url, "port") {
        out.push(':');
        out.push_str(port);
    }
    if let Some(path) = joined("path", "/") {
        out.push('/');
        out.push_str(path.trim_start_matches('/'));
    }
    for (index, (name, value)) in json::pairs(json::list(url, "query"), "key").enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        out.push_str(value);
    }
    Some(out)
}

/// Puts the values of `/:name/` segments in.
fn with_path_variables(raw: &str, list: &[Value]) -> String {
    if list.is_empty() {
        return raw.to_owned();
    }
    let variables: Vec<(&str, &str)> = json::pairs(list, "key").take(64).collect();
    let (path, query) = match raw.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (raw, None),
    };
    let segments: Vec<&str> = path
        .split('/')
        .map(|segment| {
            segment
                .strip_prefix(':')
                .and_then(|name| variables.iter().find(|(key, _)| *key == name))
                .map_or(segment, |(_, value)| *value)
        })
        .collect();
    let mut out = segments.join("/");
    if let Some(query) = query {
        out.push('?');
        out.push_str(query);
    }
    out
}

/// Postman encodes blanks and what is not ASCII before it sends a URL.
fn sendable(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for character in url.trim().chars() {
        if character == ' ' || !character.is_ascii() {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// Method and URL; scheme and host stay open if they hang on a variable without a value.
fn located(method: String, url: &str, notes: &mut Vec<Note>) -> Result<OwnedRequest, &'static str> {
    if let Some((_, after)) = url.strip_prefix("{{").and_then(|url| url.split_once("}}")) {
        let path = after.find('/').and_then(|at| after.get(at..));
        return Ok(OwnedRequest::new(method, path.unwrap_or("/")));
    }
    let url = Url::parse(url, Scheme::Http).map_err(|_| "its url cannot be read")?;
    if url.scheme_assumed {
        notes.push(Note::SchemeAssumed);
    }
    let request = OwnedRequest::new(method, url.sent_target()).with_scheme(url.scheme);
    Ok(if url.authority.contains("{{") {
        request
    } else {
        request.with_host(url.authority)
    })
}

#[derive(Default)]
struct Body {
    bytes: Vec<u8>,
    media: Option<&'static str>,
    missing: Option<Missing>,
}

fn body_of(body: &Value, variables: &Variables<'_>, notes: &mut Vec<Note>) -> Body {
    let mut made = Body::default();
    if body.get("disabled").and_then(Value::as_bool) == Some(true) {
        return made;
    }
    match json::text(body, "mode").unwrap_or("") {
        "raw" => {
            let raw = json::text(body, "raw").unwrap_or("");
            made.bytes = variables.resolve(raw, notes).as_bytes().to_vec();
            made.media = body
                .pointer("/options/raw/language")
                .and_then(Value::as_str)
                .and_then(media_of_language);
        }
        "urlencoded" => {
            let fields: Vec<(String, String)> = json::pairs(json::list(body, "urlencoded"), "key")
                .map(|(name, value)| {
                    (
                        variables.resolve(name, notes).into_owned(),
                        variables.resolve(value, notes).into_owned(),
                    )
                })
                .collect();
            let pairs = fields.iter().map(|(n, v)| (n.as_str(), v.as_str()));
            made.bytes = form_body(pairs).into_bytes();
            made.media = Some(FORM_TYPE);
            notes.push(Note::BodyRebuilt);
        }
        "graphql" => {
            if let Some(graphql) = body.get("graphql") {
                let text = graphql.to_string();
                made.bytes = variables.resolve(&text, notes).as_bytes().to_vec();
            }
            made.media = Some("application/json");
            notes.push(Note::BodyRebuilt);
        }
        "formdata" => {
            made.media = Some("multipart/form-data");
            made.missing = Some(Missing::Body);
            notes.push(Note::Multipart);
        }
        "file" => made.missing = Some(Missing::Body),
        _ => {}
    }
    made
}

fn media_of_language(language: &str) -> Option<&'static str> {
    const MEDIA: [(&str, &str); 5] = [
        ("html", "text/html"),
        ("javascript", "application/javascript"),
        ("json", "application/json"),
        ("text", "text/plain"),
        ("xml", "application/xml"),
    ];
    MEDIA
        .iter()
        .find(|(name, _)| *name == language)
        .map(|(_, media)| *media)
}

/// Which fields of an `oauth1` block have a value; the values themselves are not kept.
fn oauth1(auth: Option<&Value>) -> Option<Note> {
    const LONGEST_NAME: usize = 64;
    const MOST_FIELDS: usize = 32;
    let auth = auth?;
    if json::text(auth, "type") != Some("oauth1") {
        return None;
    }
    let has_value = |value: &Value| match value {
        Value::String(text) => !text.is_empty(),
        Value::Bool(set) => *set,
        other => !other.is_null(),
    };
    let named: Vec<(&str, &Value)> = match auth.get("oauth1")? {
        Value::Array(list) => list
            .iter()
            .take(MOST_FIELDS)
            .filter_map(|field| Some((json::text(field, "key")?, field.get("value")?)))
            .collect(),
        Value::Object(fields) => fields
            .iter()
            .take(MOST_FIELDS)
            .map(|(key, value)| (key.as_str(), value))
            .collect(),
        _ => Vec::new(),
    };
    let present = named
        .into_iter()
        .filter(|(_, value)| has_value(value))
        .map(|(key, _)| key.chars().take(LONGEST_NAME).collect())
        .collect();
    Some(Note::PostmanOAuth1 { present })
}

fn answer(saved: &Value) -> OwnedAnswer {
    let answer = OwnedAnswer::new()
        .with_headers(json::headers(json::list(saved, "header"), "key"))
        .with_body(json::text(saved, "body").unwrap_or(""));
    match saved
        .get("code")
        .and_then(Value::as_u64)
        .and_then(|code| u16::try_from(code).ok())
    {
        Some(code) => answer.with_status(code),
        None => answer,
    }
}
