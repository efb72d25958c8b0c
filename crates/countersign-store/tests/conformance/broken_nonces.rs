//! Stores of nonces with one defect each.

use core::time::Duration;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use countersign_clock::UnixTime;
use countersign_store::testing::conformance::{Factory, Promises, Settings, nonces};
use countersign_store::{Insertion, Nonce, NonceStore, StoreError};

use crate::noticed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Defect {
    None,
    CheckThenInsert,
    EvictsWhenFull,
    ExpiresFromNow,
    ForgetsAfterSetBack,
    HandlesApart,
    IgnoresConsumer,
    IgnoresNonce,
    IgnoresTimestamp,
    IgnoresToken,
    JoinsParts,
    KeepsExpired,
    LosesOnRestart,
    NoFence,
    OneSecondShort,
    QuotaForAll,
    Truncates,
}

/// Plain and slow: a map of tuples.
struct Plain {
    defect: Defect,
    settings: Settings,
    state: Arc<Mutex<State>>,
    fence: i64,
}

#[derive(Clone, Default)]
struct State {
    expires: BTreeMap<Vec<String>, (i64, String)>,
    highest: i64,
}

impl Plain {
    fn tuple(&self, nonce: &Nonce<'_>) -> Vec<String> {
        let mut parts = vec![
            nonce.consumer_key.to_owned(),
            nonce.token.to_owned(),
            nonce.timestamp.to_string(),
            nonce.nonce.to_owned(),
        ];
        match self.defect {
            Defect::IgnoresConsumer => parts[0].clear(),
            Defect::IgnoresToken => parts[1].clear(),
            Defect::IgnoresTimestamp => parts[2].clear(),
            Defect::IgnoresNonce => parts[3].clear(),
            Defect::JoinsParts => parts = vec![parts.join("|")],
            Defect::Truncates => {
                for part in &mut parts {
                    *part = part.split('\0').next().unwrap_or_default().to_owned();
                }
            }
            _ => {}
        }
        parts
    }

    fn expiry(&self, timestamp: i64, now: i64) -> i64 {
        let past = i64::from(self.settings.window.past());
        match self.defect {
            Defect::ExpiresFromNow => now + past + 1,
            Defect::OneSecondShort => timestamp + past,
            Defect::KeepsExpired => i64::MAX,
            _ => timestamp + past + 1,
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a defect that shows only when another thread comes by"
    )]
    fn insert(&self, nonce: &Nonce<'_>, now: i64) -> Result<Insertion, StoreError> {
        let (tuple, timestamp) = (self.tuple(nonce), nonce.timestamp.seconds());
        let past = i64::from(self.settings.window.past());
        let mut state = self.state.lock().unwrap();
        state.highest = state.highest.max(now);
        let highest = match self.defect {
            Defect::ForgetsAfterSetBack => now,
            _ => state.highest,
        };
        state.expires.retain(|_, (expires, _)| *expires > now);
        if timestamp <= self.fence || timestamp + past < highest {
            return Ok(Insertion::Fenced { retry_after: 1 });
        }
        if self.defect == Defect::CheckThenInsert {
            if state.expires.contains_key(&tuple) {
                return Ok(Insertion::Used);
            }
            drop(state);
            // Long enough for another thread to come by where the machine is busy.
            std::thread::sleep(Duration::from_millis(1));
            state = self.state.lock().unwrap();
        } else if state.expires.contains_key(&tuple) {
            return Ok(Insertion::Used);
        }
        if state.expires.len() >= self.settings.nonces {
            if self.defect != Defect::EvictsWhenFull {
                return Err(StoreError::Full {
                    limit: self.settings.nonces,
                    what: "nonces",
                });
            }
            state.expires.pop_first();
        }
        let owners = state.expires.values();
        let mine = owners
            .filter(|(_, owner)| owner == nonce.consumer_key || self.defect == Defect::QuotaForAll)
            .count();
        if mine >= usize::try_from(self.settings.per_consumer).unwrap() {
            return Ok(Insertion::OverQuota { retry_after: 301 });
        }
        let owner = nonce.consumer_key.to_owned();
        let expires = self.expiry(timestamp, now);
        state.expires.insert(tuple, (expires, owner));
        Ok(Insertion::New)
    }
}

impl NonceStore for Plain {
    async fn insert(&self, nonce: Nonce<'_>, now: UnixTime) -> Result<Insertion, StoreError> {
        Self::insert(self, &nonce, now.seconds())
    }
}

struct Broken(Defect);

impl Factory for Broken {
    type Store = Plain;

    fn promises(&self) -> Promises {
        let base = match self.0 {
            Defect::NoFence => Promises::volatile(),
            _ => Promises::durable(),
        };
        base.with_limits().with_handles()
    }

    fn fresh(&self, settings: &Settings) -> Result<Plain, StoreError> {
        Ok(Plain {
            defect: self.0,
            settings: *settings,
            state: Arc::default(),
            fence: i64::MIN,
        })
    }

    fn reopen(&self, old: Plain, _: &Settings, _: UnixTime) -> Result<Option<Plain>, StoreError> {
        let state = match self.0 {
            Defect::LosesOnRestart | Defect::NoFence => Arc::default(),
            _ => old.state,
        };
        Ok(Some(Plain { state, ..old }))
    }

    fn another(&self, store: &Plain) -> Result<Option<Plain>, StoreError> {
        let state = match self.0 {
            Defect::HandlesApart => Arc::default(),
            _ => Arc::clone(&store.state),
        };
        Ok(Some(Plain { state, ..*store }))
    }
}

#[test]
fn the_plain_store_passes() {
    let report = nonces(&Broken(Defect::None)).unwrap();
    assert!(report.skipped().is_empty(), "{report:?}");
}

#[test]
fn each_defect_is_noticed() {
    let defects: HashMap<&str, Defect> = HashMap::from([
        ("nonces.one_of_many_is_new", Defect::CheckThenInsert),
        ("nonces.full_keeps_what_it_has", Defect::EvictsWhenFull),
        ("nonces.expires_from_the_timestamp", Defect::ExpiresFromNow),
        ("nonces.clock_set_back", Defect::ForgetsAfterSetBack),
        ("nonces.handles_share", Defect::HandlesApart),
        ("nonces.scope_consumer", Defect::IgnoresConsumer),
        ("nonces.scope_nonce", Defect::IgnoresNonce),
        ("nonces.scope_timestamp", Defect::IgnoresTimestamp),
        ("nonces.scope_token", Defect::IgnoresToken),
        ("nonces.parts_keep_their_lengths", Defect::JoinsParts),
        ("nonces.expired_make_room", Defect::KeepsExpired),
        ("nonces.restart", Defect::LosesOnRestart),
        ("nonces.kept_to_the_last_second", Defect::OneSecondShort),
        ("nonces.quota_hits_its_consumer_only", Defect::QuotaForAll),
        ("nonces.text_is_data", Defect::Truncates),
    ]);
    for (check, defect) in defects {
        noticed(defect, nonces(&Broken(defect)), check);
    }
    noticed(
        "NoFence",
        nonces(&Broken(Defect::NoFence)),
        "nonces.restart",
    );
}

#[test]
fn a_failure_says_what_was_expected_and_found() {
    let failures = nonces(&Broken(Defect::OneSecondShort)).unwrap_err();
    let text = failures.to_string();
    assert!(
        text.contains("nonces.kept_to_the_last_second: expected a replay after 300 seconds, the timestamp still accepted: Used, found New"),
        "{text}"
    );
}
