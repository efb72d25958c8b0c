//! The contract of [`ConsumerStore`].

use std::sync::Arc;

use countersign_certificate::Certificate;
use countersign_key::Secret;

use crate::consumer::{Consumer, ConsumerKind, ConsumerStore, Credential, Standing};
use crate::error::StoreError;
use crate::testing::conformance::parallel::together;
use crate::testing::conformance::report::{
    Check, Checked, Mismatch, always, equal, expect, run, works,
};
use crate::testing::conformance::{Factory, Failures, Report, Settings};
use crate::version::{Commit, Expected, Version, Versioned};

const THREADS: usize = 16;
const ROUNDS: usize = 10;

/// Checks a store of consumers.
///
/// # Errors
///
/// [`Failures`] names each check that failed.
pub fn consumers<F: Factory<Store: ConsumerStore>>(factory: &F) -> Result<Report, Failures> {
    let check = |name, wanted, run| Check { name, wanted, run };
    run(
        factory,
        &[
            check("consumers.kept_as_written", always, as_written::<F>),
            check(
                "consumers.certificates_are_kept",
                always,
                with_certificates::<F>,
            ),
            check("consumers.text_is_data", always, text::<F>),
            check("consumers.compare_and_set", always, compare_and_set::<F>),
            check("consumers.one_of_many_changes_wins", always, parallel::<F>),
            check("consumers.never_stale", always, never_stale::<F>),
            check("consumers.removed_is_gone_at_once", always, removed::<F>),
            check("consumers.no_version_comes_again", always, again::<F>),
            check("consumers.pages_in_order", always, pages::<F>),
            check("consumers.full_refuses_new_rows", |p| p.limits, full::<F>),
            check("consumers.restart", |p| p.durable, restart::<F>),
            check("consumers.handles_share", |p| p.shared, handles::<F>),
        ],
    )
}

struct Subject<'f, F: Factory> {
    factory: &'f F,
    store: F::Store,
}

impl<'f, F: Factory<Store: ConsumerStore>> Subject<'f, F> {
    fn new(factory: &'f F, settings: &Settings) -> Result<Self, Mismatch> {
        let store = works("a fresh store", factory.fresh(settings))?;
        Ok(Self { factory, store })
    }

    fn get(&self, key: &str) -> Result<Option<Arc<Versioned<Consumer>>>, Mismatch> {
        let found = self.factory.block_on(self.store.consumer(key));
        works("a look-up", found)
    }

    fn put(&self, expected: Expected, consumer: Consumer) -> Result<Commit, StoreError> {
        let put = self.store.put_consumer(expected, consumer);
        self.factory.block_on(put)
    }

    fn puts(&self, outcome: Commit, expected: Expected, consumer: Consumer) -> Checked {
        let what = format!("a change that expects {expected:?}");
        let found = works(&what, self.put(expected, consumer))?;
        equal(&what, outcome, found)
    }

    fn removes(&self, outcome: Commit, expected: Expected, key: &str) -> Checked {
        let what = format!("a removal that expects {expected:?}");
        let found = self
            .factory
            .block_on(self.store.remove_consumer(expected, key));
        equal(&what, outcome, works(&what, found)?)
    }

    /// The version under a key, which is to be above one that was there before.
    fn version_above(&self, what: &str, key: &str, before: u64) -> Result<u64, Mismatch> {
        let found = self.get(key)?.map(|found| found.version.number());
        let wanted = format!("{what}: a version above {before}");
        expect(found.is_some_and(|found| found > before), wanted, found)?;
        Ok(found.unwrap_or(before))
    }

    /// The name and the version under a key.
    fn holds(&self, what: &str, key: &str, wanted: Option<(&str, u64)>) -> Checked {
        let found = self.get(key)?;
        let found = found
            .as_ref()
            .map(|found| (found.row.name.as_str(), found.version.number()));
        equal(what, wanted, found)
    }
}

fn consumer(key: &str, name: &str) -> Consumer {
    let secret = Credential::Secret(Arc::new(Secret::new("kd94hf93k423kf44")));
    let mut consumer = Consumer::new(key, ConsumerKind::Partner, secret);
    name.clone_into(&mut consumer.name);
    consumer
}

const fn version(number: u64) -> Expected {
    Expected::Version(Version::from_number(number))
}

fn as_written<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    subject.holds("an empty store", "key", None)?;
    let mut row = consumer("key", "a name");
    row.standing = Standing::Rejected;
    row.methods = vec!["HMAC-SHA1".to_owned(), "HMAC-SHA256".to_owned()];
    row.callbacks = vec!["https://a.example/?b=c".to_owned(), "oob".to_owned()];
    row.organisation = Some("an organisation".to_owned());
    row.may_use_xauth = true;
    subject.puts(Commit::Done, Expected::Absent, row.clone())?;
    let Some(found) = subject.get("key")? else {
        return expect(false, "the row that was written", "none");
    };
    equal("a new row's version", Version::FIRST, found.version)?;
    // `Debug` shows every field but the secret.
    equal("the row", format!("{row:?}"), format!("{:?}", found.row))?;
    let same = matches!(
        (&row.credential, &found.row.credential),
        (Credential::Secret(one), Credential::Secret(other))
            if one.expose_secret() == other.expose_secret()
    );
    expect(same, "the secret that was written", "another")
}

/// Two, as while one takes over from the other.
const CERTIFICATES: &[u8] = include_bytes!("certificates.pem");

fn certified(key: &str) -> Result<Consumer, Mismatch> {
    let certificates = Certificate::read_all(CERTIFICATES)
        .map_err(|error| Mismatch::new("the certificates of the suite", error))?;
    let mut row = consumer(key, "certified");
    row.credential = Credential::Certificates(certificates.into());
    Ok(row)
}

fn is_certified(subject: &Subject<'_, impl Factory<Store: ConsumerStore>>, key: &str) -> Checked {
    let row = certified(key)?;
    let found = subject.get(key)?;
    let der = |row: &Consumer| match &row.credential {
        Credential::Certificates(all) => Some(all.iter().map(|one| one.der().to_vec()).collect()),
        Credential::Secret(_) => None,
    };
    let (wanted, found): (Option<Vec<_>>, _) = (der(&row), found.map(|found| der(&found.row)));
    let same = found.as_ref().is_some_and(|found| *found == wanted);
    let count = found.flatten().map(|found| found.len());
    expect(same, "both certificates, in order", count)
}

fn with_certificates<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    subject.puts(Commit::Done, Expected::Absent, certified("key")?)?;
    is_certified(&subject, "key")?;
    // One kind of credential in place of the other, and back.
    subject.puts(Commit::Done, version(1), consumer("key", "secret"))?;
    subject.holds(
        "a secret in place of certificates",
        "key",
        Some(("secret", 2)),
    )?;
    let secret = subject.get("key")?;
    let secret = secret.is_some_and(|row| matches!(row.row.credential, Credential::Secret(_)));
    expect(secret, "a secret in place of certificates", secret)?;
    subject.puts(Commit::Done, version(2), certified("key")?)?;
    is_certified(&subject, "key")
}

fn text<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    let texts = [
        "'; DROP TABLE consumers; --",
        "a\r\nb",
        "{tag}",
        "*",
        "%",
        "_",
    ];
    let never_written = ["\0", &"x".repeat(65_536)];
    for text in texts.iter().chain(&never_written) {
        subject.holds("a key that nobody has", text, None)?;
    }
    for text in texts {
        subject.puts(Commit::Done, Expected::Absent, consumer(text, text))?;
    }
    for text in texts {
        subject.holds("any text as a key", text, Some((text, 1)))?;
    }
    Ok(())
}

fn compare_and_set<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    subject.puts(Commit::Conflict, version(1), consumer("key", "none"))?;
    subject.puts(Commit::Done, Expected::Absent, consumer("key", "one"))?;
    subject.puts(Commit::Conflict, Expected::Absent, consumer("key", "again"))?;
    subject.holds("the row after a conflict", "key", Some(("one", 1)))?;
    subject.puts(Commit::Done, version(1), consumer("key", "two"))?;
    for stale in [0, 1, 3] {
        subject.puts(Commit::Conflict, version(stale), consumer("key", "stale"))?;
        subject.removes(Commit::Conflict, version(stale), "key")?;
    }
    subject.removes(Commit::Conflict, Expected::Absent, "key")?;
    subject.holds("the row after conflicts", "key", Some(("two", 2)))
}

fn parallel<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    let other = works("another handle", factory.another(&subject.store))?;
    let mut expected = Expected::Absent;
    for round in 0..ROUNDS {
        let found = together(THREADS, |number| {
            let store = match &other {
                Some(other) if number % 2 == 1 => other,
                _ => &subject.store,
            };
            let name = number.to_string();
            let row = consumer("key", &name);
            let put = factory.block_on(store.put_consumer(expected, row));
            matches!(put, Ok(Commit::Done)).then_some(name)
        });
        let winners: Vec<_> = found.into_iter().flatten().collect();
        equal("changes made of 16 from one version", 1, winners.len())?;
        let made = u64::try_from(round).unwrap_or(0).saturating_add(1);
        let winner = winners.first().map(|name| (name.as_str(), made));
        subject.holds("the row of the one that was made", "key", winner)?;
        expected = version(made);
    }
    Ok(())
}

fn never_stale<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    let mut expected = Expected::Absent;
    for number in 1..=20 {
        let name = number.to_string();
        subject.puts(Commit::Done, expected, consumer("key", &name))?;
        // Looked up twice, so that there is something to cache.
        for _ in 0..2 {
            subject.holds("the row just written", "key", Some((&name, number)))?;
        }
        expected = version(number);
    }
    Ok(())
}

fn removed<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    for _ in 0..3 {
        subject.puts(Commit::Done, Expected::Absent, consumer("key", "one"))?;
        let made = subject.version_above("the row", "key", 0)?;
        subject.removes(Commit::Done, version(made), "key")?;
        subject.holds("a row taken out", "key", None)?;
        subject.removes(Commit::Conflict, version(made), "key")?;
    }
    Ok(())
}

/// A change that was made from a consumer, which somebody removed and made anew meanwhile.
fn again<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    let mut last = 0;
    for round in 0..4 {
        subject.puts(Commit::Done, Expected::Absent, consumer("key", "new"))?;
        let made = subject.version_above("a row made anew", "key", last)?;
        for stale in 1..made {
            subject.puts(Commit::Conflict, version(stale), consumer("key", "stale"))?;
            subject.removes(Commit::Conflict, version(stale), "key")?;
        }
        last = made;
        for _ in 0..round {
            subject.puts(Commit::Done, version(last), consumer("key", "changed"))?;
            last = subject.version_above("a changed row", "key", last)?;
        }
        subject.removes(Commit::Done, version(last), "key")?;
    }
    Ok(())
}

fn pages<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    for key in ["d", "B", "a", "c", "e"] {
        subject.puts(Commit::Done, Expected::Absent, consumer(key, key))?;
    }
    for (after, limit, wanted) in [
        (None, 10, "B a c d e"),
        (None, 2, "B a"),
        (Some("a"), 2, "c d"),
        (Some("b"), 9, "c d e"),
        (Some("e"), 9, ""),
        (None, 0, ""),
    ] {
        let page = factory.block_on(subject.store.consumers(after, limit));
        let keys: Vec<_> = works("a page", page)?
            .iter()
            .map(|found| found.row.key.clone())
            .collect();
        let what = format!("at most {limit} keys after {after:?}");
        equal(&what, wanted.to_owned(), keys.join(" "))?;
    }
    Ok(())
}

fn full<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let settings = Settings {
        rows: 3,
        ..Settings::default()
    };
    let subject = Subject::new(factory, &settings)?;
    for key in ["a", "b", "c"] {
        subject.puts(Commit::Done, Expected::Absent, consumer(key, key))?;
    }
    let found = subject.put(Expected::Absent, consumer("d", "d"));
    let refused = matches!(found, Err(StoreError::Full { .. }));
    expect(refused, "a full store to say so", found)?;
    subject.puts(Commit::Done, version(1), consumer("a", "changed"))?;
    subject.holds("a row of before", "b", Some(("b", 1)))?;
    subject.removes(Commit::Done, version(2), "a")?;
    subject.puts(Commit::Done, Expected::Absent, consumer("d", "d"))
}

fn restart<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let settings = Settings::default();
    let subject = Subject::new(factory, &settings)?;
    for key in ["kept", "changed", "removed"] {
        subject.puts(Commit::Done, Expected::Absent, consumer(key, "one"))?;
    }
    subject.puts(Commit::Done, version(1), consumer("changed", "two"))?;
    subject.puts(Commit::Done, version(1), consumer("removed", "two"))?;
    subject.removes(Commit::Done, version(2), "removed")?;
    subject.puts(Commit::Done, Expected::Absent, certified("certified")?)?;
    let now = factory.now();
    let reopened = works("a restart", factory.reopen(subject.store, &settings, now))?;
    let Some(store) = reopened else {
        return expect(false, "a durable store to be opened again", "none");
    };
    let subject = Subject { factory, store };
    subject.holds("a row after a restart", "kept", Some(("one", 1)))?;
    subject.holds("a changed row after a restart", "changed", Some(("two", 2)))?;
    subject.holds("a removed row after a restart", "removed", None)?;
    is_certified(&subject, "certified")?;
    subject.puts(Commit::Done, Expected::Absent, consumer("removed", "new"))?;
    let what = "a row made anew after a restart";
    subject.version_above(what, "removed", 2).map(drop)
}

fn handles<F: Factory<Store: ConsumerStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory, &Settings::default())?;
    let Some(store) = works("another handle", factory.another(&subject.store))? else {
        return expect(false, "another handle of a store that shares", "none");
    };
    let other = Subject { factory, store };
    let mut last = 0;
    for _ in 0..3 {
        subject.puts(Commit::Done, Expected::Absent, consumer("key", "one"))?;
        let made = other.version_above("a row made elsewhere", "key", last)?;
        other.holds("a row made elsewhere", "key", Some(("one", made)))?;
        subject.puts(Commit::Done, version(made), consumer("key", "two"))?;
        last = other.version_above("a row changed elsewhere", "key", made)?;
        other.holds("a row changed elsewhere", "key", Some(("two", last)))?;
        other.removes(Commit::Done, version(last), "key")?;
        subject.holds("a row removed elsewhere", "key", None)?;
    }
    Ok(())
}
