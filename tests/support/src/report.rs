//! Counting what was checked, and failing once with everything that was wrong.

use core::fmt::{Debug, Write as _};
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

    /// Prints the tally, and fails if anything was wrong or an exception was never met.
    pub fn finish(mut self, cases: usize) {
        for (at, row) in self.exceptions.iter().enumerate() {
            if !self.met.contains(&at) {
                self.failures
                    .push(format!("{}, {}: exception never met", row.case, row.stage));
            }
        }
        let mut line = String::new();
        let _ = write!(
            line,
            "{}: {cases} cases, {} stages, {} known disagreements, {} failures",
            self.kind,
            self.stages,
            self.known,
            self.failures.len()
        );
        #[expect(clippy::print_stdout, reason = "the counts are the result")]
        {
            println!("{line}");
        }
        assert!(
            self.failures.is_empty(),
            "{line}\n{}",
            self.failures.join("\n")
        );
    }
}
