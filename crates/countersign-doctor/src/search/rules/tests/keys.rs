//! Key material.

use super::{assert_complete, bare, key, rich, row, rows, text};
use crate::search::rule::{Deviate, Out};
use crate::search::state::KeyParts;
use crate::search::subject::Subject;

/// Code and beginning of `did`, consumer and token secret, some of the keys that come of them, and
/// secrets where there is nothing to do.
type KeyVector = (
    &'static str,
    &'static str,
    (&'static str, &'static str),
    &'static [&'static str],
    Option<(&'static str, &'static str)>,
);

const VECTORS: &[KeyVector] = &[
    (
        "key.missing_ampersand",
        "left out the '&'",
        ("cs", "ts"),
        &["csts", "cs"],
        None,
    ),
    (
        "key.missing_ampersand",
        "joined the two secrets by something else",
        ("cs", "ts"),
        &["cs%26ts", "cs&amp;ts", "cs:ts", "cs,ts", "cs ts"],
        None,
    ),
    (
        "key.token_secret_missing",
        "left the token secret out",
        ("cs", "ts"),
        &["cs&"],
        Some(("cs", "")),
    ),
    (
        "key.extra_token",
        "put a token secret",
        ("cs", ""),
        &["cs&unused"],
        Some(("cs", "")),
    ),
    (
        "key.wrong_material",
        "put the key together",
        ("cs", "ts"),
        &["ts&cs", "&ts", "&", "ck&cs", "cs&ck", "cs&tk", "ck&ts"],
        None,
    ),
    (
        "key.wrong_material",
        "mixed up the values",
        ("cs", "ts"),
        &["tk&ts", "ck&tk", "ts&", "cs&cs", "&tk"],
        None,
    ),
    (
        "key.wrong_material",
        "took one value alone",
        ("cs", "ts"),
        &["ts", "ck", "tk", ""],
        None,
    ),
    (
        "key.wrong_material",
        "signed with a word such as null",
        ("cs", ""),
        &["cs&undefined", "cs&null", "cs&None", "undefined&"],
        None,
    ),
    (
        "key.not_encoded",
        "did not percent-encode",
        ("a/b", "c+d"),
        &["a/b&c+d", "a/b&c%2Bd", "a%2Fb&c+d"],
        Some(("cs", "ts")),
    ),
    (
        "key.encoding",
        "percent-encoded the secrets twice",
        ("a/b", "c+d"),
        &["a%252Fb&c%252Bd", "a%252Fb&c%2Bd", "a%2Fb&c%252Bd"],
        Some(("cs", "ts")),
    ),
    (
        "key.encoding",
        "percent-encoded the secrets with an encoder",
        ("a/b!", "c d~"),
        &[
            "a%2fb%21&c%20d~",
            "a%2Fb!&c%20d~",
            "a%2Fb%21&c+d%7E",
            "a/b%21&c%20d~",
            "a%2fb!&c+d%7e",
            "a%2Fb%21&c%20d%7E",
        ],
        Some(("cs", "ts")),
    ),
    (
        "key.encoding",
        "wrote the letters of a secret",
        ("é", "ü"),
        &["%E9&%FC"],
        Some(("cs", "字")),
    ),
    (
        "key.whitespace",
        "signed with a secret that has white space or an invisible character at its end",
        ("cs", "ts"),
        &[
            "cs%20&ts",
            "cs&ts%0A",
            "cs%0D%0A&ts%0D%0A",
            "cs%00&ts",
            "cs&ts%EF%BB%BF",
            "cs &ts",
            "cs&ts\n",
        ],
        None,
    ),
    (
        "key.whitespace",
        "signed with a secret that has white space or an invisible character before it",
        ("c+s", "ts"),
        &[
            "%20c%2Bs&ts",
            "c%2Bs&%0Ats",
            "%EF%BB%BFc%2Bs&ts",
            "%C2%A0c%2Bs&ts",
        ],
        None,
    ),
    (
        "key.whitespace",
        "signed without the white space",
        (" cs", "ts\r\n"),
        &["cs&ts", "cs&ts%0D%0A", "%20cs&ts"],
        Some(("cs", "ts")),
    ),
    (
        "key.altered",
        "signed with quotes",
        ("cs", "\"ts\""),
        &["%22cs%22&%22ts%22", "%27cs%27&%22ts%22", "cs&ts"],
        Some(("", "")),
    ),
    (
        "key.altered",
        "percent-decoded a secret",
        ("a%2Bb", "c+d"),
        &["a%2Bb&c%2Bd", "a%252Bb&c%20d", "a%2Bb&c%20d"],
        Some(("cs", "ts")),
    ),
    (
        "key.altered",
        "decoded a secret as base64",
        ("Y3M=", "7473"),
        &["cs&7473", "Y3M%3D&ts"],
        Some(("c*s", "t*s")),
    ),
    (
        "key.altered",
        "decoded a secret as base64",
        ("YSti", "c d"),
        &["a%2Bb&c%20d", "a+b&c%20d"],
        None,
    ),
    (
        "key.altered",
        "encoded a secret as base64",
        ("cs", "ts"),
        &["Y3M%3D&ts", "6373&7473"],
        Some(("", "")),
    ),
    (
        "key.altered",
        "signed with a secret in other letters",
        ("Cs", "ts"),
        &["cs&ts", "CS&ts", "Cs&TS"],
        Some(("12", "34")),
    ),
    (
        "key.altered",
        "signed with a secret that was cut off",
        ("c/s#x", "t$s"),
        &["c&t", "c%2Fs&t%24s", "c%2Fs%23x&t"],
        Some(("cs", "ts")),
    ),
    (
        "key.other_set",
        "signed with a secret of another set",
        ("cs", "ts"),
        &["ocs&ots", "ocs&ts", "cs&ots", "ocs&"],
        Some(("cs", "ts")),
    ),
];

fn keys(code: &str, did: &str, subject: &Subject<'_>, from: &KeyParts) -> Vec<String> {
    let Deviate::Key(deviate) = row(code, did).deviate else {
        panic!("{did}: not of the key");
    };
    let mut out = Out::default();
    deviate(subject, from, &mut out);
    let write = |key: &KeyParts| {
        let mut octets = Vec::new();
        key.write(&mut octets);
        text(&octets)
    };
    out.states
        .iter()
        .map(|(state, _)| write(state))
        .filter(|state| *state != write(from))
        .collect()
}

#[test]
fn keys_deviate() {
    for (code, did, (consumer, token), expected, unchanged) in VECTORS {
        let made = keys(code, did, &rich(), &key(consumer, token));
        for expected in *expected {
            assert!(
                made.iter().any(|text| text == expected),
                "{code}, {did}: {expected} is not in {made:#?}"
            );
        }
        if let Some((consumer, token)) = unchanged {
            let made = keys(code, did, &bare(), &key(consumer, token));
            assert!(made.is_empty(), "{code}, {did}: {made:#?}");
        }
    }
    let vectors: Vec<_> = VECTORS
        .iter()
        .map(|(code, did, ..)| (*code, *did))
        .collect();
    assert_complete(&vectors, |rule| matches!(rule.deviate, Deviate::Key(_)));
}

/// What a detail says is printed: it names the secrets, and never shows one.
#[test]
fn no_detail_holds_a_secret() {
    const SECRETS: [&str; 4] = ["c4nary+/ one", "\"c4nary-two\"", "c4nary3", "c4nary-4"];
    let mut subject = rich();
    subject.other_keys = vec![("old".to_owned(), key(SECRETS[2], SECRETS[3]))];
    subject.unused_token_secret = Some(key("", SECRETS[3]).token_secret);
    let from = key(SECRETS[0], SECRETS[1]);
    let mut count = 0;
    for rule in rows() {
        let Deviate::Key(deviate) = rule.deviate else {
            continue;
        };
        let mut out = Out::default();
        deviate(&subject, &from, &mut out);
        for (state, detail) in out.states {
            assert!(!detail.to_lowercase().contains("c4nary"), "{detail}");
            assert!(!format!("{state:?}").to_lowercase().contains("c4nary"));
            count += 1;
        }
    }
    assert!(count > 100, "{count} keys");
}

/// The other one is taken from the keys at hand.
#[test]
fn a_set_may_have_one_secret() {
    let mut subject = rich();
    let made = |subject: &Subject<'_>| keys("key.other_set", "", subject, &key("cs", "ts"));
    subject.other_keys = vec![("token".to_owned(), key("", "ots"))];
    assert_eq!(made(&subject), ["cs&ots"]);
    subject.other_keys = vec![("consumer".to_owned(), key("ocs", ""))];
    assert_eq!(made(&subject), ["ocs&ts", "ocs&"]);
}

#[test]
fn a_set_is_named_in_the_detail() {
    let Deviate::Key(deviate) = row("key.other_set", "signed with").deviate else {
        panic!("not of the key");
    };
    let mut out = Out::default();
    deviate(&rich(), &key("cs", ""), &mut out);
    assert!(!out.states.is_empty());
    assert!(
        out.states
            .iter()
            .all(|(_, detail)| detail.contains("'sandbox'"))
    );
}
