//! Signing a whole request: from the request as it will be sent to what has to be added to it.

use core::fmt;

use countersign_base_string::{
    Authorization, BaseString, HeaderLeniencies, Limits, Parameters, Place, ProtocolParameters,
    Request,
};
use countersign_key::SecureRandom;

use crate::{ExternalSigner, Method, Scratch, Signature, Signed, Signer, ToSign};

mod error;
mod raw;
#[cfg(all(test, feature = "hmac"))]
mod tests;

pub use error::SignError;

/// Signs `request` and says what to add to it. Nothing is changed, neither on success nor on error.
///
/// `protocol` names the method, which must be the signer's; timestamp and nonce are the caller's.
/// RSA methods need `random`. For limits, reused buffers and signers that have to be awaited, see
/// [`SignRequest`].
///
/// ```
/// use countersign_base_string::{Place, ProtocolParameters, Request, Uri};
/// use countersign_key::Secret;
/// use countersign_signature::{HmacKey, Method, Signer, sign};
///
/// let key = HmacKey::new(&Secret::new("kd94hf93k423kf44"), Some(&Secret::new("pfkkdhi9sl3r4s00")));
/// let signer = Signer::hmac(Method::HMAC_SHA1, &key)?;
///
/// let uri = Uri::parse("http://photos.example.net/photos?file=vacation.jpg&size=original")?;
/// let request = Request::new("GET", uri)?;
/// let protocol = ProtocolParameters::new("dpf43f3p2l4k3l03", "HMAC-SHA1", "1191242096", "kllo9940pd9333jh")
///     .with_token("nnch734d00sl2jdk");
/// let signed = sign(&request, &protocol, &signer, Place::Header, None, None)?;
/// assert!(signed.authorization().is_some_and(|value| value.ends_with(
///     r#"oauth_version="1.0", oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D""#
/// )));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SignError`] if the request cannot carry what is to be added, or the signer fails.
pub fn sign(
    request: &Request<'_>,
    protocol: &ProtocolParameters<'_>,
    signer: &Signer,
    placement: Place,
    realm: Option<&str>,
    random: Option<&mut dyn SecureRandom>,
) -> Result<Signed, SignError> {
    let mut sign = SignRequest::new(request, protocol).with_placement(placement);
    sign.realm = realm;
    sign.sign(signer, random)
}

/// A request to be signed, with everything that decides about the outcome but the key.
#[derive(Clone, Copy, Debug)]
pub struct SignRequest<'a> {
    request: &'a Request<'a>,
    protocol: &'a ProtocolParameters<'a>,
    placement: Place,
    realm: Option<&'a str>,
    limits: Limits,
    query: &'a [(&'a str, &'a str)],
    form: &'a [(&'a str, &'a str)],
    is_raw: bool,
}

impl<'a> SignRequest<'a> {
    /// Signs with the protocol parameters in the `Authorization` field, without a realm.
    #[must_use]
    pub fn new(request: &'a Request<'a>, protocol: &'a ProtocolParameters<'a>) -> Self {
        Self {
            request,
            protocol,
            placement: Place::Header,
            realm: None,
            limits: Limits::none(),
            query: &[],
            form: &[],
            is_raw: false,
        }
    }

    /// Puts the protocol parameters there ([RFC 5849 section
    /// 3.5](https://www.rfc-editor.org/rfc/rfc5849#section-3.5)).
    #[must_use]
    pub const fn with_placement(mut self, placement: Place) -> Self {
        self.placement = placement;
        self
    }

    /// Names a realm in the `Authorization` field. It is not signed.
    #[must_use]
    pub const fn with_realm(mut self, realm: &'a str) -> Self {
        self.realm = Some(realm);
        self
    }

    /// Limits how much of the request is read, which is unlimited at first: one's own request is
    /// trusted.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Signs parameters too that are not in the request yet: the caller appends them to its query,
    /// encoded in whatever way decodes to the same.
    #[must_use]
    pub const fn with_query(mut self, decoded: &'a [(&'a str, &'a str)]) -> Self {
        self.query = decoded;
        self
    }

    /// Signs parameters too that are not in the request yet: the caller sends them in a form body,
    /// encoded in whatever way decodes to the same. Whoever has pairs at hand saves writing and
    /// reading them.
    #[must_use]
    pub const fn with_form(mut self, decoded: &'a [(&'a str, &'a str)]) -> Self {
        self.form = decoded;
        self
    }

    /// Enters the values of the protocol parameters into base string and header as they stand, and
    /// no form body at all: see [`BaseString::of_raw_protocol`]. They have their place in the header,
    /// and no value may need encoding there.
    #[must_use]
    pub const fn with_raw_protocol(mut self) -> Self {
        self.is_raw = true;
        self
    }

    /// Signs.
    ///
    /// # Errors
    /// [`SignError`] if the request cannot carry what is to be added, or the signer fails.
    pub fn sign(
        self,
        signer: &Signer,
        random: Option<&mut dyn SecureRandom>,
    ) -> Result<Signed, SignError> {
        let prepared = self.prepare(signer.method())?;
        let signature = signer
            .sign(prepared.base_string.as_bytes(), random)
            .map_err(SignError::Signer)?;
        prepared.finish(signature)
    }

    /// Signs with a key that is elsewhere. The future is the only one made here, and it waits for
    /// nothing but the signer.
    ///
    /// # Errors
    /// As [`sign`](Self::sign), and [`SignError::External`] if no usable signature comes back.
    pub async fn sign_with(self, signer: &impl ExternalSigner) -> Result<Signed, SignError> {
        let prepared = self.prepare(signer.method())?;
        let signature = {
            let to_sign = prepared.to_sign();
            let bytes = signer.sign(to_sign).await.map_err(SignError::External)?;
            to_sign.finish(&bytes).map_err(SignError::External)?
        };
        prepared.finish(signature)
    }

    /// The first half of signing: checks everything and builds the base string.
    ///
    /// # Errors
    /// [`SignError`] if the request cannot carry what is to be added.
    pub fn prepare(self, method: &'static Method) -> Result<Prepared<'a>, SignError> {
        if self.is_raw {
            return self.prepare_raw(method);
        }
        let mut parameters = Parameters::new();
        self.collect(method, &mut parameters)?;
        if self.placement == Place::Header {
            // Whatever no field value can carry is found before a signer is troubled.
            let mut discarded = Vec::new();
            self.protocol
                .write_header(self.realm, "", &mut discarded)
                .map_err(SignError::Header)?;
        }
        let mut normalised: Vec<(String, String)> = parameters
            .iter()
            .filter(|parameter| parameter.is_signed())
            .map(|parameter| {
                (
                    parameter.encoded_name().into_owned(),
                    parameter.encoded_value().into_owned(),
                )
            })
            .collect();
        normalised.sort_unstable();
        let base_string = BaseString::new(self.request, &parameters);
        Ok(Prepared {
            sign: self,
            method,
            base_string,
            parameters: normalised,
        })
    }

    /// Signs with buffers that are kept, and appends what is to be added to `out`: the value of the
    /// `Authorization` field, or for the other places `name=value&…`, without a separator from what
    /// is there.
    ///
    /// # Errors
    /// As [`sign`](Self::sign); `out` is as it was then.
    pub fn sign_into(
        &self,
        signer: &Signer,
        random: Option<&mut dyn SecureRandom>,
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Result<(), SignError> {
        if self.is_raw {
            let signed = self.sign(signer, random)?;
            out.extend_from_slice(signed.authorization().unwrap_or_default().as_bytes());
            return Ok(());
        }
        let mut parameters = core::mem::take(&mut scratch.parameters).recycle();
        let written = self.sign_parameters(&mut parameters, signer, random, scratch, out);
        scratch.parameters = parameters.recycle();
        written
    }

    fn sign_parameters(
        &self,
        parameters: &mut Parameters<'a>,
        signer: &Signer,
        random: Option<&mut dyn SecureRandom>,
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Result<(), SignError> {
        if self.collect_others(signer.method(), parameters)? {
            self.refuse_repetition(parameters.clone())?;
        }
        let protocol = self.protocol.scan();
        protocol.write_base_string(self.request, parameters, &mut scratch.base_string);
        scratch.signature.clear();
        signer
            .sign_text(
                scratch.base_string.as_bytes(),
                random,
                &mut scratch.signature,
            )
            .map_err(SignError::Signer)?;
        match self.placement {
            // The header is written faster from what is known already about the parameters.
            Place::Header => protocol
                .write_header(self.realm, &scratch.signature, out)
                .map_err(SignError::Header),
            Place::Query | Place::Body => {
                // Base64, or a text's percent-encoded form.
                let signature = core::str::from_utf8(&scratch.signature).unwrap_or_default();
                self.write(signature, out)
            }
        }
    }

    /// Writes the addition, in the place's own form.
    fn write(&self, signature: &str, out: &mut Vec<u8>) -> Result<(), SignError> {
        if self.is_raw {
            return self.write_raw(signature, out);
        }
        match self.placement {
            Place::Header => self
                .protocol
                .write_header(self.realm, signature, out)
                .map_err(SignError::Header),
            Place::Query | Place::Body => {
                self.protocol.write_form(signature, out);
                Ok(())
            }
        }
    }

    /// Everything that is signed, after everything that can be refused.
    fn collect(
        &self,
        method: &'static Method,
        parameters: &mut Parameters<'a>,
    ) -> Result<(), SignError> {
        let may_repeat = self.collect_others(method, parameters)?;
        parameters.add_protocol(self.protocol, self.placement);
        if may_repeat {
            refuse_duplicates(parameters)?;
        }
        Ok(())
    }

    /// Everything that is signed besides the protocol parameters; whether any of that may be one
    /// of them.
    fn collect_others(
        &self,
        method: &'static Method,
        parameters: &mut Parameters<'a>,
    ) -> Result<bool, SignError> {
        self.check_place()?;
        let additional = self.check_protocol(method)?;
        parameters
            .extend_from_request(self.request, &self.limits, HeaderLeniencies::NONE)
            .map_err(SignError::Parameters)?;
        for (pairs, place) in [(self.query, Place::Query), (self.form, Place::Body)] {
            for (name, value) in pairs {
                parameters.add(*name, *value, place);
            }
        }
        let sent_already = parameters.iter().any(|parameter| parameter.is_protocol());
        if sent_already && parameters.protocol(SIGNATURE).is_some() {
            return Err(SignError::Repeated {
                name: SIGNATURE.to_owned(),
            });
        }
        Ok(sent_already || additional)
    }

    #[cold]
    fn refuse_repetition(&self, mut parameters: Parameters<'a>) -> Result<(), SignError> {
        parameters.add_protocol(self.protocol, self.placement);
        refuse_duplicates(&parameters)
    }

    fn check_place(&self) -> Result<(), SignError> {
        let mut authorizations = self.request.authorizations();
        let taken = match self.placement {
            Place::Header => authorizations.next().is_some(),
            Place::Query | Place::Body => authorizations.any(Authorization::is_oauth),
        };
        if taken {
            return Err(SignError::AuthorizationTaken);
        }
        let pairs = !self.form.is_empty();
        if (pairs || self.placement == Place::Body)
            && !(pairs && self.request.body().is_empty())
            && !self.request.is_form_body()
        {
            return Err(SignError::NoFormBody);
        }
        if self.realm.is_some() && self.placement != Place::Header {
            return Err(SignError::RealmOutsideHeader);
        }
        Ok(())
    }

    /// Whether there are names among the protocol parameters that may occur elsewhere too.
    fn check_protocol(&self, method: &'static Method) -> Result<bool, SignError> {
        let protocol = self.protocol;
        let (seen, others) = if protocol.additional().is_empty() {
            let bits = [
                (protocol.timestamp(), TIMESTAMP),
                (protocol.nonce(), NONCE),
                (protocol.body_hash(), BODY_HASH),
            ];
            let bit = |(value, bit): (Option<_>, u16)| if value.is_some() { bit } else { 0 };
            (
                bits.map(bit).into_iter().fold(0, |seen, bit| seen | bit),
                false,
            )
        } else {
            self.check_names()?
        };
        let method_name = protocol.signature_method();
        if !method_name.is_some_and(|name| method.is_named(name)) {
            return Err(SignError::OtherMethod {
                expected: method.name(),
            });
        }
        for (name, bit) in [("oauth_timestamp", TIMESTAMP), ("oauth_nonce", NONCE)] {
            if seen & bit == 0 && !method.is_plaintext() {
                return Err(SignError::Missing { name });
            }
        }
        if seen & BODY_HASH != 0 && (self.request.is_form_body() || !self.form.is_empty()) {
            return Err(SignError::BodyHashOnForm);
        }
        Ok(others)
    }

    /// The bits of the well-known names, none of them twice; whether there are others.
    #[cold]
    fn check_names(&self) -> Result<(u16, bool), SignError> {
        let (mut seen, mut others) = (0, false);
        for (name, _) in self.protocol.iter() {
            let bit = well_known(name);
            if name == SIGNATURE || seen & bit != 0 {
                return Err(SignError::Repeated {
                    name: name.to_owned(),
                });
            }
            seen |= bit;
            others |= bit == 0;
        }
        Ok((seen, others))
    }
}

fn refuse_duplicates(parameters: &Parameters<'_>) -> Result<(), SignError> {
    match parameters.duplicates().into_iter().next() {
        None => Ok(()),
        Some(name) => Err(SignError::Repeated {
            name: name.into_owned(),
        }),
    }
}

const SIGNATURE: &str = "oauth_signature";

const METHOD: u16 = 1;
const TIMESTAMP: u16 = 2;
const NONCE: u16 = 4;
const BODY_HASH: u16 = 8;

/// A bit for each name that nearly every request has, so that repetitions are found without
/// comparing names.
fn well_known(name: &str) -> u16 {
    // By length first: what remains is one comparison with a text of that length.
    match (name.len(), name) {
        (11, "oauth_nonce") => NONCE,
        (11, "oauth_token") => 16,
        (13, "oauth_version") => 32,
        (14, "oauth_callback") => 64,
        (14, "oauth_verifier") => 128,
        (15, "oauth_timestamp") => TIMESTAMP,
        (15, "oauth_body_hash") => BODY_HASH,
        (18, "oauth_consumer_key") => 256,
        (20, "oauth_session_handle") => 512,
        (22, "oauth_signature_method") => METHOD,
        _ => 0,
    }
}

/// A checked request and its base string, waiting for the signature.
pub struct Prepared<'a> {
    sign: SignRequest<'a>,
    method: &'static Method,
    base_string: BaseString,
    parameters: Vec<(String, String)>,
}

impl Prepared<'_> {
    /// What has to be signed.
    #[must_use]
    pub const fn to_sign(&self) -> ToSign<'_> {
        ToSign::new(self.method, self.base_string.as_bytes())
    }

    /// The base string.
    #[must_use]
    pub const fn base_string(&self) -> &BaseString {
        &self.base_string
    }

    /// The second half of signing: writes what is to be added.
    ///
    /// # Errors
    /// [`SignError::Header`], which the first half has ruled out already.
    pub fn finish(self, signature: Signature) -> Result<Signed, SignError> {
        let mut addition = Vec::new();
        self.sign.write(&signature.to_text(), &mut addition)?;
        // Percent-encoded throughout, but for a realm, which came as text.
        let addition = String::from_utf8(addition).unwrap_or_default();
        Ok(Signed {
            place: self.sign.placement,
            addition,
            base_string: self.base_string,
            signature,
            parameters: self.parameters,
        })
    }
}

impl fmt::Debug for Prepared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared")
            .field("sign", &self.sign)
            .field("method", &self.method)
            .field("base_string", &self.base_string)
            .finish_non_exhaustive()
    }
}
