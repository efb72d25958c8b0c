//! Where the store under test comes from.

use core::future::Future;

use countersign_clock::{UnixTime, Window};

use crate::error::StoreError;
use crate::testing;

/// What a store says of itself; checks of what it does not promise are skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Promises {
    pub(super) durable: bool,
    pub(super) shared: bool,
    pub(super) limits: bool,
    pub(super) follows_now: bool,
}

impl Promises {
    /// Forgets everything when it is closed, and says so: a store of nonces fences what it can't
    /// vouch for.
    pub const fn volatile() -> Self {
        Self {
            durable: false,
            shared: false,
            limits: false,
            follows_now: true,
        }
    }

    /// Knows after [`Factory::reopen`] whatever it answered for before.
    pub const fn durable() -> Self {
        Self {
            durable: true,
            ..Self::volatile()
        }
    }

    /// Several handles see one store: [`Factory::another`].
    pub const fn with_handles(mut self) -> Self {
        self.shared = true;
        self
    }

    /// Obeys the numbers of [`Settings`]; without, they are only a wish.
    pub const fn with_limits(mut self) -> Self {
        self.limits = true;
        self
    }

    /// Ends nonces by a clock of its own and not by the `now` it is given, so that the suite can't
    /// let time pass.
    pub const fn with_own_clock(mut self) -> Self {
        self.follows_now = false;
        self
    }
}

/// How the store under test is to be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// The acceptance window.
    pub window: Window,
    /// The most live nonces in all.
    pub nonces: usize,
    /// The most live nonces of one consumer.
    pub per_consumer: u32,
    /// The most rows of each other kind.
    pub rows: usize,
}

impl Default for Settings {
    /// More than any check but those of limits needs.
    fn default() -> Self {
        Self {
            window: Window::default(),
            nonces: 100_000,
            per_consumer: 100_000,
            rows: 10_000,
        }
    }
}

/// Makes the store under test.
pub trait Factory: Sync {
    /// The store, or one handle of it.
    type Store: Send + Sync;

    /// What it promises.
    fn promises(&self) -> Promises;

    /// An empty store.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being made.
    fn fresh(&self, settings: &Settings) -> Result<Self::Store, StoreError>;

    /// The store after its process was killed at `at` and started again, with the same settings. A
    /// volatile store comes back empty and is told that it lost its memory.
    ///
    /// The default says that it can't be done, and the checks of restarts are skipped for a store
    /// that is not durable.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being opened.
    fn reopen(
        &self,
        store: Self::Store,
        settings: &Settings,
        at: UnixTime,
    ) -> Result<Option<Self::Store>, StoreError> {
        let _ = (store, settings, at);
        Ok(None)
    }

    /// One more handle on the same store, as another process would have it.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being opened.
    fn another(&self, store: &Self::Store) -> Result<Option<Self::Store>, StoreError> {
        let _ = store;
        Ok(None)
    }

    /// The moment at which the checks begin. A store with its own clock gives the real time.
    fn now(&self) -> UnixTime {
        UnixTime::from_seconds(1_700_000_000)
    }

    /// Runs a future to its end; called from many threads at the same time.
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        testing::block_on(future)
    }
}
