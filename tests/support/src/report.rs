//! Counting what was checked, and failing once with everything that was wrong.

use core::fmt::Debug;
use std::collections::BTreeSet;

use crate::vectors::{self, Exception};

/// The tally of one kind of vector.
#[derive(Debug)]
pub struct Report {
    kind: String,
    stages: usize,
    known: usize,
    failures: Vec<String>,
    exceptions: Vec<Exception>,
    met: BTreeSet<usize>,
}

impl Report {
    /// An empty tally; `kind` names the directory of the vectors.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        let exceptions = vectors::exceptions()
            .into_iter()
            .filter(|row| row.kind == kind)
            .collect();
        Self {
            kind: kind.to_owned(),
            stages: 0,
            known: 0,
            failures: Vec::new(),
            exceptions,
            met: BTreeSet::new(),
        }
    }

    /// Compares one stage of one case. A stage listed in `exceptions.toml` has to differ.
    pub fn check<T: PartialEq + Debug + ?Sized>(
        &mut self,
        case: &str,
        stage: &str,
        ours: &T,
        published: &T,
    ) {
        self.stages = self.stages.saturating_add(1);
        let listed = self
            .exceptions
            .iter()
            .position(|row| row.case == case && row.stage == stage);
        match (listed, ours == published) {
            (None, true) => {}
            (None, false) => self.failures.push(format!(
                "{case}, {stage}:\n  ours      {ours:?}\n  published {published:?}"
            )),
            (Some(at), false) => {
                self.met.insert(at);
                self.known = self.known.saturating_add(1);
            }
            (Some(at), true) => {
                self.met.insert(at);
                self.failures.push(format!(
                    "{case}, {stage}: listed as an exception, but agrees"
                ));
            }
        }
    }

    /// Records something wrong.
    pub fn fail(&mut self, case: &str, what: impl Into<String>) {
        self.failures.push(format!("{case}: {}", what.into()));
    }

    /// Everything that is wrong by now: stages that differ, exceptions that agree or were never met.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let unmet = self
            .exceptions
            .iter()
            .enumerate()
            .filter(|(at, _)| !self.met.contains(at));
        let unmet =
            unmet.map(|(_, row)| format!("{}, {}: exception never met", row.case, row.stage));
        self.failures.iter().cloned().chain(unmet).collect()
    }

    /// Prints the tally, and fails if anything was wrong or an exception was never met.
    pub fn finish(self, cases: usize) {
        let faults = self.faults();
        let line = format!(
            "{}: {cases} cases, {} stages, {} known disagreements, {} failures",
            self.kind,
            self.stages,
            self.known,
            faults.len()
        );
        #[expect(clippy::print_stdout, reason = "the counts are the result")]
        {
            println!("{line}");
        }
        assert!(faults.is_empty(), "{line}\n{}", faults.join("\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_exception() -> Report {
        let mut report = Report::new("no such kind");
        report.exceptions.push(Exception {
            case: "case".to_owned(),
            kind: "no such kind".to_owned(),
            stage: "stage".to_owned(),
            reason: "because".to_owned(),
        });
        report
    }

    #[test]
    fn a_difference_is_a_fault() {
        let mut report = Report::new("no such kind");
        report.check("case", "stage", "ours", "published");
        assert_eq!(report.faults().len(), 1);
        report.check("case", "stage", "same", "same");
        assert_eq!(report.faults().len(), 1);
    }

    #[test]
    fn a_listed_difference_is_none_but_has_to_exist() {
        let mut report = with_exception();
        assert_eq!(report.faults().len(), 1, "never met");
        report.check("case", "stage", "ours", "published");
        assert!(report.faults().is_empty());
        report.check("case", "another stage", "ours", "published");
        assert_eq!(report.faults().len(), 1);

        let mut agrees = with_exception();
        agrees.check("case", "stage", "same", "same");
        assert_eq!(agrees.faults().len(), 1, "unexpected success");
    }
}
