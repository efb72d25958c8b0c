use proptest::prelude::*;
use proptest::sample::select;

use super::at;
use crate::{
    AccessState, AccessToken, Answer, Cause, Event, Expiry, SessionState, TemporaryCredentials,
    TemporaryState,
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
        let mut credentials = TemporaryCredentials::new(Expiry::NEVER);
        let mut exchanged = 0;
        let mut guesses = 0;
        for event in events {
            let approved = credentials.state() == TemporaryState::Approved;
            let (after, answer) = credentials.on(event, at(0));
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
    let mut credentials = TemporaryCredentials::new(Expiry::NEVER);
    for _ in 0..50 {
        let (after, answer) = credentials.on(Event::WrongVerifier, at(0));
        assert_eq!(answer, Answer::Refused(Cause::Undecided));
        credentials = after;
    }
    assert_eq!(credentials, TemporaryCredentials::new(Expiry::NEVER));
}

#[test]
fn restored_credentials_go_on_counting() {
    let four = TemporaryCredentials::restored(TemporaryState::Approved, 4, Expiry::NEVER);
    assert_eq!(
        four.on(Event::WrongVerifier, at(0)).0.state(),
        TemporaryState::Burnt
    );
    let odd = TemporaryCredentials::restored(TemporaryState::Approved, u8::MAX, Expiry::NEVER);
    assert_eq!(
        odd.on(Event::WrongVerifier, at(0)).0.state(),
        TemporaryState::Burnt
    );
    assert_eq!(
        four.on(Event::Exchange, at(0)).0.state(),
        TemporaryState::Exchanged
    );
}

#[test]
fn the_last_second_of_credentials_and_of_a_token() {
    let expiry = Expiry::at(at(10));
    let expired = Answer::Refused(Cause::Expired);
    let approved = TemporaryCredentials::restored(TemporaryState::Approved, 0, expiry);
    assert_eq!(approved.on(Event::Exchange, at(9)).1, Answer::Accepted);
    let (late, answer) = approved.on(Event::Exchange, at(10));
    assert_eq!((late.state(), answer), (TemporaryState::Expired, expired));
    // A clock that is set back wakes nothing up.
    assert_eq!(late.on(Event::Exchange, at(0)).1, expired);

    let token = AccessToken::new(expiry);
    assert_eq!(token.on(Event::Use, at(9)), (token, Answer::Accepted));
    let (late, answer) = token.on(Event::Use, at(10));
    assert_eq!((late.state(), answer), (AccessState::Expired, expired));
    assert_eq!(late.on(Event::Use, at(0)).1, expired);
}

#[test]
fn time_comes_before_the_event() {
    let expiry = Expiry::at(at(10));
    let (token, answer) = AccessToken::new(expiry).on(Event::Revoke, at(10));
    assert_eq!(
        (token.state(), answer),
        (AccessState::Expired, Answer::Ignored)
    );
    let guessing = TemporaryCredentials::restored(TemporaryState::Approved, 4, expiry);
    let (credentials, answer) = guessing.on(Event::WrongVerifier, at(10));
    assert_eq!(answer, Answer::Refused(Cause::Expired));
    assert_eq!(credentials.wrong_verifiers(), 4);
}

#[test]
fn the_token_of_a_private_application_never_expires() {
    let token = AccessToken::new(Expiry::NEVER);
    assert_eq!(token.on(Event::Use, at(i64::MAX)).1, Answer::Accepted);
    assert_eq!(
        token.on(Event::Revoke, at(0)).0.state(),
        AccessState::Revoked
    );
}
