//! Consumers.

use core::fmt;
use std::sync::Arc;

use countersign_certificate::Certificate;
use countersign_key::{RegistrationPolicy, Secret};
use countersign_provider::{Ending, RegistrationError, read_certificate};
use countersign_store::{
    Commit, Consumer, ConsumerKind, ConsumerStore as _, Credential, Expected, GrantSelection,
    Standing, TokenStore as _, Versioned,
};

use super::rows::ConsumerRow;
use super::trail::{Begun, Note};
use super::{Admin, AdminError, PAGE, TRIES};
use crate::config::ConsumerEntryKind;

/// An application to be registered.
#[derive(Debug)]
#[non_exhaustive]
pub struct NewConsumer {
    /// The consumer key.
    pub key: String,
    /// What it may do.
    pub kind: ConsumerEntryKind,
    /// What it signs with.
    pub keys: NewKeys,
    /// Its name; the key without it.
    pub name: Option<String>,
    /// Where users may be sent back to.
    pub callbacks: Vec<String>,
    /// The signature methods it is pinned to; empty for all.
    pub methods: Vec<String>,
    /// The organisation of a private application.
    pub organisation: Option<String>,
    /// Whether it may sign requests without a token.
    pub two_legged: bool,
    /// Whether it may trade a user's name and password for a token.
    pub xauth: bool,
}

impl NewConsumer {
    /// An application with nothing but key, kind and what it signs with.
    #[must_use]
    pub fn new(key: impl Into<String>, kind: ConsumerEntryKind, keys: NewKeys) -> Self {
        Self {
            key: key.into(),
            kind,
            keys,
            name: None,
            callbacks: Vec::new(),
            methods: Vec::new(),
            organisation: None,
            two_legged: false,
            xauth: false,
        }
    }
}

/// What a new application signs with.
#[expect(clippy::exhaustive_enums, reason = "one kind of key or the other")]
pub enum NewKeys {
    /// A shared secret, for HMAC.
    Secret(Secret),
    /// Files with one certificate each, PEM or DER, for RSA.
    Certificates(Vec<Vec<u8>>),
}

/// A file may hold a private key that was given by mistake.
impl fmt::Debug for NewKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret(..)",
            Self::Certificates(_) => "Certificates(..)",
        })
    }
}

/// What is to be changed of an application; the rest stays.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ConsumerChange {
    /// Another name.
    pub name: Option<String>,
    /// Other callbacks, all of them.
    pub callbacks: Option<Vec<String>>,
    /// Other methods, all of them; empty for all of its kind of key.
    pub methods: Option<Vec<String>>,
    /// Another organisation.
    pub organisation: Option<String>,
    /// Whether it may sign requests without a token.
    pub two_legged: Option<bool>,
    /// Whether it may trade a user's name and password for a token.
    pub xauth: Option<bool>,
}

impl Admin {
    /// All applications, by key.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn consumers(&self) -> Result<Vec<ConsumerRow>, AdminError> {
        let mut rows: Vec<ConsumerRow> = Vec::new();
        loop {
            let after = rows.last().map(|row| row.key.clone());
            let page = self
                .consumer_store()
                .consumers(after.as_deref(), PAGE)
                .await?
                .whole()?;
            if page.is_empty() {
                return Ok(rows);
            }
            rows.extend(page.iter().map(|found| self.consumer_row(&found.row)));
        }
    }

    /// One application.
    ///
    /// # Errors
    ///
    /// There is none, or the store failed.
    pub async fn consumer(&self, key: &str) -> Result<ConsumerRow, AdminError> {
        let found = self.stored_consumer(key).await?;
        Ok(self.consumer_row(&found.row))
    }

    /// Registers an application. Grants that are left of an earlier one with this key end.
    ///
    /// # Errors
    ///
    /// It is there already, what was given is refused, or the store failed.
    pub async fn add_consumer(&self, new: NewConsumer) -> Result<ConsumerRow, AdminError> {
        let key = new.key.clone();
        if self.consumer_store().consumer(&key).await?.is_some() {
            return Err(exists(&key));
        }
        let consumer = self.made(new)?;
        let begun = self.trail.ready().await?;
        self.end_grants_of(&key).await?;
        let row = self.consumer_row(&consumer);
        let added = self
            .provider
            .register(Expected::Absent, consumer, self.now());
        added.await.map_err(|source| match source {
            RegistrationError::Conflict => exists(&key),
            source => refused(&key, source),
        })?;
        self.noted(begun, "consumer_add", &key).await?;
        Ok(row)
    }

    /// Changes an application.
    ///
    /// # Errors
    ///
    /// There is none, what was given is refused, or the store failed.
    pub async fn change_consumer(
        &self,
        key: &str,
        change: &ConsumerChange,
    ) -> Result<ConsumerRow, AdminError> {
        let begun = self.trail.ready().await?;
        self.changed(key, |consumer| {
            let to = change.clone();
            set(&mut consumer.name, to.name);
            set(&mut consumer.callbacks, to.callbacks);
            set(&mut consumer.methods, to.methods);
            set(&mut consumer.may_use_two_legged, to.two_legged);
            set(&mut consumer.may_use_xauth, to.xauth);
            consumer.organisation = to.organisation.or_else(|| consumer.organisation.take());
            Ok(())
        })
        .await?;
        self.noted(begun, "consumer_change", key).await?;
        self.consumer(key).await
    }

    /// Gives an application another secret; the old one is refused at once.
    ///
    /// # Errors
    ///
    /// There is none, it signs with certificates, the secret is too short, or the store failed.
    pub async fn change_secret(&self, key: &str, secret: Secret) -> Result<(), AdminError> {
        let secret = Arc::new(secret);
        let begun = self.trail.ready().await?;
        self.changed(key, |consumer| {
            if matches!(consumer.credential, Credential::Certificates(_)) {
                return Err(AdminError::OtherKeys {
                    consumer: key.to_owned(),
                    expected: "no secret",
                    found: "certificates",
                });
            }
            consumer.credential = Credential::Secret(Arc::clone(&secret));
            Ok(())
        })
        .await?;
        self.noted(begun, "secret_change", key).await
    }

    /// Refuses an application from now on, or accepts it again. Its grants stay.
    ///
    /// # Errors
    ///
    /// There is none, or the store failed;
    /// [`AdminError::Untold`]: it was done, and its line in the audit trail can't be written.
    pub async fn set_rejected(&self, key: &str, rejected: bool) -> Result<(), AdminError> {
        let (what, standing, begun) = if rejected {
            ("consumer_reject", Standing::Rejected, self.trail.begin())
        } else {
            let begun = self.trail.ready().await?;
            ("consumer_accept", Standing::Accepted, begun)
        };
        self.changed(key, |consumer| {
            consumer.standing = standing;
            Ok(())
        })
        .await?;
        self.noted(begun, what, key).await
    }

    /// Takes an application out and ends its grants. Gives how many ended.
    ///
    /// # Errors
    ///
    /// There is none, or the store failed;
    /// [`AdminError::Untold`]: it was done, and its line in the audit trail can't be written.
    pub async fn remove_consumer(&self, key: &str) -> Result<usize, AdminError> {
        let begun = self.trail.begin();
        for _ in 0..TRIES {
            let found = self.stored_consumer(key).await?;
            let expected = Expected::Version(found.version);
            if self.consumer_store().remove_consumer(expected, key).await? == Commit::Done {
                let note = Note::new("consumer_remove").with("consumer", key);
                self.trail.leave(self.now(), note).await;
                // A key that is given to somebody else must bring no grant along.
                let ended = self.end_grants_of(key).await?;
                self.trail.is_whole(begun)?;
                return Ok(ended);
            }
        }
        Err(contention(key))
    }

    /// Reads, changes and writes an application, again if somebody else was faster.
    pub(super) async fn changed<T>(
        &self,
        key: &str,
        mut change: impl FnMut(&mut Consumer) -> Result<T, AdminError>,
    ) -> Result<T, AdminError> {
        for _ in 0..TRIES {
            let found = self.stored_consumer(key).await?;
            let mut consumer = found.row.clone();
            let done = change(&mut consumer)?;
            let made = self.provider.change_consumer(&found, consumer, self.now());
            match made.await {
                Ok(()) => return Ok(done),
                Err(RegistrationError::Conflict) => {}
                Err(source) => return Err(refused(key, source)),
            }
        }
        Err(contention(key))
    }

    pub(super) async fn stored_consumer(
        &self,
        key: &str,
    ) -> Result<Arc<Versioned<Consumer>>, AdminError> {
        let found = self.consumer_store().consumer(key).await?;
        found.ok_or_else(|| AdminError::NotFound {
            what: "consumer",
            name: format!("{key:?}"),
        })
    }

    pub(super) fn consumer_store(&self) -> &super::AdminStore {
        &self.provider.stores().consumers
    }

    /// Reads one certificate that is to be registered.
    pub(super) fn certificate(&self, key: &str, input: &[u8]) -> Result<Certificate, AdminError> {
        let certificate = read_certificate(input, &RegistrationPolicy::default())
            .map_err(|source| refused(key, source))?;
        let validity = certificate.validity(self.now());
        if matches!(validity, countersign_certificate::Validity::Expired { .. }) {
            return Err(AdminError::CertificateOver { validity });
        }
        Ok(certificate)
    }

    fn made(&self, new: NewConsumer) -> Result<Consumer, AdminError> {
        let credential = match new.keys {
            NewKeys::Secret(secret) => Credential::Secret(Arc::new(secret)),
            NewKeys::Certificates(files) => {
                let read: Result<Vec<Certificate>, AdminError> = files
                    .iter()
                    .map(|file| self.certificate(&new.key, file))
                    .collect();
                Credential::Certificates(read?.into())
            }
        };
        let kind = match new.kind {
            ConsumerEntryKind::Public => ConsumerKind::Public,
            ConsumerEntryKind::Private => ConsumerKind::Private,
            ConsumerEntryKind::Partner => ConsumerKind::Partner,
        };
        let mut consumer = Consumer::new(new.key, kind, credential);
        set(&mut consumer.name, new.name);
        consumer.callbacks = new.callbacks;
        consumer.methods = new.methods;
        consumer.organisation = new.organisation;
        consumer.may_use_two_legged = new.two_legged;
        consumer.may_use_xauth = new.xauth;
        Ok(consumer)
    }

    fn consumer_row(&self, consumer: &Consumer) -> ConsumerRow {
        let in_config = self.is_consumer_in_config(&consumer.key);
        ConsumerRow::of(consumer, in_config, self.now())
    }

    async fn noted(&self, begun: Begun, what: &'static str, key: &str) -> Result<(), AdminError> {
        let note = Note::new(what).with("consumer", key);
        self.trail.note(begun, self.now(), note).await
    }

    async fn end_grants_of(&self, key: &str) -> Result<usize, AdminError> {
        let tokens = &self.provider.stores().tokens;
        let (mut ended, mut after, mut damaged) = (0_usize, None, None);
        loop {
            let mut page = tokens
                .grants(GrantSelection::Consumer(key), after, PAGE)
                .await?;
            // One that can't be read must not save the others, and is told at the end.
            damaged = damaged.or_else(|| page.damaged.pop());
            let Some(last) = page.last() else {
                return damaged.map_or(Ok(ended), |error| Err(error.into()));
            };
            after = Some(last.row.id);
            for grant in page.iter() {
                let (id, now) = (grant.row.id, self.now());
                if self
                    .provider
                    .end_grant(id, Ending::RevokedByAdministrator, now)
                    .await?
                {
                    ended = ended.saturating_add(1);
                }
            }
        }
    }
}

fn set<T>(place: &mut T, to: Option<T>) {
    if let Some(to) = to {
        *place = to;
    }
}

fn exists(key: &str) -> AdminError {
    AdminError::Exists {
        what: "consumer",
        name: key.to_owned(),
    }
}

fn contention(key: &str) -> AdminError {
    AdminError::Contention {
        what: "consumer",
        name: key.to_owned(),
    }
}

pub(super) fn refused(key: &str, source: RegistrationError) -> AdminError {
    AdminError::Refused {
        key: key.to_owned(),
        source,
    }
}
