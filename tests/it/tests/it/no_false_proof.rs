//! What is right is found right, and what no known mistake explains is not explained.

use countersign_doctor::{Confidence, Diagnosis, Verdict};
use countersign_test_support::random::FixedRandom;
use countersign_test_support::zoo::{self, Request, Sent};

use crate::zoo::{SEED, diagnosed};

const COUNT: usize = 10_000;

/// How many of the wrong requests are searched as long as anybody's.
const FULL: usize = 25;

/// How many candidates are tried for each of the others.
const BUDGET: u64 = 2_000;

fn codes(diagnosis: &Diagnosis) -> Vec<(&str, Confidence)> {
    diagnosis
        .findings()
        .iter()
        .map(|finding| (finding.code.as_str(), finding.confidence))
        .collect()
}

#[test]
fn right_requests_are_valid() {
    let mut random = FixedRandom::new(SEED);
    for number in 0..COUNT {
        let request = zoo::request(&mut random);
        let sent = zoo::right(&request);
        let diagnosis = diagnosed(&request, &sent, None);
        assert_eq!(
            diagnosis.verdict(),
            Verdict::Valid,
            "number {number}: {:?}\n{sent:?}",
            codes(&diagnosis)
        );
    }
    println!("no false proof: {COUNT} right requests are valid, seed {SEED}");
}

fn is_unexplained(request: &Request, sent: &Sent, number: usize) {
    // A few are searched as long as anybody's; the rest a little.
    let all = COUNT / FULL;
    let budget = (number % all != 0).then_some(BUDGET);
    let diagnosis = diagnosed(request, sent, budget);
    let findings = codes(&diagnosis);
    assert!(
        diagnosis.verdict() == Verdict::Unexplained
            && findings.iter().all(|(_, sure)| *sure != Confidence::Proven),
        "number {number}: {} {findings:?}\n{sent:?}",
        diagnosis.verdict().as_str(),
    );
}

#[test]
fn wrong_secrets_and_random_signatures_are_unexplained() {
    let mut random = FixedRandom::new(SEED);
    for number in 0..COUNT {
        let request = zoo::request(&mut random);
        let sent = if number % 2 == 0 {
            zoo::signed_with(&request, &zoo::another_secret(&mut random))
        } else {
            zoo::signed_by_chance(&request, &mut random)
        };
        is_unexplained(&request, &sent, number);
    }
    println!("no false proof: {COUNT} wrong requests are unexplained, seed {SEED}");
}
