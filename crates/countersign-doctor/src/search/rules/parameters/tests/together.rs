//! Names with all their values, and names together with values.

use super::{FORM, Sent, check, check_silent, states, text, texts};

const SEVERAL: &str = "left several parameters of the query out of the signature";

#[test]
fn a_name_goes_with_all_its_values() {
    let eleven = "a=1&a=2&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1";
    let thirteen = "a=1&a=2&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1";
    check(&[
        (
            "sbs.query_omitted",
            SEVERAL,
            Sent::query("a=1&b=1&a=2"),
            "b=1",
        ),
        (
            "sbs.query_omitted",
            SEVERAL,
            Sent::query(eleven),
            "b=1&e=1&h=1",
        ),
        ("sbs.query_omitted", SEVERAL, Sent::query(thirteen), "l=1"),
        (
            "sbs.query_omitted",
            SEVERAL,
            Sent::query(thirteen),
            "a=1&a=2",
        ),
        (
            "sbs.query_omitted",
            SEVERAL,
            Sent::query(thirteen),
            "b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1",
        ),
        // One by one, too.
        (
            "sbs.query_omitted",
            SEVERAL,
            Sent::query("a=1&b=1&a=2&c=1"),
            "a=2&c=1",
        ),
    ]);
}

#[test]
fn no_subset_is_made_twice() {
    for query in ["a=1&b=1&a=2&c=1", "a=1&b=1&c=1&d=1", "a=1&a=2&a=3"] {
        let subject = Sent::query(query).subject();
        let rule = super::rules().find(|rule| rule.did == SEVERAL).unwrap();
        let made = states(rule, &subject);
        let different = texts("sbs.query_omitted", SEVERAL, Sent::query(query));
        assert_eq!(made.len(), different.len(), "{query}");
        let all = made.iter().map(|(state, _)| text(state));
        assert!(
            all.into_iter()
                .all(|text| !text.is_empty() && text != query)
        );
    }
}

#[test]
fn fields_are_repeated_without_the_protocol() {
    let sent = Sent {
        content_type: FORM,
        body: "a=1&oauth_token=t",
        ..Sent::default()
    };
    let did = "signed parameters twice";
    check(&[
        ("sbs.duplicate_params", did, sent, "a=1&a=1&oauth_token=t"),
        (
            "sbs.duplicate_params",
            did,
            sent,
            "a=1&a=1&oauth_token=t&oauth_token=t",
        ),
    ]);
}

#[test]
fn names_and_values_are_spelt_by_one_encoder() {
    let common = "left reserved characters in values unencoded";
    let rare = "encoded values with an encoder made for another purpose";
    let wire = "took values from the wire, where they are encoded, and encoded them again";
    let layers = "encoded values twice, by two encoders or by one made for another purpose";
    let names = "encoded names once too often";
    let beyond = "did not percent-encode names beyond ASCII byte by byte";
    check(&[
        // What they do to the values alone, others do, too.
        (
            "enc.reserved_chars",
            rare,
            Sent::query("x%20*y=~"),
            "x+%2Ay=%7E",
        ),
        (
            "enc.reserved_chars",
            common,
            Sent::query("a~%2B=%40"),
            "a%7E+=@",
        ),
        // Different parameters.
        (
            "enc.double_encoded",
            wire,
            Sent {
                header: "oauth_nonce=a%2B",
                query: "a%3D1=x&b=%2C",
                ..Sent::default()
            },
            "a%253D1=x&b=%252C&oauth_nonce=a%2B",
        ),
        (
            "enc.double_encoded",
            wire,
            Sent::query("a%3D=+"),
            "a%253D=%2B",
        ),
        (
            "enc.double_encoded",
            layers,
            Sent::query("a~=%2C"),
            "a%257E=%252C",
        ),
        (
            "enc.double_encoded",
            names,
            Sent::query("a~%25=1"),
            "a%257E%2525=1",
        ),
        (
            "enc.non_ascii",
            beyond,
            Sent::query("%E5%90%8D=1"),
            "%u540D=1",
        ),
    ]);
    check_silent(&[("enc.non_ascii", beyond, Sent::query("a=%E5%90%8D"))]);
}

#[test]
fn values_are_read_as_a_form_again() {
    let did = "decoded values twice before signing them";
    check(&[
        (
            "enc.double_decoded",
            did,
            Sent::query("a=1%2B&b=%252C"),
            "a=1%20&b=%2C",
        ),
        (
            "enc.double_decoded",
            did,
            Sent::query("a=1%2B&b=%252C"),
            "a=1%2B&b=%2C",
        ),
        ("enc.double_decoded", did, Sent::query("a=%25E9"), "a=%E9"),
        (
            "enc.double_decoded",
            did,
            Sent::query("a=%25E9"),
            "a=%EF%BF%BD",
        ),
    ]);
    check_silent(&[("enc.double_decoded", did, Sent::query("a=1%2B"))]);
}
