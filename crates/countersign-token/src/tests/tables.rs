use crate::{
    AccessState, Answer, ConnectionEvent, ConnectionPhase, Event, SessionState, TemporaryState,
};

/// Every pair once, in the order of the vocabularies, and the function does what the table says.
macro_rules! complete {
    ($state:ty, $event:ty) => {
        let rows = <$state>::TABLE;
        assert_eq!(rows.len(), <$state>::ALL.len() * <$event>::ALL.len());
        for state in <$state>::ALL {
            for event in <$event>::ALL {
                let mut found = rows
                    .iter()
                    .filter(|row| row.state == *state && row.event == *event);
                let row = found.next().unwrap();
                assert!(found.next().is_none(), "{state} {event} twice");
                let step = state.on(*event);
                assert_eq!(
                    (step.next, step.answer),
                    (row.next, row.answer),
                    "{state} {event}"
                );
                assert_eq!(step, state.on(*event));
            }
        }
    };
}

#[test]
fn every_pair_has_one_answer() {
    complete!(TemporaryState, Event);
    complete!(AccessState, Event);
    complete!(SessionState, Event);
    complete!(ConnectionPhase, ConnectionEvent);
}

/// Requests are granted or refused, facts are noted or passed over.
macro_rules! requests_and_facts {
    ($state:ty) => {
        for row in <$state>::TABLE {
            let told = format!("{} {}", row.state, row.event);
            match row.answer {
                Answer::Accepted => {}
                Answer::Ignored => {
                    assert!(!row.event.is_request(), "{told}");
                    assert_eq!(row.state, row.next, "{told}");
                }
                Answer::Refused(_) => {
                    assert!(row.event.is_request(), "{told}");
                    let burns = row.event == Event::LastWrongVerifier;
                    assert!(burns || row.state == row.next, "{told}");
                }
            }
        }
    };
}

#[test]
fn requests_are_never_passed_over_and_facts_never_refused() {
    requests_and_facts!(TemporaryState);
    requests_and_facts!(AccessState);
    requests_and_facts!(SessionState);
}

/// A state is dead when nothing is accepted in it; nothing leads out of it.
macro_rules! dead_states {
    ($state:ty, $alive:expr) => {
        let alive: &[$state] = &$alive;
        for state in <$state>::ALL {
            let steps: Vec<_> = Event::ALL.iter().map(|event| state.on(*event)).collect();
            let accepts = steps.iter().any(|step| step.answer == Answer::Accepted);
            assert_eq!(accepts, alive.contains(state), "{state}");
            if !accepts {
                assert!(steps.iter().all(|step| step.next == *state), "{state}");
            }
        }
    };
}

#[test]
fn nothing_leads_out_of_a_dead_state() {
    dead_states!(
        TemporaryState,
        [TemporaryState::Pending, TemporaryState::Approved]
    );
    dead_states!(AccessState, [AccessState::Live]);
    dead_states!(SessionState, [SessionState::Live, SessionState::Lapsed]);
}

#[test]
fn a_refusal_or_an_idle_answer_moves_no_connection() {
    for row in ConnectionPhase::TABLE {
        if row.answer != crate::ConnectionAnswer::Accepted {
            assert_eq!(row.state, row.next, "{} {}", row.state, row.event);
        }
    }
}
