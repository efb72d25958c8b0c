use proptest::prelude::*;

use super::at;
use crate::{
    Connection, ConnectionAnswer, ConnectionPhase, ConnectionRefusal, ConnectionState, Generation,
    Intent, IntentError, IntentId, Notice, ReauthorisationCause, Refusal,
};

const REJECTED: Refusal = Refusal::TokenRejected;

fn intent(id: u64, generation: u64, seconds: i64) -> Intent {
    Intent::new(
        IntentId::new(id),
        Generation::new(generation),
        at(seconds),
        60,
    )
}

fn sending(id: u64, seconds: i64) -> Notice {
    Notice::Sending {
        intent: IntentId::new(id),
        now: at(seconds),
    }
}

fn refused_again(generation: u64, refusal: Refusal) -> Notice {
    Notice::RefusedAgain {
        generation: Generation::new(generation),
        refusal,
    }
}

/// The connection after notices that must all be accepted.
fn after(notices: &[Notice]) -> Connection {
    notices
        .iter()
        .fold(Connection::new(Generation::new(1)), |connection, notice| {
            let (next, answer) = connection.on(*notice);
            assert_eq!(answer, ConnectionAnswer::Accepted, "{notice:?}");
            next
        })
}

#[test]
fn nothing_is_sent_without_a_durable_intent() {
    let no_intent = ConnectionAnswer::Refused(ConnectionRefusal::NoIntent);
    assert_eq!(after(&[]).on(sending(1, 0)).1, no_intent);
    let other = after(&[Notice::Intended(intent(2, 1, 0))]);
    assert_eq!(other.on(sending(1, 0)).1, no_intent);
}

#[test]
fn one_intent_is_one_try_within_its_time() {
    let intended = after(&[Notice::Intended(intent(1, 1, 0))]);
    assert_eq!(
        intended.on(sending(1, 60)).1,
        ConnectionAnswer::Refused(ConnectionRefusal::IntentExpired)
    );
    let (sent, answer) = intended.on(sending(1, 59));
    assert_eq!(answer, ConnectionAnswer::Accepted);
    assert_eq!(sent.state.intent().unwrap().attempts(), 1);
    assert_eq!(
        sent.on(sending(1, 59)).1,
        ConnectionAnswer::Refused(ConnectionRefusal::IntentSpent)
    );
    let spent = intent(1, 1, 0).with_attempts(1);
    assert_eq!(spent.begin_attempt(at(99)), Err(IntentError::Spent));
}

#[test]
fn an_open_intent_gives_way_when_it_is_spent_or_over() {
    let intended = after(&[Notice::Intended(intent(1, 1, 0))]);
    assert_eq!(
        intended.on(Notice::Intended(intent(2, 1, 59))).1,
        ConnectionAnswer::Refused(ConnectionRefusal::InFlight)
    );
    for before in [
        intended.on(Notice::Intended(intent(2, 1, 60))),
        intended
            .on(sending(1, 1))
            .0
            .on(Notice::Intended(intent(2, 1, 5))),
    ] {
        let (next, answer) = before;
        assert_eq!(answer, ConnectionAnswer::Accepted);
        let open = next.state.intent().unwrap();
        assert_eq!(
            (open.id(), open.retry_of()),
            (IntentId::new(2), Some(IntentId::new(1)))
        );
    }
}

#[test]
fn an_intent_for_an_older_token_means_to_look_again() {
    let renewed = after(&[Notice::Answered(Generation::new(2))]);
    assert_eq!(
        renewed.on(Notice::Intended(intent(1, 1, 0))),
        (renewed, ConnectionAnswer::Reread)
    );
}

#[test]
fn faults_change_nothing() {
    for connection in one_of_each() {
        let (next, answer) = connection.on(Notice::Faulted);
        assert_eq!((next, answer), (connection, ConnectionAnswer::Ignored));
    }
}

fn one_of_each() -> [Connection; 4] {
    let id = IntentId::new(1);
    let renewing = [Notice::Intended(intent(1, 1, 0)), sending(1, 0)];
    let unknown = [&renewing[..], &[Notice::Lost(id)]].concat();
    let lost = [&unknown[..], &[refused_again(1, REJECTED)]].concat();
    [after(&[]), after(&renewing), after(&unknown), after(&lost)]
}

#[test]
fn there_is_one_of_each() {
    let phases = one_of_each().map(|connection| connection.state.phase());
    assert_eq!(phases.as_slice(), ConnectionPhase::ALL);
}

#[test]
fn a_late_answer_is_taken_in_every_state_and_only_if_it_is_newer() {
    let (old, new) = (Generation::new(1), Generation::new(2));
    for connection in one_of_each() {
        let (next, answer) = connection.on(Notice::Answered(new));
        assert_eq!(answer, ConnectionAnswer::Accepted);
        assert_eq!((next.generation, next.previous), (new, Some(old)));
        assert_eq!(next.state, ConnectionState::Active);
        for stale in [old, new] {
            let again = next.on(Notice::Answered(stale));
            assert_eq!(again, (next, ConnectionAnswer::Ignored));
        }
    }
}

#[test]
fn the_token_before_is_kept_until_the_newest_has_worked() {
    let new = Generation::new(2);
    let renewed = after(&[Notice::Answered(new)]);
    let (same, answer) = renewed.on(Notice::Worked(Generation::new(1)));
    assert_eq!((same, answer), (renewed, ConnectionAnswer::Ignored));
    let (worked, _) = renewed.on(Notice::Worked(new));
    assert_eq!(worked, Connection::new(new));
}

#[test]
fn a_first_refusal_is_not_believed() {
    let generation = Generation::new(1);
    let refusal = REJECTED;
    for connection in one_of_each().into_iter().take(3) {
        let told = Notice::Refused {
            generation,
            refusal,
        };
        assert_eq!(connection.on(told), (connection, ConnectionAnswer::Reread));
        let (lost, answer) = connection.on(refused_again(1, refusal));
        assert_eq!(answer, ConnectionAnswer::Accepted);
        assert_eq!(lost.state.phase(), ConnectionPhase::NeedsReauthorisation);
        assert_eq!(lost.generation, generation);
    }
}

fn cause(connection: Connection) -> Option<ReauthorisationCause> {
    match connection.state {
        ConnectionState::NeedsReauthorisation { cause, .. } => Some(cause),
        ConnectionState::Active
        | ConnectionState::Renewing(_)
        | ConnectionState::RenewalUnknown(_) => None,
    }
}

#[test]
fn the_cause_says_whether_an_answer_was_lost() {
    let [active, renewing, unknown, lost] = one_of_each();
    let after_refusal = |connection: Connection, refusal| {
        cause(connection.on(refused_again(1, refusal)).0).unwrap()
    };
    let rejected = ReauthorisationCause::TokenRejected;
    assert_eq!(after_refusal(active, REJECTED), rejected);
    assert_eq!(after_refusal(renewing, REJECTED), rejected);
    let (retrying, _) = unknown.on(Notice::Intended(intent(2, 1, 5)));
    for in_doubt in [unknown, retrying] {
        assert_eq!(
            after_refusal(in_doubt, REJECTED),
            ReauthorisationCause::RenewalLost
        );
        // The provider's word on the authorisation itself leaves no doubt.
        assert_eq!(
            after_refusal(in_doubt, Refusal::PermissionDenied),
            ReauthorisationCause::PermissionDenied
        );
    }
    assert_eq!(lost.state.intent().unwrap().id(), IntentId::new(1));
}

#[test]
fn a_crash_leaves_a_renewal_in_doubt_and_the_old_token_clears_it() {
    let intended = after(&[Notice::Intended(intent(1, 1, 0))]);
    let (unknown, _) = intended.on(Notice::Recovered);
    assert_eq!(unknown.state.phase(), ConnectionPhase::RenewalUnknown);
    let (active, _) = unknown.on(Notice::Worked(Generation::new(1)));
    assert_eq!(active, after(&[]));
}

#[test]
fn the_loss_of_another_intent_is_nobodys_business() {
    let [_, renewing, ..] = one_of_each();
    let told = renewing.on(Notice::Lost(IntentId::new(9)));
    assert_eq!(told, (renewing, ConnectionAnswer::Ignored));
}

#[test]
fn a_new_authorisation_starts_clean_and_shuts_late_answers_out() {
    for connection in one_of_each() {
        let (fresh, _) = connection.on(Notice::Authorized(Generation::new(2)));
        assert_eq!(fresh, Connection::new(Generation::new(2)));
        let late = fresh.on(Notice::Answered(Generation::new(2)));
        assert_eq!(late, (fresh, ConnectionAnswer::Ignored));
    }
}

fn notice() -> impl Strategy<Value = Notice> {
    let generation = || (1..6_u64).prop_map(Generation::new);
    let id = || (1..4_u64).prop_map(IntentId::new);
    let refusal = || {
        prop_oneof![
            Just(REJECTED),
            Just(Refusal::PermissionDenied),
            Just(Refusal::TokenRevoked)
        ]
    };
    prop_oneof![
        (1..4_u64, 1..6_u64, 0..200_i64)
            .prop_map(|(id, generation, now)| Notice::Intended(intent(id, generation, now))),
        (id(), 0..200_i64).prop_map(|(intent, now)| Notice::Sending {
            intent,
            now: at(now)
        }),
        generation().prop_map(Notice::Answered),
        (generation(), refusal()).prop_map(|(generation, refusal)| Notice::Refused {
            generation,
            refusal
        }),
        (generation(), refusal()).prop_map(|(generation, refusal)| Notice::RefusedAgain {
            generation,
            refusal
        }),
        Just(Notice::Faulted),
        id().prop_map(Notice::Lost),
        Just(Notice::Recovered),
        generation().prop_map(Notice::Worked),
        generation().prop_map(Notice::Authorized),
        Just(Notice::Revoked),
    ]
}

proptest! {
    #[test]
    fn generations_only_rise_and_a_cause_stays(
        notices in proptest::collection::vec(notice(), 0..60),
    ) {
        let mut connection = Connection::new(Generation::FIRST);
        for notice in notices {
            let (next, answer) = connection.on(notice);
            if answer != ConnectionAnswer::Accepted {
                prop_assert_eq!(next, connection);
            }
            if let Ok(event) = connection.event(notice) {
                let step = connection.state.phase().on(event);
                if answer == step.answer {
                    prop_assert_eq!(next.state.phase(), step.next);
                }
            }
            prop_assert!(next.generation >= connection.generation);
            prop_assert!(next.previous.is_none_or(|before| before < next.generation));
            match notice {
                Notice::Answered(newer) | Notice::Authorized(newer) => {
                    prop_assert_eq!(next.generation, connection.generation.max(newer));
                }
                _ => {
                    prop_assert_eq!(next.generation, connection.generation);
                    let before = cause(connection);
                    prop_assert!(before.is_none() || cause(next) == before);
                }
            }
            prop_assert!(next.state.intent().is_none_or(|open| open.attempts() <= Intent::ATTEMPTS));
            connection = next;
        }
    }
}
