//! Who is logged in: in memory, bounded, over by time.

use std::sync::{Mutex, PoisonError};

use countersign_clock::UnixTime;

use crate::aged::Aged;
use crate::random_id::RandomId;
use crate::records::Mark;

/// How many sessions there are at most.
const SESSIONS: usize = 10_000;

/// How many one user may have; far fewer than there are, so that no user ends those of others.
const OF_A_USER: usize = 16;

/// A session ends so many seconds after its last request: half an hour.
const IDLE: i64 = 1_800;

/// A session ends so many seconds after it began, whatever was done: half a day.
const WHOLE: i64 = 43_200;

/// A user who logged in, and by which password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) user: String,
    pub(crate) mark: Mark,
    began: UnixTime,
}

/// The sessions. Of the id that a browser has, only a digest is kept.
pub(crate) struct Sessions(Mutex<Aged<Session>>);

impl Sessions {
    pub(crate) fn new() -> Self {
        Self::of_at_most(SESSIONS)
    }

    fn of_at_most(most: usize) -> Self {
        Self(Mutex::new(Aged::new(most, IDLE)))
    }

    /// Begins a session. The id must have been drawn for it: one that was there before the login
    /// may be known to somebody else.
    pub(crate) fn begin(&self, id: &RandomId, user: &str, mark: Mark, now: UnixTime) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = |session: &Session| session.user == user;
        while sessions.count(own) >= OF_A_USER && sessions.remove_eldest(own) {}
        let session = Session {
            user: user.to_owned(),
            mark,
            began: now,
        };
        sessions.put(id.digest("session"), session, now);
    }

    /// The session of this id, which was heard of now.
    pub(crate) fn find(&self, id: &RandomId, now: UnixTime) -> Option<Session> {
        let key = id.digest("session");
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = sessions.get(&key, now)?;
        if now.since(entry.value.began) >= WHOLE {
            sessions.remove(&key);
            return None;
        }
        entry.seen = now;
        Some(entry.value.clone())
    }

    /// Ends a session.
    pub(crate) fn end(&self, id: &RandomId) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.remove(&id.digest("session"));
    }
}

#[cfg(test)]
mod tests {
    use countersign_signature::OsRandom;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    fn id() -> RandomId {
        RandomId::draw(&mut OsRandom::new()).unwrap()
    }

    fn mark() -> Mark {
        Mark::testing("$argon2id$a")
    }

    fn user(sessions: &Sessions, id: &RandomId, now: i64) -> Option<String> {
        sessions.find(id, at(now)).map(|session| session.user)
    }

    #[test]
    fn a_session_is_found_by_its_id_until_it_is_ended() {
        let sessions = Sessions::new();
        let (mine, other) = (id(), id());
        sessions.begin(&mine, "ann", mark(), at(0));
        let found = sessions.find(&mine, at(0)).unwrap();
        assert_eq!(found.user, "ann");
        assert!(found.mark == mark());
        assert_eq!(user(&sessions, &other, 0), None);
        sessions.end(&mine);
        assert_eq!(user(&sessions, &mine, 0), None);
    }

    #[test]
    fn a_session_is_over_when_idle_and_in_any_case_after_half_a_day() {
        let sessions = Sessions::new();
        let mine = id();
        sessions.begin(&mine, "ann", mark(), at(0));
        assert!(user(&sessions, &mine, IDLE - 1).is_some());
        assert!(user(&sessions, &mine, 2 * IDLE - 2).is_some());
        assert!(user(&sessions, &mine, 3 * IDLE - 2).is_none(), "idle");
        let busy = id();
        sessions.begin(&busy, "ann", mark(), at(0));
        let mut now = 0;
        while now + IDLE / 2 < WHOLE {
            now += IDLE / 2;
            assert!(user(&sessions, &busy, now).is_some(), "{now}");
        }
        assert!(user(&sessions, &busy, WHOLE).is_none());
    }

    #[test]
    fn a_user_with_too_many_sessions_ends_their_own() {
        let sessions = Sessions::new();
        let theirs = id();
        sessions.begin(&theirs, "bob", mark(), at(0));
        let ids: Vec<RandomId> = (0..=OF_A_USER).map(|_| id()).collect();
        for (now, id) in (1..).zip(&ids) {
            sessions.begin(id, "ann", mark(), at(now));
        }
        let live = ids.iter().filter(|id| user(&sessions, id, 20).is_some());
        assert_eq!(live.count(), OF_A_USER);
        assert!(user(&sessions, &ids[0], 20).is_none());
        assert!(user(&sessions, &theirs, 20).is_some());
    }

    proptest! {
        #[test]
        fn sessions_are_bounded_and_the_newest_is_live(
            users in proptest::collection::vec(0_u8..6, 1..60),
        ) {
            let sessions = Sessions::of_at_most(20);
            let mut ids = Vec::new();
            for (now, number) in (0..).zip(&users) {
                let (id, name) = (id(), format!("user{number}"));
                sessions.begin(&id, &name, mark(), at(now));
                prop_assert_eq!(user(&sessions, &id, now), Some(name));
                ids.push(id);
            }
            let live = ids.iter().filter(|id| user(&sessions, id, 60).is_some());
            prop_assert!(live.count() <= 20);
        }
    }
}
