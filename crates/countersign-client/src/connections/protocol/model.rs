//! The protocol over all interleavings of two processes, with crashes, lost requests and answers,
//! a store that fails, and time that passes while either sleeps.
//!
//! The machines are the ones that ship; the store, the provider and the network are models. Each
//! state is visited once. The model is sound if the checks find what is broken: each
//! [`Defect`] of the store is caught.

mod explore;
mod world;

use explore::{Budget, explore};
use world::{Defect, Mode};

/// What may go wrong within one run: goal, crashes, losses, ticks, failures of the store.
const BUDGETS: &[Budget] = &[
    Budget::of(3, 1, 0, 1, 0),
    Budget::of(3, 0, 1, 1, 0),
    Budget::of(2, 1, 1, 1, 0),
    Budget::of(2, 1, 0, 1, 1),
    Budget::of(2, 0, 1, 1, 1),
];

/// The same in long runs.
const LONG: &[Budget] = &[
    Budget::of(3, 1, 1, 2, 0),
    Budget::of(2, 2, 2, 2, 0),
    Budget::of(3, 0, 2, 3, 0),
    Budget::of(2, 1, 1, 2, 2),
];

/// Long runs are those that also ask more of the property tests.
fn budgets() -> &'static [Budget] {
    let cases = proptest::test_runner::Config::default().cases;
    if cases >= 10_000 { LONG } else { BUDGETS }
}

#[test]
fn the_newest_token_is_never_lost_over_all_interleavings() {
    for mode in [Mode::Strict, Mode::Graceful] {
        for budget in budgets().iter().copied() {
            let explored = explore(mode, Defect::None, budget).unwrap();
            // Not by an explorer that goes nowhere: every kind of end is come to.
            assert!(explored.states > 10_000, "{explored:?}");
            assert!(explored.renewed > 0, "{explored:?}");
            let strict = mode == Mode::Strict;
            assert_eq!(explored.reauthorisations > 0, strict, "{explored:?}");
            assert_eq!(explored.late > 0, strict, "{explored:?}");
        }
    }
}

#[test]
fn what_is_broken_is_caught() {
    for (defect, invariant) in [
        (
            Defect::SendsWithoutDurableIntent,
            "I2: sent without a durable intent",
        ),
        (Defect::IgnoresGeneration, "I3: the generation fell"),
        (Defect::FencesTheAnswer, "I1: a token that came was lost"),
        (Defect::LeasesTwice, "I2: sent without the lease"),
        (Defect::ForgetsAnswers, "I1: what was durable is gone"),
    ] {
        let caught = [Mode::Strict, Mode::Graceful].into_iter().find_map(|mode| {
            BUDGETS
                .iter()
                .copied()
                .find_map(|budget| explore(mode, defect, budget).err())
        });
        let caught = caught.unwrap_or_default();
        assert!(caught.contains(invariant), "{defect:?}: {caught}");
    }
}
