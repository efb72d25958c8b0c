//! RSA: what the signature opens to, and whether certificate and key belong together.

use countersign_certificate::{Certificate, Validity};
use countersign_key::RsaPublicKey;
use countersign_signature::recover::{Recovered, RecoveredDigest, recover};
use countersign_signature::{KeyKind, Method};

use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding};
use crate::keys::Keys;
use crate::notebook::Notebook;

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(keys) = context.case.keys else {
        return;
    };
    certificates(context, keys, notebook);
    pair(keys, notebook);
    if let Some(wire) = &context.wire
        && wire
            .method
            .is_some_and(|method| method.kind() == KeyKind::Rsa)
    {
        open(context, wire, keys, notebook);
    }
}

/// Validity and strength of the registered certificates, at the provider's time or now.
fn certificates(context: &Context<'_>, keys: &Keys, notebook: &mut Notebook) {
    let all = keys.certificates();
    if all.is_empty() {
        return;
    }
    let Some(now) = context.now else {
        notebook.skip(
            "certificate",
            "validity: the time is not known: no Date in the answer, no --at",
        );
        return;
    };
    let live = all
        .iter()
        .filter(|c| matches!(c.validity(now), Validity::Live { .. }))
        .count();
    for certificate in all {
        dates(certificate, now, live, notebook);
        for weakness in certificate.weaknesses() {
            notebook.warn("certificate", weakness.to_string());
        }
    }
}

fn dates(
    certificate: &Certificate,
    now: countersign_clock::UnixTime,
    live: usize,
    notebook: &mut Notebook,
) {
    let validity = certificate.validity(now);
    let shown = format!("{}: {validity}", certificate.subject());
    let code = match validity {
        Validity::Live { .. } => {
            notebook.ok("certificate", shown);
            return;
        }
        Validity::Expired { .. } => "rsa.certificate_expired",
        Validity::NotYet { .. } => "rsa.certificate_not_yet_valid",
    };
    if live > 0 {
        // Another certificate took over; that is how a roll-over looks.
        notebook.warn("certificate", format!("{shown}; another one is live"));
        return;
    }
    notebook.fail("certificate", shown);
    notebook.found(
        Finding::of(code, Confidence::Likely)
            .saying(format!(
                "the registered certificate is not live: {validity}"
            ))
            .with(Evidence::sides(
                format!("certificate {}", certificate.subject()),
                format!(
                    "valid {} to {}",
                    certificate.not_before(),
                    certificate.not_after()
                ),
                format!("live at {now}"),
            ))
            .with(Evidence::note(
                "not proven",
                "that the provider's copy is this file; compare the SHA-256 fingerprint",
            )),
    );
}

/// Whether the private key and the certificate are one pair.
fn pair(keys: &Keys, notebook: &mut Notebook) {
    let (Some(private), Some(registered)) = (keys.private_key(), keys.registered_key()) else {
        return;
    };
    if private.public_key() == registered {
        notebook.ok("key_pair", "private key and certificate belong together");
    } else {
        notebook.fail(
            "key_pair",
            "private key and certificate are of different key pairs",
        );
    }
}

fn open(context: &Context<'_>, wire: &Wire<'_>, keys: &Keys, notebook: &mut Notebook) {
    let (Some(method), Some(text)) = (wire.method, wire.claims.signature()) else {
        return;
    };
    let Ok(signature) = method.parse_signature(text) else {
        return;
    };
    if wire.signature.holds() {
        return;
    }
    let Some(registered) = keys
        .registered_key()
        .or_else(|| keys.private_key().map(|key| key.public_key()))
    else {
        return;
    };
    notebook.tried = notebook.tried.saturating_add(1);
    let opened = recover(registered, signature.as_bytes());
    match opened {
        Ok(Recovered::Digest(digest)) => inside(context, wire, method, &digest, notebook),
        Ok(Recovered::Pss(pss)) => {
            notebook.fail(
                "rsa",
                "the registered key made this signature, in PSS padding",
            );
            let same = pss.matches(wire.base.as_bytes());
            let finding = if same {
                "rsa.other_hash"
            } else {
                "rsa.other_base_string"
            };
            notebook.found(
                Finding::of(finding, Confidence::Proven).with(Evidence::note(
                    "signature",
                    format!("opens to PSS padding; {} is declared", method.name()),
                )),
            );
        }
        Ok(Recovered::OtherContent { .. }) => {
            notebook.fail(
                "rsa",
                "the registered key signed something that is no digest",
            );
            notebook.found(
                Finding::of("rsa.other_base_string", Confidence::Likely).with(Evidence::note(
                    "signature",
                    "opens to padding around something that is no digest: the text was not hashed",
                )),
            );
        }
        Ok(Recovered::WrongLength { expected, found }) => {
            notebook.fail(
                "rsa",
                format!("{found} bytes; the registered key makes {expected}"),
            );
            foreign(wire, keys, registered, signature.as_bytes(), notebook);
        }
        Ok(_) => {
            notebook.fail("rsa", "does not open under the registered key");
            foreign(wire, keys, registered, signature.as_bytes(), notebook);
        }
        Err(error) => notebook.skip("rsa", error.to_string()),
    }
}

/// The registered key made it: for another base string, or with another hash.
fn inside(
    context: &Context<'_>,
    wire: &Wire<'_>,
    method: &'static Method,
    digest: &RecoveredDigest,
    notebook: &mut Notebook,
) {
    let hash = digest.digest().hash();
    notebook.tried = notebook.tried.saturating_add(1);
    let same_text = digest.matches(wire.base.as_bytes());
    notebook.fail(
        "rsa",
        format!(
            "the registered key made this signature, with {}, for {} base string",
            hash.name(),
            if same_text { "this" } else { "another" }
        ),
    );
    if method.hash() != Some(hash) {
        notebook.found(
            Finding::of("rsa.other_hash", Confidence::Proven).with(Evidence::sides(
                "hash inside the signature",
                hash.name(),
                method.name(),
            )),
        );
    }
    if !same_text {
        notebook.found(
            Finding::of("rsa.other_base_string", Confidence::Proven).with(Evidence::note(
                "digest inside the signature",
                "is not the digest of this request's base string",
            )),
        );
        if context.case.client_base_string.is_none() {
            notebook.ask(
                "the base string that your client signed, printed by it: --client-base-string FILE",
            );
        }
    }
}

/// The registered key did not make it: the user's own key tells whether the pairs differ.
fn foreign(
    wire: &Wire<'_>,
    keys: &Keys,
    registered: &RsaPublicKey,
    signature: &[u8],
    notebook: &mut Notebook,
) {
    let Some(own) = keys
        .private_key()
        .map(|key| key.public_key())
        .filter(|own| *own != registered)
    else {
        notebook.found(
            Finding::of("rsa.not_this_key_or_altered", Confidence::Likely).with(Evidence::note(
                "signature",
                "does not open to a padded digest under the registered key",
            )),
        );
        notebook.ask("the private key that signs (private_key in the keys file)");
        return;
    };
    notebook.tried = notebook.tried.saturating_add(1);
    let opened = recover(own, signature);
    let made_by_own = matches!(opened, Ok(Recovered::Digest(_) | Recovered::Pss(_)));
    let finding = if made_by_own {
        let right = opened.is_ok_and(|opened| opened.matches(wire.base.as_bytes()));
        let text = if right {
            "your private key opens it to the digest of exactly this request; the certificate does not"
        } else {
            "your private key opens it; the certificate does not"
        };
        Finding::of("rsa.key_mismatch", Confidence::Proven).with(Evidence::note("signature", text))
    } else {
        notebook.ask("the private key that really signs: neither key at hand made this signature");
        Finding::of("rsa.not_this_key_or_altered", Confidence::Likely).with(Evidence::note(
            "signature",
            "opens neither under the registered key nor under your private key",
        ))
    };
    notebook.found(finding.with(Evidence::sides(
        "key",
        format!("yours: {}", described(own)),
        format!("registered: {}", described(registered)),
    )));
}

fn described(key: &RsaPublicKey) -> String {
    let head: String = key
        .modulus()
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02X}"))
        .collect();
    let skip = key.modulus().len().saturating_sub(4);
    let tail: String = key
        .modulus()
        .iter()
        .skip(skip)
        .map(|byte| format!("{byte:02X}"))
        .collect();
    format!("{} bits, modulus {head}…{tail}", key.bits())
}
