//! Sending the requests of the flows.

use countersign_client::{
    AccessToken, AnswerError, Approved, Attempts, Next, Origin, OriginError, Pending, Renewal,
    SignError, Stamp, Start, XAuth,
};
use countersign_clock::system;
use countersign_key::RandomError;
use countersign_signature::OsRandom;
use http::header::ACCEPT_ENCODING;
use http::{HeaderValue, Uri};

use crate::answer::whole;
use crate::client::plain;
use crate::clock::Clock;

/// Sends the requests of the flows and reads their answers, up to 64 KiB of each.
///
/// A refused timestamp corrects the clock, once; nothing else is sent twice. Redirects are not
/// followed.
#[derive(Clone, Debug)]
pub struct Driver {
    http: reqwest::Client,
    clock: Clock,
}

impl Driver {
    /// With a client of these settings, and this clock.
    ///
    /// # Errors
    /// reqwest can't make a client, as without TLS.
    pub fn new(builder: reqwest::ClientBuilder, clock: Clock) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: plain(builder)?,
            clock,
        })
    }

    /// The first step: temporary credentials.
    ///
    /// # Errors
    /// [`DriverError`].
    pub async fn begin(&self, start: &Start) -> Result<Pending, DriverError> {
        let uri = start.uri().ok_or(DriverError::Sign(SignError::NoStep))?;
        let sent = self.send(uri, start.attempts(), |stamp| start.request(stamp));
        let response = sent.await?;
        start.read(&response).map_err(DriverError::Answer)
    }

    /// The last step: the token.
    ///
    /// # Errors
    /// [`DriverError`].
    pub async fn exchange(&self, approved: &Approved) -> Result<AccessToken, DriverError> {
        let make = |stamp: Stamp<'_>| approved.request(stamp);
        let sent = self.send(approved.uri(), approved.attempts(), make);
        let response = sent.await?;
        let read = approved.read(&response, system::now());
        read.map_err(DriverError::Answer)
    }

    /// xAuth.
    ///
    /// # Errors
    /// [`DriverError`].
    pub async fn log_in(&self, login: &XAuth) -> Result<AccessToken, DriverError> {
        let make = |stamp: Stamp<'_>| login.request(stamp);
        let response = self.send(login.uri(), login.attempts(), make).await?;
        let read = login.read(&response, system::now());
        read.map_err(DriverError::Answer)
    }

    /// A renewal. The intent has to be durable before, and the answer is yours to keep: for more than
    /// one process, use [`connections`](countersign_client::connections) and
    /// [`answer_to`](Self::answer_to).
    ///
    /// # Errors
    /// [`DriverError`].
    pub async fn renew(&self, renewal: &Renewal) -> Result<AccessToken, DriverError> {
        let response = self.answer_to(renewal).await?;
        let read = renewal.read(&response, system::now());
        read.map_err(DriverError::Answer)
    }

    /// The answer to a renewal as it came, to be kept before it is read.
    ///
    /// # Errors
    /// [`DriverError::Sign`], [`DriverError::Send`] and the like; never [`DriverError::Answer`].
    pub async fn answer_to(
        &self,
        renewal: &Renewal,
    ) -> Result<http::Response<Vec<u8>>, DriverError> {
        let make = |stamp: Stamp<'_>| renewal.request(stamp);
        self.send(renewal.uri(), renewal.attempts(), make).await
    }

    async fn send(
        &self,
        uri: &Uri,
        mut attempts: Attempts,
        make: impl Fn(Stamp<'_>) -> Result<http::Request<Vec<u8>>, SignError>,
    ) -> Result<http::Response<Vec<u8>>, DriverError> {
        let origin = Origin::of(uri).map_err(DriverError::Origin)?;
        loop {
            let mut random = OsRandom::new();
            let stamp = Stamp::drawn(self.clock.now(&origin), &mut random);
            let request = make(stamp.map_err(DriverError::Random)?).map_err(DriverError::Sign)?;
            let response = self.once(request).await?;
            let local = system::now();
            let Next::CorrectClock(estimate) = attempts.next(&response, local) else {
                return Ok(response);
            };
            self.clock.correct(&origin, &estimate, local);
        }
    }

    async fn once(
        &self,
        mut request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, DriverError> {
        // The answer is short, and read as it comes.
        let identity = HeaderValue::from_static("identity");
        request.headers_mut().insert(ACCEPT_ENCODING, identity);
        let request = reqwest::Request::try_from(request).map_err(send_error)?;
        let response = self.http.execute(request).await.map_err(send_error)?;
        whole(response).await.map_err(send_error)
    }
}

/// The address may hold what signs.
fn send_error(error: reqwest::Error) -> DriverError {
    DriverError::Send(error.without_url())
}

/// Why a step of a flow came to nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriverError {
    /// The answer is no token.
    #[error("the answer gives no token")]
    Answer(#[source] AnswerError),
    /// The address has no origin.
    #[error("the address has no origin")]
    Origin(#[source] OriginError),
    /// The system's generator fails.
    #[error("there is no randomness for a nonce")]
    Random(#[source] RandomError),
    /// Nothing was sent, or no answer came. Of a renewal it is unknown then whether it happened.
    #[error("the request got no answer")]
    Send(#[source] reqwest::Error),
    /// The request can't be signed.
    #[error("the request can't be signed")]
    Sign(#[source] SignError),
}
