//! Whether the clock of the machine was set.

use core::time::Duration;

use countersign_clock::UnixTime;

/// So many seconds say nothing: clocks are read in whole ones, and not at once.
const UNSEEN: u64 = 3;

/// Compares what a clock says with the time that passes.
#[derive(Debug)]
pub(crate) struct ClockWatch {
    clock: UnixTime,
    passed: Duration,
}

impl ClockWatch {
    /// What the clock says, and the time that passed since some moment.
    pub(crate) const fn new(clock: UnixTime, passed: Duration) -> Self {
        Self { clock, passed }
    }

    /// By how many seconds the clock was set since the last look, if it was: above zero ahead.
    pub(crate) fn look(&mut self, clock: UnixTime, passed: Duration) -> Option<i64> {
        let moved = clock.seconds().saturating_sub(self.clock.seconds());
        let due = passed.saturating_sub(self.passed).as_secs();
        let step = moved.saturating_sub(i64::try_from(due).unwrap_or(i64::MAX));
        *self = Self::new(clock, passed);
        (step.unsigned_abs() > UNSEEN).then_some(step)
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    /// Looks twice, `passed` milliseconds apart, while the clock moves so many seconds.
    fn look(passed: u64, moved: i64) -> Option<i64> {
        let at = |seconds: i64| UnixTime::from_seconds(NOW.saturating_add(seconds));
        let mut watch = ClockWatch::new(at(0), Duration::from_secs(7));
        watch.look(at(moved), Duration::from_millis(7_000 + passed))
    }

    #[test]
    fn a_step_is_told_with_its_size() {
        for (passed, moved, told) in [
            (2_000, 2, None),
            (2_999, 5, None),
            (0, -3, None),
            (2_000, 602, Some(600)),
            (2_000, -598, Some(-600)),
            (3_600_000, 3_600, None),
            (0, i64::MIN, Some(i64::MIN)),
            (0, i64::MAX, Some(i64::MAX - NOW)),
        ] {
            assert_eq!(look(passed, moved), told, "{passed} {moved}");
        }
    }

    #[test]
    fn a_clock_that_is_brought_right_slowly_is_not_told() {
        let mut watch = ClockWatch::new(UnixTime::from_seconds(NOW), Duration::ZERO);
        // Half a second in a thousand, the most that time daemons do.
        for turn in 1..10_000 {
            let milliseconds = turn * 2_000;
            let clock = NOW + (milliseconds + milliseconds / 2_000) / 1_000;
            let passed = Duration::from_millis(milliseconds.unsigned_abs());
            assert_eq!(watch.look(UnixTime::from_seconds(clock), passed), None);
        }
    }
}
