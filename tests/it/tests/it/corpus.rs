//! The refused requests of `tests/vectors/failures`: whether the doctor finds what they died of.
//!
//! The test prints, for each of the three groups, how many causes it found, and each one it did
//! not. What it does not find is listed with the reason in `misses.toml` there.

mod case;
mod run;

use std::collections::BTreeMap;

use self::case::{Case, Group};
use self::run::{Outcome, judge};

/// What share of a group has to be found, in percent.
const DUE: [(Group, usize, f64); 3] = [
    (Group::Signature, 51, 97.0),
    (Group::Verifier, 23, 95.0),
    (Group::Others, 53, 85.0),
];

#[test]
fn the_confirmed_causes_are_found() {
    let cases = case::all();
    let misses = case::misses();
    let mut faults = Vec::new();
    for (id, reason) in &misses {
        assert!(reason.len() > 20, "{id}: no reason");
        assert!(
            cases.iter().any(|case| case.id == *id),
            "{id}: no such case"
        );
    }
    for (group, count, due) in DUE {
        let outcomes: Vec<(&Case, Outcome)> = cases
            .iter()
            .filter(|case| case.group == group)
            .map(|case| (case, judge(case)))
            .collect();
        assert_eq!(outcomes.len(), count, "{group:?}: number of cases");
        let found = outcomes.iter().filter(|(_, outcome)| outcome.found).count();
        let share = 100.0 * found as f64 / outcomes.len() as f64;
        let first = outcomes.iter().filter(|(_, outcome)| outcome.first).count();
        println!(
            "{group:?}: {count} cases, {found} found, {share:.1} %; {first} of them as the first \
             finding, the others by evidence that allows several"
        );
        for (case, outcome) in &outcomes {
            let listed = misses.get(&case.id);
            if !outcome.found {
                println!(
                    "  {} {} was not found, but {}",
                    case.id, case.cause_class, outcome.said
                );
            }
            match (outcome.found, listed) {
                (true, Some(_)) => faults.push(format!("{}: listed, and found", case.id)),
                (false, None) => faults.push(format!("{}: missed, and not listed", case.id)),
                (true, None) | (false, Some(_)) => {}
            }
        }
        if share < due {
            faults.push(format!("{group:?}: {share:.1} %, {due} % are due"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_cause_is_a_code() {
    let mut unknown = BTreeMap::new();
    for case in case::all() {
        if countersign_doctor::row(&case.cause_class).is_none() {
            unknown.insert(case.cause_class, case.id);
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
}
