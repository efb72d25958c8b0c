//! The page of a finding code: what happens, how to recognise it, wrong and right, the fixes.

use countersign_doctor::{CodeRow, Page};

use crate::text::wrapped;

/// The page.
pub(super) fn page(row: &'static CodeRow) -> String {
    let mut out = format!("{}   at fault: the {} side\n\n", row.code, row.side);
    wrapped(&mut out, "", &format!("{}.", capital(row.title)));
    wrapped(&mut out, "", row.meaning);
    if let Some(page) = row.page() {
        out.push('\n');
        sides(&mut out, page);
    }
    out.push('\n');
    for remedy in row.remedies {
        wrapped(&mut out, "Fix         ", remedy);
    }
    if let Some(page) = row.page() {
        fixes(&mut out, page);
    }
    wrapped(&mut out, "Rule        ", row.rule);
    let related = related(row);
    if !related.is_empty() {
        wrapped(&mut out, "See also    ", &related.join(", "));
    }
    out.push_str("Check now   countersign doctor --keys keys.toml refused.http\n");
    out
}

/// How to recognise it, and what it looks like, wrong and right.
fn sides(out: &mut String, page: &Page) {
    wrapped(out, "Recognise   ", page.recognise);
    example(out, "Wrong       ", page.wrong);
    example(out, "Right       ", page.right);
}

/// An example is shown as it stands, line by line.
fn example(out: &mut String, first: &str, text: &str) {
    let mut first = first.to_owned();
    for line in text.lines() {
        out.push_str(&format!("{first}{line}\n"));
        first = " ".repeat(first.chars().count());
    }
}

fn fixes(out: &mut String, page: &Page) {
    let width = page
        .fixes
        .iter()
        .map(|fix| fix.language.chars().count())
        .max()
        .unwrap_or(0)
        .min(24);
    for fix in page.fixes {
        wrapped(
            out,
            &format!("            {:width$}  ", fix.language),
            fix.text,
        );
    }
}

/// More codes than these are a list, not a hint.
const RELATED: usize = 8;

/// Codes of the same family.
pub(super) fn related(row: &CodeRow) -> Vec<&'static str> {
    let family = |code: &'static str| code.split('.').next().unwrap_or(code);
    let own = row.code.as_str();
    let all: Vec<&'static str> = countersign_doctor::codes()
        .map(|other| other.code.as_str())
        .filter(|other| family(other) == family(own))
        .collect();
    // Those that stand near it in the table, as the tables are grouped.
    let at = all.iter().position(|other| *other == own).unwrap_or(0);
    let start = at.saturating_sub(RELATED / 2);
    all.into_iter()
        .skip(start)
        .filter(|other| *other != own)
        .take(RELATED)
        .collect()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
