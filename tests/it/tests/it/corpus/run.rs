//! One case through the doctor.

use core::fmt::Write as _;

use countersign_capture::{OwnedAnswer, OwnedRequest, Scheme, read};
use countersign_doctor::{Finding, Keys, Verdict, compare, diagnose};
use countersign_encoding as encoding;
use countersign_key::Secret;

use super::case::{Case, Group};

/// What came of a case.
pub(super) struct Outcome {
    pub(super) found: bool,
    /// Whether it is the code of the first finding itself.
    pub(super) first: bool,
    /// The findings in words, best first.
    pub(super) said: String,
}

/// The public example keys of OAuth Core 1.0 appendix A.
const CONSUMER: (&str, &str) = ("dpf43f3p2l4k3l03", "kd94hf93k423kf44");
const TOKEN: (&str, &str) = ("nnch734d00sl2jdk", "pfkkdhi9sl3r4s00");

/// The keys that the case gives, as the right key's two parts; else the public example ones.
fn keys(case: &Case) -> Keys {
    let public = format!("{}&{}", CONSUMER.1, TOKEN.1);
    let key = case.computed("right", "hmac_key").unwrap_or(&public);
    let (consumer, token) = key.split_once('&').unwrap();
    let [consumer, token] = [consumer, token].map(|part| encoding::decode(part).unwrap());
    let mut keys = Keys::default().with_consumer_secret(Secret::new(&*consumer));
    if consumer == CONSUMER.1 {
        keys = keys.with_consumer_key(CONSUMER.0);
    }
    if !token.is_empty() {
        keys = keys.with_token_secret(Secret::new(&*token));
    }
    if token == TOKEN.1 {
        keys = keys.with_token(TOKEN.0);
    }
    keys
}

/// The request, and the scheme that its marker names.
fn request(raw: &str) -> OwnedRequest {
    const MARK: &str = "X-Test-Scheme: http\r\n";
    let scheme = if raw.contains(MARK) {
        Scheme::Http
    } else {
        Scheme::Https
    };
    let capture = read(raw.replace(MARK, "").as_bytes()).unwrap();
    let request = capture.exchanges()[0].request().unwrap().clone();
    request.with_scheme(scheme)
}

/// An answer as people have it: raw HTTP, headers, or just the text that an error message shows.
fn answer(case: &Case) -> Option<OwnedAnswer> {
    if let Some(headers) = case.text("answer_headers") {
        let (name, value) = headers.split_once(": ").unwrap();
        return Some(OwnedAnswer::new().with_status(401).with_header(name, value));
    }
    let text = case.text("answer")?;
    let capture = read(text.as_bytes()).unwrap();
    capture.answer().cloned()
}

/// What the doctor says: its findings, and whether it names what would tell more.
struct Answer {
    findings: Vec<Finding>,
    verdict: Verdict,
    asks: bool,
}

fn diagnosed(case: &Case) -> Answer {
    let keys = keys(case);
    let request = request(case.text("request_raw").unwrap());
    let answer = answer(case);
    let mut given = countersign_doctor::Case::default()
        .with_request(&request)
        .with_keys(&keys);
    if let Some(answer) = &answer {
        given = given.with_answer(answer);
    }
    if case.group == Group::Verifier {
        given = given.with_provider_base_string(case.computed("faulty", "base_string").unwrap());
    }
    let diagnosis = diagnose(&given);
    Answer {
        findings: diagnosis.findings().to_vec(),
        verdict: diagnosis.verdict(),
        asks: diagnosis.next().is_some(),
    }
}

/// Two captures: before and after a redirect, as sent and as received, or one after the other.
fn compared(case: &Case, names: [&str; 2]) -> Answer {
    let keys = keys(case);
    let [first, second] = names.map(|name| request(case.text(name).unwrap()));
    let between = case.text("hop1_answer");
    let between = between.and_then(|raw| read(raw.as_bytes()).unwrap().answer().cloned());
    let last = answer(case);
    let given = |request, answer| {
        let given = countersign_doctor::Case::default()
            .with_request(request)
            .with_keys(&keys);
        match answer {
            Some(answer) => given.with_answer(answer),
            None => given,
        }
    };
    let comparison = compare(
        &given(&first, between.as_ref()),
        &given(&second, last.as_ref()),
    );
    Answer {
        findings: comparison.findings().to_vec(),
        verdict: comparison.verdict(),
        asks: comparison.next().is_some(),
    }
}

/// Runs the doctor. The cause is found if it is the code of the first finding, or one of those that
/// the same evidence allows, where the doctor says what would separate them.
pub(super) fn judge(case: &Case) -> Outcome {
    let has = |name| case.text(name).is_some();
    let answer = if has("hop1") {
        compared(case, ["hop1", "hop2"])
    } else if has("second_request_raw") {
        compared(case, ["request_raw", "second_request_raw"])
    } else if has("server_side_capture") {
        compared(case, ["request_raw", "server_side_capture"])
    } else {
        diagnosed(case)
    };
    let is_it = |code: &str| code == case.cause_class;
    let best = answer.findings.first();
    let first = best.is_some_and(|best| is_it(best.code.as_str()));
    let allowed = best.is_some_and(|best| best.also.iter().any(|code| is_it(code.as_str())));
    let found = first || (allowed && answer.asks);
    let mut said = String::new();
    for finding in &answer.findings {
        let also: Vec<&str> = finding.also.iter().map(|code| code.as_str()).collect();
        write!(said, "{} ({}", finding.code, finding.confidence).unwrap();
        if !also.is_empty() {
            write!(said, ", also {}", also.join(" ")).unwrap();
        }
        said.push_str(") ");
    }
    if said.is_empty() {
        said.push_str(answer.verdict.as_str());
    }
    Outcome { found, first, said }
}
