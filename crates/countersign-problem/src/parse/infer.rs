//! The problem that a known text or number of a provider means.

use super::body::Body;
use super::json::Field;
use crate::answer::{Found, Grounds, Source};
use crate::text::{self, Recognised};
use crate::{Problem, ProblemCode, lenient};

/// More fields are not tried: error answers are small.
const MAX_FIELDS: usize = 256;
/// More lines are not tried.
const MAX_LINES: usize = 64;

/// Fields with a provider's code, the more telling first.
const CODE_FIELDS: [&str; 12] = [
    "ReasonCode",
    "o:errorCode",
    "detailed_error_code",
    "messageCode",
    "errorCode",
    "meta.message",
    "errors.code",
    "err.code",
    "error.code",
    "code",
    "error-code",
    "status",
];

/// Fields with text for people, the more telling first.
const TEXT_FIELDS: [&str; 11] = [
    "developer_message",
    "description",
    "detail",
    "info",
    "message",
    "error_description",
    "error_text",
    "msg",
    "error",
    "reason",
    "title",
];

/// Who refuses with a status of success, so that the body has to be looked at all the same.
const REFUSE_WITH_SUCCESS: [&str; 4] = ["BrickLink", "FatSecret", "SmugMug", "Withings"];

/// The problem that something in the body means.
pub(super) fn infer(body: &Body<'_>, status: Option<u16>) -> Option<Found> {
    let succeeded = status.is_some_and(|status| (200..300).contains(&status));
    let fields = body.fields.get(..MAX_FIELDS).unwrap_or(&body.fields);
    let mut candidates: Vec<Candidate> = fields.iter().flat_map(of_field).collect();
    if let Some(plain) = &body.plain {
        candidates.extend(of_lines(plain));
    } else if body.kind == Source::Text || candidates.is_empty() {
        candidates.extend(of_lines(body.raw));
    }
    candidates.extend(of_lti(body.raw));
    if succeeded {
        let refuses = |name: &&str| REFUSE_WITH_SUCCESS.contains(name);
        candidates.retain(|candidate| candidate.recognised.row.providers.iter().any(refuses));
    }
    let is_meta = |field: &&Field| !succeeded || field.parent == "meta";
    let word = || word_of_the_extension(fields.iter().filter(is_meta));
    conclude(body.kind, fields, candidates, word)
}

/// The problem that something of a provider's own refusal means: the fields of its object, or its text.
pub(super) fn infer_own(
    kind: Source,
    fields: &[Field],
    text: Option<&str>,
    provider: &str,
) -> Option<Found> {
    let fields = fields.get(..MAX_FIELDS).unwrap_or(fields);
    let mut candidates: Vec<Candidate> = fields.iter().flat_map(of_field).collect();
    candidates.extend(text.into_iter().flat_map(of_lines));
    candidates.retain(|candidate| {
        let mut own = candidate.recognised.row.providers.iter();
        own.any(|name| provider.starts_with(name))
    });
    let word = || word_of_the_extension(fields.iter());
    conclude(kind, fields, candidates, word)
}

fn conclude(
    kind: Source,
    fields: &[Field],
    mut candidates: Vec<Candidate>,
    word: impl FnOnce() -> Option<(ProblemCode, Option<String>)>,
) -> Option<Found> {
    // A row without a code says how the provider answers, not what is wrong.
    candidates.retain(|candidate| candidate.recognised.row.code.is_some());
    candidates.sort_by_key(|candidate| {
        core::cmp::Reverse(candidate.recognised.row.pattern.specificity())
    });

    let (code, advice) = match candidates.first() {
        Some(best) => (best.recognised.row.code.clone()?, best.text.clone()),
        None => word()?,
    };
    let advice = advice.or_else(|| first_of(fields, &TEXT_FIELDS));
    let mut problem = Problem::new(code);
    if let Some(advice) = advice {
        problem = problem.with_advice(advice);
    }
    let mut found = Found {
        problem,
        grounds: Grounds::Inferred,
        read_from: kind,
        realm: None,
        base_string_echo: None,
        presented_signature: None,
        expected_signature: None,
        signature_method: None,
        provider_code: first_of(fields, &CODE_FIELDS),
        provider_detail: detail(fields),
        server_time: number(fields, "ours").or_else(|| milliseconds(fields)),
        client_time: number(fields, "yours"),
        window_seconds: number(fields, "threshold").and_then(|n| u64::try_from(n).ok()),
        recoverable: first_of(fields, &["Recoverable"]).and_then(|word| word.parse().ok()),
        recognised: candidates
            .into_iter()
            .map(|candidate| candidate.recognised)
            .collect(),
        cut_off: false,
    };
    take_captures(&mut found);
    Some(found)
}

/// Moves what the gaps of the recognised texts hold to where it belongs.
pub(super) fn take_captures(found: &mut Found) {
    for recognised in &found.recognised {
        let text = |name| recognised.capture(name).map(str::to_owned);
        found.client_time = found.client_time.or_else(|| recognised.number("client"));
        found.server_time = found.server_time.or_else(|| recognised.number("server"));
        found.window_seconds = found.window_seconds.or_else(|| {
            recognised
                .number("seconds")
                .and_then(|n| u64::try_from(n).ok())
        });
        found.presented_signature = found
            .presented_signature
            .take()
            .or_else(|| text("received"));
        found.expected_signature = found.expected_signature.take().or_else(|| text("expected"));
        found.provider_code = found.provider_code.take().or_else(|| text("code"));
        if let Some(name) = text("absent").filter(|_| found.problem.parameters_absent().is_empty())
        {
            found.problem = found.problem.clone().with_parameter_absent(name);
        }
        if let Some(name) =
            text("rejected").filter(|_| found.problem.parameters_rejected().is_empty())
        {
            found.problem = found.problem.clone().with_parameter_rejected(name, None);
        }
    }
}

struct Candidate {
    recognised: Recognised,
    text: Option<String>,
}

fn of_field(field: &Field) -> Vec<Candidate> {
    let path = if field.parent.is_empty() {
        field.name.clone()
    } else {
        format!("{}.{}", field.parent, field.name)
    };
    let by_number = text::by_number(Some(&path), field.value.trim());
    let numbers = by_number.into_iter().map(|recognised| Candidate {
        recognised,
        text: None,
    });
    let texts = text::recognise(&field.value)
        .into_iter()
        .map(|recognised| Candidate {
            recognised,
            text: Some(field.value.clone()),
        });
    numbers.chain(texts).collect()
}

fn of_lines(text: &str) -> Vec<Candidate> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(MAX_LINES)
        .flat_map(|line| {
            text::recognise(line)
                .into_iter()
                .map(|recognised| Candidate {
                    recognised,
                    text: Some(line.to_owned()),
                })
        })
        .collect()
}

/// The messages of a tool in the address that it sends the browser back to.
fn of_lti(text: &str) -> Vec<Candidate> {
    text.split(['?', '&', ' ', '"', '<', '>'])
        .filter_map(|pair| {
            let value = pair.strip_prefix("lti_err")?.split_once('=')?.1;
            Some(lenient::decode_form(value))
        })
        .take(MAX_LINES)
        .flat_map(|message| of_lines(&message))
        .collect()
}

/// A field whose first word is a code of the extension, in whatever case.
fn word_of_the_extension<'a>(
    mut fields: impl Iterator<Item = &'a Field>,
) -> Option<(ProblemCode, Option<String>)> {
    fields.find_map(|field| {
        let code = ProblemCode::parse(first_word(&field.value)).ok()?.known()?;
        Some((code, Some(field.value.clone())))
    })
}

/// BrickLink: the word before the colon of the description.
fn detail(fields: &[Field]) -> Option<String> {
    let description = first_of(fields, &["meta.description"])?;
    Some(first_word(&description).to_owned())
}

fn first_word(text: &str) -> &str {
    text.trim()
        .split([':', ' ', ','])
        .next()
        .unwrap_or_default()
}

/// The first field with one of the names, which are tried in order; `a.b` names the parent too.
fn first_of(fields: &[Field], names: &[&str]) -> Option<String> {
    names.iter().find_map(|wanted| {
        let is_it = |field: &&Field| match wanted.split_once('.') {
            Some((parent, name)) => field.parent == parent && field.name == name,
            None => field.name == *wanted,
        };
        fields.iter().find(is_it).map(|field| field.value.clone())
    })
}

fn number(fields: &[Field], name: &str) -> Option<i64> {
    first_of(fields, &[name])?.trim().parse().ok()
}

/// LinkedIn: the server's clock in milliseconds.
fn milliseconds(fields: &[Field]) -> Option<i64> {
    let value = first_of(fields, &["timestamp"])?;
    (value.len() == 13)
        .then(|| value.parse::<i64>().ok())?
        .map(|ms| ms / 1000)
}

#[cfg(test)]
mod tests;
