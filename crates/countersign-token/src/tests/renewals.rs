//! A model of a provider under retries, races and a clock that jumps.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::at;
use crate::{
    AuthorizationNumber, Event, Expiry, Generation, Grant, PresentedToken, RenewalDecision,
    RenewalMode, SessionState, UseDecision,
};

#[derive(Clone, Copy, Debug)]
enum Step {
    /// With the token that is so many generations older than the newest.
    Renew(u64),
    Use(u64),
    Wait(i64),
    Fact(Event),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let facts = [Event::Revoke, Event::RemoveUser, Event::AuthorizeAgain];
    let step = prop_oneof![
        8 => (0..3_u64).prop_map(Step::Renew),
        4 => (0..3_u64).prop_map(Step::Use),
        4 => (-30..90_i64).prop_map(Step::Wait),
        1 => select(facts.to_vec()).prop_map(Step::Fact),
    ];
    proptest::collection::vec(step, 0..60)
}

fn modes() -> impl Strategy<Value = RenewalMode> {
    prop_oneof![
        Just(RenewalMode::Strict),
        (0..90_u32).prop_map(|seconds| RenewalMode::Graceful { seconds }),
    ]
}

proptest! {
    #[test]
    fn no_generation_ever_has_two_successors(steps in steps(), mode in modes()) {
        let authorization = AuthorizationNumber::new(1);
        let mut grant = Grant::new(authorization, Expiry::at(at(900)), at(0));
        let mut seconds = 0;
        // The secret text of each token, as it was issued.
        let mut issued = BTreeMap::from([(Generation::FIRST, 0)]);
        let mut successors: BTreeMap<Generation, usize> = BTreeMap::new();
        for (serial, step) in steps.into_iter().enumerate().map(|(n, step)| (n + 1, step)) {
            let now = at(seconds);
            let presented = |age: u64| PresentedToken {
                authorization,
                generation: Generation::new(grant.generation.get().saturating_sub(age).max(1)),
                expiry: Expiry::at(at(600)),
            };
            match step {
                Step::Wait(by) => seconds += by,
                Step::Fact(event) => grant.state = grant.state.on(event).next,
                Step::Use(age) => {
                    let token = presented(age);
                    match grant.decide_use(&token, mode, now) {
                        UseDecision::FirstUse => {
                            prop_assert!(!grant.used);
                            prop_assert_eq!(token.generation, grant.generation);
                            grant.used = true;
                        }
                        UseDecision::Live => {
                            prop_assert_eq!(grant.state, SessionState::Live);
                            let newest = token.generation == grant.generation;
                            prop_assert!(newest || (mode != RenewalMode::Strict && !grant.used));
                        }
                        UseDecision::Refused(_) => {}
                    }
                }
                Step::Renew(age) => {
                    let token = presented(age);
                    let given = match grant.decide_renewal(&token, mode, now) {
                        RenewalDecision::Rotate(next) => {
                            prop_assert_eq!(token.generation, grant.generation);
                            prop_assert_eq!(issued.insert(next, serial), None);
                            let after = grant.rotated(now).unwrap();
                            prop_assert!(after.generation > grant.generation);
                            prop_assert_eq!(after.generation, next);
                            grant = after;
                            Some(next)
                        }
                        RenewalDecision::Repeat(next) => {
                            prop_assert_ne!(mode, RenewalMode::Strict);
                            prop_assert!(!grant.used);
                            Some(next)
                        }
                        RenewalDecision::Refused(_) => None,
                    };
                    if let Some(next) = given {
                        prop_assert!(token.generation.precedes(next));
                        prop_assert_eq!(grant.state, SessionState::Live);
                        let text = issued[&next];
                        prop_assert_eq!(*successors.entry(token.generation).or_insert(text), text);
                    }
                }
            }
        }
    }
}
