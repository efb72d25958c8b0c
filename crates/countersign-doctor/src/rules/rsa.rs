//! RSA: what the signature opens to, and whether certificate and key belong together.

use countersign_certificate::{Certificate, Validity};
use countersign_key::RsaPublicKey;
use countersign_signature::recover::{
    DigestForm, Recovered, RecoveredDigest, RecoveredPss, recover,
};
use countersign_signature::{Hash, KeyKind, Method, Verifier};

use crate::context::{Context, Wire, checked_with};
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
    let is_live =
        |certificate: &Certificate| matches!(certificate.validity(now), Validity::Live { .. });
    let has_live = all.iter().any(is_live);
    // Of two certificates for one key, the live one counts.
    let signed_by_live = all
        .iter()
        .any(|one| is_live(one) && signed_under(context, one));
    for certificate in all {
        let replaced = has_live && (signed_by_live || !signed_under(context, certificate));
        dates(certificate, now, replaced, notebook);
        for weakness in certificate.weaknesses() {
            notebook.warn("certificate", weakness.to_string());
        }
    }
}

/// Whether the received signature holds under this certificate.
fn signed_under(context: &Context<'_>, certificate: &Certificate) -> bool {
    let holds = || {
        let wire = context.wire.as_ref()?;
        let method = wire.method?;
        let signature = method.parse_signature(wire.claims.signature()?).ok()?;
        let verifier = Verifier::rsa(method, certificate.public_key().ok()?).ok()?;
        verifier.verify(wire.base.as_bytes(), &signature).ok()
    };
    holds().is_some()
}

fn dates(
    certificate: &Certificate,
    now: countersign_clock::UnixTime,
    replaced: bool,
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
    if replaced {
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
            .with(providers_copy()),
    );
}

/// What no input here can prove.
fn providers_copy() -> Evidence {
    Evidence::note(
        "not proven",
        "that the provider's copy is this file; compare the SHA-256 fingerprint",
    )
}

/// Whether the private key and a certificate are one pair.
fn pair(keys: &Keys, notebook: &mut Notebook) {
    let Some(private) = keys.private_key() else {
        return;
    };
    if keys.registered_keys().next().is_none() {
        return;
    }
    if keys
        .registered_keys()
        .any(|key| key == private.public_key())
    {
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
    if wire.signature.holds() || is_misspelt(notebook) {
        return;
    }
    let candidates = checked_with(keys);
    let mut opened = Vec::new();
    for key in &candidates {
        notebook.tried = notebook.tried.saturating_add(1);
        match recover(key, signature.as_bytes()) {
            Ok(recovered) => opened.push(recovered),
            Err(error) => notebook.skip("rsa", error.to_string()),
        }
    }
    let Some(recovered) = opened
        .iter()
        .find(|one| is_made_by(one))
        .or_else(|| opened.first())
    else {
        return;
    };
    match recovered {
        Recovered::Digest(digest) => inside(context, wire, method, digest, notebook),
        Recovered::Pss(pss) => inside_pss(context, wire, method, pss, notebook),
        Recovered::OtherContent { .. } => {
            notebook.fail("rsa", "this key signed something that is no digest");
            notebook.found(
                Finding::of("rsa.other_base_string", Confidence::Likely).with(Evidence::note(
                    "signature",
                    "opens to padding around something that is no digest: the text was not hashed",
                )),
            );
        }
        Recovered::WrongLength { expected, found } => {
            notebook.fail("rsa", format!("{found} bytes; this key makes {expected}"));
            foreign(wire, keys, &candidates, signature.as_bytes(), notebook);
        }
        _ => {
            notebook.fail("rsa", format!("does not open under {}", named(keys)));
            foreign(wire, keys, &candidates, signature.as_bytes(), notebook);
        }
    }
}

/// Hexadecimal digits read as base64 open to nothing.
fn is_misspelt(notebook: &Notebook) -> bool {
    notebook.findings.iter().any(|known| {
        matches!(
            known.code.as_str(),
            "sig.hex_not_base64" | "sig.base64_of_hex"
        )
    })
}

/// Whether padding came out: then this key made the signature.
fn is_made_by(recovered: &Recovered) -> bool {
    matches!(
        recovered,
        Recovered::Digest(_) | Recovered::Pss(_) | Recovered::OtherContent { .. }
    )
}

/// What the keys are that were tried.
fn named(keys: &Keys) -> &'static str {
    match keys.registered_keys().count() {
        0 => "your private key",
        1 => "the registered key",
        _ => "any of the registered keys",
    }
}

/// The key made it: for another base string, with another hash, or in another wrapping.
fn inside(
    context: &Context<'_>,
    wire: &Wire<'_>,
    method: &'static Method,
    digest: &RecoveredDigest,
    notebook: &mut Notebook,
) {
    let hash = digest.digest().hash();
    notebook.tried = notebook.tried.saturating_add(1);
    let same_text = wire.bases().any(|base| digest.matches(base.as_bytes()));
    made_by(hash, same_text, notebook);
    if is_pss(method) {
        other_padding("PKCS#1 v1.5", method, same_text, notebook);
    } else if method.hash() != Some(hash) {
        notebook.found(
            Finding::of("rsa.other_hash", sure_if(same_text)).with(Evidence::sides(
                "hash inside the signature",
                hash.name(),
                method.name(),
            )),
        );
    }
    if digest.form() != DigestForm::Standard {
        let form = match digest.form() {
            DigestForm::WithoutNull => "a DigestInfo without its NULL",
            _ => "the bare digest, without a DigestInfo",
        };
        notebook.found(
            Finding::of("rsa.digest_info", sure_if(same_text)).with(Evidence::sides(
                "inside the padding",
                form,
                "the DigestInfo of RFC 8017 section 9.2",
            )),
        );
    }
    if !same_text {
        other_text(context, notebook);
    }
}

/// In PSS padding, hash and salt can be read, and candidates tried.
fn inside_pss(
    context: &Context<'_>,
    wire: &Wire<'_>,
    method: &'static Method,
    pss: &RecoveredPss,
    notebook: &mut Notebook,
) {
    notebook.tried = notebook.tried.saturating_add(1);
    let same_text = wire.bases().any(|base| pss.matches(base.as_bytes()));
    made_by(pss.hash(), same_text, notebook);
    if !is_pss(method) {
        other_padding("PSS", method, same_text, notebook);
    } else if method.hash() != Some(pss.hash()) {
        notebook.found(
            Finding::of("rsa.other_hash", sure_if(same_text)).with(Evidence::sides(
                "hash of the padding",
                pss.hash().name(),
                method.name(),
            )),
        );
    } else if same_text {
        notebook.found(
            Finding::of("rsa.pss_salt", Confidence::Proven).with(Evidence::sides(
                "salt of the padding",
                format!("{} bytes", pss.salt().len()),
                format!("{} bytes", pss.hash().len()),
            )),
        );
    }
    if !same_text {
        other_text(context, notebook);
    }
}

fn is_pss(method: &Method) -> bool {
    method.is_named(Method::RSA_PSS_SHA256.name())
}

/// The digest matched, so the breach is the whole cause; else it is one of two.
fn sure_if(same_text: bool) -> Confidence {
    if same_text {
        Confidence::Proven
    } else {
        Confidence::Likely
    }
}

fn made_by(hash: Hash, same_text: bool, notebook: &mut Notebook) {
    let text = if same_text { "this" } else { "another" };
    notebook.fail(
        "rsa",
        format!(
            "this key made the signature, with {}, for {text} base string",
            hash.name()
        ),
    );
}

fn other_padding(found: &str, method: &Method, same_text: bool, notebook: &mut Notebook) {
    notebook.found(
        Finding::of("sig.alg_mismatch", sure_if(same_text)).with(Evidence::sides(
            "padding of the signature",
            found,
            format!("what {} gives", method.name()),
        )),
    );
}

/// That the key signed another text is read from the signature itself.
fn other_text(context: &Context<'_>, notebook: &mut Notebook) {
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

/// No registered key made it: the user's own key tells whether the pairs differ.
fn foreign(
    wire: &Wire<'_>,
    keys: &Keys,
    candidates: &[&RsaPublicKey],
    signature: &[u8],
    notebook: &mut Notebook,
) {
    let own = keys
        .private_key()
        .map(|key| key.public_key())
        .filter(|own| !candidates.contains(own));
    let Some(own) = own else {
        notebook.found(
            Finding::of("rsa.not_this_key_or_altered", Confidence::Likely).with(Evidence::note(
                "signature",
                format!("does not open to a padded digest under {}", named(keys)),
            )),
        );
        notebook.ask(if keys.private_key().is_some() {
            "the private key that really signs: the one at hand did not make this signature"
        } else {
            "the private key that signs (private_key in the keys file)"
        });
        return;
    };
    notebook.tried = notebook.tried.saturating_add(1);
    let opened = recover(own, signature);
    let finding = if opened.as_ref().is_ok_and(is_made_by) {
        let right = wire.bases().any(|base| {
            opened
                .as_ref()
                .is_ok_and(|one| one.matches(base.as_bytes()))
        });
        let text = if right {
            "your private key opens it to the digest of exactly this request; the certificate does not"
        } else {
            "your private key opens it; the certificate does not"
        };
        Finding::of("rsa.key_mismatch", Confidence::Proven)
            .with(Evidence::note("signature", text))
            .with(providers_copy())
    } else {
        notebook.ask("the private key that really signs: neither key at hand made this signature");
        Finding::of("rsa.not_this_key_or_altered", Confidence::Likely).with(Evidence::note(
            "signature",
            "opens neither under the registered key nor under your private key",
        ))
    };
    let registered: Vec<String> = candidates.iter().map(|key| described(key)).collect();
    notebook.found(finding.with(Evidence::sides(
        "key",
        format!("yours: {}", described(own)),
        format!("registered: {}", registered.join("; ")),
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
