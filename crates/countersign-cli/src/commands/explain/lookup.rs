//! Everything that is known of a code or a text.

use countersign_dialect::{ErrorCode, Provider, providers};
use countersign_doctor::CodeRow;
use countersign_problem::catalogue::Row;
use countersign_problem::text::{Recognised, TextRow};
use countersign_problem::{Explanation, ProblemCode, explain, text};

/// One thing that is known.
pub(super) enum Entry {
    /// A problem code of the extension.
    Problem(&'static Row),
    /// A finding of the doctor.
    Finding(&'static CodeRow),
    /// A text or number of a provider.
    Text(Recognised),
    /// A code in a provider's table.
    Word(&'static Provider, &'static ErrorCode),
}

/// The most specific first; nothing if nothing is known.
pub(super) fn find(query: &str) -> Vec<Entry> {
    let query = query.trim();
    let mut entries: Vec<Entry> = countersign_doctor::row(query)
        .map(Entry::Finding)
        .into_iter()
        .collect();
    // A bare code asks for its whole entry; its texts stand there as cases.
    let code = ProblemCode::parse(query).ok().filter(ProblemCode::is_known);
    for explanation in explain(query) {
        match explanation {
            Explanation::Code(row) => entries.push(Entry::Problem(row)),
            Explanation::Text(found) if code.is_none() => entries.push(Entry::Text(found)),
            _ => {}
        }
    }
    let is_new = entries.is_empty();
    entries.extend(words(query).filter(|_| is_new));
    entries
}

fn words(query: &str) -> impl Iterator<Item = Entry> + '_ {
    providers().iter().flat_map(move |provider| {
        provider
            .errors
            .codes
            .iter()
            .filter(move |word| word.code.eq_ignore_ascii_case(query))
            .map(move |word| Entry::Word(provider, word))
    })
}

/// The cases of a problem code: what providers say with it.
pub(super) fn cases(row: &Row) -> Vec<&'static TextRow> {
    text::of_code(&row.code).collect()
}

/// What providers call it in their own tables.
pub(super) fn other_names(row: &Row) -> Vec<String> {
    let mut names: Vec<String> = providers()
        .iter()
        .flat_map(|provider| {
            provider
                .errors
                .codes
                .iter()
                .filter(|word| word.problem == Some(row.code.as_str()))
                .map(|word| format!("{} {}", provider.name, word.code))
        })
        .collect();
    names.dedup();
    names
}

/// Codes that share the first word: what else can be wrong with a token, a key, a parameter.
pub(super) fn related(row: &Row) -> Vec<&'static str> {
    let first = |code: &'static str| code.split('_').next().unwrap_or(code);
    let own = row.code.as_str();
    let word = own.split('_').next().unwrap_or(own);
    ALL.iter()
        .copied()
        .filter(|code| *code != own && first(code) == word)
        .collect()
}

/// The codes of the extension, as text that lives as long as the program.
const ALL: [&str; 18] = [
    "version_rejected",
    "parameter_absent",
    "parameter_rejected",
    "timestamp_refused",
    "nonce_used",
    "signature_method_rejected",
    "signature_invalid",
    "consumer_key_unknown",
    "consumer_key_rejected",
    "consumer_key_refused",
    "token_used",
    "token_expired",
    "token_revoked",
    "token_rejected",
    "additional_authorization_required",
    "permission_unknown",
    "permission_denied",
    "user_refused",
];

/// The doctor's finding codes behind a problem code, by family.
pub(super) fn findings(row: &Row) -> Vec<&'static str> {
    let families = FAMILIES
        .iter()
        .find(|(code, _)| *code == row.code.as_str())
        .map_or(&[][..], |(_, families)| families);
    countersign_doctor::codes()
        .map(|row| row.code.as_str())
        .filter(|code| families.iter().any(|family| code.starts_with(family)))
        .collect()
}

const FAMILIES: [(&str, &[&str]); 4] = [
    ("nonce_used", &["nonce."]),
    ("signature_invalid", &["rsa.", "sig."]),
    ("signature_method_rejected", &["cert.", "method."]),
    ("timestamp_refused", &["time.", "ts.", "clock."]),
];
