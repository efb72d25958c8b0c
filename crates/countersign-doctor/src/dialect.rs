//! Base strings by the departures from RFC 5849 that a provider's row asks for.

use countersign_base_string::{BaseString, Parameters, Request};
use countersign_capture::OwnedAnswer;
use countersign_dialect::{Provider, Quirk};
use countersign_problem::Found;

/// Departures that change the base string of a request, and how.
const BASES: &[(&str, Base)] = &[("mastercard_raw_params", BaseString::of_raw_protocol)];

type Base = for<'a> fn(&Request<'a>, &Parameters<'a>) -> BaseString;

/// Departures by which a body counts by its hash, be it a form or not.
const HASHES_FORMS: &[&str] = &["mastercard_raw_params"];

/// A base string by a departure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spoken {
    pub(crate) quirk: &'static Quirk,
    pub(crate) base: String,
}

impl Spoken {
    /// Each departure of the rows once.
    pub(crate) fn all(
        rows: [Option<&'static Provider>; 2],
        request: &Request<'_>,
        parameters: &Parameters<'_>,
    ) -> Vec<Self> {
        let mut spoken: Vec<Self> = Vec::new();
        for quirk in rows.into_iter().flatten().flat_map(|row| row.quirks) {
            let known = spoken.iter().any(|one| one.quirk.id == quirk.id);
            let base = BASES.iter().find(|(id, _)| *id == quirk.id);
            if let (false, Some((_, base))) = (known, base) {
                spoken.push(Self {
                    quirk,
                    base: base(request, parameters).into_string(),
                });
            }
        }
        spoken
    }
}

/// Whether a hash beside a form is right by this departure.
pub(crate) fn hashes_forms(quirk: &Quirk) -> bool {
    HASHES_FORMS.contains(&quirk.id)
}

/// The problem that an answer names; some providers refuse with a status of success.
pub(crate) fn problem(
    answer: &OwnedAnswer,
    mut rows: impl Iterator<Item = &'static Provider>,
) -> Option<Found> {
    let beyond = |row: &Provider| {
        let errors = row.errors;
        let codes = errors.code_names();
        answer
            .problem_beyond(row.name, errors.statuses, errors.code_at, codes)
            .or_else(|| answer.problem_of_a_step(row.name, errors.statuses, errors.step_begins))
    };
    rows.find_map(beyond).or_else(|| answer.problem())
}
