//! An `Authorization` field that can't be read as written, and can once its faults are mended.

use countersign_base_string::{Authorization, HeaderLeniencies, HeaderLeniency};

use crate::context::Context;
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

/// A longer field is not mended.
const MAX: usize = 16 * 1024;

/// One fault that a reader can see through, and the field without it.
struct Fault {
    words: &'static str,
    mend: fn(&str) -> Option<String>,
}

/// In the order in which they are taken off, from the outside in.
const FAULTS: [Fault; 7] = [
    Fault {
        words: "the value repeats the name of the field",
        mend: |text| {
            let rest = after(text, "authorization")?.trim_start();
            Some(rest.strip_prefix(':')?.trim_start().to_owned())
        },
    },
    Fault {
        words: "the whole value stands in quotes",
        mend: |text| {
            let inner = text.strip_prefix('"')?.strip_suffix('"')?;
            Some(inner.replace("\\\"", "\""))
        },
    },
    Fault {
        words: "a comma follows the scheme 'OAuth'; a blank alone is due",
        mend: |text| scheme_and(text, ','),
    },
    Fault {
        words: "a colon follows the scheme 'OAuth'; a blank is due",
        mend: |text| scheme_and(text, ':'),
    },
    Fault {
        words: "no blank follows the scheme 'OAuth'",
        mend: |text| {
            let rest = after(text, "OAuth")?;
            (rest.starts_with("oauth_") || rest.starts_with("realm="))
                .then(|| format!("OAuth {rest}"))
        },
    },
    Fault {
        words: "values stand in single quotes; double ones are due",
        mend: |text| (text.contains("='") && !text.contains('"')).then(|| text.replace('\'', "\"")),
    },
    Fault {
        words: "';' separates the parameters; a comma is due",
        mend: |text| text.contains("\";").then(|| text.replace("\";", "\",")),
    },
];

/// What follows `prefix`, in whatever case.
fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn scheme_and(text: &str, mark: char) -> Option<String> {
    let rest = after(text, "OAuth")?.trim_start().strip_prefix(mark)?;
    Some(format!("OAuth {}", rest.trim_start()))
}

const fn words(leniency: HeaderLeniency) -> &'static str {
    match leniency {
        HeaderLeniency::AmpersandSeparators => "'&' separates the parameters; a comma is due",
        HeaderLeniency::EmptyElements => "a comma too many: at the start, at the end or doubled",
        HeaderLeniency::FoldedLines => "the field goes on in another line",
        HeaderLeniency::MissingScheme => "the scheme 'OAuth' and a blank are missing at the start",
        HeaderLeniency::RawValues => "a value holds characters that have to be percent-encoded",
        HeaderLeniency::SpacesAroundEquals => "blanks stand beside an equals sign",
        HeaderLeniency::TabAfterScheme => "a tab follows the scheme; a blank is due",
        HeaderLeniency::UnquotedValues => "values stand without quotes",
        _ => "departs from the grammar",
    }
}

/// The field as the grammar has it, and what was wrong with it.
fn mended(text: &str) -> Option<(String, Vec<String>)> {
    let mut text = text.trim().to_owned();
    let mut faults = Vec::new();
    for fault in &FAULTS {
        if let Some(better) = (fault.mend)(&text) {
            text = better;
            faults.push(fault.words.to_owned());
        }
    }
    let read = Authorization::parse_lenient(&text, HeaderLeniencies::ALL).ok()?;
    let departures = read.departures().iter();
    faults.extend(departures.map(|departure| words(departure.leniency()).to_owned()));
    let has_protocol = read
        .parameters()
        .iter()
        .any(|pair| pair.name().starts_with("oauth_"));
    if faults.is_empty() || !has_protocol {
        return None;
    }
    let pairs: Vec<String> = read
        .parameters()
        .iter()
        .map(|pair| format!("{}=\"{}\"", pair.name(), pair.value()))
        .collect();
    Some((format!("OAuth {}", pairs.join(", ")), faults))
}

/// Names the faults of a field that can be mended; proven where the signature then holds.
pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) -> bool {
    let Some(request) = context.case.request else {
        return false;
    };
    let fields = request.authorizations();
    let [field] = fields[..] else { return false };
    if field.len() > MAX {
        return false;
    }
    let Some((better, faults)) = mended(field) else {
        return false;
    };
    notebook.tried = notebook.tried.saturating_add(1);
    let holds = context.holds_with(&better);
    let confidence = if holds {
        Confidence::Proven
    } else {
        Confidence::Likely
    };
    notebook.fail("grammar", faults.join("; "));
    let mut finding = Finding::of("hdr.malformed", confidence);
    for fault in faults {
        finding = finding.with(Evidence::note("Authorization", fault));
    }
    if holds {
        finding = finding.with(Evidence::note(
            "signature",
            "verifies once the field is written by the grammar",
        ));
    }
    notebook.found(finding);
    true
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn faults_are_taken_off() {
        let right = "OAuth oauth_a=\"1\", oauth_b=\"2\"";
        for wrong in [
            "OAuth, oauth_a=\"1\", oauth_b=\"2\"",
            "OAuth ,oauth_a=\"1\",oauth_b=\"2\"",
            "OAuth: oauth_a=\"1\",oauth_b=\"2\"",
            "OAuthoauth_a=\"1\",oauth_b=\"2\"",
            "Authorization: OAuth oauth_a=\"1\",oauth_b=\"2\"",
            "\"OAuth oauth_a=\\\"1\\\",oauth_b=\\\"2\\\"\"",
            "OAuth oauth_a='1', oauth_b='2'",
            "OAuth oauth_a=\"1\"; oauth_b=\"2\"",
            "OAuth oauth_a=1,oauth_b=2",
            "OAuth oauth_a=\"1\",oauth_b=\"2\",",
        ] {
            let (text, faults) = mended(wrong).unwrap_or_default();
            assert_eq!(text, right, "{wrong}");
            assert!(!faults.is_empty(), "{wrong}");
        }
        for other in [right, "Bearer abc", "", "OAuth", "Basic b2F1dGhf"] {
            assert!(mended(other).is_none(), "{other}");
        }
    }
}
