//! What is left when base string and signature are right and the request is refused all the same:
//! the key, and how the two signatures are compared.

use countersign_encoding::encode;
use countersign_key::Secret;
use countersign_problem::ProblemCode;
use countersign_signature::KeyKind;

use super::remedy;
use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding, Side};
use crate::notebook::Notebook;

const ID: &str = "left";

pub(super) fn run(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) {
    let is_about_signatures = context
        .problem_code()
        .is_none_or(|code| code == ProblemCode::SIGNATURE_INVALID.as_str());
    let by_secret = wire
        .method
        .is_some_and(|method| method.kind() == KeyKind::Secret && !method.is_plaintext());
    if !wire.signature.holds() || context.is_accepted() || !is_about_signatures || !by_secret {
        return;
    }
    let odd = odd_characters(context, wire);
    let plus = wire
        .claims
        .signature()
        .is_some_and(|text| text.contains('+'));
    notebook.warn(
        ID,
        "both sides sign the same text, and yours is the right signature: what is left is the provider's key, and how it compares",
    );
    if !odd.is_empty() {
        notebook.found(not_encoded(&odd).also("key.wrong_value"));
    }
    let wrong = Finding::of("key.wrong_value", Confidence::Possible)
        .on(Side::Account)
        .saying("the provider checks with another secret than the one at hand")
        .with(Evidence::note(
            "key",
            "the base strings are equal, so a signature that differs was made with another key",
        ));
    notebook.found(if plus {
        wrong.also("sig.not_percent_encoded")
    } else {
        wrong
    });
    if plus {
        notebook.found(
            Finding::of("sig.not_percent_encoded", Confidence::Possible)
                .on(Side::Verifier)
                .saying("the provider may read the plus signs of the signature as blanks")
                .with(Evidence::note(
                    "oauth_signature",
                    "holds a plus sign; this one would fail about half of the time",
                ))
                .also("key.wrong_value"),
        );
    }
    notebook.ask("the signature that the provider computes: --provider-signature FILE");
}

/// A verifier that puts the secrets into the key as they stand.
fn not_encoded(odd: &[(&'static str, String)]) -> Finding {
    let mut finding = Finding::of("key.not_encoded", Confidence::Likely)
        .on(Side::Verifier)
        .saying("the provider computes its signature with the secrets as they stand, not percent-encoded");
    for (which, characters) in odd {
        finding = finding.with(Evidence::note(
            *which,
            format!("holds {characters}, which percent-encoding changes"),
        ));
    }
    finding.remedies = remedy::key_not_encoded();
    finding
}

/// Which secrets of the key hold characters that percent-encoding changes, and which these are;
/// no more of the secret than that.
fn odd_characters(context: &Context<'_>, wire: &Wire<'_>) -> Vec<(&'static str, String)> {
    let Some(keys) = context.case.keys else {
        return Vec::new();
    };
    let with_token = wire.claims.token().is_some_and(|token| !token.is_empty());
    let token = keys.token_secret().filter(|_| with_token);
    [
        ("consumer secret", keys.consumer_secret()),
        ("token secret", token),
    ]
    .into_iter()
    .filter_map(|(which, secret)| Some((which, kinds(secret?)?)))
    .collect()
}

/// Which kinds of characters these are, not the characters themselves.
fn kinds(secret: &Secret) -> Option<String> {
    let text = secret.expose_secret();
    let count = text
        .chars()
        .filter(|one| encode(&one.to_string()) != one.to_string())
        .count();
    match count {
        0 => None,
        1 => Some("1 character".to_owned()),
        _ => Some(format!("{count} characters")),
    }
}
