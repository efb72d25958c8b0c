//! Checks of keys, certificates and tokens.

use std::path::Path;

use countersign_certificate::{Certificate, FORECAST_DAYS, Validity};
use countersign_dialect::Legs;
use countersign_key::RsaPrivateKey;
use countersign_signature::{KeyKind, Method};

use super::{Line, Subject};
use crate::dialect;
use crate::exit::Failure;
use crate::keys_file;

pub(super) fn consumer_key(subject: &Subject<'_>) -> Vec<Line> {
    vec![match &subject.profile.written.consumer_key {
        Some(key) if !key.is_empty() => Line::ok("consumer_key", "set"),
        _ => missing("consumer_key", "every request names it"),
    }]
}

fn missing(name: &'static str, why: &str) -> Line {
    Line::fail(name, format!("missing: {why}; write it into the file"))
}

fn needs(subject: &Subject<'_>, kind: KeyKind) -> bool {
    subject.method.map(Method::kind) == Some(kind)
}

/// What the signature method signs with.
pub(super) fn signing_key(subject: &Subject<'_>) -> Vec<Line> {
    if !needs(subject, KeyKind::Secret) {
        return Vec::new();
    }
    let name = subject.method.map_or("", Method::name);
    vec![match subject.profile.written.consumer_secret.as_deref() {
        None => missing("consumer_secret", &format!("{name} signs with it")),
        Some("") => Line::warn("consumer_secret", "empty"),
        Some(secret) if secret.trim() != secret => Line::warn(
            "consumer_secret",
            "begins or ends with a blank or line end, which is signed with",
        ),
        Some(_) => Line::ok("consumer_secret", "set"),
    }]
}

pub(super) fn private_key(subject: &Subject<'_>) -> Vec<Line> {
    let written = &subject.profile.written;
    let Some(path) = &written.private_key else {
        return if needs(subject, KeyKind::Rsa) {
            vec![missing("private_key", "an RSA method signs with it")]
        } else {
            Vec::new()
        };
    };
    let path = subject.profile.base().join(path);
    match load_key(subject, &path) {
        Err(failure) => vec![Line::fail("private_key", failure.to_string())],
        Ok((key, _)) => {
            let mut lines = vec![Line::ok("private_key", format!("RSA, {} bits", key.bits()))];
            lines.extend(open_to_others(&path));
            lines
        }
    }
}

fn load_key(
    subject: &Subject<'_>,
    path: &Path,
) -> Result<(RsaPrivateKey, Vec<Certificate>), Failure> {
    let base = subject.profile.base();
    let passphrase = subject.profile.written.passphrase_file.as_ref();
    let passphrase = passphrase.map(|file| base.join(file));
    keys_file::read_container(path, passphrase.as_deref())
}

fn open_to_others(path: &Path) -> Option<Line> {
    let mode = keys_file::mode_if_others_can_read(path)?;
    let path = path.display();
    Some(Line::fail(
        "private_key",
        format!("others can read it (mode {mode:04o}); close it: chmod 600 '{path}'"),
    ))
}

pub(super) fn certificate(subject: &Subject<'_>) -> Vec<Line> {
    let profile = subject.profile;
    let container = profile.written.private_key.as_ref();
    let container = container.and_then(|path| load_key(subject, &profile.base().join(path)).ok());
    let (key, brought) = match container {
        Some((key, certificates)) => (Some(key), certificates),
        None => (None, Vec::new()),
    };
    let certificates = if profile.written.certificate.is_some() {
        match profile.written.certificates(profile.base()) {
            Ok(found) if found.is_empty() => {
                return vec![Line::fail("certificate", "the file holds none")];
            }
            Ok(found) => found,
            Err(failure) => return vec![Line::fail("certificate", failure.to_string())],
        }
    } else {
        // Those of a PKCS#12 file; where there are none, nothing is expected.
        brought
    };
    // During a change-over one good one is enough.
    let any_live = certificates
        .iter()
        .any(|it| it.validity(subject.now).is_live());
    certificates
        .iter()
        .map(|it| one_certificate(subject, it, key.as_ref(), any_live))
        .collect()
}

fn one_certificate(
    subject: &Subject<'_>,
    certificate: &Certificate,
    key: Option<&RsaPrivateKey>,
    any_live: bool,
) -> Line {
    let forecast = certificate.forecast(subject.now, &FORECAST_DAYS);
    let detail = format!(
        "{}: {forecast} ({}), sha256 {}",
        certificate.subject(),
        certificate.not_after().rfc3339(),
        certificate.sha256_fingerprint()
    );
    if let Some(Err(mismatch)) = key.map(|key| certificate.matches(key)) {
        return Line::fail(
            "certificate",
            format!("{}: {mismatch}", certificate.subject()),
        );
    }
    match certificate.validity(subject.now) {
        Validity::Live { .. } if forecast.is_calm() => Line::ok("certificate", detail),
        Validity::Live { .. } => Line::warn("certificate", detail),
        _ if any_live => Line::warn("certificate", detail),
        _ => Line::fail(
            "certificate",
            format!("{detail}; with the same key: countersign cert renew"),
        ),
    }
}

/// Whether the provider's usual flow ends in a token, as far as is known.
fn wants_token(subject: &Subject<'_>) -> Option<bool> {
    subject
        .provider?
        .legs
        .first()
        .map(|legs| matches!(legs, Legs::IssuedToken | Legs::Three | Legs::XAuth))
}

/// What to do for a token.
fn how(subject: &Subject<'_>) -> &'static str {
    let row = subject.provider.and_then(dialect::how_to_get_a_token);
    row.unwrap_or("countersign token authorize gets one")
}

pub(super) fn token(subject: &Subject<'_>) -> Vec<Line> {
    let written = &subject.profile.written;
    let has_token = written
        .token
        .as_ref()
        .is_some_and(|token| !token.is_empty());
    let is_secret = needs(subject, KeyKind::Secret);
    vec![match (has_token, wants_token(subject)) {
        (true, _) if written.token_secret.is_none() && is_secret => {
            Line::fail("token", "it has no token_secret, which is part of the key")
        }
        (true, _) => Line::ok("token", "set"),
        (false, _) if written.connected => Line::fail(
            "token",
            format!("it is not in the store of connections: {}", how(subject)),
        ),
        (false, Some(true)) => Line::fail("token", format!("missing: {}", how(subject))),
        (false, Some(false)) => Line::ok("token", "none, and none is needed"),
        (false, None) => Line::skip("token", "none; whether one is needed is not known"),
    }]
}
