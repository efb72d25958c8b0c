//! Which parameters are signed.

use super::{FORM, Sent, check, check_silent, texts};

const MIXED: Sent<'_> = Sent {
    header: "oauth_token=t,oauth_nonce=n",
    query: "a=1&b=2&c=3",
    content_type: FORM,
    body: "d=4&e=5",
    realm: None,
};

#[test]
fn omissions() {
    check(&[
        (
            "sbs.query_omitted",
            "left the query out of the signature",
            MIXED,
            "d=4&e=5&oauth_nonce=n&oauth_token=t",
        ),
        (
            "sbs.form_body_omitted",
            "left the form fields of the body out of the signature",
            MIXED,
            "a=1&b=2&c=3&oauth_nonce=n&oauth_token=t",
        ),
        (
            "sbs.query_omitted",
            "left one parameter of the query out of the signature",
            MIXED,
            "a=1&c=3&d=4&e=5&oauth_nonce=n&oauth_token=t",
        ),
        (
            "sbs.query_omitted",
            "left several parameters of the query out of the signature",
            MIXED,
            "b=2&d=4&e=5&oauth_nonce=n&oauth_token=t",
        ),
        (
            "sbs.form_body_omitted",
            "left one field of the form out of the signature",
            MIXED,
            "a=1&b=2&c=3&d=4&oauth_nonce=n&oauth_token=t",
        ),
        (
            "sbs.form_body_omitted",
            "left several fields of the form out of the signature",
            Sent::form("a=1&b=2&c=3"),
            "b=2",
        ),
        (
            "sbs.param_missing",
            "signed nothing but the oauth_ parameters",
            MIXED,
            "oauth_nonce=n&oauth_token=t",
        ),
        (
            "sbs.oauth_param_missing",
            "left an oauth_ parameter out of the signature",
            MIXED,
            "a=1&b=2&c=3&d=4&e=5&oauth_token=t",
        ),
        (
            "sbs.oauth_param_missing",
            "signed none of the oauth_ parameters",
            MIXED,
            "a=1&b=2&c=3&d=4&e=5",
        ),
        (
            "sbs.empty_oauth_token",
            "left the empty oauth_token out of the signature",
            Sent {
                header: "oauth_nonce=n,oauth_token=",
                ..Sent::default()
            },
            "oauth_nonce=n",
        ),
        (
            "bodyhash.missing",
            "left oauth_body_hash out of the signature",
            Sent {
                header: "oauth_body_hash=x,oauth_nonce=n",
                ..Sent::default()
            },
            "oauth_nonce=n",
        ),
        (
            "sbs.empty_param",
            "left parameters with an empty value out of the signature",
            Sent::query("a=&b=2&c"),
            "b=2",
        ),
        (
            "sbs.empty_param",
            "left parameters with an empty value out of the signature",
            Sent::query("a=&b=2&c"),
            "b=2&c=",
        ),
        (
            "sbs.valueless_param",
            "left parameters without '=' out of the signature",
            Sent::query("a=&b=2&c"),
            "a=&b=2",
        ),
        (
            "sbs.realm_included",
            "dropped the parameter called realm, which is signed unless it stands in the Authorization header",
            Sent::query("realm=r&b=2"),
            "b=2",
        ),
        (
            "hdr.extra_params",
            "did not sign the parameters that stand in the Authorization header beside the oauth_ ones",
            Sent {
                header: "skip=0,take=9,oauth_nonce=n",
                query: "skip=0&take=9",
                ..Sent::default()
            },
            "oauth_nonce=n&skip=0&take=9",
        ),
        (
            "hdr.extra_params",
            "signed once what stands in the Authorization header and elsewhere, too",
            Sent {
                header: "skip=0,only=1,oauth_nonce=n",
                query: "skip=0",
                ..Sent::default()
            },
            "oauth_nonce=n&only=1&skip=0",
        ),
        (
            "sbs.param_missing",
            "lost the parameters after a certain one",
            Sent::query("a=1&b=2&c=3"),
            "a=1",
        ),
    ]);
}

#[test]
fn omissions_that_are_none() {
    check_silent(&[
        (
            "sbs.query_omitted",
            "left the query out of the signature",
            Sent::form("a=1"),
        ),
        (
            "sbs.query_omitted",
            "left several parameters of the query out of the signature",
            Sent::query("a=1&b=2"),
        ),
        // The query alone is a rule of its own.
        (
            "sbs.param_missing",
            "signed nothing but the oauth_ parameters",
            Sent::query("a=1&b=2"),
        ),
        (
            "sbs.realm_included",
            "dropped the parameter called realm, which is signed unless it stands in the Authorization header",
            Sent::query("a=1"),
        ),
    ]);
}

#[test]
fn every_subset_of_ten_and_the_ends_of_more() {
    const DID: &str = "left several parameters of the query out of the signature";
    let ten = "a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=10";
    // All 1024, without none, all and each single one.
    let found = texts("sbs.query_omitted", DID, Sent::query(ten));
    assert_eq!(found.len(), 1024 - 1 - 1 - 10);
    let eleven = format!("{ten}&k=11");
    let found = texts("sbs.query_omitted", DID, Sent::query(&eleven));
    for expected in [
        "c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=10&k=11",
        "j=10&k=11",
        "a=1&b=2&c=3",
        "a=1&c=3&d=4&e=5&f=6&g=7&i=9&j=10&k=11",
    ] {
        assert!(found.contains(expected), "{expected}");
    }
    assert!(!found.contains("a=1&c=3&e=5&g=7"));
}

#[test]
fn additions() {
    let empty = Sent {
        header: "oauth_nonce=n",
        ..Sent::default()
    };
    let json = Sent {
        content_type: Some("application/json"),
        body: "Hello World!",
        ..empty
    };
    check(&[
        (
            "sbs.realm_included",
            "signed the realm of the Authorization header",
            Sent {
                realm: Some("a b"),
                ..empty
            },
            "oauth_nonce=n&realm=a%20b",
        ),
        (
            "sbs.realm_included",
            "signed an empty realm",
            empty,
            "oauth_nonce=n&realm=",
        ),
        (
            "sbs.empty_oauth_token",
            "signed an empty oauth_token that was not sent",
            empty,
            "oauth_nonce=n&oauth_token=",
        ),
        (
            "sbs.empty_oauth_token",
            "signed an empty oauth_token where one with a value was sent",
            Sent {
                header: "oauth_token=t",
                ..empty
            },
            "oauth_token=",
        ),
        (
            "sbs.oauth_param_added",
            "signed an oauth_version that was not sent",
            empty,
            "oauth_nonce=n&oauth_version=1.0",
        ),
        (
            "sbs.oauth_param_added",
            "signed an oauth_callback that was not sent",
            empty,
            "oauth_callback=oob&oauth_nonce=n",
        ),
        (
            "sbs.oauth_param_added",
            "signed an oauth_callback that was not sent",
            empty,
            "oauth_callback=about%3Ablank&oauth_nonce=n",
        ),
        (
            "sbs.oauth_param_added",
            "signed an optional parameter that was not sent, with nothing in it",
            empty,
            "oauth_nonce=n&oauth_verifier=",
        ),
        (
            "sbs.oauth_param_added",
            "signed oauth_signature itself",
            empty,
            "oauth_nonce=n&oauth_signature=abc%3D",
        ),
        (
            "sbs.oauth_param_added",
            "signed the token under a misspelt name, with nothing in it",
            empty,
            "oauth_nonce=n&oauth_tokey=",
        ),
        (
            "bodyhash.not_sent",
            "signed an oauth_body_hash that was not sent",
            json,
            "oauth_body_hash=Lve95gjOVATpfV8EL5X4nxwjKHE%3D&oauth_nonce=n",
        ),
        (
            "bodyhash.wrong_bytes",
            "signed another oauth_body_hash than the one sent",
            Sent {
                header: "oauth_body_hash=x",
                ..json
            },
            "oauth_body_hash=2jmj7l5rSw0yVb%2FvlWAYkK%2FYBwk%3D",
        ),
        (
            "sbs.param_added",
            "signed a setting of the client that was not sent",
            Sent::query("b=2"),
            "_method=PUT&b=2",
        ),
    ]);
    check_silent(&[
        (
            "sbs.empty_oauth_token",
            "signed an empty oauth_token that was not sent",
            MIXED,
        ),
        (
            "sbs.realm_included",
            "signed the realm of the Authorization header",
            empty,
        ),
    ]);
}

#[test]
fn repeats() {
    const ONCE: &str = "signed a repeated parameter only once";
    const JOINED: &str = "joined the values of a repeated parameter into one";
    let twice = Sent::query("t=S&a=0&t=C");
    let line = |did: &'static str, sent: Sent<'static>, expected: &'static str| {
        ("sbs.duplicate_params", did, sent, expected)
    };
    check(&[
        line(ONCE, twice, "a=0&t=S"),
        line(ONCE, twice, "a=0&t=C"),
        line(ONCE, Sent::query("t=S&t=S&t=C"), "t=C&t=S"),
        line(ONCE, Sent::query("t=1&t=2&u=1&u=2"), "t=1&t=2&u=2"),
        line(
            ONCE,
            Sent {
                body: "a=2",
                ..Sent {
                    query: "a=1",
                    ..Sent::form("")
                }
            },
            "a=1",
        ),
        line(JOINED, twice, "a=0&t=S%2CC"),
        line(JOINED, twice, "a=0&t=S%2C%20C"),
        line(
            "numbered repeated parameters as an array",
            twice,
            "a=0&t%5B0%5D=S&t%5B1%5D=C",
        ),
        line(
            "numbered repeated parameters as an array",
            twice,
            "a=0&t%5B%5D=C&t%5B%5D=S",
        ),
        line(
            "signed parameters twice",
            Sent::query("a=1&b=2"),
            "a=1&a=1&b=2&b=2",
        ),
        line(
            "signed parameters twice",
            Sent::query("a=1&b=2"),
            "a=1&b=2&b=2",
        ),
        line(
            "signed parameters twice",
            MIXED,
            "a=1&b=2&c=3&d=4&d=4&e=5&e=5&oauth_nonce=n&oauth_token=t",
        ),
    ]);
    for did in [ONCE, JOINED, "numbered repeated parameters as an array"] {
        check_silent(&[("sbs.duplicate_params", did, MIXED)]);
    }
}

#[test]
fn other_values_of_protocol_parameters() {
    let sent = Sent {
        header: "oauth_signature_method=HMAC-SHA256,oauth_timestamp=1191242096,oauth_version=1.0a",
        ..Sent::default()
    };
    check(&[
        (
            "sbs.param_value",
            "signed another signature method than the one declared",
            sent,
            "oauth_signature_method=HMAC-SHA1&oauth_timestamp=1191242096&oauth_version=1.0a",
        ),
        (
            "sbs.param_value",
            "signed another timestamp than the one sent",
            sent,
            "oauth_signature_method=HMAC-SHA256&oauth_timestamp=1191242097&oauth_version=1.0a",
        ),
        (
            "sbs.param_value",
            "signed another timestamp than the one sent",
            sent,
            "oauth_signature_method=HMAC-SHA256&oauth_timestamp=1191242096000&oauth_version=1.0a",
        ),
        (
            "sbs.param_value",
            "signed another version or callback than the one sent",
            sent,
            "oauth_signature_method=HMAC-SHA256&oauth_timestamp=1191242096&oauth_version=1.0",
        ),
        (
            "key.whitespace",
            "signed the consumer key or token without the white space that it was sent with",
            Sent {
                header: "oauth_consumer_key=k%20,oauth_nonce=n%20",
                ..Sent::default()
            },
            "oauth_consumer_key=k&oauth_nonce=n%20",
        ),
        (
            "hdr.param_name_typo",
            "signed a parameter under its right name, not under the misspelt one that was sent",
            Sent {
                header: "oauth_tokn=t,oauth_nonce=n",
                ..Sent::default()
            },
            "oauth_nonce=n&oauth_token=t",
        ),
    ]);
    check_silent(&[(
        "hdr.param_name_typo",
        "signed a parameter under its right name, not under the misspelt one that was sent",
        Sent::query("authority=x&status=y&oauth_token=z"),
    )]);
}

#[test]
fn other_texts() {
    check(&[
        (
            "sbs.param_value",
            "signed only the part of a value up to a character that splits it",
            Sent::query("a=YWI%3D%3D&b=2"),
            "a=YWI&b=2",
        ),
        (
            "sbs.param_value",
            "trimmed values before signing them",
            Sent::query("a=%20x%20"),
            "a=x",
        ),
        (
            "sbs.param_value",
            "changed line ends before signing",
            Sent::query("a=x%0D%0Ay%0A"),
            "a=x%0Ay%0A",
        ),
        (
            "sbs.param_value",
            "changed line ends before signing",
            Sent::query("a=x%0Ay"),
            "a=x%0D%0Ay",
        ),
        (
            "enc.html_escaped",
            "signed text that was escaped for HTML",
            Sent::query("a=x%26%3Cy&b=2"),
            "a=x%26amp%3B%26lt%3By&b=2",
        ),
        (
            "enc.html_escaped",
            "signed text that was escaped for HTML",
            Sent::query("a=1&b=2&c=3"),
            "a=1&amp%3Bb=2&amp%3Bc=3",
        ),
        (
            "sbs.param_value",
            "signed text with backslashes added or removed",
            Sent::query("a=it%27s"),
            "a=it%5C%27s",
        ),
        (
            "sbs.param_value",
            "signed a truth value, number or nothing in its own language's spelling",
            Sent::query("a=true&b=2"),
            "a=True&b=2",
        ),
        (
            "sbs.param_value",
            "signed the word for an array where its elements were sent",
            Sent::query("a%5Bx%5D=1&a%5By%5D=2&b=3"),
            "a=Array&b=3",
        ),
    ]);
}

#[test]
fn other_readings() {
    let name = "split a name without '=' at the '=' that it holds in encoded form";
    check(&[
        (
            "sbs.valueless_param",
            name,
            Sent::query("accounting_period%3D'Cash'"),
            "accounting_period=%27Cash%27",
        ),
        (
            "sbs.valueless_param",
            "signed a parameter without '=' with a value of its own making",
            Sent::query("a&b=2"),
            "a=true&b=2",
        ),
        (
            "enc.double_decoded",
            "decoded values twice before signing them",
            Sent::query("a=x%252Cy"),
            "a=x%2Cy",
        ),
        (
            "enc.double_decoded",
            "decoded the parameters before taking them apart at '&' and '='",
            Sent::query("a=x%26y%3D1&b=2"),
            "a=x&b=2&y=1",
        ),
        (
            "sbs.form_body_mismatch",
            "took the parameters apart at ';', too",
            Sent::form("a=1;b=2"),
            "a=1&b=2",
        ),
    ]);
    check_silent(&[
        ("sbs.valueless_param", name, Sent::query("a&b%3D1=2")),
        (
            "enc.double_decoded",
            "decoded values twice before signing them",
            Sent::query("a=x%2Cy"),
        ),
    ]);
}
