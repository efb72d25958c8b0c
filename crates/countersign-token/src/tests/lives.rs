use proptest::prelude::*;
use proptest::sample::select;

use crate::{
    AccessState, Answer, Cause, Event, SessionState, TemporaryCredentials, TemporaryState,
};

fn events() -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec(select(Event::ALL), 0..40)
}

/// Follows one life: what was refused for the life's own end stays refused for that very cause.
macro_rules! follow {
    ($events:expr, $start:expr, $asked:expr, $alive:expr) => {
        let mut state = $start;
        let mut dead_of = None;
        for event in $events {
            let step = state.on(event);
            if let Some(cause) = dead_of {
                prop_assert_ne!(step.answer, Answer::Accepted);
                prop_assert_eq!(step.next, state);
                prop_assert_eq!(step.next.on($asked).answer, Answer::Refused(cause));
            }
            state = step.next;
            let answer: Answer = state.on($asked).answer;
            if let (Answer::Refused(cause), false) = (answer, $alive.contains(&state)) {
                dead_of.get_or_insert(cause);
            }
        }
    };
}

proptest! {
    #[test]
    fn no_way_leads_back_and_the_first_cause_stays(events in events()) {
        let alive = [TemporaryState::Pending, TemporaryState::Approved];
        follow!(events.clone(), TemporaryState::Pending, Event::Exchange, alive);
        follow!(events.clone(), AccessState::Live, Event::Use, [AccessState::Live]);
        let alive = [SessionState::Live, SessionState::Lapsed];
        follow!(events, SessionState::Live, Event::Use, alive);
    }

    #[test]
    fn credentials_are_exchanged_once_and_survive_four_guesses(events in events()) {
        let mut credentials = TemporaryCredentials::new();
        let mut exchanged = 0;
        let mut guesses = 0;
        for event in events {
            let approved = credentials.state() == TemporaryState::Approved;
            let (after, answer) = credentials.on(event);
            if approved && event == Event::WrongVerifier {
                guesses += 1;
                prop_assert_eq!(answer, Answer::Refused(Cause::WrongVerifier));
                let burnt = after.state() == TemporaryState::Burnt;
                prop_assert_eq!(burnt, guesses == TemporaryCredentials::TRIES);
            }
            if event == Event::Exchange && answer == Answer::Accepted {
                exchanged += 1;
            }
            prop_assert_eq!(after.wrong_verifiers(), guesses);
            credentials = after;
        }
        prop_assert!(exchanged <= 1);
    }
}

#[test]
fn guesses_before_the_decision_burn_nothing() {
    let mut credentials = TemporaryCredentials::default();
    for _ in 0..50 {
        let (after, answer) = credentials.on(Event::WrongVerifier);
        assert_eq!(answer, Answer::Refused(Cause::Undecided));
        credentials = after;
    }
    assert_eq!(credentials, TemporaryCredentials::new());
}

#[test]
fn restored_credentials_go_on_counting() {
    let four = TemporaryCredentials::restored(TemporaryState::Approved, 4);
    assert_eq!(
        four.on(Event::WrongVerifier).0.state(),
        TemporaryState::Burnt
    );
    let odd = TemporaryCredentials::restored(TemporaryState::Approved, u8::MAX);
    assert_eq!(
        odd.on(Event::WrongVerifier).0.state(),
        TemporaryState::Burnt
    );
    assert_eq!(
        four.on(Event::Exchange).0.state(),
        TemporaryState::Exchanged
    );
}
