//! What holds for every rule: it ends, stays within bounds, and says nothing it must not say.

use std::rc::Rc;

use countersign_base_string::Place;
use proptest::prelude::*;

use super::{FORM, Sent, rules, states, text};
use crate::search::rules::parameters::room;
use crate::search::subject::Pair;

/// Bodies and queries that are large, odd or broken.
fn odd() -> Vec<(String, String, Option<&'static str>)> {
    let many = (0..120)
        .map(|number| format!("n{number}=v{number}"))
        .collect::<Vec<_>>()
        .join("&");
    let brackets = (0..40)
        .map(|number| format!("f%5B{number}%5D%5Bx%5D=%E5%86%99"))
        .collect::<Vec<_>>()
        .join("&");
    let large = format!("a={}%C3%A9&b=true", "x%2C".repeat(10_000));
    let deep = "{\"a\":".repeat(3000);
    let parts = "--x\r\nname=a\r\n\r\n".repeat(2000);
    vec![
        (many.clone(), many, FORM),
        (brackets.clone(), brackets, FORM),
        (String::new(), large, FORM),
        (
            "a=%FF%FE&%FF=&=&==&&".to_owned(),
            "%00=%00".to_owned(),
            FORM,
        ),
        (";=;&%3B=%3D;%26".to_owned(), deep, Some("application/json")),
        (
            "a".repeat(3000),
            parts,
            Some("multipart/form-data; boundary=x"),
        ),
        (
            "x=[]&y[=1&z]=2&[]=3".to_owned(),
            "<a b=\"c\"/>".to_owned(),
            None,
        ),
    ]
}

#[test]
fn rules_end_within_their_bounds() {
    for (query, body, content_type) in odd() {
        let sent = Sent {
            header: "oauth_token=,oauth_timestamp=99999999999999999999,oauth_signature_method=x",
            query: &query,
            content_type,
            body: &body,
            realm: Some("r"),
        };
        let subject = sent.subject();
        let size = text(&subject.plan).len();
        let mut written = 0_usize;
        for rule in rules() {
            let states = states(rule, &subject);
            assert!(
                states.len() <= 1200,
                "{}: {} states",
                rule.did,
                states.len()
            );
            for (state, detail) in states {
                // A name is shown in part.
                assert!(detail.len() < 600, "{}: {detail}", rule.did);
                let length = text(&state).len();
                assert!(length <= 8 * (size + body.len()) + 1000, "{}", rule.did);
                written += length;
            }
        }
        assert!(written < 1 << 30, "{written} octets");
    }
}

#[test]
fn large_parameters_leave_less_room() {
    let small = Sent::query("a=1").subject();
    assert_eq!(room(&small.plan, 1100), 1100);
    let value = format!("a={}", "x".repeat(100_000));
    let large = Sent::query(&value).subject();
    assert!(room(&large.plan, 1100) < 100);
}

#[test]
fn details_tell_names_and_no_values() {
    let sent = Sent {
        header: "oauth_token=SECRET1,oauth_verifier=SECRET2",
        query: "password=SECRET3%21+x&a=SECRET4~&a=SECRET%C3%A9",
        content_type: FORM,
        body: "pin=SECRET5%26b",
        realm: Some("SECRET6"),
    };
    let subject = sent.subject();
    let mut count = 0;
    for rule in rules() {
        for (_, detail) in states(rule, &subject) {
            assert!(!detail.contains("SECRET"), "{}: {detail}", rule.did);
            count += 1;
        }
    }
    assert!(count > 300, "{count} states");
}

#[test]
fn every_rule_has_a_code_and_says_what_was_done() {
    for rule in rules() {
        assert!(crate::row(rule.code).is_some(), "{} has no row", rule.code);
        assert!((1..=100).contains(&rule.prior), "{}", rule.did);
        let first = rule.did.chars().next().unwrap();
        assert!(first.is_ascii_lowercase(), "{}", rule.did);
        assert!(!rule.did.ends_with('.'), "{}", rule.did);
    }
}

/// A plain request costs few candidates.
#[test]
fn plain_requests_make_few_states() {
    let header = "oauth_consumer_key=k,oauth_nonce=n,oauth_signature_method=HMAC-SHA1,oauth_timestamp=1191242096,oauth_token=t,oauth_version=1.0";
    let plain = Sent {
        header,
        query: "page=1&limit=20",
        ..Sent::default()
    };
    let subject = plain.subject();
    let count: usize = rules().map(|rule| states(rule, &subject).len()).sum();
    assert!(count < 400, "{count} states");
}

fn octets() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..12),
        "(a|b|oauth_|token|\\[|\\]|=|&|;|%|2C|\\+| |é|写|\r|\n|&amp;|\\.0|true|10|2|~|!){0,8}"
            .prop_map(String::into_bytes),
    ]
}

fn pair() -> impl Strategy<Value = Pair> {
    let place = prop_oneof![Just(Place::Header), Just(Place::Query), Just(Place::Body)];
    (octets(), octets(), octets(), octets(), place, any::<bool>()).prop_map(
        |(name, value, raw_name, raw_value, place, has_equals)| Pair {
            id: None,
            place,
            name,
            value,
            raw_name,
            raw_value,
            has_equals,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the parameters, also those that another rule has made.
    #[test]
    fn rules_compose_and_end(
        pairs in proptest::collection::vec(pair(), 0..7),
        body in octets(),
        type_number in 0_usize..4,
        which in any::<proptest::sample::Index>(),
        order in any::<proptest::sample::Index>(),
    ) {
        let body = String::from_utf8_lossy(&body).into_owned();
        let mut subject = Sent {
            content_type: [None, FORM, Some("application/json"), Some("multipart/form-data")][type_number],
            body: &body,
            realm: Some("r"),
            ..Sent::default()
        }
        .subject();
        subject.plan.pairs = pairs
            .into_iter()
            .enumerate()
            .map(|(id, pair)| Rc::new(Pair { id: u16::try_from(id).ok(), ..pair }))
            .collect();
        let mut all = Vec::new();
        for rule in rules() {
            let states = states(rule, &subject);
            prop_assert!(states.len() <= 1200, "{}: {} states", rule.did, states.len());
            for (state, _) in states.into_iter().take(40) {
                text(&state);
                all.push(state);
            }
        }
        // Every rule again, on what some rule has made.
        if !all.is_empty() {
            let first = order.index(all.len());
            subject.plan = all.swap_remove(first);
            let every: Vec<_> = rules().collect();
            let rule = every[which.index(every.len())];
            for (state, _) in states(rule, &subject).into_iter().take(40) {
                text(&state);
            }
        }
    }
}
