//! In what two requests differ, one thing after the other.

use countersign_doctor::Relation;

use super::super::report::Compared;
use super::sides;
use crate::text::wrapped;

pub(super) fn write(out: &mut String, compared: &Compared, verbose: bool) {
    let labels: [&'static str; 2] = compared.relation.labels();
    let [first, second] = labels;
    wrapped(out, "", relation(compared.relation));
    if compared.differences.is_empty() {
        wrapped(out, "  --> ", "they differ in nothing that matters");
    }
    for differs in &compared.differences {
        wrapped(out, "  --> ", &differs.what);
        let absent = |text: &Option<String>| text.clone().unwrap_or_else(|| "(none)".to_owned());
        if differs.first.is_some() || differs.second.is_some() {
            let (one, other) = (absent(&differs.first), absent(&differs.second));
            let sides = sides::Sides {
                found: Some(&one),
                expected: Some(&other),
                labels: (first, second),
                whole: verbose,
            };
            sides.write(out);
        }
        if let Some(note) = &differs.note {
            wrapped(out, "   | ", note);
        }
    }
    if !compared.immaterial.is_empty() {
        wrapped(
            out,
            "  differs too, and can't matter: ",
            &compared.immaterial.join(", "),
        );
    }
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Separate => "Two requests, each signed on its own, differ in:",
        Relation::OnTheWay => "One request, as it was sent and as it arrived, differs in:",
        Relation::Redirect => "A request and the one that followed its redirect differ in:",
        Relation::Repeated => "One signed request, sent twice, differs in:",
        _ => "The two differ in:",
    }
}
