//! The nonce: whether it is one, or follows from the timestamp.

mod md5;

use countersign_signature::{Hash, Signature};

use crate::context::Context;
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const ID: &str = "nonce";

/// The shortest nonce that every known provider takes.
const SHORT: usize = 8;

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    let Some(nonce) = wire.claims.nonce().filter(|nonce| !nonce.is_empty()) else {
        return;
    };
    let length = nonce.chars().count();
    if length < SHORT {
        notebook.warn(
            ID,
            format!("{length} characters; some providers want 6 or 8 at least"),
        );
    }
    let Some(how) = wire
        .claims
        .timestamp()
        .and_then(|timestamp| derived(nonce, timestamp))
    else {
        notebook.skip(
            "nonce_history",
            "whether the nonce was used before, only the provider knows",
        );
        return;
    };
    notebook.fail(ID, format!("follows from the timestamp: it is {how}"));
    notebook.found(
        Finding::of("nonce.reuse", Confidence::Likely)
            .saying("two requests of the same second have the same nonce")
            .with(Evidence::note("oauth_nonce", format!("it is {how}"))),
    );
    notebook.ask("another request of the same second: whether its nonce is the same");
}

/// How the nonce follows from the timestamp alone, if it does.
pub(crate) fn derived(nonce: &str, timestamp: &str) -> Option<&'static str> {
    if timestamp.len() < 9 {
        return None;
    }
    let bytes = timestamp.as_bytes();
    let ways: [(String, &'static str); 6] = [
        (timestamp.to_owned(), "the timestamp itself"),
        (md5::hex(bytes), "the MD5 of the timestamp"),
        (
            hex(Hash::Sha1.digest(bytes).as_bytes()),
            "the SHA-1 of the timestamp",
        ),
        (
            hex(Hash::Sha256.digest(bytes).as_bytes()),
            "the SHA-256 of the timestamp",
        ),
        (
            Signature::from_bytes(bytes).to_base64(),
            "the base64 of the timestamp",
        ),
        (timestamp.chars().rev().collect(), "the timestamp backwards"),
    ];
    let bare = |text: &str| text.trim_end_matches('=').to_owned();
    ways.into_iter()
        .find(|(text, _)| bare(nonce).eq_ignore_ascii_case(&bare(text)))
        .map(|(_, how)| how)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn what_follows_from_the_timestamp_is_told() {
        let way = |nonce| derived(nonce, "1191242096");
        assert_eq!(way("1191242096"), Some("the timestamp itself"));
        assert_eq!(
            way("2ddde3f88c3d10da76032230dc6d9079"),
            Some("the MD5 of the timestamp")
        );
        assert_eq!(way("MTE5MTI0MjA5Ng"), Some("the base64 of the timestamp"));
        assert_eq!(way("kllo9940pd9333jh"), None);
        assert_eq!(derived("1", "1"), None);
    }
}
