//! Findings put together from the doctor's codes and the service's words.

use countersign_doctor::{Confidence, Side, row};

use crate::records::{RecordedEvidence, RecordedFinding};

/// A finding of a code of the doctor's.
pub(super) fn finding(code: &str, confidence: Confidence) -> RecordedFinding {
    let side = row(code).map_or(Side::Client, |row| row.side);
    RecordedFinding {
        code: code.to_owned(),
        confidence: confidence.as_str().to_owned(),
        side: side.as_str().to_owned(),
        ..RecordedFinding::default()
    }
}

/// What the service itself knows for certain.
pub(super) fn known(code: &str) -> RecordedFinding {
    finding(code, Confidence::Proven).noting("proof", "the service's own checks and records say so")
}

impl RecordedFinding {
    pub(super) fn saying(mut self, summary: impl Into<String>) -> Self {
        self.summary = Some(summary.into());
        self
    }

    /// What to do, in place of the remedies of the code.
    pub(super) fn doing(mut self, remedy: impl Into<String>) -> Self {
        self.remedies.push(remedy.into());
        self
    }

    pub(super) fn on(mut self, side: Side) -> Self {
        side.as_str().clone_into(&mut self.side);
        self
    }

    pub(super) fn or_else(mut self, code: &str) -> Self {
        if self.code != code && self.also.iter().all(|known| known != code) {
            self.also.push(code.to_owned());
        }
        self
    }

    pub(super) fn noting(self, what: impl Into<String>, note: impl Into<String>) -> Self {
        self.with(RecordedEvidence {
            what: what.into(),
            note: Some(note.into()),
            ..RecordedEvidence::default()
        })
    }

    pub(super) fn showing(
        self,
        what: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        self.with(RecordedEvidence {
            what: what.into(),
            found: Some(found.into()),
            expected: Some(expected.into()),
            note: None,
        })
    }

    fn with(mut self, evidence: RecordedEvidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}
