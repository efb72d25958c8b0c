//! Two captures: what differs between them, and what that explains.

mod contrast;
mod hop;
mod nonce;
mod redirect;
mod separate;
mod sight;

#[cfg(test)]
mod tests;

pub use contrast::Contrast;

use crate::case::Case;
use crate::diagnosis::{Diagnosis, Verdict, diagnose};
use crate::finding::{Confidence, Finding};
use crate::notebook::{Check, Notebook};
use sight::Sight;

/// How two captures belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// Two requests, signed one by one: the experiment "it works in the other program".
    Separate,
    /// One request, as it was sent and as it arrived.
    OnTheWay,
    /// The first was answered by a redirect, and the second is what followed.
    Redirect,
    /// One signed request, sent twice.
    Repeated,
}

impl Relation {
    /// The word in output and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Separate => "separate",
            Self::OnTheWay => "on-the-way",
            Self::Redirect => "redirect",
            Self::Repeated => "repeated",
        }
    }

    /// What to call the two captures.
    #[must_use]
    pub const fn labels(self) -> [&'static str; 2] {
        match self {
            Self::Separate => ["good", "bad"],
            Self::OnTheWay => ["client", "server"],
            Self::Redirect => ["before the redirect", "after the redirect"],
            Self::Repeated => ["first", "second"],
        }
    }
}

/// What [`compare`] says of two captures.
#[derive(Debug)]
pub struct Comparison {
    relation: Relation,
    differences: Vec<Contrast>,
    immaterial: Vec<String>,
    verdict: Verdict,
    notebook: Notebook,
    sides: [Diagnosis; 2],
}

/// Compares two captures: a request that works with one that does not, one request as it was sent
/// and as it arrived, or a request with the one that followed a redirect; which of these it is, is
/// seen from nonces, signatures and the first one's answer.
///
/// Parameters are compared decoded. What must differ between two requests (nonce, timestamp,
/// signature) or is not signed is named, but is no difference. The findings are about the second
/// capture and about what happened between the two.
///
/// ```
/// use countersign_capture::read;
/// use countersign_doctor::{Case, Relation, compare};
///
/// let sent = read(b"GET /a?b=1 HTTP/1.1\nHost: example.com\nAuthorization: OAuth oauth_nonce=\"n\"\n\n")?;
/// let arrived = read(b"GET /a?b=1 HTTP/1.1\nHost: example.com\n\n")?;
/// let comparison = compare(
///     &Case::default().with_request(sent.request().unwrap()),
///     &Case::default().with_request(arrived.request().unwrap()),
/// );
/// assert_eq!(comparison.relation(), Relation::OnTheWay);
/// assert_eq!(comparison.findings()[0].code.as_str(), "hdr.stripped");
/// # Ok::<(), countersign_capture::CaptureError>(())
/// ```
#[must_use]
pub fn compare(good: &Case<'_>, bad: &Case<'_>) -> Comparison {
    let sides = [diagnose(good), diagnose(bad)];
    let (first, second) = (Sight::of(*good), Sight::of(*bad));
    let contrasts = contrast::between(&first, &second);
    let relation = sight::relation(&first, &second, &contrasts);
    let mut notebook = Notebook::default();
    first.note("first_signature", relation, 0, &mut notebook);
    second.note("second_signature", relation, 1, &mut notebook);
    let pair = Pair {
        first: &first,
        second: &second,
        contrasts: &contrasts,
    };
    match relation {
        Relation::OnTheWay => hop::run(&pair, &mut notebook),
        Relation::Redirect => redirect::run(&pair, &mut notebook),
        Relation::Repeated => nonce::repeated(&pair, &mut notebook),
        Relation::Separate => separate::run(&pair, &mut notebook),
    }
    let explained = notebook.has_proof();
    take_over(relation, &sides, explained, &mut notebook);
    notebook.findings.sort_by_key(|finding| finding.confidence);
    notebook.tried = sides
        .iter()
        .fold(notebook.tried, |sum, side| sum.saturating_add(side.tried()));
    let verdict = match notebook.findings.first().map(|best| best.confidence) {
        Some(Confidence::Proven) => Verdict::Explained,
        Some(_) => Verdict::Likely,
        None if second.is_refused() || second.holds() == Some(false) => Verdict::Unexplained,
        None => Verdict::Valid,
    };
    let (differences, immaterial) = contrasts.told();
    Comparison {
        relation,
        differences,
        immaterial,
        verdict,
        notebook,
        sides,
    }
}

/// Compares several captures in a row, each with the one before it: the hops of a redirect, or one
/// request at several places on its way.
#[must_use]
pub fn compare_hops(hops: &[Case<'_>]) -> Vec<Comparison> {
    hops.windows(2)
        .filter_map(|pair| match pair {
            [before, after] => Some(compare(before, after)),
            _ => None,
        })
        .collect()
}

/// Two captures and in what they differ.
struct Pair<'p, 'a> {
    first: &'p Sight<'a>,
    second: &'p Sight<'a>,
    contrasts: &'p contrast::Contrasts,
}

/// What each capture alone tells: of a request changed on the way, what was wrong before; of
/// everything else, what is wrong with the second one, unless the comparison explains it.
fn take_over(relation: Relation, sides: &[Diagnosis; 2], explained: bool, notebook: &mut Notebook) {
    let [first, second] = sides;
    let changed_on_the_way = relation == Relation::OnTheWay && !notebook.findings.is_empty();
    let side = if changed_on_the_way { first } else { second };
    let compared: Vec<_> = notebook.findings.iter().map(|known| known.code).collect();
    if !(explained && relation != Relation::Separate) {
        for finding in side.findings() {
            // An empty hand is no finding beside what the comparison shows.
            let says_nothing = finding.code.as_str() == "sig.mismatch" && !compared.is_empty();
            if !says_nothing {
                notebook.found(finding.clone());
            }
        }
        if let Some(next) = side.next() {
            notebook.ask(next);
        }
        for item in side.not_checked() {
            notebook.not_checked.push(item.clone());
        }
    }
}

impl Comparison {
    /// How the two captures belong together.
    #[must_use]
    pub fn relation(&self) -> Relation {
        self.relation
    }

    /// The outcome in one word, as for one request.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// In what the two differ, as far as it can matter. The two spellings belong to
    /// [`Relation::labels`].
    #[must_use]
    pub fn differences(&self) -> &[Contrast] {
        &self.differences
    }

    /// What differs and can't matter: nonce, timestamp, signature, fields that are not signed.
    #[must_use]
    pub fn immaterial(&self) -> &[String] {
        &self.immaterial
    }

    /// The findings, best first.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.notebook.findings
    }

    /// What was checked about the two captures together.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.notebook.checks
    }

    /// How many signatures and digests were computed and compared.
    #[must_use]
    pub fn tried(&self) -> u64 {
        self.notebook.tried
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

    /// What each capture tells alone, in the order given.
    #[must_use]
    pub fn diagnoses(&self) -> &[Diagnosis; 2] {
        &self.sides
    }
}
