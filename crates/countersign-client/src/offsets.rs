//! How far the clocks of the servers are off, each by its origin.

use std::collections::BTreeMap;

use countersign_clock::{Bound, Estimate, UnixTime, estimate};

use crate::origin::Origin;

/// More servers than one client talks to.
const MOST: usize = 1024;
/// A time zone, and no more: the default bound of an estimate.
const FARTHEST: i64 = 86_400;

/// What was learnt of one server's clock: server minus local, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockOffset {
    seconds: i64,
    learnt: UnixTime,
}

impl ClockOffset {
    /// An offset that was learnt at `learnt` by the local clock.
    ///
    /// # Errors
    /// [`OffsetError`] beyond 24 hours to either side.
    pub const fn new(seconds: i64, learnt: UnixTime) -> Result<Self, OffsetError> {
        if seconds < -FARTHEST || seconds > FARTHEST {
            return Err(OffsetError);
        }
        Ok(Self { seconds, learnt })
    }

    /// Server minus local, in seconds: what is added to local time.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// When it was learnt, by the local clock.
    #[must_use]
    pub const fn learnt(self) -> UnixTime {
        self.learnt
    }
}

/// An offset of more than 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an offset of at most 24 hours, found a larger one")]
#[non_exhaustive]
pub struct OffsetError;

/// The offsets of all servers that refused a timestamp.
///
/// Each is measured against the local clock itself, never against an offset before it, so that no
/// server can move its own step by step beyond 24 hours; and no server has a say about another's.
/// At most 1024 are kept, the latest. To store them, [`iter`](Self::iter) and [`put`](Self::put).
///
/// ```
/// use countersign_client::{ClockOffsets, Origin};
/// use countersign_clock::UnixTime;
///
/// let api = Origin::of(&"https://api.example.com/".parse()?)?;
/// let mut offsets = ClockOffsets::new();
/// let local = UnixTime::from_seconds(1_477_304_575);
/// let learnt = offsets.learn(&api, Some("1477311475-1477312075"), None, local);
/// assert_eq!(learnt.map(|estimate| estimate.offset_seconds()), Some(7200));
/// assert_eq!(offsets.now(&api, local).seconds(), 1_477_311_775);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClockOffsets {
    known: BTreeMap<Origin, ClockOffset>,
}

impl ClockOffsets {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            known: BTreeMap::new(),
        }
    }

    /// The time for a timestamp that goes to `origin`, when the local clock says `local`.
    #[must_use]
    pub fn now(&self, origin: &Origin, local: UnixTime) -> UnixTime {
        let offset = self.known.get(origin).map_or(0, |offset| offset.seconds);
        local.saturating_add(offset)
    }

    /// Learns from a refusal of `origin`: `oauth_acceptable_timestamps` and the `Date` header. What
    /// can't be believed, or lies beyond 24 hours, changes nothing.
    pub fn learn(
        &mut self,
        origin: &Origin,
        acceptable: Option<&str>,
        date: Option<&str>,
        local: UnixTime,
    ) -> Option<Estimate> {
        let estimate = estimate(acceptable, date, local, Bound::default())?;
        self.correct(origin, &estimate, local);
        Some(estimate)
    }

    /// Takes over an estimate that was made at `local`.
    pub fn correct(&mut self, origin: &Origin, estimate: &Estimate, local: UnixTime) {
        if let Ok(offset) = ClockOffset::new(estimate.offset_seconds(), local) {
            self.put(origin.clone(), offset);
        }
    }

    /// The offset of `origin`, if one was learnt.
    #[must_use]
    pub fn get(&self, origin: &Origin) -> Option<ClockOffset> {
        self.known.get(origin).copied()
    }

    /// Puts in what was stored.
    pub fn put(&mut self, origin: Origin, offset: ClockOffset) {
        self.known.insert(origin, offset);
        if self.known.len() > MOST {
            let oldest = self
                .known
                .iter()
                .min_by_key(|(_, offset)| offset.learnt)
                .map(|(origin, _)| origin.clone());
            if let Some(oldest) = oldest {
                self.known.remove(&oldest);
            }
        }
    }

    /// Forgets what was learnt of `origin`, as after the local clock was set.
    pub fn forget(&mut self, origin: &Origin) {
        self.known.remove(origin);
    }

    /// All of them, by origin.
    pub fn iter(&self) -> impl Iterator<Item = (&Origin, ClockOffset)> {
        self.known.iter().map(|(origin, offset)| (origin, *offset))
    }
}

#[cfg(test)]
mod tests;
