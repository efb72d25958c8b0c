#![allow(clippy::indexing_slicing, reason = "tests")]

mod composition;

use countersign_base_string::Scheme;
use countersign_encoding::encode;
use countersign_key::Secret;
use countersign_signature::{HmacKey, Method, Signer};

use super::{Outcome, Subject, signature, text};
use crate::context::Context;
use crate::tests::{PHOTO, capture, keys};
use crate::{Case, Keys, Verdict, diagnose};

const RIGHT: &str = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg\
    %26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3DchapoH\
    %26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131202\
    %26oauth_token%3Dnnch734d00sl2jdk%26size%3Doriginal";

fn signed(base: &str) -> String {
    let key = HmacKey::new(
        &Secret::new("kd94hf93k423kf44"),
        Some(&Secret::new("pfkkdhi9sl3r4s00")),
    );
    let signer = Signer::hmac(Method::HMAC_SHA1, &key).unwrap();
    signer.sign(base.as_bytes(), None).unwrap().to_base64()
}

fn with_subject<T>(raw: &str, run: impl FnOnce(&Subject<'_>) -> T) -> T {
    let capture = capture(raw);
    let keys: Keys = keys();
    let case = Case::default()
        .with_request(capture.exchanges()[0].request().unwrap())
        .with_keys(&keys)
        .with_scheme(Scheme::Http);
    let context = Context::of(case);
    run(&Subject::of(context.wire.as_ref().unwrap(), &context))
}

fn explain(base: &str, budget: u64) -> Outcome {
    with_subject(PHOTO, |subject| {
        signature(subject, &signed(base), Some(Method::HMAC_SHA1), &[], budget)
    })
}

#[test]
fn one_deviation_and_two_are_told_with_the_text_that_was_signed() {
    for (changes, depth) in [
        (&[("GET&", "POST&")][..], 1),
        (&[("GET&", "POST&"), ("photos&", "photos%2F&")][..], 2),
    ] {
        let base = changes.iter().fold(RIGHT.to_owned(), |base, (from, to)| {
            base.replacen(from, to, 1)
        });
        let outcome = explain(&base, 1_000_000);
        assert!(!outcome.explanations.is_empty(), "{base}");
        for one in &outcome.explanations {
            assert_eq!(one.depth(), depth);
            assert_eq!(one.base_string, base.as_bytes());
            assert_eq!(one.by_the_rule, RIGHT.as_bytes());
            assert!(one.key_shape.is_none());
        }
        let costs: Vec<_> = outcome.explanations.iter().map(|one| one.cost).collect();
        assert!(costs.is_sorted(), "the likeliest first");
    }
}

#[test]
fn a_text_that_a_side_printed_is_looked_up() {
    let printed = RIGHT
        .replacen("photos&", "photos%2F&", 1)
        .replacen("%26size%3Doriginal", "", 1);
    let outcome = with_subject(PHOTO, |subject| text(subject, &printed, 100_000));
    let best = &outcome.explanations[0];
    assert_eq!(best.depth(), 2);
    assert_eq!(best.base_string, printed.as_bytes());
    let unknown = RIGHT.replace("chapoH", "never-sent");
    let outcome = with_subject(PHOTO, |subject| text(subject, &unknown, 20_000));
    assert!(outcome.explanations.is_empty());
}

#[test]
fn all_rules_that_give_one_text_are_told() {
    // Both left out of the query and left out by itself.
    let outcome = explain(&RIGHT.replacen("file%3Dvacation.jpg%26", "", 1), 100_000);
    let texts: Vec<_> = outcome
        .explanations
        .iter()
        .map(|one| &one.base_string)
        .collect();
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]));
    assert!(outcome.explanations.iter().all(|one| one.depth() == 1));
}

/// What came last is what was moved, and not what was added.
#[test]
fn a_parameter_that_came_last_stays_last_when_another_one_is_added() {
    let key = "oauth_consumer_key%3Ddpf43f3p2l4k3l03%26";
    let base = RIGHT.replacen(key, "", 1).replacen(
        "%26size%3Doriginal",
        "%26oauth_version%3D1.0%26size%3Doriginal%26oauth_consumer_key%3Ddpf43f3p2l4k3l03",
        1,
    );
    let outcome = explain(&base, 1_000_000);
    let best = &outcome.explanations[0];
    assert_eq!(best.depth(), 2);
    let mut codes = best.codes();
    codes.sort_unstable();
    assert_eq!(codes, ["sbs.oauth_param_added", "sbs.order"]);
    let moved = best
        .steps
        .iter()
        .find(|step| step.rule.code == "sbs.order")
        .unwrap();
    assert!(
        moved.detail.contains("oauth_consumer_key"),
        "{}",
        moved.detail
    );
}

#[test]
fn the_end_of_the_budget_is_stated() {
    let outcome = explain("nothing known", 500);
    assert!(outcome.is_spent);
    assert!(outcome.tried <= 500);
    let capture = capture(&PHOTO.replace("MdpQcU8i", "MdpQcU8j"));
    let keys = keys();
    let case = Case::default()
        .with_request(capture.exchanges()[0].request().unwrap())
        .with_keys(&keys);
    let diagnosis = diagnose(&case.with_budget(500));
    assert_eq!(diagnosis.verdict(), Verdict::Unexplained);
    assert!(
        diagnosis
            .not_checked()
            .iter()
            .any(|line| line.starts_with("search:")),
        "{:?}",
        diagnosis.not_checked()
    );
    let diagnosis = diagnose(&case.with_budget(0));
    assert!(diagnosis.tried() < 10);
}

#[test]
fn what_was_hashed_is_stated() {
    let first = explain("nothing known", 1);
    let length = |outcome: &Outcome| (outcome.tried, outcome.octets);
    assert_eq!(length(&first), (1, RIGHT.len().try_into().unwrap()));
    let more = explain("nothing known", 100_000);
    let mean = more.octets / more.tried;
    let expected = RIGHT.len().try_into().unwrap();
    assert!((expected..2 * expected).contains(&mean), "{mean}");
}

#[test]
fn large_requests_do_not_make_it_last() {
    let mut many = String::new();
    for number in 0..500 {
        many.push_str(&format!("&p{number}=a%20b"));
    }
    let long = format!("&long={}", "x%20".repeat(25_000));
    for query in [many, long] {
        let raw = PHOTO
            .replace("size=original", &format!("size=original{query}"))
            .replace("MdpQcU8i", "MdpQcU8j");
        let outcome = with_subject(&raw, |subject| {
            signature(
                subject,
                subject.signature.unwrap(),
                Some(Method::HMAC_SHA1),
                &[],
                20_000,
            )
        });
        assert!(outcome.explanations.is_empty());
        assert!(outcome.is_spent);
        assert!(outcome.tried <= 20_000);
    }
}

#[test]
fn no_secret_is_shown() {
    with_subject(PHOTO, |subject| {
        let key = HmacKey::new(&Secret::new("kd94hf93k423kf44"), None);
        let signer = Signer::hmac(Method::HMAC_SHA1, &key).unwrap();
        let text = signer.sign(RIGHT.as_bytes(), None).unwrap().to_base64();
        let outcome = signature(subject, &text, Some(Method::HMAC_SHA1), &[], 10_000);
        let best = &outcome.explanations[0];
        assert_eq!(
            best.key_shape.as_deref(),
            Some("16 characters + & + 0 characters")
        );
        let shown = format!("{subject:?} {outcome:?} {:?}", encode("x"));
        assert!(!shown.contains("kd94hf93k423kf44"), "{shown}");
        assert!(!shown.contains("pfkkdhi9sl3r4s00"), "{shown}");
    });
}
