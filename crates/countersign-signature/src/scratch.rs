//! Memory that is kept from one request to the next.

use core::fmt;

use countersign_base_string::{BaseStringBuffer, Parameters};
use zeroize::Zeroize as _;

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
    pub(crate) base_string: BaseStringBuffer,
    pub(crate) signature: Vec<u8>,
}

impl Scratch {
    /// Empty buffers, which grow with the first request.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            parameters: Parameters::new(),
            base_string: BaseStringBuffer::new(),
            signature: Vec::new(),
        }
    }
}

impl Drop for Scratch {
    /// Base strings hold tokens and form fields, and a `PLAINTEXT` signature is made of secrets.
    fn drop(&mut self) {
        core::mem::take(&mut self.base_string)
            .into_memory()
            .zeroize();
        self.signature.zeroize();
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scratch([redacted])")
    }
}
