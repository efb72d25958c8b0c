//! What is right is found right, and what no known mistake explains is not explained.

use countersign_doctor::{Confidence, Diagnosis, Verdict};
use countersign_test_support::random::FixedRandom;
use countersign_test_support::zoo::{self, Request, Sent};

use crate::zoo::{SEED, diagnosed, is_long};

const COUNT: usize = 10_000;

/// How many candidates may be tried for a wrong request.
#[derive(Clone, Copy, Debug)]
struct Search {
    /// One in so many requests is searched as long as anybody's is.
    full: usize,
    /// One in so many requests is searched by this budget, the others not at all.
    some: usize,
    budget: u64,
}

const SHORT: Search = Search {
    full: COUNT / 3,
    some: COUNT / 100,
    budget: 500,
};

const LONG: Search = Search {
    full: COUNT / 40,
    some: 1,
    budget: 2_000,
};

impl Search {
    fn budget(self, number: usize) -> Option<u64> {
        if number.is_multiple_of(self.full) {
            None
        } else if number.is_multiple_of(self.some) {
            Some(self.budget)
        } else {
            Some(0)
        }
    }
}

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
    let search = if is_long() { LONG } else { SHORT };
    let budget = search.budget(number);
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
    let search = if is_long() { LONG } else { SHORT };
    println!("no false proof: {COUNT} wrong requests are unexplained, seed {SEED}, {search:?}");
}
