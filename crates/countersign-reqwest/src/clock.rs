//! The system's clock, corrected by what each server said of its own.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_client::{ClockOffsets, Origin};
use countersign_clock::{Estimate, UnixTime, system};

/// The system's clock, and how far each server's is off. Copies share what they learn.
///
/// ```
/// use countersign_client::ClockOffsets;
/// use countersign_reqwest::Clock;
///
/// let clock = Clock::new(ClockOffsets::new());
/// // … requests later, to be stored:
/// for (origin, offset) in clock.offsets().iter() {
///     println!("{origin} {} {}", offset.seconds(), offset.learnt());
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock {
    learnt: Arc<Learnt>,
}

#[derive(Debug, Default)]
struct Learnt {
    offsets: Mutex<ClockOffsets>,
    /// Whether there are any: nearly all servers are on time, and then nobody waits for anybody.
    any: AtomicBool,
}

impl Clock {
    /// With what was learnt before.
    #[must_use]
    pub fn new(offsets: ClockOffsets) -> Self {
        let any = AtomicBool::new(offsets.iter().next().is_some());
        let offsets = Mutex::new(offsets);
        Self {
            learnt: Arc::new(Learnt { offsets, any }),
        }
    }

    /// What is known by now.
    #[must_use]
    pub fn offsets(&self) -> ClockOffsets {
        self.lock().clone()
    }

    /// The time for a timestamp that goes to `origin`.
    #[must_use]
    pub fn now(&self, origin: &Origin) -> UnixTime {
        self.corrected(origin, system::now())
    }

    /// The same, when the system's clock says `local`.
    pub(crate) fn corrected(&self, origin: &Origin, local: UnixTime) -> UnixTime {
        if !self.learnt.any.load(Ordering::Acquire) {
            return local;
        }
        self.lock().now(origin, local)
    }

    pub(crate) fn correct(&self, origin: &Origin, estimate: &Estimate, local: UnixTime) {
        self.lock().correct(origin, estimate, local);
        self.learnt.any.store(true, Ordering::Release);
    }

    /// Whoever panicked left a map that is whole.
    fn lock(&self) -> MutexGuard<'_, ClockOffsets> {
        self.learnt
            .offsets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
