use countersign_clock::UnixTime;
use countersign_token::{
    AccessState, Answer, Cause, Connection, ConnectionEvent, ConnectionPhase, ConnectionRefusal,
    Event, Generation, Intent, IntentId, Notice, ReauthorisationCause, Refusal, SessionState,
    TemporaryState,
};

use crate::split;

/// A life in lines: the name of an event, and a number where a client's event has one.
///
/// A name is written the same again; what is dead stays dead of its first cause; generations only rise, and a newer token is
/// taken in every state.
pub fn token(data: &[u8]) {
    let Some(text) = split::text(data) else {
        return;
    };
    let mut temporary = TemporaryState::Pending;
    let mut access = AccessState::Live;
    let mut session = SessionState::Live;
    let mut connection = Connection::new(Generation::FIRST);
    for line in text.lines() {
        let (word, number) = line.split_once(' ').unwrap_or((line, ""));
        names(word);
        if let Ok(event) = Event::parse(word) {
            let before = (
                temporary.on(Event::Exchange),
                access.on(Event::Use),
                session.on(Event::Renew),
            );
            let dead = (is_dead(temporary), !matches!(access, AccessState::Live), {
                !matches!(session, SessionState::Live | SessionState::Lapsed)
            });
            temporary = temporary.on(event).next;
            access = access.on(event).next;
            session = session.on(event).next;
            let after = (
                temporary.on(Event::Exchange),
                access.on(Event::Use),
                session.on(Event::Renew),
            );
            assert!(!dead.0 || (before.0 == after.0 && after.0.answer != Answer::Accepted));
            assert!(!dead.1 || (before.1 == after.1 && after.1.answer != Answer::Accepted));
            assert!(!dead.2 || (before.2 == after.2 && after.2.answer != Answer::Accepted));
        }
        if let Ok(event) = ConnectionEvent::parse(word) {
            connection = told(connection, notice(event, number.parse().unwrap_or(1)));
        }
    }
}

fn is_dead(state: TemporaryState) -> bool {
    !matches!(state, TemporaryState::Pending | TemporaryState::Approved)
}

fn notice(event: ConnectionEvent, number: u64) -> Notice {
    let generation = Generation::new(number);
    let id = IntentId::new(number);
    let refusal = Refusal::TokenRejected;
    let now = UnixTime::from_seconds(1_477_311_775);
    match event {
        ConnectionEvent::Intend => Notice::Intended(Intent::new(id, generation, now, 60)),
        ConnectionEvent::IntendAgain => {
            Notice::Intended(Intent::new(id, generation, now.saturating_add(60), 60))
        }
        ConnectionEvent::Send => Notice::Sending { intent: id, now },
        ConnectionEvent::Answer => Notice::Answered(generation),
        ConnectionEvent::Refuse => Notice::Refused {
            generation,
            refusal,
        },
        ConnectionEvent::RefuseAgain => Notice::RefusedAgain {
            generation,
            refusal,
        },
        ConnectionEvent::Fault => Notice::Faulted,
        ConnectionEvent::Lose => Notice::Lost(id),
        ConnectionEvent::Recover => Notice::Recovered,
        ConnectionEvent::Work => Notice::Worked(generation),
        ConnectionEvent::Authorize => Notice::Authorized(generation),
        ConnectionEvent::Revoke => Notice::Revoked,
    }
}

fn told(connection: Connection, notice: Notice) -> Connection {
    let (next, _) = connection.on(notice);
    let newer = match notice {
        Notice::Answered(generation) | Notice::Authorized(generation) => generation,
        _ => connection.generation,
    };
    assert_eq!(next.generation, connection.generation.max(newer));
    assert!(
        next.previous
            .is_none_or(|previous| previous < next.generation)
    );
    assert!(
        next.state
            .intent()
            .is_none_or(|open| open.attempts() <= Intent::ATTEMPTS)
    );
    next
}

macro_rules! round_trip {
    ($word:expr, $($name:ty),*) => {
        $(if let Ok(known) = <$name>::parse($word) {
            assert_eq!(known.as_str(), $word);
        })*
    };
}

fn names(word: &str) {
    round_trip!(
        word,
        AccessState,
        Cause,
        ConnectionEvent,
        ConnectionPhase,
        ConnectionRefusal,
        Event
    );
    round_trip!(word, ReauthorisationCause, SessionState, TemporaryState);
}
