//! How the signature is spelt: hexadecimal, blanks, a second encoding, the wrong length.

use countersign_signature::{Hash, KeyKind, Method, Signature};

use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const ID: &str = "signature_form";

/// Lengths of base64 text and what they are the length of.
const LENGTHS: [(usize, &str); 7] = [
    (28, "SHA-1"),
    (44, "SHA-256"),
    (88, "SHA-512"),
    (172, "RSA with 1024 bits"),
    (344, "RSA with 2048 bits"),
    (512, "RSA with 3072 bits"),
    (684, "RSA with 4096 bits"),
];

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    let Some(text) = wire.claims.signature().filter(|text| !text.is_empty()) else {
        return;
    };
    let Some(method) = wire.method else {
        if let Some(name) = wire
            .claims
            .signature_method()
            .filter(|name| !name.is_empty())
        {
            notebook.fail("method", "not a known signature method");
            notebook.found(
                Finding::of("sig.method_unknown", Confidence::Likely)
                    .with(Evidence::note("oauth_signature_method", shown(name))),
            );
        }
        return;
    };
    notebook.ok("method", method.name());
    if method.is_plaintext() {
        plaintext(context, wire, text, notebook);
        return;
    }
    if let Some(finding) = misspelt(context, wire, text, notebook) {
        notebook.fail(ID, finding.summary.clone());
        notebook.found(finding);
        return;
    }
    match method.parse_signature(text) {
        Ok(signature) => length(context, wire, method, text, &signature, notebook),
        Err(error) => {
            notebook.fail(ID, error.to_string());
            notebook.found(
                Finding::of("sig.not_base64", Confidence::Likely)
                    .with(Evidence::note("oauth_signature", error.to_string())),
            );
        }
    }
}

/// A PLAINTEXT signature is the key as it stands; encoded once too often it differs.
fn plaintext(context: &Context<'_>, wire: &Wire<'_>, text: &str, notebook: &mut Notebook) {
    let Ok(mended) = countersign_encoding::decode(text) else {
        return;
    };
    if wire.signature.holds() || mended == text {
        return;
    }
    notebook.tried = notebook.tried.saturating_add(1);
    if context.verifies(wire, &mended, &wire.base) == Some(true) {
        notebook.fail(ID, "percent-encoded twice");
        notebook.found(
            Finding::of("sig.double_encoded", Confidence::Proven).with(Evidence::note(
                "oauth_signature",
                "is the key once it is decoded a second time",
            )),
        );
    }
}

/// Signatures printed in documents that their own values do not give, with the right ones.
const WRONG_EXAMPLES: [(&str, &str, &str); 1] = [(
    "bYT5CMsGcbgUdFHObYMEfcx6bsw=",
    "r6/TJjbCOr97/+UU0NsvSne7s5g=",
    "the example of RFC 5849 section 3.1, corrected by erratum 2550",
)];

/// Spellings that are readable as such.
fn misspelt(
    context: &Context<'_>,
    wire: &Wire<'_>,
    text: &str,
    notebook: &mut Notebook,
) -> Option<Finding> {
    if let Some((wrong, right, source)) = WRONG_EXAMPLES.iter().find(|(wrong, ..)| *wrong == text) {
        return Some(
            repaired("spec.example_wrong", context, wire, right, notebook)
                .with(Evidence::sides(*source, *wrong, *right)),
        );
    }
    if let Some(digest) = unhex(text) {
        return Some(hex_finding(
            "sig.hex_not_base64",
            context,
            wire,
            &digest,
            notebook,
        ));
    }
    if let Ok(outer) = Signature::parse_base64(text)
        && let Ok(inner) = core::str::from_utf8(outer.as_bytes())
        && let Some(digest) = unhex(inner)
    {
        return Some(hex_finding(
            "sig.base64_of_hex",
            context,
            wire,
            &digest,
            notebook,
        ));
    }
    if let Ok(outer) = Signature::parse_base64(text)
        && let Ok(inner) = core::str::from_utf8(outer.as_bytes())
        && let Ok(digest) = Signature::parse_base64(inner.trim_end())
        && digest.as_bytes().len() >= Hash::Sha1.len()
    {
        return Some(
            repaired(
                "sig.base64_twice",
                context,
                wire,
                inner.trim_end(),
                notebook,
            )
            .with(Evidence::note(
                "oauth_signature",
                "decodes to base64 text, not to the bytes of a digest",
            )),
        );
    }
    if text.contains(' ') {
        let mended = text.replace(' ', "+");
        return Some(
            repaired("sig.not_percent_encoded", context, wire, &mended, notebook).with(
                Evidence::note("oauth_signature", "a blank stands where base64 has a plus"),
            ),
        );
    }
    if text.contains('%') {
        let mended = countersign_encoding::decode(text).ok()?;
        return Some(
            repaired("sig.double_encoded", context, wire, &mended, notebook).with(Evidence::note(
                "oauth_signature",
                "percent signs are left after decoding once",
            )),
        );
    }
    None
}

/// A digest or an RSA signature as hexadecimal text: that many hexadecimal digits and nothing else
/// are no base64 by chance.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let shortest = Hash::Sha1.len().saturating_mul(2);
    if text.len() < shortest
        || !text.len().is_multiple_of(2)
        || !text.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return None;
    }
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

fn hex_finding(
    code: &'static str,
    context: &Context<'_>,
    wire: &Wire<'_>,
    digest: &[u8],
    notebook: &mut Notebook,
) -> Finding {
    let mended = Signature::from_bytes(digest).to_base64();
    repaired(code, context, wire, &mended, notebook).with(Evidence::sides(
        "oauth_signature",
        format!("{} hexadecimal digits", digest.len().saturating_mul(2)),
        format!("the base64 of those {} bytes", digest.len()),
    ))
}

/// A finding that is proven when the mended signature verifies.
fn repaired(
    code: &'static str,
    context: &Context<'_>,
    wire: &Wire<'_>,
    mended: &str,
    notebook: &mut Notebook,
) -> Finding {
    let proven = wire.bases().any(|base| {
        notebook.tried = notebook.tried.saturating_add(1);
        context.verifies(wire, mended, base) == Some(true)
    });
    Finding::of(
        code,
        if proven {
            Confidence::Proven
        } else {
            Confidence::Likely
        },
    )
}

/// Whether the length of the signature fits the declared method.
fn length(
    context: &Context<'_>,
    wire: &Wire<'_>,
    method: &'static Method,
    text: &str,
    signature: &Signature,
    notebook: &mut Notebook,
) {
    let bytes = signature.as_bytes().len();
    let fits = match (method.kind(), method.hash()) {
        (KeyKind::Secret, Some(hash)) => bytes == hash.len(),
        // RSA keys of 512 to 16384 bits give 64 to 2048 bytes.
        _ => (64..=2048).contains(&bytes) && bytes.is_multiple_of(8),
    };
    if fits {
        notebook.ok(
            ID,
            format!("canonical base64, {bytes} bytes, fits {}", method.name()),
        );
        return;
    }
    let found = LENGTHS
        .iter()
        .find(|(length, _)| *length == text.len())
        .map_or_else(
            || format!("{} characters", text.len()),
            |(length, what)| format!("{length} characters, the length of {what}"),
        );
    notebook.fail(ID, format!("{found}, does not fit {}", method.name()));
    let evidence = Evidence::sides(
        "oauth_signature",
        found,
        format!("what {} gives", method.name()),
    );
    let finding = match made_with(context, wire, bytes, text, notebook) {
        Some(used) => Finding::of("sig.alg_mismatch", Confidence::Proven)
            .with(evidence)
            .with(Evidence::sides("method", used.name(), method.name())),
        None => Finding::of("sig.alg_mismatch", Confidence::Likely).with(evidence),
    };
    notebook.found(finding);
}

/// The methods of secrets, to be tried where another one is declared.
const HMACS: [&Method; 3] = [Method::HMAC_SHA1, Method::HMAC_SHA256, Method::HMAC_SHA512];

/// The method that gives exactly this signature with the keys at hand.
fn made_with(
    context: &Context<'_>,
    wire: &Wire<'_>,
    bytes: usize,
    text: &str,
    notebook: &mut Notebook,
) -> Option<&'static Method> {
    HMACS
        .into_iter()
        .filter(|method| method.hash().is_some_and(|hash| hash.len() == bytes))
        .find(|method| {
            wire.bases().any(|base| {
                notebook.tried = notebook.tried.saturating_add(1);
                context.verifies_as(wire, method, text, base) == Some(true)
            })
        })
}

/// A name from the request, short enough to print.
fn shown(name: &str) -> String {
    name.chars().take(40).collect()
}
