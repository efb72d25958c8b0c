//! The contract of [`NonceStore`].

use countersign_clock::UnixTime;

use crate::error::StoreError;
use crate::nonce::{Insertion, Nonce, NonceStore};
use crate::testing::conformance::parallel::together;
use crate::testing::conformance::report::{
    Check, Checked, Mismatch, always, equal, expect, run, works,
};
use crate::testing::conformance::{Factory, Failures, Report, Settings};

const PAST: i64 = 300;
const FUTURE: i64 = 300;
const THREADS: usize = 100;
const ROUNDS: usize = 5;
/// What is enough to fill a store that is told to be small.
const FEW: usize = 20;

/// Checks a store of nonces.
///
/// # Errors
///
/// [`Failures`] names each check that failed.
pub fn nonces<F: Factory<Store: NonceStore>>(factory: &F) -> Result<Report, Failures> {
    let check = |name, wanted, run| Check { name, wanted, run };
    run(
        factory,
        &[
            check("nonces.one_of_many_is_new", always, one_of_many::<F>),
            check("nonces.scope_consumer", always, |f: &F| {
                scope(f, ["d", "t", "n"], 0)
            }),
            check("nonces.scope_token", always, |f: &F| {
                scope(f, ["c", "u", "n"], 0)
            }),
            check("nonces.scope_timestamp", always, |f: &F| {
                scope(f, ["c", "t", "n"], 1)
            }),
            check("nonces.scope_nonce", always, |f: &F| {
                scope(f, ["c", "t", "m"], 0)
            }),
            check("nonces.parts_keep_their_lengths", always, lengths::<F>),
            check("nonces.text_is_data", always, text::<F>),
            check("nonces.kept_to_the_last_second", always, last_second::<F>),
            check(
                "nonces.expires_from_the_timestamp",
                always,
                from_timestamp::<F>,
            ),
            check("nonces.full_keeps_what_it_has", |p| p.limits, full::<F>),
            check(
                "nonces.expired_make_room",
                |p| p.limits && p.follows_now,
                room::<F>,
            ),
            check(
                "nonces.quota_hits_its_consumer_only",
                |p| p.limits,
                quota::<F>,
            ),
            check("nonces.clock_set_back", |p| p.follows_now, set_back::<F>),
            check("nonces.restart", always, restart::<F>),
            check("nonces.handles_share", |p| p.shared, handles::<F>),
        ],
    )
}

/// One store and the moment at which its check began.
struct Subject<'f, F: Factory> {
    factory: &'f F,
    store: F::Store,
    now: UnixTime,
}

impl<'f, F: Factory<Store: NonceStore>> Subject<'f, F> {
    fn new(factory: &'f F, settings: &Settings) -> Result<Self, Mismatch> {
        Ok(Self {
            factory,
            store: works("a fresh store", factory.fresh(settings))?,
            now: factory.now(),
        })
    }

    /// `stamp` and `later` are seconds from the start.
    fn insert(
        &self,
        [consumer, token, nonce]: [&str; 3],
        stamp: i64,
        later: i64,
    ) -> Result<Insertion, StoreError> {
        insert(
            self.factory,
            &self.store,
            [consumer, token, nonce],
            self.now.saturating_add(stamp),
            self.now.saturating_add(later),
        )
    }

    fn is(
        &self,
        what: &str,
        expected: Insertion,
        tuple: [&str; 3],
        stamp: i64,
        later: i64,
    ) -> Checked {
        let found = works(what, self.insert(tuple, stamp, later))?;
        equal(what, expected, found)
    }
}

fn insert<F: Factory<Store: NonceStore>>(
    factory: &F,
    store: &F::Store,
    [consumer, token, nonce]: [&str; 3],
    timestamp: UnixTime,
    now: UnixTime,
) -> Result<Insertion, StoreError> {
    let nonce = Nonce::new(consumer, token, timestamp, nonce);
    factory.block_on(store.insert(nonce, now))
}

fn one_of_many<F: Factory<Store: NonceStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    let other = works("another handle", factory.another(&subject.store))?;
    for round in 0..ROUNDS {
        let nonce = format!("n{round}");
        let found = together(THREADS, |number| {
            let store = match &other {
                Some(other) if number % 2 == 1 => other,
                _ => &subject.store,
            };
            insert(factory, store, ["c", "t", &nonce], subject.now, subject.now)
        });
        let is =
            |wanted: Insertion| move |found: &&_| matches!(found, Ok(found) if *found == wanted);
        let new = found.iter().filter(is(Insertion::New)).count();
        let used = found.iter().filter(is(Insertion::Used)).count();
        let all = THREADS.saturating_sub(1);
        equal("New and Used of 100 inserts at once", (1, all), (new, used))?;
    }
    Ok(())
}

fn scope<F: Factory<Store: NonceStore>>(factory: &F, other: [&str; 3], stamp: i64) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    let first = ["c", "t", "n"];
    subject.is("the first", Insertion::New, first, 0, 0)?;
    subject.is(
        "one that differs in one part",
        Insertion::New,
        other,
        stamp,
        0,
    )?;
    subject.is("the first again", Insertion::Used, first, 0, 0)?;
    subject.is("the other again", Insertion::Used, other, stamp, 0)
}

fn lengths<F: Factory<Store: NonceStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    let same_when_joined = [
        ["ab", "c", "d"],
        ["a", "bc", "d"],
        ["a", "b", "cd"],
        ["abc", "", "d"],
        ["", "abc", "d"],
        ["a|b", "c", "d"],
        ["a", "b|c", "d"],
        ["a\0", "b", "d"],
        ["a", "\0b", "d"],
    ];
    for tuple in same_when_joined {
        subject.is(
            "a tuple whose parts are cut elsewhere",
            Insertion::New,
            tuple,
            0,
            0,
        )?;
    }
    for tuple in same_when_joined {
        subject.is("the same tuple", Insertion::Used, tuple, 0, 0)?;
    }
    Ok(())
}

fn text<F: Factory<Store: NonceStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    let long = "x".repeat(65_536);
    for text in [
        "'; DROP TABLE nonces; --",
        "a\r\nFLUSHALL\r\n",
        "{tag}",
        "*",
        "%",
        "\0",
        "x\0y",
        "x\0z",
        &long,
    ] {
        for tuple in [[text, "t", "n"], ["c", text, "n"], ["c", "t", text]] {
            subject.is("any text", Insertion::New, tuple, 0, 0)?;
            subject.is("the same text", Insertion::Used, tuple, 0, 0)?;
        }
    }
    subject.is("an honest one after", Insertion::New, ["c", "t", "n"], 0, 0)
}

fn last_second<F: Factory<Store: NonceStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    subject.is("the first", Insertion::New, ["c", "t", "n"], 0, 0)?;
    for later in [1, PAST.saturating_sub(1), PAST] {
        let what = format!("a replay after {later} seconds, the timestamp still accepted");
        subject.is(&what, Insertion::Used, ["c", "t", "n"], 0, later)?;
        // Others come in between, so that a store has cause to tidy up.
        subject.is("another", Insertion::New, ["c", "t", "m"], later, later)?;
    }
    Ok(())
}

fn from_timestamp<F: Factory<Store: NonceStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    subject.is("the first", Insertion::New, ["c", "t", "n"], FUTURE, 0)?;
    let end = FUTURE.saturating_add(PAST);
    for later in [1, 299, 301, 302, end.saturating_sub(1), end] {
        let what = format!("a replay after {later} of {end} seconds");
        subject.is("another", Insertion::New, ["c", "t", "m"], later, later)?;
        subject.is(&what, Insertion::Used, ["c", "t", "n"], FUTURE, later)?;
    }
    Ok(())
}

fn small() -> Settings {
    Settings {
        nonces: FEW,
        ..Settings::default()
    }
}

fn fill<F: Factory<Store: NonceStore>>(subject: &Subject<'_, F>, later: i64) -> Checked {
    for number in 0..FEW {
        let nonce = number.to_string();
        let tuple = ["c", "t", nonce.as_str()];
        subject.is(
            "one that there is room for",
            Insertion::New,
            tuple,
            later,
            later,
        )?;
    }
    Ok(())
}

fn full<F: Factory<Store: NonceStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &small())?;
    fill(&subject, 0)?;
    for number in 0..FEW {
        let found = subject.insert(["d", "t", &format!("more{number}")], 0, 0);
        let refused = matches!(found, Err(StoreError::Full { .. }));
        expect(refused, "a full store to say so", found)?;
    }
    for number in 0..FEW {
        let nonce = number.to_string();
        let tuple = ["c", "t", nonce.as_str()];
        subject.is("a live one in a full store", Insertion::Used, tuple, 0, 0)?;
    }
    Ok(())
}

fn room<F: Factory<Store: NonceStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &small())?;
    fill(&subject, 0)?;
    fill(&subject, PAST.saturating_add(1))
}

fn quota<F: Factory<Store: NonceStore>>(factory: &F) -> Checked {
    let settings = Settings {
        per_consumer: 10,
        ..Settings::default()
    };
    let subject = Subject::new(factory, &settings)?;
    for number in 0..10 {
        let nonce = number.to_string();
        let tuple = ["noisy", "t", nonce.as_str()];
        subject.is("one within the quota", Insertion::New, tuple, 0, 0)?;
    }
    let found = works("one more", subject.insert(["noisy", "t", "more"], 0, 0))?;
    let Insertion::OverQuota { retry_after } = found else {
        return expect(false, "one more than the quota to be OverQuota", found);
    };
    subject.is("one of before", Insertion::Used, ["noisy", "t", "0"], 0, 0)?;
    subject.is(
        "another consumer's",
        Insertion::New,
        ["quiet", "t", "0"],
        0,
        0,
    )?;
    let timely = (1..=700).contains(&retry_after);
    expect(timely, "a wait that a window explains", retry_after)?;
    if !factory.promises().follows_now {
        return Ok(());
    }
    let later = i64::from(retry_after);
    let what = "one after the wait";
    subject.is(what, Insertion::New, ["noisy", "t", "more"], later, later)
}

fn set_back<F: Factory<Store: NonceStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    subject.is("the first", Insertion::New, ["c", "t", "n"], 0, 0)?;
    let later = PAST.saturating_add(FUTURE).saturating_add(10);
    for number in 0..1_000 {
        let nonce = number.to_string();
        let tuple = ["c", "t", nonce.as_str()];
        subject.is("one much later", Insertion::New, tuple, later, later)?;
    }
    let found = works(
        "a replay with the clock set back",
        subject.insert(["c", "t", "n"], 0, 0),
    )?;
    let refused = matches!(found, Insertion::Used | Insertion::Fenced { .. });
    expect(
        refused,
        "Used or Fenced for a replay with the clock set back",
        found,
    )?;
    subject.is(
        "one at the right time",
        Insertion::New,
        ["c", "t", "m"],
        later,
        later,
    )
}

fn restart<F: Factory<Store: NonceStore>>(factory: &F) -> Checked {
    let settings = Settings::default();
    let subject = Subject::new(factory, &settings)?;
    for stamp in [0, 1, FUTURE] {
        subject.is("one before", Insertion::New, ["c", "t", "n"], stamp, 0)?;
    }
    let at = subject.now.saturating_add(1);
    let reopened = works("a restart", factory.reopen(subject.store, &settings, at))?;
    let durable = factory.promises().durable;
    let Some(store) = reopened else {
        return expect(!durable, "a durable store to be opened again", "none");
    };
    let subject = Subject {
        factory,
        store,
        now: subject.now,
    };
    for stamp in [0, 1, FUTURE] {
        let found = works("a replay", subject.insert(["c", "t", "n"], stamp, 1))?;
        let refused = match found {
            Insertion::Used => true,
            Insertion::Fenced { retry_after } => retry_after > 0,
            Insertion::New | Insertion::OverQuota { .. } => false,
        };
        expect(
            refused,
            "Used or Fenced for what was accepted before a restart",
            found,
        )?;
    }
    // Sooner or later honest requests are accepted again.
    let wait = FUTURE.saturating_add(2);
    subject.is(
        "one after the fence",
        Insertion::New,
        ["c", "t", "m"],
        wait,
        wait,
    )
}

fn handles<F: Factory<Store: NonceStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    let Some(other) = works("another handle", factory.another(&subject.store))? else {
        return expect(false, "another handle of a store that shares", "none");
    };
    subject.is("the first", Insertion::New, ["c", "t", "n"], 0, 0)?;
    let tuple = ["c", "t", "n"];
    let found = insert(factory, &other, tuple, subject.now, subject.now);
    equal(
        "the same by another handle",
        Insertion::Used,
        works("another handle", found)?,
    )
}
