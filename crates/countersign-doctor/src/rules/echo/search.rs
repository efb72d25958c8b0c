//! What a printed text or signature was made by: the rules that give it, as findings.

use countersign_base_string::diff;

use super::base_string::{Other, evidence_of};
use super::remedy;
use crate::code::Code;
use crate::context::Wire;
use crate::finding::{Evidence, Finding, Side};
use crate::notebook::Notebook;
use crate::search::{Explanation, Outcome};

/// More differences are not shown.
const SHOWN: usize = 12;

/// More other explanations are not named.
const OTHERS: usize = 6;

/// Writes down what gives the text, or the signature, that the other side computed. Gives back
/// whether anything does.
pub(super) fn explain(
    wire: &Wire<'_>,
    outcome: &Outcome,
    other: &Other,
    notebook: &mut Notebook,
) -> bool {
    notebook.tried = notebook.tried.saturating_add(outcome.tried);
    let Some(best) = outcome.explanations.first().filter(|best| best.depth() > 0) else {
        return false;
    };
    let count = best.depth();
    let things = if count == 1 {
        "deviation"
    } else {
        "deviations"
    };
    notebook.fail(
        other.id,
        format!("differs from RFC 5849: {count} {things} from it give exactly this"),
    );
    let theirs = String::from_utf8_lossy(&best.base_string);
    let mut findings = findings(best, other);
    differences(wire, best, other, &mut findings);
    let named = others(best, outcome, &mut findings);
    let mut asked = false;
    for finding in findings {
        let finding = if other.side == Side::Verifier {
            let (finding, next) = remedy::of_verifier(finding, wire, &theirs);
            if let Some(next) = next {
                notebook.ask(next);
                asked = true;
            }
            finding
        } else {
            finding
        };
        notebook.found(finding);
    }
    if let Some(named) = named.filter(|_| !asked) {
        notebook.ask(format!(
            "a second request whose parameters have other names and values, and what {} computes of it: it tells {} from {}",
            other.who,
            best.codes().join(" and "),
            named.join(" and ")
        ));
    }
    true
}

/// One finding for each code of an explanation.
fn findings(best: &Explanation, other: &Other) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for step in &best.steps {
        let said = said(other.who, step.rule.did, &step.detail);
        let known = findings
            .iter_mut()
            .find(|known| known.code.as_str() == step.rule.code);
        match known {
            Some(known) => known.evidence.push(Evidence::note("also", said)),
            None => {
                let finding = Finding::of(step.rule.code, other.confidence)
                    .on(other.side)
                    .saying(said.clone());
                findings.push(if other.side == Side::Verifier {
                    finding.with(Evidence::note("how", said))
                } else {
                    finding
                });
            }
        }
    }
    if best.depth() > 1
        && let Some(first) = findings.first_mut()
    {
        first.evidence.push(Evidence::note(
            "together",
            format!("{} deviations together give it", best.depth()),
        ));
    }
    if let Some(shape) = &best.key_shape
        && let Some(first) = findings.first_mut()
    {
        first
            .evidence
            .push(Evidence::note("key", format!("the key used: {shape}")));
    }
    findings
}

fn said(who: &str, did: &str, detail: &str) -> String {
    if detail.is_empty() {
        format!("{who} {did}")
    } else {
        format!("{who} {did}: {detail}")
    }
}

/// The differences on decoded parameters, each with the finding of its family.
fn differences(wire: &Wire<'_>, best: &Explanation, other: &Other, findings: &mut [Finding]) {
    let Ok(theirs) = core::str::from_utf8(&best.base_string) else {
        return;
    };
    let Ok(differences) = diff(wire.base_like(theirs), theirs) else {
        return;
    };
    for difference in differences.iter().take(SHOWN) {
        let code = crate::difference::code(difference);
        let family = code.split('.').next();
        let place = findings
            .iter()
            .position(|finding| finding.code.as_str() == code)
            .or_else(|| {
                findings
                    .iter()
                    .position(|finding| finding.code.as_str().split('.').next() == family)
            })
            .unwrap_or_default();
        if let Some(finding) = findings.get_mut(place) {
            finding.evidence.push(evidence_of(difference, other));
        }
    }
}

/// Names the explanations that give the same; the codes of the likeliest other one.
fn others(
    best: &Explanation,
    outcome: &Outcome,
    findings: &mut [Finding],
) -> Option<Vec<&'static str>> {
    let own = best.codes();
    let first = findings.first_mut()?;
    let mut named: Vec<Vec<&'static str>> = Vec::new();
    for other in &outcome.explanations {
        let codes = other.codes();
        if codes == own || named.contains(&codes) || named.len() >= OTHERS {
            continue;
        }
        for code in &codes {
            let code = Code::new(code);
            if !own.contains(&code.as_str()) && !first.also.contains(&code) {
                first.also.push(code);
            }
        }
        let ways: Vec<String> = other
            .steps
            .iter()
            .map(|step| said("it", step.rule.did, &step.detail))
            .collect();
        first
            .evidence
            .push(Evidence::note("would give the same", ways.join("; and ")));
        named.push(codes);
    }
    named.into_iter().next()
}
