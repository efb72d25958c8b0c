//! Where a provider is served: what the layer and the token endpoints have in common.

use core::fmt;
use core::future::Future;
use core::net::IpAddr;
use core::pin::Pin;
use core::time::Duration;
use std::borrow::Cow;
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_provider::{Origin, Provider, WireError};
use http::Extensions;
use http::request::Parts;

use crate::endpoints::TokenEndpoints;
use crate::forwarded::TrustedProxies;
use crate::layer::VerifyLayer;
use crate::room::Room;
use crate::rules::Rules;

pub(crate) type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

type Peer = dyn Fn(&Extensions) -> Option<IpAddr> + Send + Sync;

/// A provider, the origin it is reached at, and what it can't have of itself: a clock and a timer.
pub struct Site<C, T, N> {
    provider: Arc<Provider<C, T, N>>,
    origin: Origin,
    proxies: Option<(TrustedProxies, Arc<Peer>)>,
    clock: Arc<dyn Fn() -> UnixTime + Send + Sync>,
    timer: Arc<dyn Fn(Duration) -> Sleep + Send + Sync>,
    deadline: Duration,
    room: Arc<Room>,
}

impl<C, T, N> Clone for Site<C, T, N> {
    fn clone(&self) -> Self {
        Self {
            provider: Arc::clone(&self.provider),
            origin: self.origin.clone(),
            proxies: self.proxies.clone(),
            clock: Arc::clone(&self.clock),
            timer: Arc::clone(&self.timer),
            deadline: self.deadline,
            room: Arc::clone(&self.room),
        }
    }
}

impl<C, T, N> fmt::Debug for Site<C, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("provider", &self.provider)
            .field("origin", &self.origin)
            .field(
                "proxies",
                &self.proxies.as_ref().map(|(proxies, _)| proxies),
            )
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl<C, T, N> Site<C, T, N> {
    /// A provider at an origin, with a clock and a timer: `system_clock` and `tokio_timer`, by the
    /// features `system-clock` and `tokio`, or whatever a test wants.
    ///
    /// `timer` gives a future that is ready after the time given; the time that a body may take is
    /// measured with it.
    pub fn new<S>(
        provider: impl Into<Arc<Provider<C, T, N>>>,
        origin: Origin,
        clock: impl Fn() -> UnixTime + Send + Sync + 'static,
        timer: impl Fn(Duration) -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Future<Output = ()> + Send + 'static,
    {
        Self {
            provider: provider.into(),
            origin,
            proxies: None,
            clock: Arc::new(clock),
            timer: Arc::new(move |duration| Box::pin(timer(duration))),
            deadline: Duration::from_secs(30),
            room: Room::new(Room::DEFAULT),
        }
    }

    /// How long the body of a request may take where it is read before the handler; 30 s without
    /// this.
    #[must_use]
    pub fn with_body_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How many bytes the bodies of all requests may take together that are read before their
    /// handlers; 64 MiB without this. The first 16 KiB of each count for nothing. Beyond it the body
    /// that began first of those that are not whole yet gives way, and its request gets 503 and
    /// `Retry-After`, if that makes room enough: who sends slowly, or nothing any more, keeps nobody
    /// out who begins later. A body that is longer than all of it gets 413.
    #[must_use]
    pub fn with_body_room(mut self, bytes: usize) -> Self {
        self.room = Room::new(bytes);
        self
    }

    /// Believes forwarded fields of connections from these proxies; `peer` tells from a request's
    /// extensions where its connection comes from. Without this, and from anybody else, forwarded
    /// fields are not looked at.
    ///
    /// ```
    /// # use countersign_tower::Site;
    /// use core::net::SocketAddr;
    ///
    /// use countersign_tower::{ForwardedFields, TrustedProxies};
    ///
    /// # fn behind<C, T, N>(site: Site<C, T, N>) -> Result<Site<C, T, N>, countersign_tower::PrefixError> {
    /// let proxies = TrustedProxies::new(ForwardedFields::XForwarded, ["10.0.0.0/8".parse()?]);
    /// let site = site.with_trusted_proxies(proxies, |extensions| {
    ///     extensions.get::<SocketAddr>().map(SocketAddr::ip)
    /// });
    /// # Ok(site)
    /// # }
    /// ```
    #[must_use]
    pub fn with_trusted_proxies(
        mut self,
        proxies: TrustedProxies,
        peer: impl Fn(&Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.proxies = Some((proxies, Arc::new(peer)));
        self
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> &Arc<Provider<C, T, N>> {
        &self.provider
    }

    /// The layer that lets verified requests through; `rules` says what each of them must be like.
    pub fn verify_layer(&self, rules: impl Rules + 'static) -> VerifyLayer<C, T, N> {
        VerifyLayer::new(self.clone(), rules)
    }

    /// The service of the endpoints that give out tokens.
    #[must_use]
    pub fn token_endpoints(&self) -> TokenEndpoints<C, T, N> {
        TokenEndpoints::new(self.clone())
    }

    pub(crate) fn now(&self) -> UnixTime {
        (self.clock)()
    }

    pub(crate) fn room(&self) -> &Arc<Room> {
        &self.room
    }

    pub(crate) fn body_deadline(&self) -> Sleep {
        (self.timer)(self.deadline)
    }

    pub(crate) fn realm(&self) -> Option<&str> {
        self.provider.settings().realm.as_deref()
    }

    /// The origin that the sender signed, if the sender is honest: the configured one, with what a
    /// trusted proxy says in its place.
    ///
    /// # Errors
    ///
    /// [`WireError::Forwarded`] if a trusted proxy says what is no origin.
    pub fn origin_of(&self, parts: &Parts) -> Result<Cow<'_, Origin>, WireError> {
        match self.trusted_proxy(parts) {
            None => Ok(Cow::Borrowed(&self.origin)),
            Some(proxies) => proxies
                .forwarded_origin(&parts.headers, &self.origin)
                .map_err(WireError::Forwarded),
        }
    }

    /// Whether the forwarded fields of a request are believed.
    #[must_use]
    pub fn is_from_trusted_proxy(&self, parts: &Parts) -> bool {
        self.trusted_proxy(parts).is_some()
    }

    fn trusted_proxy(&self, parts: &Parts) -> Option<&TrustedProxies> {
        let (proxies, peer) = self.proxies.as_ref()?;
        peer(&parts.extensions)
            .is_some_and(|address| proxies.includes(address))
            .then_some(proxies)
    }
}

/// Tokio's timer, for [`Site::new`].
#[cfg(feature = "tokio")]
pub fn tokio_timer(duration: Duration) -> impl Future<Output = ()> + Send + 'static {
    tokio::time::sleep(duration)
}
