//! How a consumer signs at one provider.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_dialect::Provider;
use countersign_key::Secret;
use countersign_signature::{HmacKey, KeyKind, Method, Placement, Signer, UnusableKey};

use crate::answer::{AccessToken, AnswerError};
use crate::body::BodyHashPolicy;
use crate::consumer::{Consumer, ConsumerSecret};
use crate::credentials::{Credentials, Presented};
use crate::token::Token;

/// A consumer and how it signs at one provider: method, place of the parameters, realm, body hash.
///
/// Make one by hand, or from a provider's row with [`preset`](crate::preset()); then give it a token,
/// or say that there is none. Copies are cheap: keys are shared.
///
/// ```
/// use countersign_client::{Client, Consumer, Token};
/// use countersign_key::Secret;
/// use countersign_signature::Method;
///
/// let consumer = Consumer::hmac("dpf43f3p2l4k3l03", Secret::new("kd94hf93k423kf44"));
/// let client = Client::new(consumer, Method::HMAC_SHA256)?.with_realm("Photos");
///
/// let token = Token::new("nnch734d00sl2jdk", Secret::new("pfkkdhi9sl3r4s00"));
/// let credentials = client.with_token(&token)?;
/// assert_eq!(credentials.token(), Some("nnch734d00sl2jdk"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    consumer: Consumer,
    method: &'static Method,
    method_name: &'static str,
    /// The signer of a key that no token takes part in.
    signer: Option<Arc<Signer>>,
    pub(crate) realm: Option<String>,
    pub(crate) placement: Placement,
    pub(crate) body_hash: BodyHashPolicy,
    pub(crate) sends_version: bool,
    pub(crate) raw_parameters: bool,
    empty_token: bool,
    row: Option<&'static Provider>,
    /// Where the parameters go if they can't go into a body that is no form.
    otherwise: Option<Placement>,
}

impl Client {
    /// A consumer that signs with `method`, in the `Authorization` header, without a realm, with
    /// `oauth_version` and without body hashes.
    ///
    /// # Errors
    /// The method and the consumer's secret don't fit: [`ClientError`].
    pub fn new(consumer: Consumer, method: &'static Method) -> Result<Self, ClientError> {
        let plaintext = matches!(consumer.secret, ConsumerSecret::Plaintext(_));
        if method.is_plaintext() != plaintext {
            return Err(ClientError::Plaintext);
        }
        let signer = match &consumer.secret {
            ConsumerSecret::Hmac(_) if method.kind() != KeyKind::Secret => {
                return Err(ClientError::WrongKind {
                    method: method.name(),
                });
            }
            ConsumerSecret::Hmac(_) | ConsumerSecret::Plaintext(_) => None,
            ConsumerSecret::Rsa(key) => Some(Arc::new(
                Signer::rsa(method, key).map_err(ClientError::Key)?,
            )),
            ConsumerSecret::Signer(signer) if signer.method() != method => {
                return Err(ClientError::WrongKind {
                    method: method.name(),
                });
            }
            ConsumerSecret::Signer(signer) => Some(Arc::clone(signer)),
        };
        Ok(Self {
            consumer,
            method,
            method_name: method.name(),
            signer,
            realm: None,
            placement: Placement::Header,
            body_hash: BodyHashPolicy::NEVER,
            sends_version: true,
            raw_parameters: false,
            empty_token: false,
            row: None,
            otherwise: None,
        })
    }

    /// With a realm in the `Authorization` header. It is not signed.
    #[must_use]
    pub fn with_realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = Some(realm.into());
        self
    }

    /// Sends the protocol parameters there (RFC 5849 section 3.5).
    #[must_use]
    pub const fn with_placement(mut self, placement: Placement) -> Self {
        self.placement = placement;
        self
    }

    /// Sends `oauth_body_hash` by this policy.
    #[must_use]
    pub const fn with_body_hash(mut self, policy: BodyHashPolicy) -> Self {
        self.body_hash = policy;
        self
    }

    /// Sends no `oauth_version`, which is optional (RFC 5849 section 3.1).
    #[must_use]
    pub const fn without_version(mut self) -> Self {
        self.sends_version = false;
        self
    }

    /// Sends the method's other name, where it has one: `RSA-PSS` for `RSA-PSS-SHA256`.
    #[must_use]
    pub const fn with_method_alias(mut self) -> Self {
        if let Some(alias) = self.method.alias() {
            self.method_name = alias;
        }
        self
    }

    /// Sends and signs an empty `oauth_token` where there is no token.
    #[must_use]
    pub const fn with_empty_token(mut self) -> Self {
        self.empty_token = true;
        self
    }

    /// Signs the protocol parameters as the provider's own signers do that do not encode them.
    #[must_use]
    pub(crate) const fn with_raw_parameters(mut self) -> Self {
        self.raw_parameters = true;
        self
    }

    #[must_use]
    pub(crate) const fn with_row(mut self, row: &'static Provider) -> Self {
        self.row = Some(row);
        self
    }

    #[must_use]
    pub(crate) const fn with_placement_otherwise(mut self, placement: Option<Placement>) -> Self {
        self.otherwise = placement;
        self
    }

    /// Where the protocol parameters of one request go: a body that is no form has no place for them.
    pub(crate) fn placement_for(&self, is_form: bool) -> Placement {
        match (self.placement, self.otherwise) {
            (Placement::Body, Some(otherwise)) if !is_form => otherwise,
            (placement, _) => placement,
        }
    }

    /// The provider of `countersign-dialect` whose row it was made from, by which answers are read.
    #[must_use]
    pub const fn provider(&self) -> Option<&'static Provider> {
        self.row
    }

    /// The consumer.
    #[must_use]
    pub const fn consumer(&self) -> &Consumer {
        &self.consumer
    }

    /// The signature method.
    #[must_use]
    pub const fn method(&self) -> &'static Method {
        self.method
    }

    /// The name of the method as it is sent.
    #[must_use]
    pub const fn method_name(&self) -> &'static str {
        self.method_name
    }

    /// Where the protocol parameters are sent.
    #[must_use]
    pub const fn placement(&self) -> Placement {
        self.placement
    }

    /// The realm.
    #[must_use]
    pub fn realm(&self) -> Option<&str> {
        self.realm.as_deref()
    }

    /// The client with a token. Its key is prepared here: keep the result for as long as the token.
    ///
    /// # Errors
    /// [`UnusableKey`], which [`new`](Self::new) has ruled out already.
    pub fn with_token(&self, token: &Token) -> Result<Credentials, UnusableKey> {
        let signer = self.signer_with(Some(token.secret()))?;
        let presented = Presented::Token(token.token().to_owned());
        Ok(Credentials::new(self.clone(), presented, signer))
    }

    /// The client for itself, without a token: the first request of a flow, two-legged calls. No
    /// `oauth_token` is sent, or an empty one after [`with_empty_token`](Self::with_empty_token).
    ///
    /// # Errors
    /// [`UnusableKey`], which [`new`](Self::new) has ruled out already.
    pub fn without_token(&self) -> Result<Credentials, UnusableKey> {
        let presented = if self.empty_token {
            Presented::Empty
        } else {
            Presented::Absent
        };
        let signer = self.signer_with(None)?;
        Ok(Credentials::new(self.clone(), presented, signer))
    }

    /// Reads the answer to a request for an access token, which arrived at `now`: a flow's last
    /// step, a renewal, perhaps of another process.
    ///
    /// # Errors
    /// [`AnswerError`]: no token.
    pub fn read_access_token<B: AsRef<[u8]>>(
        &self,
        response: &http::Response<B>,
        now: UnixTime,
    ) -> Result<AccessToken, AnswerError> {
        AccessToken::read(response, self, now)
    }

    fn signer_with(&self, token_secret: Option<&Secret>) -> Result<Arc<Signer>, UnusableKey> {
        if let Some(signer) = &self.signer {
            return Ok(Arc::clone(signer));
        }
        let signer = match &self.consumer.secret {
            ConsumerSecret::Plaintext(secret) => {
                Signer::dangerous_plaintext(&HmacKey::new(secret, token_secret))
            }
            ConsumerSecret::Hmac(secret) => {
                Signer::hmac(self.method, &HmacKey::new(secret, token_secret))?
            }
            ConsumerSecret::Rsa(key) => Signer::rsa(self.method, key)?,
            ConsumerSecret::Signer(signer) => return Ok(Arc::clone(signer)),
        };
        Ok(Arc::new(signer))
    }
}

/// Why a consumer can't sign by a method.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The RSA key can't be used with the method.
    #[error("the key can't be used")]
    Key(#[source] UnusableKey),
    /// PLAINTEXT is for consumers made for it, and they for nothing else.
    #[error("expected PLAINTEXT with a consumer made for it only, found one without the other")]
    Plaintext,
    /// The consumer's secret is of another kind than the method's.
    #[error("expected a consumer with the kind of key that {method} needs, found another")]
    WrongKind {
        /// The method.
        method: &'static str,
    },
}
