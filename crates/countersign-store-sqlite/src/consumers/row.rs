//! A consumer as a row.

use std::sync::Arc;

use countersign_certificate::Certificate;
use countersign_key::{Secret, SecureRandom};
use countersign_store::seal::Place;
use countersign_store::{Consumer, ConsumerKind, Credential, Standing, Version, Versioned};
use rusqlite::{CachedStatement, Row};

use crate::codec::{pack, text, unpack, unpack_texts};
use crate::fault::Fault;
use crate::seal::Seal;
use crate::tokens::column::version;

const fn place(key: &str, version: Version) -> Place<'_> {
    Place::new("consumers", key.as_bytes(), version.number())
}

fn kind_name(kind: ConsumerKind) -> Result<&'static str, Fault> {
    match kind {
        ConsumerKind::Public => Ok("public"),
        ConsumerKind::Private => Ok("private"),
        ConsumerKind::Partner => Ok("partner"),
        _ => Err(Fault::Unknown("kind of consumer")),
    }
}

fn kind(name: &str) -> Result<ConsumerKind, Fault> {
    match name {
        "public" => Ok(ConsumerKind::Public),
        "private" => Ok(ConsumerKind::Private),
        "partner" => Ok(ConsumerKind::Partner),
        _ => Err(Fault::damaged("an unknown kind")),
    }
}

fn standing_name(standing: Standing) -> Result<&'static str, Fault> {
    match standing {
        Standing::Accepted => Ok("accepted"),
        Standing::Rejected => Ok("rejected"),
        _ => Err(Fault::Unknown("standing of a consumer")),
    }
}

fn standing(name: &str) -> Result<Standing, Fault> {
    match name {
        "accepted" => Ok(Standing::Accepted),
        "rejected" => Ok(Standing::Rejected),
        _ => Err(Fault::damaged("an unknown standing")),
    }
}

/// What of a row is not written as it is.
#[derive(Debug)]
pub(super) struct Encoded<'c> {
    consumer: &'c Consumer,
    version: i64,
    kind: &'static str,
    standing: &'static str,
    methods: Vec<u8>,
    callbacks: Vec<u8>,
    secret: Option<Vec<u8>>,
    certificates: Option<Vec<u8>>,
}

impl<'c> Encoded<'c> {
    pub(super) fn of(
        consumer: &'c Consumer,
        version: Version,
        seal: &Seal,
        random: &mut (dyn SecureRandom + Send),
    ) -> Result<Self, Fault> {
        let (secret, certificates) = match &consumer.credential {
            Credential::Secret(secret) => {
                let place = place(&consumer.key, version);
                let sealed = seal.seal(place, secret.expose_secret().as_bytes(), random)?;
                (Some(sealed), None)
            }
            Credential::Certificates(certificates) => {
                (None, Some(pack(certificates.iter().map(Certificate::der))?))
            }
        };
        Ok(Self {
            consumer,
            version: i64::try_from(version.number()).map_err(|_| Fault::TooLong)?,
            kind: kind_name(consumer.kind)?,
            standing: standing_name(consumer.standing)?,
            methods: pack(consumer.methods.iter().map(String::as_bytes))?,
            callbacks: pack(consumer.callbacks.iter().map(String::as_bytes))?,
            secret,
            certificates,
        })
    }

    pub(super) fn write(self, mut statement: CachedStatement<'_>, stamp: i64) -> Result<(), Fault> {
        statement.execute((
            &self.consumer.key,
            self.version,
            stamp,
            &self.consumer.name,
            self.kind,
            self.standing,
            &self.consumer.organisation,
            self.consumer.may_use_xauth,
            self.consumer.may_use_two_legged,
            self.methods,
            self.callbacks,
            self.secret,
            self.certificates,
        ))?;
        Ok(())
    }
}

/// A consumer with the stamp of its row.
pub(super) fn decode(row: &Row<'_>, seal: &Seal) -> Result<(i64, Arc<Versioned<Consumer>>), Fault> {
    let key: String = row.get("key")?;
    let decoded = decode_as(row, seal, &key).map_err(|fault| fault.of("consumer", &key))?;
    Ok((row.get("stamp")?, Arc::new(decoded)))
}

fn decode_as(row: &Row<'_>, seal: &Seal, key: &str) -> Result<Versioned<Consumer>, Fault> {
    let version = version(row.get("version")?)?;
    let secret: Option<Vec<u8>> = row.get("secret")?;
    let certificates: Option<Vec<u8>> = row.get("certificates")?;
    let credential = match (secret, certificates) {
        (Some(sealed), None) => {
            let opened = seal.open(place(key, version), &sealed)?;
            Credential::Secret(Arc::new(Secret::new(text(opened.expose_secret())?)))
        }
        (None, Some(packed)) => {
            let certificates: Result<Vec<_>, _> = unpack(&packed)?
                .into_iter()
                .map(Certificate::read)
                .collect();
            let damaged = |_| Fault::damaged("a certificate can't be read");
            Credential::Certificates(certificates.map_err(damaged)?.into())
        }
        _ => return Err(Fault::damaged("neither a secret nor certificates, or both")),
    };
    let kind = kind(row.get_ref("kind")?.as_str().unwrap_or_default())?;
    let mut consumer = Consumer::new(key, kind, credential);
    consumer.name = row.get("name")?;
    consumer.standing = standing(row.get_ref("standing")?.as_str().unwrap_or_default())?;
    consumer.organisation = row.get("organisation")?;
    consumer.may_use_xauth = row.get("may_use_xauth")?;
    consumer.may_use_two_legged = row.get("may_use_two_legged")?;
    consumer.methods = unpack_texts(&row.get::<_, Vec<u8>>("methods")?)?;
    consumer.callbacks = unpack_texts(&row.get::<_, Vec<u8>>("callbacks")?)?;
    Ok(Versioned::new(version, consumer))
}
