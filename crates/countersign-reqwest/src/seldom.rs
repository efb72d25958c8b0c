//! What is looked at now and then.

use core::sync::atomic::{AtomicI64, Ordering};

/// When something is looked at again, if that is every so many seconds.
pub(crate) struct Seldom {
    next: AtomicI64,
    seconds: i64,
}

impl Seldom {
    pub(crate) const fn every(seconds: i64) -> Self {
        Self {
            next: AtomicI64::new(i64::MIN),
            seconds,
        }
    }

    /// Whether it is time for a look. A clock that was set back does not put it off.
    pub(crate) fn is_due(&self, now: i64) -> bool {
        let left = self.next.load(Ordering::Relaxed).saturating_sub(now);
        !(1..=self.seconds).contains(&left)
    }

    pub(crate) fn looked(&self, now: i64) {
        let next = now.saturating_add(self.seconds);
        self.next.store(next, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Seldom;

    #[test]
    fn a_clock_that_is_set_back_does_not_put_a_look_off() {
        let day = 86_400;
        let seldom = Seldom::every(60);
        assert!(seldom.is_due(1_700_000_000));
        seldom.looked(1_700_000_000);
        assert!(!seldom.is_due(1_700_000_000));
        assert!(!seldom.is_due(1_700_000_059));
        assert!(seldom.is_due(1_700_000_060));
        assert!(seldom.is_due(1_700_000_000 - day));
        seldom.looked(1_700_000_000 - day);
        assert!(!seldom.is_due(1_700_000_001 - day));
        assert!(seldom.is_due(1_700_000_000));
    }
}
