//! Requests and answers for people.

use std::io::IsTerminal as _;

use countersign_base_string::Scheme;
use countersign_capture::OwnedRequest;
use countersign_problem::harmless;
use ureq::http::Request;

use super::Print;
use super::exchange::Exchange;
use crate::exit::Failure;
use crate::output;

/// The request as it is sent, for the doctor or for writing it out.
pub(crate) fn owned(request: &Request<Vec<u8>>) -> Result<OwnedRequest, Failure> {
    let uri = request.uri();
    let scheme: Scheme = uri
        .scheme_str()
        .unwrap_or_default()
        .parse()
        .map_err(|error| Failure::work(&error))?;
    let target = uri.path_and_query().map_or("/", |it| it.as_str());
    let host = uri.authority().map_or("", |it| it.as_str());
    let mut owned = OwnedRequest::new(request.method().as_str(), target)
        .with_scheme(scheme)
        .with_host(host);
    for (name, value) in request.headers() {
        owned = owned.with_header(title(name.as_str()), value.as_bytes());
    }
    Ok(owned.with_body(request.body().clone()))
}

/// `content-type` as people write it.
fn title(name: &str) -> String {
    let parts: Vec<String> = name
        .split('-')
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_ascii_uppercase().to_string() + letters.as_str()
            })
        })
        .collect();
    parts.join("-")
}

/// The request as raw HTTP.
pub(super) fn request(request: &Request<Vec<u8>>) -> Result<Vec<u8>, Failure> {
    owned(request)?
        .to_http()
        .map_err(|error| Failure::work(&error))
}

/// Prints what is asked for of the answer.
pub(super) fn answer(exchange: &Exchange, print: Print) -> Result<(), Failure> {
    if print != Print::Body {
        output::data(&harmless(&head(exchange)))?;
    }
    let body = exchange.response.body();
    match print {
        Print::Head => Ok(()),
        Print::Body => output::exact(body),
        Print::All if body.is_empty() => Ok(()),
        Print::All => {
            output::data("\n")?;
            if !std::io::stdout().is_terminal() {
                return output::bytes(body);
            }
            // What a server sends is not to move the cursor, or worse.
            match core::str::from_utf8(body) {
                Ok(text) => output::data(&harmless(text)),
                Err(_) => {
                    let length = body.len();
                    output::note(&format!(
                        "{length} bytes that are no text; --print body > FILE keeps them"
                    ));
                    Ok(())
                }
            }
        }
    }
}

fn head(exchange: &Exchange) -> String {
    let response = &exchange.response;
    let mut out = format!("{:?} {}\n", response.version(), response.status());
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        out.push_str(&format!("{}: {value}\n", title(name.as_str())));
    }
    out
}
