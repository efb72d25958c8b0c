//! What is known of consumers, certificates, users, grants and tokens, as it is shown. No secret is
//! in any of it.

use countersign_certificate::{Certificate, Validity};
use countersign_clock::UnixTime;
use countersign_store::{Consumer, ConsumerKind, Credential, Grant, Standing};
use serde::{Serialize, Serializer};

use crate::records::User;

/// A registered application.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ConsumerRow {
    /// The consumer key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `public`, `private` or `partner`.
    pub kind: &'static str,
    /// Whether it is refused for ever.
    pub rejected: bool,
    /// `secret` or `certificates`.
    pub signs_with: &'static str,
    /// Its certificates; empty for a secret.
    pub certificates: Vec<CertificateRow>,
    /// The signature methods it is pinned to; empty for all of its kind of key.
    pub methods: Vec<String>,
    /// The callbacks registered.
    pub callbacks: Vec<String>,
    /// The organisation of a private application.
    pub organisation: Option<String>,
    /// Whether it may sign requests without a token.
    pub two_legged: bool,
    /// Whether it may trade a user's name and password for a token.
    pub xauth: bool,
    /// Whether the configuration names it, which the next start of the service goes by.
    pub in_config: bool,
}

impl ConsumerRow {
    pub(super) fn of(consumer: &Consumer, in_config: bool, now: UnixTime) -> Self {
        let (signs_with, certificates) = match &consumer.credential {
            Credential::Secret(_) => ("secret", Vec::new()),
            Credential::Certificates(all) => {
                let rows = all
                    .iter()
                    .map(|it| CertificateRow::of(&consumer.key, it, now));
                ("certificates", rows.collect())
            }
        };
        Self {
            key: consumer.key.clone(),
            name: consumer.name.clone(),
            kind: kind(consumer.kind),
            rejected: consumer.standing == Standing::Rejected,
            signs_with,
            certificates,
            methods: consumer.methods.clone(),
            callbacks: consumer.callbacks.clone(),
            organisation: consumer.organisation.clone(),
            two_legged: consumer.may_use_two_legged,
            xauth: consumer.may_use_xauth,
            in_config,
        }
    }
}

const fn kind(kind: ConsumerKind) -> &'static str {
    match kind {
        ConsumerKind::Public => "public",
        ConsumerKind::Private => "private",
        ConsumerKind::Partner => "partner",
        _ => "other",
    }
}

/// A registered certificate.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct CertificateRow {
    /// The consumer that it belongs to.
    pub consumer: String,
    /// Whom it names.
    pub subject: String,
    /// Its SHA-256 fingerprint.
    pub sha256: String,
    /// The first moment at which it is used.
    #[serde(serialize_with = "seconds")]
    pub not_before: UnixTime,
    /// The last one.
    #[serde(serialize_with = "seconds")]
    pub not_after: UnixTime,
    /// Whether it is used now.
    pub state: CertificateState,
    /// The same in words, with the time left or gone.
    pub validity: String,
}

impl CertificateRow {
    pub(super) fn of(consumer: &str, certificate: &Certificate, now: UnixTime) -> Self {
        let validity = certificate.validity(now);
        let (state, more) = match validity {
            Validity::Live { .. } => (CertificateState::Live, ""),
            Validity::Expired { .. } => (CertificateState::Expired, ", no longer used"),
            Validity::NotYet { .. } => (CertificateState::NotYet, ", not used before"),
        };
        Self {
            consumer: consumer.to_owned(),
            subject: certificate.subject().to_string(),
            sha256: certificate.sha256_fingerprint().to_string(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            state,
            validity: format!("{validity}{more}"),
        }
    }
}

/// Whether a certificate is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CertificateState {
    /// Expired, no longer used.
    Expired,
    /// Used.
    Live,
    /// Not used yet.
    NotYet,
}

/// A user who may log in.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct UserRow {
    /// The name to log in with.
    pub name: String,
    /// Where the user belongs.
    pub organisations: Vec<OrganisationRow>,
    /// Whether the configuration names the user, which the next start of the service goes by.
    pub in_config: bool,
}

/// A user's place in an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OrganisationRow {
    /// The organisation.
    pub name: String,
    /// The role there.
    pub role: String,
    /// Whether this role may connect applications.
    pub may_connect: bool,
}

impl UserRow {
    pub(super) fn of(user: &User, in_config: bool, may_connect: impl Fn(&str) -> bool) -> Self {
        let rows = user.organisations.iter().map(|place| OrganisationRow {
            name: place.name.clone(),
            role: place.role.clone(),
            may_connect: may_connect(&place.role),
        });
        Self {
            name: user.name.clone(),
            organisations: rows.collect(),
            in_config,
        }
    }
}

/// What a user allowed an application.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct GrantRow {
    /// Its identity: 32 hexadecimal digits.
    pub id: String,
    /// The application.
    pub consumer: String,
    /// The organisation.
    pub organisation: String,
    /// Who gave it.
    pub user: String,
    /// By which role.
    pub role: String,
    /// Its state now: `live`, `lapsed` (to be renewed), `ended`, `revoked` by the user, `withdrawn` by an
    /// administrator, `user_removed`,
    /// `role_changed`, `replaced`.
    pub state: &'static str,
    /// Whether it can still be used or renewed.
    pub standing: bool,
    /// Whether its token can be renewed.
    pub renewable: bool,
    /// When it was given.
    #[serde(serialize_with = "seconds")]
    pub given: UnixTime,
    /// When it is over at the latest.
    #[serde(serialize_with = "maybe_seconds")]
    pub expires: Option<UnixTime>,
    /// When it ended before its time.
    #[serde(serialize_with = "maybe_seconds")]
    pub ended: Option<UnixTime>,
    /// Which of its access tokens is the newest, from 1.
    pub generation: u64,
}

impl GrantRow {
    pub(super) fn of(grant: &Grant, now: UnixTime) -> Self {
        let state = grant.life.state_at(now);
        Self {
            id: grant.id.to_string(),
            consumer: grant.consumer_key.clone(),
            organisation: grant.organisation.clone(),
            user: grant.user.clone(),
            role: grant.role.clone(),
            state: state.as_str(),
            standing: is_standing(grant, now),
            renewable: grant.renewable,
            given: grant.given,
            expires: grant.life.expiry.time(),
            ended: grant.ended,
            generation: grant.life.generation.get(),
        }
    }
}

pub(super) fn is_standing(grant: &Grant, now: UnixTime) -> bool {
    grant.is_standing() && !grant.life.expiry.is_over(now)
}

/// What became of a token.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct TokenRow {
    /// What kind of token.
    pub kind: TokenKind,
    /// Its fingerprint, as the audit trail shows it.
    pub fingerprint: String,
    /// The application it was issued to.
    pub consumer: String,
    /// `accepted`, `rejected`, or `unknown` if it was removed.
    pub consumer_standing: &'static str,
    /// Whether a rightly signed request with it is accepted now: for an access token at a resource,
    /// for temporary credentials at the exchange.
    pub usable: bool,
    /// Why not, by its stable name.
    pub cause: Option<&'static str>,
    /// What became of it, in words.
    pub detail: String,
    /// When it was issued; not kept of temporary credentials.
    #[serde(serialize_with = "maybe_seconds")]
    pub issued: Option<UnixTime>,
    /// When it is over.
    #[serde(serialize_with = "maybe_seconds")]
    pub expires: Option<UnixTime>,
    /// Which access token of its grant it is, from 1.
    pub generation: Option<u64>,
    /// Its grant.
    pub grant: Option<GrantRow>,
}

/// What kind of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TokenKind {
    /// An access token.
    Access,
    /// The key of a private application, which is its own token.
    OwnKey,
    /// Temporary credentials.
    Temporary,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape that serde calls"
)]
fn seconds<S: Serializer>(time: &UnixTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.seconds())
}

#[expect(clippy::ref_option, reason = "the shape that serde calls")]
fn maybe_seconds<S: Serializer>(time: &Option<UnixTime>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(UnixTime::seconds).serialize(serializer)
}
