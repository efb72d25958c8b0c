//! Signing as the signers of one provider do, which enter the protocol parameters unencoded.
//!
//! Mastercard's own signers put the values of the protocol parameters into the parameter string and
//! into the header as they are, so that only the outer encoding of the base string is applied (the
//! quirk `mastercard_raw_params` of `countersign-dialect`). Query parameters are as RFC 5849 has
//! them, and a body of whatever type counts by its hash alone.

use countersign_base_string::{Limits, Parameters, ProtocolParameters, Request};
use countersign_encoding::{encode, encode_into};
use countersign_key::SecureRandom;
use countersign_signature::Placement;

use crate::credentials::Credentials;
use crate::instructions::Instructions;
use crate::sign::SignError;

pub(crate) fn sign(
    credentials: &Credentials,
    request: &Request<'_>,
    protocol: &ProtocolParameters<'_>,
    random: Option<&mut dyn SecureRandom>,
) -> Result<Instructions, SignError> {
    let refused = |why| Err(SignError::Sign(why));
    if request.authorizations().next().is_some() {
        return refused(countersign_signature::SignError::AuthorizationTaken);
    }
    if credentials.client().placement() != Placement::Header {
        return refused(countersign_signature::SignError::NoFormBody);
    }
    let without_body = request.clone().with_body(None, &[]);
    let query = Parameters::collect(&without_body, &Limits::none())
        .map_err(|why| SignError::Sign(countersign_signature::SignError::Parameters(why)))?;
    let mut pairs = Vec::new();
    for parameter in query.iter() {
        if parameter.is_protocol() {
            let name = parameter.name_lossy().into_owned();
            return refused(countersign_signature::SignError::Repeated { name });
        }
        pairs.push((
            parameter.encoded_name().into_owned(),
            parameter.encoded_value().into_owned(),
        ));
    }
    for (name, value) in protocol.iter() {
        if !is_bare(value) {
            let name = name.to_owned();
            return Err(SignError::RawValue { name });
        }
        pairs.push((name.to_owned(), value.to_owned()));
    }
    pairs.sort_unstable();
    let joined: Vec<String> = pairs
        .iter()
        .map(|(name, value)| [name, "=", value].concat())
        .collect();
    let base_string = [
        request.method().to_ascii_uppercase().as_str(),
        "&",
        &encode(&request.uri().base_uri()),
        "&",
        &encode(&joined.join("&")),
    ]
    .concat();
    let signature = credentials
        .signer()
        .sign(base_string.as_bytes(), random)
        .map_err(|why| SignError::Sign(countersign_signature::SignError::Signer(why)))?;
    let header = header(protocol, &signature.to_text());
    Ok(Instructions::new(Placement::Header, header, base_string))
}

/// Whether a value can stand in a quoted string as it is, and reads the same with and without decoding.
fn is_bare(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b',' | b'%' | b'&'))
}

fn header(protocol: &ProtocolParameters<'_>, signature: &str) -> String {
    let mut header = String::from("OAuth ");
    for (name, value) in protocol.iter() {
        header.extend([name, "=\"", value, "\","]);
    }
    let mut encoded = Vec::new();
    encode_into(signature.as_bytes(), &mut encoded);
    let encoded = String::from_utf8(encoded).unwrap_or_default();
    header.extend(["oauth_signature=\"", &encoded, "\""]);
    header
}
