//! Memory that is kept from one request to the next.

use core::fmt;

use countersign_base_string::{Parameters, Request, write_base_string};
use countersign_key::SecureRandom;
use zeroize::Zeroize as _;

use crate::{Signer, SignerError};

/// Buffers for [`SignRequest::sign_into`](crate::SignRequest::sign_into): with one of these kept,
/// signing allocates nothing.
///
/// ```
/// use countersign_base_string::{ProtocolParameters, Request, Uri};
/// use countersign_key::Secret;
/// use countersign_signature::{HmacKey, Method, Scratch, SignRequest, Signer};
///
/// let signer = Signer::hmac(Method::HMAC_SHA1, &HmacKey::new(&Secret::new("secret"), None))?;
/// let mut scratch = Scratch::new();
/// let mut header = Vec::new();
/// for nonce in ["7d8f3e4a", "91ab8c2f"] {
///     let request = Request::new("GET", Uri::parse("https://example.com/a?b=c")?)?;
///     let protocol = ProtocolParameters::new("key", "HMAC-SHA1", "137131200", nonce);
///     header.clear();
///     SignRequest::new(&request, &protocol).sign_into(&signer, None, &mut scratch, &mut header)?;
///     assert!(header.starts_with(b"OAuth oauth_consumer_key=\"key\", "));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Scratch {
    pub(crate) parameters: Parameters<'static>,
    pub(crate) base_string: Vec<u8>,
    pub(crate) signature: String,
}

impl Scratch {
    /// Empty buffers, which grow with the first request.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            parameters: Parameters::new(),
            base_string: Vec::new(),
            signature: String::new(),
        }
    }

    /// Leaves the base string in `base_string` and the signature's text in `signature`.
    pub(crate) fn sign(
        &mut self,
        request: &Request<'_>,
        parameters: &Parameters<'_>,
        signer: &Signer,
        random: Option<&mut dyn SecureRandom>,
    ) -> Result<(), SignerError> {
        self.base_string.clear();
        write_base_string(request, parameters, &mut self.base_string);
        self.signature.clear();
        signer.sign_text(&self.base_string, random, &mut self.signature)
    }
}

impl Drop for Scratch {
    /// Base strings hold tokens and form fields, and a `PLAINTEXT` signature is made of secrets.
    fn drop(&mut self) {
        self.base_string.zeroize();
        self.signature.zeroize();
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scratch([redacted])")
    }
}
