//! What the rules write down: checks, findings, what was not checked and what to ask for next.

use std::borrow::Cow;

use countersign_problem::harmless;

use crate::finding::{Confidence, Finding};

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "four words, promised to users")]
pub enum Status {
    /// Right.
    Ok,
    /// Right, but worth a look.
    Warn,
    /// Wrong.
    Fail,
    /// Not checked; the detail says why.
    Skip,
}

impl Status {
    /// The word in output and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// One check that was made, or why it was not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// The stable name of the check.
    pub id: &'static str,
    /// What it came to.
    pub status: Status,
    /// The facts in a few words; never a secret.
    pub detail: String,
}

impl Check {
    /// A check that was made elsewhere, such as by a provider that kept what its checks came to.
    ///
    /// ```
    /// use countersign_doctor::{Check, Status};
    ///
    /// let check = Check::new("nonce", Status::Fail, "the nonce was used before");
    /// assert_eq!(check.status.as_str(), "fail");
    /// ```
    #[must_use]
    pub fn new(id: &'static str, status: Status, detail: impl Into<String>) -> Self {
        Self {
            id,
            status,
            detail: printable(detail.into()),
        }
    }
}

/// More pieces of evidence are not kept for one cause: whoever sends a request chooses how many
/// there are.
const EVIDENCE: usize = 24;

/// Much of what is written down was sent by others: nothing in it may steer a terminal.
fn printable(text: String) -> String {
    match harmless(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(text) => text,
    }
}

/// What the rules write down.
#[derive(Debug, Default)]
pub(crate) struct Notebook {
    pub(crate) checks: Vec<Check>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) not_checked: Vec<String>,
    pub(crate) next: Option<String>,
    /// What to ask for if nothing tells more.
    pub(crate) otherwise: Option<&'static str>,
    pub(crate) tried: u64,
    /// Octets of the base strings that the search compared.
    pub(crate) octets: u64,
    /// Whether the search found what gives the signature received.
    pub(crate) is_reproduced: bool,
}

impl Notebook {
    pub(crate) fn check(&mut self, id: &'static str, status: Status, detail: impl Into<String>) {
        self.checks.push(Check::new(id, status, detail));
    }

    pub(crate) fn ok(&mut self, id: &'static str, detail: impl Into<String>) {
        self.check(id, Status::Ok, detail);
    }

    pub(crate) fn warn(&mut self, id: &'static str, detail: impl Into<String>) {
        self.check(id, Status::Warn, detail);
    }

    pub(crate) fn fail(&mut self, id: &'static str, detail: impl Into<String>) {
        self.check(id, Status::Fail, detail);
    }

    pub(crate) fn skip(&mut self, id: &'static str, detail: impl Into<String>) {
        let detail = printable(detail.into());
        self.not_checked.push(format!("{id}: {detail}"));
        self.check(id, Status::Skip, detail);
    }

    /// Writes a finding down; the same code twice becomes one finding with all its evidence.
    pub(crate) fn found(&mut self, mut finding: Finding) {
        finding.summary = printable(finding.summary);
        for remedy in &mut finding.remedies {
            *remedy = printable(core::mem::take(remedy));
        }
        for evidence in &mut finding.evidence {
            evidence.what = printable(core::mem::take(&mut evidence.what));
            for text in [
                &mut evidence.found,
                &mut evidence.expected,
                &mut evidence.note,
            ] {
                *text = text.take().map(printable);
            }
        }
        match self
            .findings
            .iter_mut()
            .find(|known| known.code == finding.code)
        {
            Some(known) => {
                known.confidence = known.confidence.min(finding.confidence);
                for evidence in finding.evidence {
                    if known.evidence.len() < EVIDENCE && !known.evidence.contains(&evidence) {
                        known.evidence.push(evidence);
                    }
                }
            }
            None => self.findings.push(finding),
        }
    }

    /// The provider said yes: what was found may be wrong, but it is no cause of a refusal. With a
    /// signature that holds, nothing is left but remarks.
    pub(crate) fn nothing_was_refused(&mut self, holds: bool) {
        if holds {
            self.findings.clear();
            self.next = None;
            self.otherwise = None;
            for check in &mut self.checks {
                if check.status == Status::Fail {
                    check.status = Status::Warn;
                }
            }
        }
        for finding in &mut self.findings {
            finding.confidence = Confidence::Possible;
        }
    }

    /// The first thing asked for is the one that tells most.
    pub(crate) fn ask(&mut self, next: impl Into<String>) {
        self.next.get_or_insert_with(|| next.into());
    }

    /// Asked for only if no rule names something that tells more.
    pub(crate) fn ask_otherwise(&mut self, next: &'static str) {
        self.otherwise.get_or_insert(next);
    }

    pub(crate) fn has_proof(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.confidence == Confidence::Proven)
    }
}
