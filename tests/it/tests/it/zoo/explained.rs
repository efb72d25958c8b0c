//! How many broken signatures the doctor explains.

use countersign_doctor::{Confidence, Diagnosis, Verdict};
use countersign_test_support::random::FixedRandom;
use countersign_test_support::zoo::{self, Specimen};

use super::tally::Tally;
use super::{SEED, diagnosed, is_long};

/// How many single, double and triple faults `ci` draws, and how many the long form does; others
/// are given by `COUNTERSIGN_ZOO`, as in `300,120,20`.
const SHORT: [usize; 3] = [300, 120, 20];
const LONG: [usize; 3] = [2000, 1000, 300];

/// How many in a hundred are due to be explained.
const DUE: [usize; 3] = [99, 95, 80];

/// The seed and the counts of this run; another seed is given by `COUNTERSIGN_ZOO_SEED`.
fn setting() -> (u64, [usize; 3]) {
    let seed = read("COUNTERSIGN_ZOO_SEED").map_or(SEED, |text| text.parse().expect("a number"));
    let counts = match read("COUNTERSIGN_ZOO") {
        Some(text) => {
            let counts: Vec<usize> = text
                .split(',')
                .map(|count| count.trim().parse().expect("a number"))
                .collect();
            counts.try_into().expect("three numbers")
        }
        None if is_long() => LONG,
        None => SHORT,
    };
    (seed, counts)
}

fn read(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.into_string().expect("a text"))
}

/// Whether the signature was reproduced, at a depth not above the number of faults.
fn is_explained(specimen: &Specimen, diagnosis: &Diagnosis) -> bool {
    let proven = diagnosis
        .findings()
        .iter()
        .filter(|finding| finding.confidence == Confidence::Proven)
        .count();
    diagnosis.verdict() == Verdict::Explained && (1..=specimen.faults.len()).contains(&proven)
}

fn measure(faults: usize) {
    let (seed, counts) = setting();
    let budget = read("COUNTERSIGN_ZOO_BUDGET").map(|text| text.parse().expect("a number"));
    let count = counts[faults - 1];
    // Each kind has a sequence of its own, so that their counts do not depend on each other.
    let mut random = FixedRandom::new(seed.wrapping_add(faults as u64));
    let mut tally = Tally::new(faults, seed);
    for _ in 0..count {
        let specimen = zoo::draw(&mut random, faults);
        let diagnosis = diagnosed(&specimen.request, &specimen.sent, budget);
        let explained = is_explained(&specimen, &diagnosis);
        tally.count(&specimen, &diagnosis, explained);
    }
    tally.print();
    println!("due are {} %", DUE[faults - 1]);
    assert!(
        tally.explained() * 100 >= count * DUE[faults - 1],
        "{} of {count} explained, {} % are due",
        tally.explained(),
        DUE[faults - 1]
    );
}

#[test]
fn single_faults_are_explained() {
    measure(1);
}

#[test]
fn double_faults_are_explained() {
    measure(2);
}

#[test]
fn triple_faults_are_explained() {
    measure(3);
}
