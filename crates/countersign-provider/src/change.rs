//! What a change to an application brings.

use countersign_certificate::Certificate;
use countersign_key::RegistrationPolicy;
use countersign_signature::{KeyKind, Method, Methods};
use countersign_store::{Consumer, ConsumerKind, Credential, Standing};

use crate::callback::check_callback;
use crate::register::{LONGEST_KEY, RegistrationError, SHORTEST_SECRET, check_certificate};

/// Checks what of an application was not there before; all of it where nothing was.
pub(crate) fn check_change(
    before: Option<&Consumer>,
    after: &Consumer,
    policy: &RegistrationPolicy,
    methods: &Methods,
) -> Result<(), RegistrationError> {
    let before = before.filter(|before| before.key == after.key);
    if before.is_none() {
        check_key(&after.key)?;
    }
    let kind = match &after.credential {
        Credential::Secret(_) => KeyKind::Secret,
        Credential::Certificates(_) => KeyKind::Rsa,
    };
    let is_of_same_kind = before.is_some_and(|before| {
        core::mem::discriminant(&before.credential) == core::mem::discriminant(&after.credential)
    });
    let was = |kept: fn(&Consumer, &Consumer) -> bool| before.is_some_and(|it| kept(it, after));
    if kind == KeyKind::Secret
        && matches!(after.kind, ConsumerKind::Private | ConsumerKind::Partner)
        && !(is_of_same_kind && was(|before, after| before.kind == after.kind))
    {
        return Err(RegistrationError::KindNeedsCertificates);
    }
    check_keys(before, after, policy, methods)?;
    if after.kind == ConsumerKind::Private
        && after.organisation.is_none()
        && !was(|before, after| before.kind == after.kind && before.organisation.is_none())
    {
        return Err(RegistrationError::NoOrganisation);
    }
    let known = before.map_or(&[][..], |before| &before.callbacks);
    for (index, callback) in after.callbacks.iter().enumerate() {
        if !known.contains(callback) {
            check_callback(callback).map_err(|why| RegistrationError::Callback { index, why })?;
        }
    }
    let known = before.filter(|_| is_of_same_kind);
    let known = known.map_or(&[][..], |before| &before.methods);
    let goes_with_keys = |name: &String| methods.find(name).is_some_and(|it| it.kind() == kind);
    let mut brought = after.methods.iter().filter(|name| !known.contains(name));
    match brought.find(|name| !goes_with_keys(name)) {
        Some(name) => Err(RegistrationError::Method { name: name.clone() }),
        None => Ok(()),
    }
}

fn check_key(key: &str) -> Result<(), RegistrationError> {
    let found = if key.is_empty() {
        "nothing"
    } else if key.len() > LONGEST_KEY {
        "a longer one"
    } else if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        "another character"
    } else {
        return Ok(());
    };
    Err(RegistrationError::Key { found })
}

fn check_keys(
    before: Option<&Consumer>,
    after: &Consumer,
    policy: &RegistrationPolicy,
    methods: &Methods,
) -> Result<(), RegistrationError> {
    let certificates = match &after.credential {
        Credential::Secret(secret) => {
            let found = secret.expose_secret().chars().count();
            let was = before.is_some_and(|it| it.credential.holds(&after.credential));
            if found < SHORTEST_SECRET && !was {
                return Err(RegistrationError::Secret { found });
            }
            return Ok(());
        }
        Credential::Certificates(certificates) => certificates,
    };
    let known = match before.map(|before| &before.credential) {
        Some(Credential::Certificates(known)) => &**known,
        _ => &[],
    };
    let is_new = |it: &&Certificate| !is_among(known, it);
    let mut brought = certificates.iter().filter(is_new);
    brought.try_for_each(|it| check_certificate(it, policy))?;
    if may_use_pss(after, methods) {
        return Ok(());
    }
    // A change of the methods leaves those without one that are there; else it is the new ones alone.
    let took_pss = before.is_none_or(|before| may_use_pss(before, methods));
    let mut for_pss = certificates.iter().filter(|it| it.is_for_pss_alone());
    if for_pss.any(|it| took_pss || is_new(&it)) {
        return Err(RegistrationError::PssAlone);
    }
    Ok(())
}

fn may_use_pss(consumer: &Consumer, methods: &Methods) -> bool {
    let pss = Method::RSA_PSS_SHA256;
    let mut own = consumer.methods.iter();
    let is_allowed = consumer.methods.is_empty() || own.any(|name| pss.is_named(name));
    is_allowed && methods.find(pss.name()).is_some()
}

/// Whether it only takes something away: the application is refused, or some of its certificates.
pub(crate) fn only_takes_away(before: &Consumer, after: &Consumer) -> bool {
    let difference = before.difference(after);
    before.credential.holds(&after.credential)
        && (after.standing == Standing::Rejected || !difference.standing)
        && !difference.other
}

fn is_among(known: &[Certificate], certificate: &Certificate) -> bool {
    known.iter().any(|it| it.der() == certificate.der())
}
