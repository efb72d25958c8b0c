//! Which refusals are explained: so many that the service has time for, and no sender's alone.

use core::hash::BuildHasher as _;
use std::hash::RandomState;
use std::sync::{Mutex, PoisonError};

use countersign_clock::UnixTime;

use crate::allowance::{Allowance, Rate};

/// How many refusals may wait.
pub(super) const WAITING: usize = 256;

/// How many of them may be of senders who are not known to be registered: anybody can send those.
const STRANGERS: usize = WAITING / 2;

/// How many bytes of bodies may wait.
const BYTES: usize = 16 * 1024 * 1024;

/// Registered applications share so many allowances.
const SLOTS: usize = 256;

/// How many refusals of one application are explained.
const OF_A_CONSUMER: Rate = Rate {
    burst: 50,
    each_second: 2,
};

/// The same of all others together.
const OF_STRANGERS: Rate = Rate {
    burst: 200,
    each_second: 10,
};

/// Why a refusal is not explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dropped {
    /// Its sender had as many as it may have.
    Rate,
    /// Too many wait, or too much.
    Full,
}

impl Dropped {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Full => "full",
        }
    }
}

/// A place in the queue, to be given back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket {
    is_stranger: bool,
    bytes: usize,
}

#[derive(Debug)]
struct State {
    strangers: Allowance,
    consumers: Vec<Allowance>,
    waiting: usize,
    waiting_strangers: usize,
    waiting_bytes: usize,
}

/// Lets refusals into the queue.
#[derive(Debug)]
pub(super) struct Gate {
    hashes: RandomState,
    state: Mutex<State>,
}

impl Gate {
    pub(super) fn new(now: UnixTime) -> Self {
        let now = now.seconds();
        Self {
            hashes: RandomState::new(),
            state: Mutex::new(State {
                strangers: Allowance::full(OF_STRANGERS, now),
                consumers: vec![Allowance::full(OF_A_CONSUMER, now); SLOTS],
                waiting: 0,
                waiting_strangers: 0,
                waiting_bytes: 0,
            }),
        }
    }

    /// A place for a refusal with a body of so many bytes; `consumer` is a registered one.
    pub(super) fn enter(
        &self,
        consumer: Option<&str>,
        bytes: usize,
        now: UnixTime,
    ) -> Result<Ticket, Dropped> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_stranger = consumer.is_none();
        let all_bytes = state.waiting_bytes.saturating_add(bytes);
        if state.waiting >= WAITING
            || is_stranger && state.waiting_strangers >= STRANGERS
            || all_bytes > BYTES
        {
            return Err(Dropped::Full);
        }
        let now = now.seconds();
        let allowed = match consumer {
            None => state.strangers.take(OF_STRANGERS, now),
            Some(key) => {
                let hash = self.hashes.hash_one(key);
                let slots = u64::try_from(SLOTS).unwrap_or(1);
                let slot = usize::try_from(hash.checked_rem(slots).unwrap_or(0)).unwrap_or(0);
                let mut allowances = state.consumers.iter_mut();
                allowances
                    .nth(slot)
                    .is_some_and(|allowance| allowance.take(OF_A_CONSUMER, now))
            }
        };
        if !allowed {
            return Err(Dropped::Rate);
        }
        state.waiting = state.waiting.saturating_add(1);
        state.waiting_bytes = all_bytes;
        if is_stranger {
            state.waiting_strangers = state.waiting_strangers.saturating_add(1);
        }
        Ok(Ticket { is_stranger, bytes })
    }

    /// The refusal is explained, or never got into the queue.
    pub(super) fn leave(&self, ticket: Ticket) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting = state.waiting.saturating_sub(1);
        state.waiting_bytes = state.waiting_bytes.saturating_sub(ticket.bytes);
        if ticket.is_stranger {
            state.waiting_strangers = state.waiting_strangers.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

    fn entered(gate: &Gate, consumer: Option<&str>, now: UnixTime) -> usize {
        let mut tickets = Vec::new();
        let outcome = loop {
            match gate.enter(consumer, 0, now) {
                Ok(ticket) => tickets.push(ticket),
                Err(dropped) => break dropped,
            }
        };
        let full = tickets.len();
        for ticket in tickets {
            gate.leave(ticket);
        }
        assert!(full < WAITING || outcome == Dropped::Full);
        full
    }

    #[test]
    fn one_noisy_consumer_leaves_room_for_another() {
        let gate = Gate::new(NOW);
        assert_eq!(entered(&gate, Some("noisy"), NOW), 50);
        assert_eq!(
            gate.enter(Some("noisy"), 0, NOW).unwrap_err(),
            Dropped::Rate
        );
        let calm = (0..8).filter(|it| {
            let key = format!("calm {it}");
            gate.enter(Some(&key), 0, NOW).is_ok()
        });
        assert!(calm.count() >= 7, "few share an allowance");
        let later = NOW.saturating_add(3);
        assert_eq!(entered(&gate, Some("noisy"), later), 6);
    }

    #[test]
    fn strangers_fill_half_of_the_queue_at_most() {
        let gate = Gate::new(NOW);
        let mut strangers = 0;
        while gate.enter(None, 0, NOW).is_ok() {
            strangers += 1;
        }
        assert_eq!(strangers, STRANGERS);
        assert_eq!(gate.enter(None, 0, NOW).unwrap_err(), Dropped::Full);
        assert!(gate.enter(Some("registered"), 0, NOW).is_ok());
    }

    #[test]
    fn large_bodies_count() {
        let gate = Gate::new(NOW);
        let ticket = gate.enter(Some("a"), BYTES, NOW).unwrap();
        assert_eq!(gate.enter(Some("b"), 1, NOW).unwrap_err(), Dropped::Full);
        gate.leave(ticket);
        assert!(gate.enter(Some("b"), 1, NOW).is_ok());
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let gate = Gate::new(NOW);
        entered(&gate, Some("noisy"), NOW);
        assert_eq!(entered(&gate, Some("noisy"), NOW.saturating_sub(900)), 0);
        assert_eq!(entered(&gate, Some("noisy"), NOW.saturating_sub(899)), 2);
    }
}
