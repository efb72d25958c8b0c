//! When a clock or a certificate is worth telling of.

use countersign_clock::UnixTime;

use crate::connections::EventKind;

const DAY: i64 = 86_400;

/// Says when a clock that is off, or a certificate that ends, is worth telling: each once a day at
/// most.
///
/// [`Connections`](crate::connections::Connections) has one. A program that does one thing and ends
/// keeps its own between two runs: [`told`](Self::told), [`with_told`](Self::with_told).
///
/// ```
/// use countersign_client::connections::{EventKind, Watch};
/// use countersign_clock::UnixTime;
///
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let mut watch = Watch::new().with_certificate_days(14);
/// let ends = now.saturating_add(3 * 86_400 + 60);
/// assert_eq!(watch.certificate(ends, now), Some(EventKind::CertificateExpires { days: 3 }));
/// assert_eq!(watch.certificate(ends, now.saturating_add(60)), None);
/// assert_eq!(watch.clock(59, now), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Watch {
    clock_seconds: u32,
    certificate_days: u32,
    told: [Option<UnixTime>; 2],
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch {
    /// For clocks that are off by a minute, and certificates that end in 30 days.
    pub const fn new() -> Self {
        Self {
            clock_seconds: 60,
            certificate_days: 30,
            told: [None; 2],
        }
    }

    /// Tells of clocks that are off by so many seconds and more.
    pub const fn with_clock_seconds(mut self, seconds: u32) -> Self {
        self.clock_seconds = seconds;
        self
    }

    /// Tells of certificates that end in so many days and fewer.
    pub const fn with_certificate_days(mut self, days: u32) -> Self {
        self.certificate_days = days;
        self
    }

    /// As it was when it had last told of a clock and of a certificate.
    pub const fn with_told(
        mut self,
        clock: Option<UnixTime>,
        certificate: Option<UnixTime>,
    ) -> Self {
        self.told = [clock, certificate];
        self
    }

    /// When it last told of a clock, and of a certificate.
    #[must_use]
    pub const fn told(&self) -> (Option<UnixTime>, Option<UnixTime>) {
        let [clock, certificate] = self.told;
        (clock, certificate)
    }

    /// What is to be told of a provider's clock that is so many seconds ahead of this one.
    pub fn clock(&mut self, seconds: i64, now: UnixTime) -> Option<EventKind> {
        if seconds.unsigned_abs() < u64::from(self.clock_seconds) {
            return None;
        }
        let [told, _] = &mut self.told;
        once_a_day(told, now).then_some(EventKind::ClockOff { seconds })
    }

    /// What is to be told of a certificate whose last moment is `ends`. Of one that has ended too, in
    /// 0 days.
    pub fn certificate(&mut self, ends: UnixTime, now: UnixTime) -> Option<EventKind> {
        let left = ends.since(now).max(0);
        let days = left.checked_div(DAY).unwrap_or(0);
        if days > i64::from(self.certificate_days) {
            return None;
        }
        let [_, told] = &mut self.told;
        once_a_day(told, now).then_some(EventKind::CertificateExpires { days })
    }
}

/// Whether a day has passed since it was told; then it is told now. A clock that was set back counts
/// as a day.
fn once_a_day(told: &mut Option<UnixTime>, now: UnixTime) -> bool {
    let is_over = told.is_none_or(|told| !(0..DAY).contains(&now.since(told)));
    if is_over {
        *told = Some(now);
    }
    is_over
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

    fn later(seconds: i64) -> UnixTime {
        NOW.saturating_add(seconds)
    }

    #[test]
    fn a_clock_is_told_of_from_its_threshold_on_and_once_a_day() {
        let mut watch = Watch::new().with_clock_seconds(10);
        for near in [0, 9, -9] {
            assert_eq!(watch.clock(near, NOW), None);
        }
        let off = |seconds| Some(EventKind::ClockOff { seconds });
        assert_eq!(watch.clock(-10, NOW), off(-10));
        assert_eq!(watch.clock(3600, later(DAY - 1)), None);
        assert_eq!(watch.clock(3600, later(DAY)), off(3600));
        // Set back by a year: it is told, and not silent for that long.
        assert_eq!(watch.clock(i64::MIN, later(-365 * DAY)), off(i64::MIN));
    }

    #[test]
    fn a_certificate_is_told_of_in_time_and_when_it_is_too_late() {
        let mut watch = Watch::new().with_certificate_days(7);
        let ends = |days| later(days * DAY + 1);
        let told = |days| Some(EventKind::CertificateExpires { days });
        assert_eq!(watch.certificate(ends(8), NOW), None);
        assert_eq!(watch.certificate(ends(7), NOW), told(7));
        // Each by itself.
        assert!(watch.clock(60, NOW).is_some());
        assert_eq!(watch.certificate(ends(7), later(DAY - 1)), None);
        assert_eq!(watch.certificate(ends(0), later(DAY)), told(0));
        assert_eq!(watch.certificate(ends(-100), later(3 * DAY)), told(0));
    }

    #[test]
    fn what_was_told_is_kept_between_two_runs() {
        let mut first = Watch::new();
        assert!(first.clock(100, NOW).is_some());
        let (clock, certificate) = first.told();
        assert_eq!((clock, certificate), (Some(NOW), None));
        let mut second = Watch::new().with_told(clock, certificate);
        assert_eq!(second.clock(100, later(10)), None);
        assert!(second.certificate(later(DAY), later(10)).is_some());
    }
}
