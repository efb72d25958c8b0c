//! What is known of a code, a text, or a provider's number.

use crate::catalogue::{self, Row};
use crate::text::{self, Recognised};
use crate::{Answer, ProblemCode, parse};

/// One thing known about what was asked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Explanation {
    /// A code of the extension.
    Code(&'static Row),
    /// A text, word or number of a provider.
    Text(Recognised),
}

/// Explains a problem code, an error text, an answer's body, or a provider's word or number.
///
/// The most specific comes first; what nothing is known of gives nothing. A number may be asked
/// for with its provider: `X 135`.
///
/// ```
/// use countersign_problem::{Explanation, explain};
///
/// let found = explain("No certificates have been registered for the consumer");
/// assert!(matches!(&found[0], Explanation::Text(text) if text.row.providers.contains(&"Xero")));
/// assert!(matches!(&found[1], Explanation::Code(row) if row.status == 400));
/// assert!(explain("no server ever said this").is_empty());
/// ```
#[must_use]
pub fn explain(query: &str) -> Vec<Explanation> {
    let query = query.trim();
    let mut texts = text::recognise(query);
    let mut codes: Vec<ProblemCode> = Vec::new();
    for spelling in [query, &query.replace([' ', '-'], "_")] {
        codes.extend(
            ProblemCode::parse(spelling)
                .ok()
                .and_then(|code| code.known()),
        );
    }
    texts.extend(numbers(query));
    if let Some(found) = parse(&Answer::from_body(query.as_bytes())) {
        codes.extend(found.problem.code().known());
        for recognised in found.recognised {
            if !texts
                .iter()
                .any(|known| core::ptr::eq(known.row, recognised.row))
            {
                texts.push(recognised);
            }
        }
    }
    codes.extend(
        texts
            .iter()
            .filter_map(|recognised| recognised.row.code.clone()),
    );

    let mut rows: Vec<&'static Row> = Vec::new();
    for row in codes.iter().filter_map(catalogue::row) {
        if !rows.iter().any(|known| core::ptr::eq(*known, row)) {
            rows.push(row);
        }
    }
    texts
        .into_iter()
        .map(Explanation::Text)
        .chain(rows.into_iter().map(Explanation::Code))
        .collect()
}

/// `135`, `X 135`
fn numbers(query: &str) -> Vec<Recognised> {
    let (provider, number) = query.rsplit_once([' ', '\t']).unwrap_or(("", query));
    let provider = provider.trim();
    let mut found = text::by_number(None, number);
    found.retain(|recognised| {
        let names = recognised.row.providers;
        provider.is_empty() || names.iter().any(|name| name.eq_ignore_ascii_case(provider))
    });
    found
}

#[cfg(test)]
mod tests;
