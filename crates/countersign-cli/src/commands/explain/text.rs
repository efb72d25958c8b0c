//! Explanations for people.

use core::fmt::Write as _;

use countersign_problem::catalogue::Row;
use countersign_problem::harmless;
use countersign_problem::text::{Recognised, TextRow};

use super::lookup::{self, Entry};
use crate::text::{painted, wrapped};

/// More cases than these are shown by --verbose only.
const CASES: usize = 5;

/// The whole page.
pub(super) fn page(query: &str, entries: &[Entry], verbose: bool) -> String {
    let mut out = String::new();
    if entries.is_empty() {
        nothing(&mut out, query);
    }
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        match entry {
            // The cases of a code that a text led to are not what was asked for.
            Entry::Problem(row) if index > 0 => brief(&mut out, row),
            Entry::Problem(row) => problem(&mut out, row, verbose),
            Entry::Finding(row) => out.push_str(&super::finding::page(row)),
            Entry::Text(found) => recognised(&mut out, found, verbose),
            Entry::Word(provider, word) => {
                heading(&mut out, &[word.code, provider.name]);
                wrapped(&mut out, "", word.means);
                if let Some(code) = word.problem {
                    let _ignored = writeln!(out, "See: countersign explain {code}");
                }
            }
        }
    }
    painted(&harmless(&out))
}

fn nothing(out: &mut String, query: &str) {
    let mut shown: String = query.chars().take(100).collect();
    if shown.len() < query.len() {
        shown.push_str("...");
    }
    wrapped(out, "", &format!("Nothing is known of \"{shown}\"."));
    out.push_str(
        "\nWhat has an entry of its own:     countersign explain --list\n\
         A whole answer of a provider:     countersign doctor --response answer.txt\n",
    );
}

fn heading(out: &mut String, parts: &[&str]) {
    out.push_str(&parts.join("   "));
    out.push_str("\n\n");
}

fn problem(out: &mut String, row: &Row, verbose: bool) {
    head(out, row);
    let cases = lookup::cases(row);
    let shown = if verbose { cases.len() } else { CASES };
    for (index, case) in cases.iter().take(shown).enumerate() {
        out.push('\n');
        self::case(out, index, case, verbose);
    }
    if cases.len() > shown {
        let left = cases.len().saturating_sub(shown);
        let _ignored = writeln!(out, "\n{left} more cases: --verbose");
    }
    out.push('\n');
    fixes(out, row.remedies);
    foot(out, row);
}

fn head(out: &mut String, row: &Row) {
    let status = format!("HTTP {}", row.status);
    let acts = format!("to be mended by {}", row.acts);
    heading(out, &[row.code.as_str(), &status, &acts]);
    wrapped(out, "", row.meaning);
    if let Some(companion) = row.companion {
        wrapped(out, "", &format!("The details are in {companion}."));
    }
}

fn brief(out: &mut String, row: &Row) {
    head(out, row);
    foot(out, row);
    let _ignored = writeln!(out, "See         countersign explain {}", row.code);
}

fn foot(out: &mut String, row: &Row) {
    wrapped(out, "Retry?      ", &row.retry.to_string());
    out.push_str("Check now   countersign doctor --keys keys.toml refused.http\n");
    let elsewhere: Vec<String> = row
        .status_elsewhere
        .iter()
        .map(|(who, status)| format!("{status} at {who}"))
        .collect();
    line(out, "Status      ", &elsewhere);
    line(out, "Also known  ", &lookup::other_names(row));
    line(out, "Related     ", &lookup::related(row));
    line(out, "Findings    ", &lookup::findings(row));
}

fn line<T: AsRef<str>>(out: &mut String, name: &str, values: &[T]) {
    if !values.is_empty() {
        let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        wrapped(out, name, &values.join(", "));
    }
}

fn fixes(out: &mut String, remedies: &[&str]) {
    for remedy in remedies {
        wrapped(out, "Fix         ", remedy);
    }
}

fn case(out: &mut String, index: usize, row: &TextRow, verbose: bool) {
    let letter = u8::try_from(index)
        .ok()
        .and_then(|index| b'A'.checked_add(index))
        .filter(u8::is_ascii_uppercase)
        .map_or('+', char::from);
    let providers = row.providers.join(", ");
    wrapped(
        out,
        &format!("{letter}  "),
        &format!("\"{}\" ({providers})", row.pattern.text()),
    );
    wrapped(out, "   ", row.meaning);
    for cause in row.causes {
        wrapped(out, "   - ", cause);
    }
    for remedy in row.remedies {
        wrapped(out, "   Fix: ", remedy);
    }
    if verbose {
        wrapped(out, "   Told apart by: ", row.settles);
        wrapped(
            out,
            "   Source: ",
            &format!("{} ({})", row.source, row.grade),
        );
    }
}

fn recognised(out: &mut String, found: &Recognised, verbose: bool) {
    let row = found.row;
    let code = row
        .code
        .as_ref()
        .map_or("no problem code", |code| code.as_str());
    wrapped(
        out,
        "",
        &format!(
            "\"{}\" ({}): {code}",
            row.pattern.text(),
            row.providers.join(", ")
        ),
    );
    out.push('\n');
    wrapped(out, "", row.meaning);
    out.push('\n');
    for cause in row.causes {
        wrapped(out, "- ", cause);
    }
    fixes(out, row.remedies);
    wrapped(out, "Told apart  ", row.settles);
    if verbose || row.grade == countersign_problem::text::Grade::C {
        wrapped(
            out,
            "Source      ",
            &format!("{} ({})", row.source, row.grade),
        );
    }
}
