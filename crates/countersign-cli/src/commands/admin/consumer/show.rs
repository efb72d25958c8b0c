//! Applications as text.

use countersign_server::{CertificateState, ConsumerRow};

use super::super::report::fields;

/// One line of the list.
pub(super) fn line(row: &ConsumerRow) -> [String; 5] {
    [
        row.key.clone(),
        row.kind.to_owned(),
        keys(row),
        standing(row).to_owned(),
        row.name.clone(),
    ]
}

/// All of it.
pub(super) fn text(row: &ConsumerRow) -> String {
    let yes = |holds: bool| if holds { "yes" } else { "" }.to_owned();
    let mut lines = vec![
        ("key", row.key.clone()),
        ("name", row.name.clone()),
        ("kind", row.kind.to_owned()),
        ("standing", standing(row).to_owned()),
        ("signs with", keys(row)),
        ("methods", row.methods.join(", ")),
        ("organisation", row.organisation.clone().unwrap_or_default()),
        ("two-legged", yes(row.two_legged)),
        ("xauth", yes(row.xauth)),
        ("in config", yes(row.in_config)),
    ];
    lines.extend(row.callbacks.iter().map(|it| ("callback", it.clone())));
    let certificates = row.certificates.iter();
    lines.extend(certificates.map(|it| ("certificate", format!("{}  {}", it.sha256, it.validity))));
    fields(&lines)
}

fn standing(row: &ConsumerRow) -> &'static str {
    if row.rejected { "rejected" } else { "accepted" }
}

fn keys(row: &ConsumerRow) -> String {
    if row.signs_with == "secret" {
        return "a secret".to_owned();
    }
    let all = row.certificates.len();
    let live = row.certificates.iter();
    let live = live.filter(|it| it.state == CertificateState::Live).count();
    let plural = if all == 1 { "" } else { "s" };
    format!("{all} certificate{plural}, {live} live")
}
