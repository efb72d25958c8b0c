//! How much of one kind is let through: so many at once, and so many more each second.

use std::sync::{Mutex, PoisonError};

use countersign_clock::UnixTime;

/// How many are let through at once, and how many more each second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) burst: u32,
    pub(crate) each_second: u32,
}

/// What is left of an allowance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    left: u32,
    at: i64,
}

impl Allowance {
    pub(crate) const fn full(rate: Rate, now: i64) -> Self {
        Self {
            left: rate.burst,
            at: now,
        }
    }

    pub(crate) fn take(&mut self, rate: Rate, now: i64) -> bool {
        let passed = u32::try_from(now.saturating_sub(self.at)).unwrap_or(0);
        let more = passed.saturating_mul(rate.each_second);
        self.left = self.left.saturating_add(more).min(rate.burst);
        self.at = now;
        let is_left = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_left
    }
}

/// Lines that anybody can cause, who needs no key for it: so many are written, the rest is counted.
#[derive(Debug)]
pub(crate) struct Lines(Mutex<State>);

#[derive(Debug)]
struct State {
    allowance: Allowance,
    left_out: u64,
}

/// Some two hundred bytes each: 200 MB a day at most.
const LINES: Rate = Rate {
    burst: 500,
    each_second: 10,
};

impl Lines {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(State {
            allowance: Allowance::full(LINES, 0),
            left_out: 0,
        }))
    }

    /// Whether one more is written, with how many were left out before it.
    pub(crate) fn admit(&self, now: UnixTime) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.allowance.take(LINES, now.seconds()) {
            return Some(core::mem::take(&mut state.left_out));
        }
        state.left_out = state.left_out.saturating_add(1);
        None
    }

    /// How many were left out and not told of yet; now they are.
    pub(crate) fn left_out(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        core::mem::take(&mut state.left_out)
    }

    /// So many could not be told of after all.
    pub(crate) fn put_back(&self, left_out: u64) {
        if left_out > 0 {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.left_out = state.left_out.saturating_add(left_out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_told_once() {
        let lines = Lines::new();
        let now = UnixTime::from_seconds(1_700_000_000);
        let admitted = |seconds: i64, many: usize| {
            let told = (0..many).filter_map(|_| lines.admit(now.saturating_add(seconds)));
            told.collect::<Vec<_>>()
        };
        assert_eq!(admitted(0, 8_000), vec![0; 500]);
        let mut next = vec![0; 10];
        next[0] = 7_500;
        assert_eq!(admitted(1, 30), next);
        assert_eq!((lines.left_out(), lines.left_out()), (20, 0));
        assert_eq!(admitted(1_000, 501).len(), 500);
    }
}
