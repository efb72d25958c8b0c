//! What is right is found right.

use countersign_doctor::{Confidence, Diagnosis, Verdict};
use countersign_test_support::random::FixedRandom;
use countersign_test_support::zoo;

use crate::zoo::{SEED, diagnosed};

const COUNT: usize = 10_000;

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
        let diagnosis = diagnosed(&request, &sent);
        assert_eq!(
            diagnosis.verdict(),
            Verdict::Valid,
            "number {number}: {:?}\n{sent:?}",
            codes(&diagnosis)
        );
    }
    println!("no false proof: {COUNT} right requests are valid, seed {SEED}");
}
