//! What the checks found.

use core::fmt;

use crate::error::StoreError;
use crate::testing::conformance::{Factory, Promises};

/// All checks passed, or were skipped for want of a promise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    passed: Vec<&'static str>,
    skipped: Vec<&'static str>,
}

impl Report {
    /// The checks that passed.
    #[must_use]
    pub fn passed(&self) -> &[&'static str] {
        &self.passed
    }

    /// The checks of what the store does not promise.
    #[must_use]
    pub fn skipped(&self) -> &[&'static str] {
        &self.skipped
    }
}

/// One check that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Which check.
    pub check: &'static str,
    /// What the contract says.
    pub expected: String,
    /// What the store did.
    pub found: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            check,
            expected,
            found,
        } = self;
        write!(f, "{check}: expected {expected}, found {found}")
    }
}

/// The checks that failed, at least one.
#[derive(Clone, PartialEq, Eq)]
pub struct Failures(Vec<Failure>);

impl Failures {
    /// Each of them, in the order of the checks.
    #[must_use]
    pub fn list(&self) -> &[Failure] {
        &self.0
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} checks failed", self.0.len())?;
        self.0
            .iter()
            .try_for_each(|failure| write!(f, "\n  {failure}"))
    }
}

/// The same text, because a test that unwraps a result prints this one.
impl fmt::Debug for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for Failures {}

/// What a check found instead of what it expected.
pub(super) struct Mismatch {
    expected: String,
    found: String,
}

impl Mismatch {
    pub(super) fn new(expected: impl Into<String>, found: impl fmt::Debug) -> Self {
        Self {
            expected: expected.into(),
            found: format!("{found:?}"),
        }
    }
}

pub(super) type Checked = Result<(), Mismatch>;

pub(super) fn expect(holds: bool, expected: impl Into<String>, found: impl fmt::Debug) -> Checked {
    if holds {
        Ok(())
    } else {
        Err(Mismatch::new(expected, found))
    }
}

pub(super) fn equal<T: PartialEq + fmt::Debug>(what: &str, expected: T, found: T) -> Checked {
    let holds = expected == found;
    expect(holds, format!("{what}: {expected:?}"), found)
}

/// A store that works: a fault of its own fails the check.
pub(super) fn works<T>(what: &str, result: Result<T, StoreError>) -> Result<T, Mismatch> {
    result.map_err(|error| Mismatch::new(format!("{what} without an error"), error))
}

/// One line of a suite.
pub(super) struct Check<F> {
    pub(super) name: &'static str,
    /// Whether the promises call for it.
    pub(super) wanted: fn(Promises) -> bool,
    pub(super) run: fn(&F) -> Checked,
}

pub(super) const fn always(_: Promises) -> bool {
    true
}

pub(super) fn run<F: Factory>(factory: &F, checks: &[Check<F>]) -> Result<Report, Failures> {
    let mut report = Report::default();
    let mut failures = Vec::new();
    for check in checks {
        if !(check.wanted)(factory.promises()) {
            report.skipped.push(check.name);
            continue;
        }
        match (check.run)(factory) {
            Ok(()) => report.passed.push(check.name),
            Err(Mismatch { expected, found }) => failures.push(Failure {
                check: check.name,
                expected,
                found,
            }),
        }
    }
    if failures.is_empty() {
        Ok(report)
    } else {
        Err(Failures(failures))
    }
}
