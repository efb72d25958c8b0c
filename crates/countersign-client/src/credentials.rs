//! A client with its token, ready to sign.

use std::sync::Arc;

use countersign_base_string::Request;
use countersign_signature::{Placement, Scratch, Signer};

use crate::body::Body;
use crate::client::Client;
use crate::instructions::Instructions;
use crate::sign::{Extras, SignError, placement, sign, sign_into};
use crate::stamp::Stamp;

/// A client with a token, or without one, and the key prepared: what signs requests.
///
/// Made by [`Client::with_token`] and [`Client::without_token`]. Keep it; it can be shared between
/// threads.
#[derive(Clone, Debug)]
pub struct Credentials {
    client: Client,
    presented: Presented,
    signer: Arc<Signer>,
}

/// What is sent as `oauth_token`: an empty one and none are different requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Presented {
    Absent,
    Empty,
    Token(String),
}

impl Credentials {
    pub(crate) const fn new(client: Client, presented: Presented, signer: Arc<Signer>) -> Self {
        Self {
            client,
            presented,
            signer,
        }
    }

    /// Signs a request as it will be sent and says what to add to it. Nothing is changed.
    ///
    /// The URI must be absolute, or relative with a `Host` header and then by https. A `Host` header
    /// counts before the URI, as it is what HTTP/1.1 sends; from HTTP/2 on the URI counts. No byte
    /// of the request is rebuilt (RFC 5849 section 3.4.1).
    ///
    /// ```
    /// use countersign_client::{Body, Client, Consumer, Stamp, Token};
    /// use countersign_clock::UnixTime;
    /// use countersign_key::Secret;
    /// use countersign_signature::Method;
    ///
    /// let consumer = Consumer::hmac("dpf43f3p2l4k3l03", Secret::new("kd94hf93k423kf44"));
    /// let token = Token::new("nnch734d00sl2jdk", Secret::new("pfkkdhi9sl3r4s00"));
    /// let credentials = Client::new(consumer, Method::HMAC_SHA1)?.with_token(&token)?;
    ///
    /// let url = "http://photos.example.net/photos?file=vacation.jpg&size=original";
    /// let mut request = http::Request::get(url).body(())?;
    /// let stamp = Stamp::new(UnixTime::from_seconds(1_191_242_096), "kllo9940pd9333jh");
    /// let instructions = credentials.sign(&request, Body::EMPTY, stamp)?;
    /// instructions.apply_to_head(&mut request)?;
    /// assert!(request.headers()["authorization"].to_str()?.ends_with(
    ///     r#"oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D""#
    /// ));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SignError`]: the request can't be signed as it is, or the key fails.
    pub fn sign<B>(
        &self,
        request: &http::Request<B>,
        body: Body<'_>,
        stamp: Stamp<'_>,
    ) -> Result<Instructions, SignError> {
        self.sign_with(request, body, Extras::default(), stamp)
    }

    /// As [`sign`](Self::sign), of a request that is no `http::Request`, with memory that is kept: it
    /// appends what is to be added to `out`, the value of the `Authorization` field or
    /// `name=value&…`, and gives the place for it. `body` is read in place of the request's own.
    ///
    /// ```
    /// use countersign_base_string::{Request, Uri};
    /// use countersign_client::{Body, Client, Consumer, Stamp};
    /// use countersign_clock::UnixTime;
    /// use countersign_key::Secret;
    /// use countersign_signature::{Method, Placement, Scratch};
    ///
    /// let consumer = Consumer::hmac("key", Secret::new("secret"));
    /// let credentials = Client::new(consumer, Method::HMAC_SHA1)?.without_token()?;
    /// let request = Request::new("GET", Uri::parse("https://api.example.com/v1/items")?)?;
    /// let stamp = Stamp::new(UnixTime::from_seconds(137_131_202), "chapoH");
    ///
    /// let (mut scratch, mut header) = (Scratch::new(), Vec::new());
    /// let place = credentials.sign_into(&request, Body::EMPTY, stamp, &mut scratch, &mut header)?;
    /// assert_eq!(place, Placement::Header);
    /// assert!(header.starts_with(b"OAuth oauth_consumer_key=\"key\", "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`sign`](Self::sign); `out` is as it was then.
    pub fn sign_into(
        &self,
        request: &Request<'_>,
        body: Body<'_>,
        stamp: Stamp<'_>,
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Result<Placement, SignError> {
        sign_into(self, request, body, stamp, scratch, out)?;
        Ok(placement(&self.client, request, body))
    }

    /// Signs a request that is complete and adds what is to be added.
    ///
    /// # Errors
    /// As [`sign`](Self::sign); the request is unchanged then.
    pub fn sign_in_place(
        &self,
        request: &mut http::Request<Vec<u8>>,
        stamp: Stamp<'_>,
    ) -> Result<(), SignError> {
        let instructions = self.sign(request, Body::Bytes(request.body()), stamp)?;
        instructions.apply(request).map_err(SignError::Apply)
    }

    pub(crate) fn sign_with<B>(
        &self,
        request: &http::Request<B>,
        body: Body<'_>,
        extras: Extras<'_>,
        stamp: Stamp<'_>,
    ) -> Result<Instructions, SignError> {
        sign(self, request, body, extras, stamp)
    }

    /// How it signs.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// What is sent as `oauth_token`; none if it is not sent.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        match &self.presented {
            Presented::Absent => None,
            Presented::Empty => Some(""),
            Presented::Token(token) => Some(token),
        }
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }
}
