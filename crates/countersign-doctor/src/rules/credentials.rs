//! Consumer key and token as sent: words in place of values, blanks, and those of somebody else.

use countersign_key::Secret;
use countersign_signature::{HmacKey, KeyKind, Verifier};

use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

/// What programs write for a value that is not there.
const MISSING: [&str; 9] = [
    "undefined",
    "null",
    "none",
    "nil",
    "(null)",
    "nan",
    "false",
    "[object object]",
    "%s",
];

/// What documentation writes where a value is due.
const PLACEHOLDERS: [&str; 8] = [
    "your_",
    "your-",
    "yourconsumer",
    "<your",
    "{{",
    "${",
    "consumer_key",
    "consumerkey",
];

/// A longer value is cut where it is shown.
const SHOWN: usize = 60;

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    missing(context, wire, notebook);
    blanks(wire, notebook);
    another_token(context, wire, notebook);
    if wire.signature.holds() && !context.is_accepted() {
        unused_token(context, wire, notebook);
        plaintext(wire, notebook);
    }
}

fn sent<'w>(wire: &'w Wire<'_>) -> impl Iterator<Item = (&'static str, &'w str)> {
    [
        ("oauth_consumer_key", wire.claims.consumer_key()),
        ("oauth_token", wire.claims.token()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
}

/// A word that stands for a value which the program did not have.
fn missing(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) {
    for (name, value) in sent(wire) {
        let lower = value.trim().to_lowercase();
        let is_word = MISSING.contains(&lower.as_str());
        let is_placeholder = PLACEHOLDERS
            .iter()
            .any(|placeholder| lower.starts_with(placeholder));
        // Whoever has such a key at hand really has it.
        let is_at_hand = context
            .case
            .keys
            .is_some_and(|keys| keys.consumer_key() == Some(value) || keys.token() == Some(value));
        if !(is_word || is_placeholder) || is_at_hand || wire.signature.holds() {
            continue;
        }
        let shown: String = value.chars().take(SHOWN).collect();
        notebook.fail("credentials", format!("{name} is '{shown}'"));
        let mut finding =
            Finding::of("config.missing_credentials", Confidence::Likely).with(Evidence::note(
                name,
                format!(
                    "'{shown}' is what programs or manuals write for a value that is not there"
                ),
            ));
        if let Some(key) = signed_with_words(wire, notebook) {
            finding.confidence = Confidence::Proven;
            finding = finding.with(Evidence::note(
                "key",
                format!(
                    "the signature was made with the key '{key}': the secrets were missing too"
                ),
            ));
        }
        notebook.found(finding);
        notebook.ask("the lines that hand keys and secrets to the library, without their values");
    }
}

/// The words that gave the signature as secrets, if some did.
fn signed_with_words(wire: &Wire<'_>, notebook: &mut Notebook) -> Option<String> {
    const SECRETS: [&str; 6] = ["", "undefined", "null", "None", "nil", "false"];
    let method = wire
        .method
        .filter(|method| method.kind() == KeyKind::Secret && !method.is_plaintext())?;
    let signature = method.parse_signature(wire.claims.signature()?).ok()?;
    for consumer in SECRETS {
        for token in SECRETS {
            let key = HmacKey::new(&Secret::new(consumer), Some(&Secret::new(token)));
            let verifier = Verifier::hmac(method, &key).ok()?;
            for base in wire.bases() {
                notebook.tried = notebook.tried.saturating_add(1);
                if verifier.verify(base.as_bytes(), &signature).is_ok() {
                    return Some(format!("{consumer}&{token}"));
                }
            }
        }
    }
    None
}

/// A blank or line end that was copied along with the value.
fn blanks(wire: &Wire<'_>, notebook: &mut Notebook) {
    for (name, value) in sent(wire) {
        let trimmed = value.trim_matches(|c: char| c.is_whitespace() || c.is_control());
        if trimmed.len() == value.len() {
            continue;
        }
        notebook.fail("credentials", format!("{name} has blanks at its ends"));
        notebook.found(
            Finding::of("key.whitespace", Confidence::Likely)
                .saying(format!("{name} was sent with a blank or line end"))
                .with(Evidence::sides(
                    name,
                    format!("{} characters", value.chars().count()),
                    format!("{} without the blanks", trimmed.chars().count()),
                )),
        );
    }
}

/// Same application, another token: one of the three steps, an earlier one or another environment.
fn another_token(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) {
    let Some(keys) = context.case.keys else {
        return;
    };
    let (Some(sent), Some(at_hand)) = (wire.claims.token(), keys.token()) else {
        return;
    };
    let same_consumer = keys
        .consumer_key()
        .is_none_or(|key| wire.claims.consumer_key() == Some(key));
    let missing = MISSING.contains(&sent.to_lowercase().as_str());
    if sent.is_empty() || sent == at_hand || !same_consumer || missing {
        return;
    }
    if wire.signature.holds() {
        notebook.warn(
            "token",
            "another one than at hand, signed with the secret at hand",
        );
        return;
    }
    // In the steps that exchange it, another token is what is due.
    if wire.claims.verifier().is_some() || wire.claims.session_handle().is_some() {
        return;
    }
    notebook.warn("token", "another one than the access token at hand");
    notebook.found(
        Finding::of("token.wrong_type", Confidence::Likely)
            .saying("the request carries another token than the access token at hand")
            .with(Evidence::sides("oauth_token", sent, at_hand))
            .also("token.replaced")
            .also("env.mismatch"),
    );
    notebook.ask(
        "where the token of the request comes from: the first step (request token), an earlier authorisation, or another environment; its secret can stand in the keys file as [other.NAME]",
    );
}

/// Right as a request without a token, while one is at hand: its secret is not in the key.
fn unused_token(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) {
    let Some(keys) = context.case.keys else {
        return;
    };
    let has_token = keys.token().is_some_and(|token| !token.is_empty())
        && keys.token_secret().is_some_and(|secret| !secret.is_empty());
    let sends_one = wire.claims.token().is_some_and(|token| !token.is_empty());
    // Who asks for a token has none to send.
    if !has_token || sends_one || wire.claims.callback().is_some() {
        return;
    }
    notebook.warn("token", "none is sent, although one is at hand");
    notebook.found(
        Finding::of("key.token_secret_missing", Confidence::Possible)
            .saying("the request carries no token although one is at hand, so it is signed without the token's secret")
            .with(Evidence::note(
                "signature",
                "verifies with the consumer secret alone, as for a request without a token",
            ))
            .also("hdr.param_absent"),
    );
    notebook.ask_otherwise(
        "whether the call is made for a user: then oauth_token has to be sent, and its secret to be part of the key",
    );
}

/// The key itself in place of a signature: chosen, or a default that nobody chose.
fn plaintext(wire: &Wire<'_>, notebook: &mut Notebook) {
    if !wire.method.is_some_and(|method| method.is_plaintext()) {
        return;
    }
    notebook.found(
        Finding::of("config.library_misuse", Confidence::Possible)
            .saying("the request is signed with PLAINTEXT, which some libraries fall back to")
            .with(Evidence::note(
                "oauth_signature_method",
                "PLAINTEXT: nothing is hashed, the secrets are sent as they are",
            ))
            .also("sig.method_unsupported"),
    );
    notebook.ask_otherwise(
        "whether PLAINTEXT is the method you configured, and one the provider takes",
    );
}
