//! The diagnosis: all checks, then the findings, best first.

use core::fmt;

use countersign_problem::Problem;

use crate::case::Case;
use crate::context::Context;
use crate::finding::{Confidence, Finding};
use crate::notebook::{Check, Notebook, Status};
use crate::rules;

/// The outcome in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "four words, promised to users")]
pub enum Verdict {
    /// Nothing wrong was found, and the signature verifies or nothing says otherwise.
    Valid,
    /// A cause is proven.
    Explained,
    /// Causes are likely or possible, none is proven.
    Likely,
    /// Something is wrong, and nothing known explains it.
    Unexplained,
}

impl Verdict {
    /// The word in output and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Explained => "explained",
            Self::Likely => "likely",
            Self::Unexplained => "unexplained",
        }
    }
}

/// What the doctor says of a case.
pub struct Diagnosis {
    verdict: Verdict,
    problem: Option<Problem>,
    notebook: Notebook,
    base_string: Option<String>,
}

/// Examines everything at hand and explains it.
///
/// Runs every check that needs no search: grammar, names, duplicates, timestamp, version, spelling
/// and length of the signature, body hash, the signature itself, certificate and key, the digest
/// inside an RSA signature, the difference to a base string that a side printed; and reads the
/// provider's answer.
///
/// See [`Case`] for an example.
#[must_use]
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let context = Context::of(*case);
    let mut notebook = Notebook::default();
    for rule in rules::TABLE {
        (rule.run)(&context, &mut notebook);
    }
    if context.is_accepted() {
        notebook.nothing_was_refused(context.holds());
    }
    notebook.findings.sort_by_key(|finding| finding.confidence);
    let verdict = judge(&context, &notebook);
    Diagnosis {
        verdict,
        problem: context.answer.map(|found| found.problem),
        base_string: context.wire.map(|wire| wire.base),
        notebook,
    }
}

/// That the signature does not match is what is to be explained.
fn is_symptom(finding: &Finding) -> bool {
    finding.code.as_str() == "sig.mismatch" && finding.confidence == Confidence::Possible
}

fn judge(context: &Context<'_>, notebook: &Notebook) -> Verdict {
    let best = notebook
        .findings
        .iter()
        .filter(|finding| !is_symptom(finding))
        .map(|finding| finding.confidence)
        .min();
    let failed = notebook
        .checks
        .iter()
        .any(|check| check.status == Status::Fail);
    match best {
        Some(Confidence::Proven) => Verdict::Explained,
        // The signature is right and nobody said no: what is left are remarks.
        Some(Confidence::Possible) if context.holds() && !context.is_refused() && !failed => {
            Verdict::Valid
        }
        Some(_) => Verdict::Likely,
        None if failed || context.is_refused() => Verdict::Unexplained,
        None => Verdict::Valid,
    }
}

/// Without the base string, which may hold a password.
impl fmt::Debug for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diagnosis")
            .field("verdict", &self.verdict)
            .field("problem", &self.problem)
            .field("notebook", &self.notebook)
            .finish_non_exhaustive()
    }
}

impl Diagnosis {
    /// The outcome in one word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The problem that the provider's answer names.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// The findings, best first.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.notebook.findings
    }

    /// Every check that was made or skipped.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.notebook.checks
    }

    /// How many signatures and digests were computed and compared.
    #[must_use]
    pub fn tried(&self) -> u64 {
        self.notebook.tried
    }

    /// How many octets the base strings had that the search for the signature tried: its part of
    /// [`tried`](Self::tried). Those compared with a base string that somebody printed are not in it.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.notebook.octets
    }

    /// What was not checked, and why.
    #[must_use]
    pub fn not_checked(&self) -> &[String] {
        &self.notebook.not_checked
    }

    /// The one thing that would tell most, if anything is open.
    #[must_use]
    pub fn next(&self) -> Option<&str> {
        self.notebook.next.as_deref().or(self.notebook.otherwise)
    }

    /// The signature base string of the request by RFC 5849, if the request could be read. It holds
    /// every parameter of the request, passwords and verifiers too.
    #[must_use]
    pub fn base_string(&self) -> Option<&str> {
        self.base_string.as_deref()
    }
}
