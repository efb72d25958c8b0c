//! Signing as the signers do that enter the protocol parameters unencoded.

use countersign_base_string::{BaseString, Parameters, Place, write_authorization};
use countersign_encoding::encode_into;

use super::{Prepared, SIGNATURE, SignError, SignRequest};
use crate::Method;

impl<'a> SignRequest<'a> {
    pub(super) fn prepare_raw(self, method: &'static Method) -> Result<Prepared<'a>, SignError> {
        if self.placement != Place::Header || !self.form.is_empty() {
            return Err(SignError::RawOutsideHeader);
        }
        if let Some((name, _)) = self.protocol.iter().find(|(_, value)| !is_bare(value)) {
            let name = name.to_owned();
            return Err(SignError::RawValue { name });
        }
        // A body of whatever type counts by its hash alone.
        let without_body = self.request.clone().with_body(None, &[]);
        let mut parameters = Parameters::new();
        SignRequest {
            request: &without_body,
            ..self
        }
        .collect(method, &mut parameters)?;
        write_authorization::<&str, &str>(self.realm, &[]).map_err(SignError::Header)?;
        let mut normalised: Vec<(String, String)> = parameters
            .iter()
            .filter(|parameter| parameter.is_signed())
            .map(|parameter| {
                let value = match parameter.place() {
                    Place::Header => parameter.value_str(),
                    Place::Query | Place::Body => Some(parameter.encoded_value()),
                };
                let value = value.unwrap_or_default().into_owned();
                (parameter.encoded_name().into_owned(), value)
            })
            .collect();
        normalised.sort_unstable();
        let base_string = BaseString::of_raw_protocol(&without_body, &parameters);
        Ok(Prepared {
            sign: self,
            method,
            base_string,
            parameters: normalised,
        })
    }

    pub(super) fn write_raw(&self, signature: &str, out: &mut Vec<u8>) -> Result<(), SignError> {
        let head = write_authorization::<&str, &str>(self.realm, &[]).map_err(SignError::Header)?;
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(if self.realm.is_some() { b"," } else { b" " });
        for (name, value) in self.protocol.iter() {
            for piece in [name, "=\"", value, "\","] {
                out.extend_from_slice(piece.as_bytes());
            }
        }
        out.extend_from_slice(SIGNATURE.as_bytes());
        out.extend_from_slice(b"=\"");
        encode_into(signature.as_bytes(), out);
        out.push(b'"');
        Ok(())
    }
}

/// Whether a value can stand in a quoted string as it is, and reads the same with and without decoding.
fn is_bare(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b',' | b'%' | b'&'))
}

#[cfg(all(test, feature = "hmac"))]
mod tests {
    use countersign_base_string::{
        BaseString, Limits, Parameters, Place, ProtocolParameters, Request, Uri,
    };

    use crate::testing::key;
    use crate::{Method, Scratch, SignError, SignRequest, Signer, Verifier};

    const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

    fn protocol(consumer: &'static str) -> ProtocolParameters<'static> {
        ProtocolParameters::new(consumer, "HMAC-SHA256", "1700000000", "nonce")
            .with_body_hash("a+b/c=")
    }

    /// What is signed is what a reader of the request takes for signed, with and without kept memory.
    #[test]
    fn the_request_that_is_sent_has_the_base_string_that_was_signed() {
        let key = key("secret", "");
        let signer = Signer::hmac(Method::HMAC_SHA256, &key).unwrap();
        let uri = Uri::parse("https://example.com/a?b=c%20d&a=%21").unwrap();
        let request = Request::new("POST", uri).unwrap().with_body(FORM, b"x=1");
        let protocol = protocol("one!two");
        for realm in [None, Some("R")] {
            let mut sign = SignRequest::new(&request, &protocol).with_raw_protocol();
            if let Some(realm) = realm {
                sign = sign.with_realm(realm);
            }
            let signed = sign.sign(&signer, None).unwrap();
            let header = signed.authorization().unwrap();
            assert!(
                header.contains("oauth_consumer_key=\"one!two\""),
                "{header}"
            );
            assert!(header.contains("oauth_body_hash=\"a+b/c=\""), "{header}");
            let sent = request.clone().with_authorization(header);
            let parameters = Parameters::collect(&sent, &Limits::default()).unwrap();
            assert_eq!(parameters.realm(), realm);
            let base = BaseString::of_raw_protocol(&sent, &parameters);
            assert_eq!(base.as_str(), signed.base_string().as_str());
            assert!(
                base.as_str()
                    .contains("%26oauth_consumer_key%3Done%21two%26")
            );
            assert!(!base.as_str().contains("x%3D1"));
            let verifier = Verifier::hmac(Method::HMAC_SHA256, &key).unwrap();
            assert!(verifier.verify(base.as_bytes(), signed.signature()).is_ok());

            let mut out = Vec::new();
            sign.sign_into(&signer, None, &mut Scratch::new(), &mut out)
                .unwrap();
            assert_eq!(out, header.as_bytes());
        }
    }

    #[test]
    fn what_cannot_stand_unencoded_is_refused() {
        let signer = Signer::hmac(Method::HMAC_SHA256, &key("secret", "")).unwrap();
        let uri = Uri::parse("https://example.com/").unwrap();
        let request = Request::new("GET", uri).unwrap();
        for consumer in ["a b", "a,b", "a%b", "a\"b", "a\\b", "a&b", "ä"] {
            let protocol = protocol(consumer);
            let refused = SignRequest::new(&request, &protocol)
                .with_raw_protocol()
                .sign(&signer, None);
            assert!(
                matches!(&refused, Err(SignError::RawValue { name }) if name == "oauth_consumer_key"),
                "{consumer}"
            );
        }
        let protocol = protocol("key");
        let refused = SignRequest::new(&request, &protocol)
            .with_raw_protocol()
            .with_placement(Place::Query)
            .sign(&signer, None);
        assert!(matches!(refused, Err(SignError::RawOutsideHeader)));
    }
}
