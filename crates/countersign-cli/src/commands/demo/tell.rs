//! What the demonstration prints.

use core::fmt::Write as _;

use countersign_clock::system;
use countersign_doctor::{Case, Diagnosis, Finding, diagnose};

use super::scenes::{SCENES, Scene, Shown};
use super::world::World;
use crate::exit::Failure;

/// The column that texts begin at.
const MARGIN: usize = 13;
const WIDTH: usize = 80;

pub(super) fn opening(world: &World) -> String {
    let count = SCENES.len();
    format!(
        "A provider runs at {}, over SQLite in a temporary directory.\n\
         It will refuse {count} times, each time for another cause, and each time\n\
         the doctor is asked with what the application's developer has at hand:\n\
         the request, the answer and the application's own keys.",
        world.origin
    )
}

pub(super) fn closing(wrong: usize) -> String {
    let count = SCENES.len();
    if wrong == 0 {
        format!(
            "\n{count} refusals, {count} causes.\n\
             Your own: countersign doctor --keys keys.toml refused.http\n\
             A provider to try against: countersign serve"
        )
    } else {
        format!("{wrong} of {count} answers were not the ones expected")
    }
}

pub(super) fn scene(
    number: usize,
    scene: &Scene,
    shown: &Shown,
    world: &World,
) -> Result<String, Failure> {
    let mut text = format!("\n{number}/{}  {}\n", SCENES.len(), scene.title);
    for (position, sentence) in shown.story.iter().enumerate() {
        let label = if position == 0 { "happened" } else { "" };
        row(&mut text, label, sentence);
    }
    let exchange = &shown.exchange;
    let request = &exchange.request;
    let sent = format!("{} {}", request.method(), request.target());
    row(&mut text, "request", &sent);
    let status = exchange.answer.status().unwrap_or_default();
    row(&mut text, "answer", &status.to_string());
    for name in ["oauth_problem", "oauth_problem_advice"] {
        // Not broken: it is to be compared letter for letter.
        let value = exchange.value(name).unwrap_or("none");
        let _ = writeln!(text, "{:MARGIN$}{name}={value}", "");
    }
    if !shown.is_as_expected(scene) {
        let due = format!(
            "NOT EXPECTED: due was {} {} {}",
            scene.status,
            scene.problem,
            shown.advice(scene)
        );
        row(&mut text, "", &due);
    }
    let keys = shown.by.keys()?;
    let case = Case::default()
        .with_request(request)
        .with_answer(&exchange.answer)
        .with_keys(&keys)
        .at(system::now());
    findings(&mut text, &diagnose(&case));
    if let Some(cause) = exchange.id.as_ref().and_then(|id| world.cause(id)) {
        let cause = format!("the service's own log says: {cause}");
        row(&mut text, "operator", &cause);
    }
    Ok(text)
}

fn findings(text: &mut String, diagnosis: &Diagnosis) {
    let Some(best) = diagnosis.findings().first() else {
        row(text, "doctor", "nothing found");
        return;
    };
    row(text, "doctor", &sentence(best));
    if let Some(remedy) = best.remedies.first() {
        row(text, "to do", remedy);
    }
    let others: Vec<&str> = best.also.iter().map(|code| code.as_str()).collect();
    if !others.is_empty() {
        row(text, "also fits", &others.join(", "));
    }
    if let Some(next) = diagnosis.next() {
        row(text, "to be sure", next);
    }
}

fn sentence(finding: &Finding) -> String {
    format!(
        "{} ({}, on the side of the {}): {}",
        finding.code.as_str(),
        finding.confidence.as_str(),
        finding.side.as_str(),
        finding.summary
    )
}

/// A label and a text, broken between words.
fn row(text: &mut String, label: &str, value: &str) {
    let room = WIDTH.saturating_sub(MARGIN);
    let mut line = String::new();
    let mut lines = Vec::new();
    for word in value.split(' ') {
        let together = line.chars().count().saturating_add(word.chars().count());
        if !line.is_empty() && together >= room {
            lines.push(core::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    for (position, line) in lines.iter().enumerate() {
        let label = if position == 0 { label } else { "" };
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "  {label:<width$}{line}",
            width = MARGIN.saturating_sub(2)
        );
    }
}
