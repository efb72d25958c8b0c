//! One finding: what is wrong, what shows it, how sure it is, and what to do.

use countersign_doctor::{Code, Confidence, Evidence, Fix, Side};

use super::super::report::{Report, Shown};
use super::{Extent, sides};
use crate::commands::explain;
use crate::text::wrapped;

/// More fixes than these are shown by --verbose only.
const FIXES: usize = 3;

pub(super) fn write(out: &mut String, finding: &Shown, report: &Report, extent: &Extent<'_>) {
    let word = match finding.confidence {
        Confidence::Proven | Confidence::Likely => "error",
        Confidence::Possible => "possible",
    };
    wrapped(
        out,
        "",
        &format!("{word}[{}]: {}", finding.code, finding.summary),
    );
    let labels = labels(finding);
    for evidence in finding.evidence.iter().filter(|it| !is_told_below(it)) {
        self::evidence(out, evidence, labels.as_ref(), extent.verbose);
    }
    certainty(out, finding, report);
    advise(out, finding, report, extent);
}

/// What to do, what else it may be, and where to read on.
pub(super) fn advise(out: &mut String, finding: &Shown, report: &Report, extent: &Extent<'_>) {
    let all = extent.verbose || extent.explain_all;
    for remedy in &finding.remedies {
        // What is said language by language below need not be said twice.
        let is_below = |fix: &&'static Fix| remedy.contains(&format!("{}:", fix.language));
        if all || !finding.fixes.iter().any(is_below) {
            wrapped(out, "  = fix: ", remedy);
        }
    }
    fixes(out, finding, all);
    let also = also(finding, report, extent);
    if !also.is_empty() {
        // What is proven is not in doubt; only what it is called may be.
        let label = match finding.confidence {
            Confidence::Proven => "  = the same evidence fits: ",
            _ => "  = also possible: ",
        };
        wrapped(out, label, &also);
    }
    if extent.verbose || extent.explain_all {
        others(out, finding);
    }
    if extent.explain_all {
        page(out, finding);
    } else {
        wrapped(
            out,
            "  = see: ",
            &format!("countersign explain {}", finding.code),
        );
    }
}

/// What the two spellings are: whose the first one is, and what the second one fulfils.
type Labels = (&'static str, String);

fn labels(finding: &Shown) -> Option<Labels> {
    const SIGNED: [&str; 6] = ["body.", "enc.", "method.", "sbs.", "sig.", "uri."];
    let code = finding.code.as_str();
    if !SIGNED.iter().any(|family| code.starts_with(family)) {
        return None;
    }
    let found = match finding.side {
        Side::Client if code.starts_with("sig.") => "what the client sent",
        Side::Client => "what the client signed",
        Side::Verifier => "what the provider computed",
        _ => return None,
    };
    let rule = finding.code.row().map_or("", |row| row.rule);
    let section = rule.split([',', ';', '(']).next().unwrap_or(rule).trim();
    let expected = if section.starts_with("RFC ") {
        format!("what {section} requires")
    } else {
        "what is required".to_owned()
    };
    Some((found, expected))
}

fn evidence(out: &mut String, evidence: &Evidence, labels: Option<&Labels>, verbose: bool) {
    let (found, expected) = (evidence.found.as_deref(), evidence.expected.as_deref());
    let note = evidence.note.as_deref().filter(|note| !note.is_empty());
    if found.is_none() && expected.is_none() {
        let note = note.unwrap_or_default();
        wrapped(out, "  --> ", &format!("{}: {note}", evidence.what));
        return;
    }
    // `path (server | client)` names the two sides itself.
    let (what, named) = sides_in(&evidence.what);
    wrapped(out, "  --> ", what);
    // `yours: 2048 bits` says itself whose it is.
    let is_labelled = |text: Option<&str>| text.is_none_or(|text| text.contains(": "));
    let own = is_labelled(found) && is_labelled(expected);
    let sides = sides::Sides {
        found,
        expected,
        labels: match (named, labels) {
            (Some(named), _) => named,
            (None, Some((found, expected))) => (found, expected.as_str()),
            _ if own => ("", ""),
            _ => ("found", "expected"),
        },
        whole: verbose,
    };
    sides.write(out);
    // A sentence that says no more than the two lines above it is left out.
    let repeats = |text: Option<&str>| {
        text.is_some_and(|text| note.is_some_and(|note| note.contains(&format!("\"{text}\""))))
    };
    if let Some(note) = note
        && (verbose || !(repeats(found) && repeats(expected)))
    {
        wrapped(out, "   | ", note);
    }
}

/// What evidence is about, and whose the two spellings are if it says so.
pub(in super::super) fn sides_in(what: &str) -> (&str, Option<(&str, &str)>) {
    let named = what
        .strip_suffix(')')
        .and_then(|what| what.rsplit_once(" ("))
        .and_then(|(what, both)| Some((what, both.split_once(" | ")?)));
    match named {
        Some((what, both)) => (what, Some(both)),
        None => (what, None),
    }
}

/// Evidence that is the proof itself, or about the keys, or about other explanations: lines of
/// their own say it.
const PROOF: &str = "proof";
const KEYS: [&str; 2] = ["key", "keys"];
const TOGETHER: &str = "together";
const OTHERS: &str = "would give the same signature";

fn is_told_below(evidence: &Evidence) -> bool {
    let what = evidence.what.as_str();
    let is_note = evidence.found.is_none() && evidence.expected.is_none();
    is_note && (KEYS.contains(&what) || [PROOF, TOGETHER, OTHERS].contains(&what))
}

/// The sentence of a piece of evidence that is told below.
fn told<'a>(finding: &'a Shown, what: &str) -> Option<&'a str> {
    let mut told = finding.evidence.iter().filter(|it| is_told_below(it));
    told.find(|it| it.what == what)?.note.as_deref()
}

/// How sure it is, and what that means for the keys.
fn certainty(out: &mut String, finding: &Shown, report: &Report) {
    match finding.confidence {
        Confidence::Proven => {
            let proof = told(finding, PROOF).or_else(|| told(finding, TOGETHER));
            wrapped(
                out,
                "  = proven: ",
                proof.unwrap_or_else(|| self::proof(finding, report)),
            );
        }
        Confidence::Likely => wrapped(
            out,
            "  = likely, not proven: ",
            "nothing else fits the evidence as well",
        ),
        Confidence::Possible => {}
    }
    if let Some(together) = told(finding, TOGETHER).filter(|_| told(finding, PROOF).is_some()) {
        wrapped(out, "  = ", together);
    }
    if let Some(key) = told(finding, "key") {
        wrapped(out, "  = ", key);
    }
    let is_best = report
        .findings
        .first()
        .is_some_and(|best| best.code == finding.code);
    if is_best && report.keys_are_right && finding.confidence != Confidence::Possible {
        let (what, them) = if report.is_rsa {
            ("= your key is right. ", "Do not make a new one.")
        } else {
            ("= your secrets are right. ", "Do not regenerate them.")
        };
        wrapped(out, &format!("  {what}"), them);
    }
    let side = match &report.recorded {
        Some(_) => side_for_operators(finding.side),
        None => side(finding.side),
    };
    wrapped(out, "  = at fault: ", side);
}

/// In the words of whoever runs the provider.
fn side_for_operators(side: Side) -> &'static str {
    match side {
        Side::Client => "the client: the program that signs, its settings, or its machine",
        Side::Verifier => "this service, not the client",
        Side::Account => "the state of the account here, not the code",
        _ => self::side(side),
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Client => "your side: the program that signs, its settings, or its machine",
        Side::Verifier => "the provider, not your client",
        Side::Account => "the state of the account at the provider, not the code",
        Side::Network => "something between client and provider",
        _ => side.as_str(),
    }
}

/// What the proof is.
fn proof(finding: &Shown, report: &Report) -> &'static str {
    let code = finding.code.as_str();
    let is_about = |families: &[&str]| families.iter().any(|family| code.starts_with(family));
    match finding.side {
        Side::Verifier => {
            "your signature is right by RFC 5849, and the provider shows that it computes something else"
        }
        Side::Network => "the signature is right for what was sent, and not for what arrived",
        _ if code == "rsa.key_mismatch" => {
            "your private key opens the signature, and the registered key does not"
        }
        _ if is_about(&["rsa."]) => "it can be read from the signature, opened with the key",
        _ if report.keys_are_right && is_about(&["body.", "enc.", "method.", "sbs.", "uri."]) => {
            "signing this way with your keys gives exactly the signature received"
        }
        _ if is_about(&["key."]) => {
            "signing with the key put together this way gives exactly the signature received"
        }
        _ => "it can be read in the bytes given, and nothing else is wrong with them",
    }
}

/// What to write instead: for the client's language if it is known, else for some.
fn fixes(out: &mut String, finding: &Shown, all: bool) {
    let shown = match (all, finding.knows_language) {
        (true, _) => finding.fixes.len(),
        (false, true) => 1,
        (false, false) => FIXES,
    };
    let fixes: Vec<_> = finding.fixes.iter().take(shown).collect();
    let width = fixes
        .iter()
        .map(|fix| fix.language.chars().count())
        .max()
        .unwrap_or(0)
        .min(24);
    for fix in &fixes {
        wrapped(out, &format!("      {:width$}  ", fix.language), fix.text);
    }
    let left = finding.fixes.len().saturating_sub(fixes.len());
    if left > 0 {
        wrapped(out, "      ", &format!("{left} more: --verbose"));
    }
}

/// The other codes that the same evidence allows and that are no findings themselves; with
/// --explain-all what each means.
fn also(finding: &Shown, report: &Report, extent: &Extent<'_>) -> String {
    let is_shown = |code: Code| report.findings.iter().any(|known| known.code == code);
    let told: Vec<String> = finding
        .also
        .iter()
        .filter(|code| !is_shown(**code))
        .map(|code| match code.row() {
            Some(row) if extent.explain_all => format!("{code} ({})", row.title),
            _ => code.to_string(),
        })
        .collect();
    told.join(if extent.explain_all { "; " } else { ", " })
}

/// Every other explanation that gives the same signature, in its own words.
fn others(out: &mut String, finding: &Shown) {
    for other in finding.evidence.iter().filter(|it| it.what == OTHERS) {
        wrapped(
            out,
            "  = would give the same signature: ",
            other.note.as_deref().unwrap_or_default(),
        );
    }
}

/// The page of the code and of every other code that fits, set in.
fn page(out: &mut String, finding: &Shown) {
    let rows = core::iter::once(finding.code)
        .chain(finding.also.iter().copied())
        .filter_map(Code::row);
    for row in rows {
        out.push('\n');
        for line in explain::page_of(row).lines() {
            if !line.is_empty() {
                out.push_str("    ");
            }
            out.push_str(line);
            out.push('\n');
        }
    }
}
