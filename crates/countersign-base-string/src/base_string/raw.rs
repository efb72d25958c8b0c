//! The base string of signers that do not encode the protocol parameters.

use alloc::vec::Vec;

use countersign_encoding::encode_bytes;

use super::BaseString;
use crate::{Parameters, Place, Request};

impl BaseString {
    /// Builds the base string as signers do that enter the values of the protocol parameters as they
    /// stand, so that only the outer encoding is applied to them.
    ///
    /// Query parameters are as RFC 5849 has them; a form body is none of the parameters.
    ///
    /// ```
    /// use countersign_base_string::{BaseString, Limits, Parameters, Request, Uri};
    ///
    /// let request = Request::new("GET", Uri::parse("https://example.com/?b=c%20d")?)?
    ///     .with_authorization(r#"OAuth oauth_consumer_key="a!b""#);
    /// let parameters = Parameters::collect(&request, &Limits::default())?;
    /// assert_eq!(
    ///     BaseString::of_raw_protocol(&request, &parameters).as_str(),
    ///     "GET&https%3A%2F%2Fexample.com%2F&b%3Dc%2520d%26oauth_consumer_key%3Da%21b",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Background
    ///
    /// RFC 5849 section 3.4.1.3.2 has every value encoded before the whole is. Mastercard's own signers
    /// leave that out for what they put into the header, and cover a body of whatever type by its hash.
    #[must_use]
    pub fn of_raw_protocol(request: &Request<'_>, parameters: &Parameters<'_>) -> Self {
        let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = parameters
            .iter()
            .filter(|parameter| parameter.is_signed() && parameter.place() != Place::Body)
            .map(|parameter| {
                let name = parameter.encoded_name().into_owned().into_bytes();
                let value = if parameter.place() == Place::Header {
                    match parameter.raw_value() {
                        Some(raw) => raw.to_vec(),
                        None => parameter.value().into_owned(),
                    }
                } else {
                    parameter.encoded_value().into_owned().into_bytes()
                };
                (name, value)
            })
            .collect();
        pairs.sort_unstable();
        let mut joined = Vec::new();
        for (name, value) in &pairs {
            if !joined.is_empty() {
                joined.push(b'&');
            }
            joined.extend_from_slice(name);
            joined.push(b'=');
            joined.extend_from_slice(value);
        }
        let mut text = request.method().to_ascii_uppercase();
        text.push('&');
        text.push_str(&encode_bytes(request.uri().base_uri().as_bytes()));
        text.push('&');
        text.push_str(&encode_bytes(&joined));
        Self(text)
    }
}
