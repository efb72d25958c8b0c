//! One request for each rule of the search, broken as its description says by a program that does
//! not know the rules: `tests/vectors/deviations`.

use std::path::{Path, PathBuf};

use countersign_capture::{OwnedRequest, Scheme};
use countersign_doctor::{Case, Confidence, Diagnosis, Keys, Verdict, diagnose};
use countersign_key::Secret;
use serde_json::Value;

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/deviations");
    let mut files: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn request(input: &Value) -> OwnedRequest {
    let text = |name: &str| input[name].as_str().unwrap();
    let scheme = match text("scheme") {
        "http" => Scheme::Http,
        _ => Scheme::Https,
    };
    let mut request = OwnedRequest::new(text("method"), text("target")).with_scheme(scheme);
    for header in input["headers"].as_array().unwrap() {
        let (name, value) = (header[0].as_str().unwrap(), header[1].as_str().unwrap());
        if name == "Host" {
            request = request.with_host(value);
        }
        request = request.with_header(name, value);
    }
    match input.get("body").and_then(Value::as_str) {
        Some(body) => request.with_body(body),
        None => request,
    }
}

fn keys(given: &Value) -> Keys {
    let text = |name: &str| given.get(name).and_then(Value::as_str);
    let mut keys = Keys::default();
    if let Some(key) = text("consumer_key") {
        keys = keys.with_consumer_key(key);
    }
    if let Some(secret) = text("consumer_secret") {
        keys = keys.with_consumer_secret(Secret::new(secret));
    }
    if let Some(token) = text("token") {
        keys = keys.with_token(token);
    }
    if let Some(secret) = text("token_secret") {
        keys = keys.with_token_secret(Secret::new(secret));
    }
    for (name, others) in given
        .get("others")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        keys = keys.with_other(name, self::keys(others));
    }
    keys
}

fn diagnosed(input: &Value) -> Diagnosis {
    let (request, keys) = (request(input), keys(&input["keys"]));
    diagnose(&Case::default().with_request(&request).with_keys(&keys))
}

/// What is wrong with the diagnosis, if anything is.
fn fault(case: &Value, diagnosis: &Diagnosis) -> Option<String> {
    let code = case["expected"]["code"].as_str().unwrap();
    let same = case["expected"]["same"].as_array().unwrap();
    let found = || -> Vec<String> {
        diagnosis
            .findings()
            .iter()
            .map(|finding| {
                let also: Vec<_> = finding.also.iter().map(|code| code.as_str()).collect();
                format!("{} {} {also:?}", finding.confidence, finding.code)
            })
            .collect()
    };
    let Some(best) = diagnosis.findings().first() else {
        return Some("nothing was found".to_owned());
    };
    let is_named = best.code.as_str() == code
        || best.also.iter().any(|also| also.as_str() == code)
        || same
            .iter()
            .any(|same| same.as_str() == Some(best.code.as_str()));
    let is_proven =
        best.confidence == Confidence::Proven && diagnosis.verdict() == Verdict::Explained;
    // One deviation is one proven cause, and no more than it takes.
    let proven = diagnosis
        .findings()
        .iter()
        .filter(|finding| finding.confidence == Confidence::Proven)
        .count();
    let depth = case["expected"]["depth"].as_u64().unwrap();
    let is_short = u64::try_from(proven).unwrap() <= depth;
    (!is_named || !is_proven || !is_short).then(|| format!("{:?}", found()))
}

#[test]
fn every_deviation_is_explained_by_its_rule() {
    let mut faults = Vec::new();
    let mut count = 0;
    for path in files() {
        let case = read(&path);
        let id = case["id"].as_str().unwrap();
        assert_eq!(path.file_stem().unwrap().to_str(), Some(id));
        if let Some(fault) = fault(&case, &diagnosed(&case["input"])) {
            faults.push(format!(
                "{id} ({}): {fault}",
                case["note"].as_str().unwrap()
            ));
        }
        count += 1;
    }
    assert!(count > 300, "{count} cases");
    assert!(
        faults.is_empty(),
        "{} of {count}:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// The same requests with a nonce that nobody signed: no proof of anything.
#[test]
fn a_changed_request_is_not_explained() {
    for path in files().into_iter().step_by(93) {
        let mut case = read(&path);
        let mut changed = 0;
        for header in case["input"]["headers"].as_array_mut().unwrap() {
            let value = header[1].as_str().unwrap();
            if value.contains("kllo9940pd9333jh") {
                header[1] = value.replace("kllo9940pd9333jh", "kllo9940pd9333ji").into();
                changed += 1;
            }
        }
        assert_eq!(changed, 1, "{}", path.display());
        let diagnosis = diagnosed(&case["input"]);
        assert!(
            diagnosis
                .findings()
                .iter()
                .all(|finding| finding.confidence != Confidence::Proven),
            "{}: {:?}",
            path.display(),
            diagnosis.findings()
        );
    }
}
