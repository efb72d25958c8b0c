use std::borrow::Cow;

use countersign_base_string::{
    BaseString, Limits, Parameters, ParametersError, Parts, Place, Request, Scheme, Uri, diff,
    stream_base_string, write_base_string,
};
use countersign_encoding::encode_bytes;

use crate::split;

/// A URI, or a `Host` value and a request target in two lines.
///
/// A base URI is its own base URI; the origin form and the absolute form of one request agree.
pub fn base_uri(data: &[u8]) {
    let Some(text) = split::text(data) else {
        return;
    };
    if let Ok(uri) = Uri::parse(text) {
        normal(&uri);
    }
    let Some((host, target)) = text.split_once('\n') else {
        return;
    };
    for scheme in [Scheme::Http, Scheme::Https] {
        let Ok(uri) = Uri::from_target(scheme, host, target) else {
            continue;
        };
        normal(&uri);
        if target.starts_with('/')
            && let Ok(absolute) = Uri::parse(&format!("{scheme}://{host}{target}"))
        {
            assert_eq!(absolute.base_uri(), uri.base_uri());
            assert_eq!(absolute.query(), uri.query());
        }
    }
}

fn normal(uri: &Uri<'_>) {
    let base = uri.base_uri();
    let again = Uri::parse(&base).expect("a base URI is a URI");
    assert_eq!(again.base_uri(), base);
    assert_eq!((again.scheme(), again.query()), (uri.scheme(), None));
    assert_eq!(again.effective_port(), uri.effective_port());
    assert!(again.host().eq_ignore_ascii_case(uri.host()));
    let mut out = b"kept".to_vec();
    uri.write_base_uri(&mut out);
    assert_eq!(out, [b"kept", base.as_bytes()].concat());
}

/// A request in lines: method, URI, `Authorization` value, `Content-Type`, and everything else is the body.
///
/// All ways of making the base string agree with the plain one; the order in which parameters arrive is of no account; a base
/// string comes apart again and differs in nothing from itself.
pub fn base_string(data: &[u8]) {
    let mut rest = data;
    let lines = [(); 4].map(|()| split::text(split::line(&mut rest)));
    let [
        Some(method),
        Some(uri),
        Some(authorization),
        Some(content_type),
    ] = lines
    else {
        return;
    };
    let Ok(uri) = Uri::parse(uri) else { return };
    let Ok(request) = Request::new(method, uri) else {
        return;
    };
    let request = request
        .with_authorization(authorization)
        .with_body((!content_type.is_empty()).then_some(content_type), rest);
    let parameters = match Parameters::collect(&request, &Limits::default()) {
        Ok(parameters) => parameters,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let base = BaseString::new(&request, &parameters);
    assert_eq!(base.as_str(), plain(&request, &parameters));
    agree(&request, &parameters, &base);
    backwards(&request, &parameters, &base);

    let parts = Parts::parse(base.as_str()).expect("a base string comes apart");
    assert_eq!(Parts::parse_lenient(base.as_str()).as_ref(), Ok(&parts));
    let signed = parameters
        .iter()
        .filter(|parameter| parameter.is_signed())
        .count();
    assert_eq!(parts.parameters().len(), signed);
    assert_eq!(diff(base.as_str(), base.as_str()).as_deref(), Ok(&[][..]));
    refused_within_limits(&request, &parameters);
}

/// RFC 5849 section 3.4.1 written down as plainly as possible.
fn plain(request: &Request<'_>, parameters: &Parameters<'_>) -> String {
    let mut pairs: Vec<(String, String)> = parameters
        .iter()
        .filter(|parameter| *parameter.name() != *b"oauth_signature")
        .map(|parameter| {
            (
                encode_bytes(&parameter.name()).into_owned(),
                encode_bytes(&parameter.value()).into_owned(),
            )
        })
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let parts = [
        request.method().to_ascii_uppercase(),
        request.uri().base_uri(),
        pairs.join("&"),
    ];
    parts
        .map(|part| encode_bytes(part.as_bytes()).into_owned())
        .join("&")
}

fn agree(request: &Request<'_>, parameters: &Parameters<'_>, base: &BaseString) {
    let mut streamed = Vec::new();
    stream_base_string(request, parameters, &mut streamed);
    assert_eq!(streamed, base.as_bytes());
    let mut written = b"kept".to_vec();
    write_base_string(request, parameters, &mut written);
    assert_eq!(written, [b"kept", base.as_bytes()].concat());
}

/// The same parameters given decoded and in the opposite order.
fn backwards(request: &Request<'_>, parameters: &Parameters<'_>, base: &BaseString) {
    type Decoded<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>, Place);
    let decoded: Vec<Decoded<'_>> = parameters
        .iter()
        .map(|parameter| (parameter.name(), parameter.value(), parameter.place()))
        .collect();
    let mut backwards = Parameters::new();
    for (name, value, place) in decoded.iter().rev() {
        backwards.add(&**name, &**value, *place);
    }
    assert_eq!(BaseString::new(request, &backwards), *base);
}

fn refused_within_limits(request: &Request<'_>, parameters: &Parameters<'_>) {
    let Some(fewer) = parameters.len().checked_sub(1) else {
        return;
    };
    let refused = Parameters::collect(request, &Limits::default().with_parameters(fewer));
    assert!(
        matches!(refused, Err(ParametersError::TooManyParameters { .. })),
        "{refused:?}"
    );
}
