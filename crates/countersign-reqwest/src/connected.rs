//! A client whose token is a connection's: renewed ahead of its end, once for all processes.

use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_client::connections::{ConnectionError, Connections, Current, Used, Verdict};
use countersign_client::{Client, Credentials};
use countersign_clock::{UnixTime, system};
use countersign_problem::ProblemCode;
use countersign_store::{ConnectionId, ConnectionStore};
use countersign_token::{Generation, Refusal};

use crate::host::SystemHost;
use crate::renewals::{Renewals, token};
use crate::seldom::Seldom;
use crate::source::{CredentialSource, SourceError};

/// Credentials of this many generations are kept prepared: requests that are under way were signed
/// with one of them.
const PREPARED: usize = 4;

/// So many seconds between two looks at a certificate.
const SELDOM: i64 = 600;

type Prepared = VecDeque<(Generation, Arc<Credentials>)>;

/// The credentials of one connection: always the newest token that this process knows.
///
/// A token that is good is given out at once, also while it is being renewed. One whose time is over
/// is renewed first; call
/// [`renew_due`](countersign_client::connections::Connections::renew_due) by a timer, so that this
/// does not happen to a request.
///
/// ```
/// use countersign_client::connections::{Connections, Settings};
/// use countersign_client::{Client, Consumer, Service};
/// use countersign_key::Secret;
/// use countersign_reqwest::{Clock, Connected, Driver, Renewals, Signing, SystemHost, client};
/// use countersign_signature::Method;
/// use countersign_store::{ConnectionId, MemoryConnectionStore};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let consumer = Client::new(Consumer::hmac("key", Secret::new("secret")), Method::HMAC_SHA1)?;
/// let service = Service::token_only("https://api.example.com/oauth/AccessToken")?;
/// let clock = Clock::default();
/// let driver = Driver::new(reqwest::Client::builder(), clock.clone())?;
/// let renewals = Renewals::new(driver, consumer.clone(), service);
///
/// let store = MemoryConnectionStore::new(); // or a file that all processes share
/// let connections = Connections::new(store, renewals, SystemHost::default(), Settings::default());
/// connections.subscribe(|event| println!("{event:?}"));
///
/// let florist = ConnectionId::new("key", "Maple Florist");
/// let source = Connected::new(connections.clone(), florist, consumer);
/// let signing = Signing::with_source(source, "https://api.example.com")?.with_clock(clock);
/// let client = client(reqwest::Client::builder(), signing)?;
/// # drop(client);
/// # Ok(())
/// # }
/// ```
pub struct Connected<S> {
    connections: Connections<S, Renewals, SystemHost>,
    id: ConnectionId,
    client: Client,
    /// The latest last.
    prepared: Mutex<Prepared>,
    /// When the certificate ends, and how often that is looked at.
    certificate: Option<(UnixTime, Seldom)>,
}

impl<S> core::fmt::Debug for Connected<S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Connected")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl<S: ConnectionStore + 'static> Connected<S> {
    /// The credentials of the connection `id`, for requests of `client`.
    #[must_use]
    pub const fn new(
        connections: Connections<S, Renewals, SystemHost>,
        id: ConnectionId,
        client: Client,
    ) -> Self {
        Self {
            connections,
            id,
            client,
            prepared: Mutex::new(VecDeque::new()),
            certificate: None,
        }
    }

    /// Has the subscribers told in time that the certificate ends under which requests are signed, the
    /// last moment of which is `ends`.
    #[must_use]
    pub fn with_certificate_end(mut self, ends: UnixTime) -> Self {
        self.certificate = Some((ends, Seldom::every(SELDOM)));
        self
    }

    /// Looks at the certificate, seldom.
    fn look_at_certificate(&self) {
        let Some((ends, seldom)) = &self.certificate else {
            return;
        };
        let now = system::now().seconds();
        if seldom.is_due(now) {
            seldom.looked(now);
            self.connections.certificate_seen(*ends);
        }
    }

    fn prepared(&self) -> MutexGuard<'_, Prepared> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The credentials of a token, made once.
    fn prepare(&self, current: &Current) -> Result<Arc<Credentials>, SourceError> {
        let mut prepared = self.prepared();
        let known = prepared.iter().rev();
        if let Some((_, known)) = known
            .filter(|(generation, _)| *generation == current.generation)
            .find(|(_, known)| known.token() == Some(current.credentials.token.expose_secret()))
        {
            return Ok(Arc::clone(known));
        }
        let token = token(&current.credentials);
        let made = self.client.with_token(&token).map_err(SourceError::new)?;
        let made = Arc::new(made);
        while prepared.len() >= PREPARED {
            prepared.pop_front();
        }
        prepared.push_back((current.generation, Arc::clone(&made)));
        Ok(made)
    }

    fn generation_of(&self, used: &Arc<Credentials>) -> Option<Generation> {
        let prepared = self.prepared();
        let mut known = prepared.iter();
        known
            .find(|(_, known)| Arc::ptr_eq(known, used))
            .map(|(generation, _)| *generation)
    }

    /// The generation of the credentials used, if the connection's token is theirs by now: one that
    /// was made anew begins at the first generation again.
    fn still(&self, used: &Arc<Credentials>, known: &Current) -> Option<Generation> {
        let generation = self.generation_of(used)?;
        let is_other = known.generation == generation
            && used.token() != Some(known.credentials.token.expose_secret());
        (!is_other).then_some(generation)
    }

    /// Tells the connection how a request came out. Another token than the one used, if there is one.
    async fn report(
        &self,
        used: &Arc<Credentials>,
        verdict: Verdict,
    ) -> Result<Option<Arc<Credentials>>, SourceError> {
        let told = match self.connections.read(&self.id).await {
            Ok(known) => match self.still(used, &known) {
                Some(generation) => {
                    let used = Used::new(generation, used.token().unwrap_or_default());
                    let told = self.connections.report(&self.id, used, verdict);
                    told.await
                }
                // So long under way that it is not kept any more: there are newer ones.
                None => self.connections.token(&self.id).await.map(Some),
            },
            Err(error) => Err(error),
        };
        let another = match told {
            Ok(Some(another)) => self.prepare(&another)?,
            Ok(None)
            | Err(
                ConnectionError::NeedsReauthorisation(_)
                | ConnectionError::NotRenewable
                | ConnectionError::Unknown,
            ) => return Ok(None),
            Err(error) => return Err(SourceError::new(error)),
        };
        Ok((!Arc::ptr_eq(&another, used)).then_some(another))
    }
}

/// An answer that is there waits no longer than this for a store that is not.
const NOTED_WITHIN: Duration = Duration::from_secs(1);

impl<S: ConnectionStore + 'static> CredentialSource for Connected<S> {
    async fn current(&self) -> Result<Arc<Credentials>, SourceError> {
        self.look_at_certificate();
        let token = self.connections.token(&self.id).await;
        let token = token.map_err(SourceError::new)?;
        self.prepare(&token)
    }

    async fn renewed(
        &self,
        refused: &Arc<Credentials>,
    ) -> Result<Option<Arc<Credentials>>, SourceError> {
        self.report(refused, Verdict::Expired).await
    }

    async fn reread(
        &self,
        refused: &Arc<Credentials>,
    ) -> Result<Option<Arc<Credentials>>, SourceError> {
        self.report(refused, Verdict::Refused(Refusal::TokenRejected))
            .await
    }

    async fn refused(
        &self,
        refused: &Arc<Credentials>,
        code: &ProblemCode,
    ) -> Result<Option<Arc<Credentials>>, SourceError> {
        let refusal = Refusal::of(code).unwrap_or(Refusal::TokenRejected);
        self.report(refused, Verdict::Refused(refusal)).await
    }

    fn clock_seen(&self, seconds: i64) {
        self.connections.clock_seen(seconds);
    }

    async fn worked(&self, used: &Arc<Credentials>) {
        let Some(known) = self.connections.current(&self.id) else {
            return;
        };
        if let Some(generation) = self.still(used, &known) {
            let used = Used::new(generation, used.token().unwrap_or_default());
            let noted = self.connections.report(&self.id, used, Verdict::Worked);
            // What can't be noted now is noted after the next request.
            let _ignored = tokio::time::timeout(NOTED_WITHIN, noted).await;
        }
    }
}
