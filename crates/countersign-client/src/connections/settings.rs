//! How connections are looked after.

use core::time::Duration;

use crate::connections::Watch;

/// How connections are looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Settings {
    pub(super) lease_seconds: u32,
    pub(super) concurrency: usize,
    pub(super) ahead_percent: u8,
    pub(super) jitter_percent: u8,
    pub(super) poll: Duration,
    pub(super) patience: Duration,
    pub(super) backoff_seconds: u32,
    pub(super) watch: Watch,
    pub(super) most_known: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lease_seconds: 60,
            concurrency: 16,
            ahead_percent: 80,
            jitter_percent: 10,
            poll: Duration::from_millis(200),
            patience: Duration::from_secs(90),
            backoff_seconds: 30,
            watch: Watch::new(),
            most_known: 100_000,
        }
    }
}

impl Settings {
    /// How long the right to send one renewal lasts: longer than an exchange takes. When a process
    /// dies with it, others wait for its end. 60 seconds by default.
    pub const fn with_lease_seconds(mut self, seconds: u32) -> Self {
        self.lease_seconds = seconds;
        self
    }

    /// How many renewals may be under way at once in this process. 16 by default.
    pub const fn with_concurrency(mut self, renewals: usize) -> Self {
        self.concurrency = renewals;
        self
    }

    /// After how much of its life a token is renewed, and up to how much of it later, at random.
    /// 80 % and up to 10 % later by default.
    pub const fn with_ahead(mut self, percent: u8, jitter: u8) -> Self {
        self.ahead_percent = percent;
        self.jitter_percent = jitter;
        self
    }

    /// How often it is looked whether another process has renewed, about, and for how long in all.
    /// 200 ms and 90 s by default.
    pub const fn with_polling(mut self, poll: Duration, patience: Duration) -> Self {
        self.poll = poll;
        self.patience = patience;
        self
    }

    /// How long after a fault [`renew_due`](crate::connections::Connections::renew_due) leaves a
    /// connection alone. 30 seconds by default.
    pub const fn with_backoff_seconds(mut self, seconds: u32) -> Self {
        self.backoff_seconds = seconds;
        self
    }

    /// How many connections this process keeps at hand. Beyond, those that were not asked for lately
    /// are read again when they are; they are not renewed ahead of their end meanwhile. What is under
    /// way, held by a [handle](crate::connections::ConnectionHandle) or not yet stored stays in any
    /// case. 100,000 by default.
    pub const fn with_most_known(mut self, connections: usize) -> Self {
        self.most_known = connections;
        self
    }

    /// When clocks and certificates are told of.
    pub const fn with_watch(mut self, watch: Watch) -> Self {
        self.watch = watch;
        self
    }

    /// How long a lease lasts.
    #[must_use]
    pub const fn lease_seconds(&self) -> u32 {
        self.lease_seconds
    }
}
