//! The deviation that gives the signature received.

use countersign_base_string::{Difference, diff};

use crate::code::Code;
use crate::context::{Context, Wire, checked_with};
use crate::difference;
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;
use crate::search::{Explanation, Outcome, Subject, signature};

const ID: &str = "search";

/// More differences are not shown.
const SHOWN: usize = 12;

/// More other explanations are not named.
const OTHERS: usize = 6;

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    let (Some(keys), Some(text)) = (context.case.keys, wire.claims.signature()) else {
        return;
    };
    let budget = context.case.budget();
    if wire.signature.holds() || text.is_empty() || budget == 0 || is_explained(notebook) {
        return;
    }
    let mut openers = checked_with(keys);
    if let Some(own) = keys.private_key().map(|key| key.public_key())
        && !openers.contains(&own)
    {
        openers.push(own);
    }
    if keys.consumer_secret().is_none() && openers.is_empty() {
        return;
    }
    let subject = Subject::of(wire, context);
    let outcome = signature(&subject, text, wire.method, &openers, budget);
    notebook.tried = notebook.tried.saturating_add(outcome.tried);
    notebook.octets = notebook.octets.saturating_add(outcome.octets);
    match outcome.explanations.first() {
        Some(best) if best.depth() > 0 => explained(context, wire, best, &outcome, notebook),
        Some(_) => {}
        None => unexplained(&outcome, notebook),
    }
}

/// Whether a misspelling or a wrong hash alone is the whole cause.
fn is_explained(notebook: &Notebook) -> bool {
    notebook.findings.iter().any(|finding| {
        let code = finding.code.as_str();
        finding.confidence == Confidence::Proven
            && (code.starts_with("sig.")
                || code.starts_with("spec.")
                || matches!(code, "rsa.other_hash" | "rsa.digest_info" | "rsa.pss_salt"))
    })
}

/// What is no more than a sign of what the search has proven.
const SYMPTOMS: [&str; 3] = ["sig.mismatch", "rsa.other_base_string", "key.other_kind"];

/// Breaches read from the signature that are the cause together with what the search has proven.
const READ: [&str; 3] = ["rsa.other_hash", "rsa.digest_info", "sig.alg_mismatch"];

fn explained(
    context: &Context<'_>,
    wire: &Wire<'_>,
    best: &Explanation,
    outcome: &Outcome,
    notebook: &mut Notebook,
) {
    notebook
        .findings
        .retain(|finding| !SYMPTOMS.contains(&finding.code.as_str()));
    for finding in &mut notebook.findings {
        if READ.contains(&finding.code.as_str()) {
            finding.confidence = Confidence::Proven;
        }
    }
    notebook.next = None;
    notebook.is_reproduced = true;
    notebook.ok(
        ID,
        format!(
            "{} candidates compared: {} the signature received",
            outcome.tried,
            match best.depth() {
                1 => "one deviation gives".to_owned(),
                count => format!("{count} deviations together give"),
            }
        ),
    );
    let mut findings = findings(wire, best);
    others(context, best, outcome, &mut findings, notebook);
    for finding in findings {
        notebook.found(finding);
    }
}

/// One finding for each code of an explanation, with all that shows it.
fn findings(wire: &Wire<'_>, best: &Explanation) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for step in &best.steps {
        let said = if step.detail.is_empty() {
            format!("your client {}", step.rule.did)
        } else {
            format!("your client {}: {}", step.rule.did, step.detail)
        };
        match findings
            .iter_mut()
            .find(|known| known.code.as_str() == step.rule.code)
        {
            Some(known) => known.evidence.push(Evidence::note("also", said)),
            None => {
                findings.push(Finding::of(step.rule.code, Confidence::Proven).saying(said));
            }
        }
    }
    for (code, evidence) in differences(best) {
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
            finding.evidence.push(evidence);
        }
    }
    let codes = best.codes();
    let is_several = best.depth() > 1;
    for finding in &mut findings {
        if is_several {
            let rest: Vec<_> = codes
                .iter()
                .copied()
                .filter(|code| *code != finding.code.as_str())
                .collect();
            let note = if rest.is_empty() {
                "all of them together give the signature received".to_owned()
            } else {
                format!(
                    "only together with {} does it give the signature received",
                    rest.join(" and ")
                )
            };
            finding.evidence.push(Evidence::note("together", note));
        }
    }
    if let Some(first) = findings.first_mut() {
        first.evidence.extend(proof(wire, best));
    }
    findings
}

/// What makes it proven, and what that says of the keys.
fn proof(wire: &Wire<'_>, best: &Explanation) -> Vec<Evidence> {
    let is_plaintext = wire
        .method
        .is_some_and(countersign_signature::Method::is_plaintext);
    let mut proof = vec![Evidence::note(
        "proof",
        if !best.is_keyed {
            "the digest of that text is the one inside the signature received"
        } else if is_plaintext || best.base_string.is_empty() {
            "the key put together so is the signature received"
        } else {
            "signing that text with your secrets gives the signature received"
        },
    )];
    match &best.key_shape {
        Some(shape) => proof.push(Evidence::note("key", format!("the key used: {shape}"))),
        None if best.is_keyed => proof.push(Evidence::note(
            "keys",
            "your secrets are right: do not regenerate them",
        )),
        None => proof.push(Evidence::note(
            "keys",
            "the signature opens under this key: the key pair is right",
        )),
    }
    proof
}

/// In what the text that was signed differs from the one by the rule, each with its code.
fn differences(best: &Explanation) -> Vec<(&'static str, Evidence)> {
    let (Ok(rule), Ok(signed)) = (
        core::str::from_utf8(&best.by_the_rule),
        core::str::from_utf8(&best.base_string),
    ) else {
        return Vec::new();
    };
    let Ok(differences) = diff(rule, signed) else {
        return Vec::new();
    };
    let lines = differences.iter().take(SHOWN).map(line);
    lines.collect()
}

fn line(difference: &Difference) -> (&'static str, Evidence) {
    let sentence = difference.of("the rule", "your client").to_string();
    let subject = difference::subject(difference);
    let evidence = match difference::sides(difference) {
        Some((ours, theirs)) => Evidence {
            note: Some(sentence),
            ..Evidence::sides(subject, theirs, ours)
        },
        None => Evidence::note(subject, sentence),
    };
    (difference::code(difference), evidence)
}

/// Names the explanations that the same signature allows, and what tells them apart.
fn others(
    context: &Context<'_>,
    best: &Explanation,
    outcome: &Outcome,
    findings: &mut [Finding],
    notebook: &mut Notebook,
) {
    let own = best.codes();
    let mut named: Vec<Vec<&'static str>> = Vec::new();
    let Some(first) = findings.first_mut() else {
        return;
    };
    let mut other_text = false;
    for other in &outcome.explanations {
        let codes = other.codes();
        if codes == own || named.contains(&codes) || named.len() >= OTHERS {
            continue;
        }
        other_text |= other.base_string != best.base_string;
        for code in &codes {
            let code = Code::new(code);
            if !own.contains(&code.as_str()) && !first.also.contains(&code) {
                first.also.push(code);
            }
        }
        let said: Vec<String> = other
            .steps
            .iter()
            .map(|step| {
                if step.detail.is_empty() {
                    step.rule.did.to_owned()
                } else {
                    format!("{}: {}", step.rule.did, step.detail)
                }
            })
            .collect();
        first.evidence.push(Evidence::note(
            "would give the same signature",
            said.join("; and "),
        ));
        named.push(codes);
    }
    let Some(other) = named.first() else {
        return;
    };
    let what = format!("{} from {}", own.join(" and "), other.join(" and "));
    notebook.ask(if other_text && context.case.client_base_string.is_none() {
        format!("the base string that your client signed, printed by it: --client-base-string FILE tells {what}")
    } else {
        format!("a second refused request whose parameters have other names and values: it tells {what}")
    });
}

/// Says what was ruled out.
fn unexplained(outcome: &Outcome, notebook: &mut Notebook) {
    if outcome.tried == 0 {
        return;
    }
    let ruled_out = match outcome.complete {
        Some(0) | None => String::new(),
        Some(1) => ", every single one".to_owned(),
        Some(_) => ", every single one and every pair".to_owned(),
    };
    notebook.fail(
        ID,
        format!(
            "no known mistake explains the signature: {} candidates compared{ruled_out}",
            outcome.tried
        ),
    );
    if outcome.is_spent {
        notebook.not_checked.push(format!(
            "{ID}: combinations of more deviations than that: the search ended after {} candidates",
            outcome.tried
        ));
    }
    let is_open = notebook
        .next
        .as_deref()
        .is_some_and(|next| next.contains("--client-base-string"));
    let is_secret = notebook
        .findings
        .iter()
        .any(|finding| finding.code.as_str() == "sig.mismatch");
    if is_open && is_secret {
        notebook.next = None;
        notebook.ask(
            "no known mistake explains it with these secrets: compare their length and their first \
             and last two characters with the provider's page, or give the base string that your \
             client printed: --client-base-string FILE",
        );
    }
}
