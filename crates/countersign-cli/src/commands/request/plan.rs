//! The request before it is signed.

use std::path::Path;

use countersign_client::Redirect;
use countersign_encoding::encode;
use serde_json::{Map, Value};
use ureq::http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};

use super::items::Item;
use crate::commands::sign::password::check_query;
use crate::exit::Failure;
use crate::input;
use crate::keys_file::KeySet;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Headers that are made here or on the way.
const OWN: [&str; 6] = [
    "authorization",
    "connection",
    "content-length",
    "expect",
    "host",
    "transfer-encoding",
];

/// What is to be sent.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Plan {
    pub(super) fn new(
        words: &[String],
        body: Option<&Path>,
        keys: &KeySet,
    ) -> Result<Self, Failure> {
        let (method, url, items) = split(words)?;
        let items: Vec<Item> = items
            .iter()
            .map(|item| Item::read(item))
            .collect::<Result<_, _>>()?;
        let uri = uri(url, &items, keys)?;
        let mut headers = HeaderMap::new();
        let agent = concat!("countersign/", env!("CARGO_PKG_VERSION"));
        headers.insert(USER_AGENT, HeaderValue::from_static(agent));
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        let made = made_body(&items);
        let (media, body) = match (body, made) {
            (Some(_), Some(_)) => {
                return Err(Failure::Usage(
                    "--body and NAME=VALUE or NAME:=JSON: the body is one or the other".to_owned(),
                ));
            }
            (Some(path), None) => (None, Some(input::read(path)?)),
            (None, Some((media, body))) => (Some(media), Some(body)),
            (None, None) => (None, None),
        };
        if let Some(media) = media {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
        }
        take_headers(&items, &mut headers)?;
        if body.is_some() && !headers.contains_key(CONTENT_TYPE) {
            return Err(Failure::Usage(
                "--body: say what it is, such as Content-Type:application/json".to_owned(),
            ));
        }
        let usual = if body.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let method = method.unwrap_or(usual);
        Ok(Self {
            method,
            uri,
            headers,
            body: body.unwrap_or_default(),
        })
    }

    /// As a request without a signature.
    pub(super) fn request(&self) -> Request<Vec<u8>> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }

    /// Goes on to where a redirect leads.
    pub(super) fn follow(&mut self, redirect: &Redirect) {
        self.method = redirect.method().clone();
        self.uri = redirect.uri().clone();
        if !redirect.keeps_body() {
            self.body.clear();
            self.headers.remove(CONTENT_TYPE);
        }
    }
}

/// The method, if the first word is one; the URL; the items.
fn split(words: &[String]) -> Result<(Option<Method>, &str, &[String]), Failure> {
    let no_url = || Failure::Usage("expected a URL".to_owned());
    let (first, rest) = words.split_first().ok_or_else(no_url)?;
    let is_method = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_method {
        return Ok((None, first, rest));
    }
    let (url, items) = rest.split_first().ok_or_else(no_url)?;
    let method = Method::from_bytes(first.as_bytes())
        .map_err(|_| Failure::Usage(format!("{first}: no method")))?;
    Ok((Some(method), url, items))
}

/// The URL as it will be sent, with what the items add to its query.
fn uri(url: &str, items: &[Item], keys: &KeySet) -> Result<Uri, Failure> {
    // The fragment is for browsers; it is neither sent nor signed.
    let url = url.split('#').next().unwrap_or_default();
    check_query(url, "x_auth_password==@FILE")?;
    let mut url = match (&keys.facts.base_url, url.starts_with('/')) {
        (Some(base), true) => format!("{}{url}", base.trim_end_matches('/')),
        (None, true) => {
            return Err(Failure::Usage(
                "a URL that begins with / needs a profile with a base_url".to_owned(),
            ));
        }
        (_, false) => url.to_owned(),
    };
    for item in items {
        if let Item::Query(name, value) = item {
            let separator = match url.split_once('?') {
                None => "?",
                Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
                Some(_) => "&",
            };
            url.extend([separator, &encode(name), "=", &encode(value)]);
        }
    }
    let wrong = |why: &str| Failure::Usage(format!("URL: {why}"));
    let uri: Uri = url
        .parse()
        .map_err(|_| wrong("expected one that is percent-encoded as it will be sent"))?;
    let scheme = uri.scheme_str();
    let authority = uri.authority().map(|it| it.as_str());
    match (scheme, authority) {
        (Some("http" | "https"), Some(authority)) if authority.contains('@') => {
            Err(wrong("a user name or password has no place in it"))
        }
        (Some("http" | "https"), Some(_)) => Ok(uri),
        _ => Err(wrong("expected http:// or https:// and a host")),
    }
}

/// The body that the items make, and its media type.
fn made_body(items: &[Item]) -> Option<(&'static str, Vec<u8>)> {
    let is_json = items.iter().any(|item| matches!(item, Item::Json(..)));
    let is_form = items.iter().any(|item| matches!(item, Item::Field(..)));
    if is_json {
        let members: Map<String, Value> = items
            .iter()
            .filter_map(|item| match item {
                Item::Json(name, value) => Some((name.clone(), value.clone())),
                Item::Field(name, value) => Some((name.clone(), Value::from(value.as_str()))),
                Item::Query(..) | Item::Header(..) => None,
            })
            .collect();
        return Some((JSON, Value::Object(members).to_string().into_bytes()));
    }
    let pairs: Vec<String> = items
        .iter()
        .filter_map(|item| match item {
            Item::Field(name, value) => Some(format!("{}={}", encode(name), encode(value))),
            Item::Json(..) | Item::Query(..) | Item::Header(..) => None,
        })
        .collect();
    is_form.then(|| (FORM, pairs.join("&").into_bytes()))
}

fn take_headers(items: &[Item], headers: &mut HeaderMap) -> Result<(), Failure> {
    let mut given = HeaderMap::new();
    for item in items {
        let Item::Header(name, value) = item else {
            continue;
        };
        let wrong = |why: &str| Failure::Usage(format!("header {name}: {why}"));
        let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("no name"))?;
        if OWN.contains(&known.as_str()) {
            return Err(wrong("it is made here"));
        }
        let value = HeaderValue::from_str(value)
            .map_err(|_| wrong("expected visible ASCII, found other characters"))?;
        given.append(known, value);
    }
    for name in given.keys() {
        headers.remove(name);
    }
    headers.extend(given);
    Ok(())
}
