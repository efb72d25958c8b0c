//! The same requests signed and verified by oauthlib and by us.

mod endpoint;
mod job;

use std::io::Write as _;
use std::process::Stdio;

use countersign_base_string::Place;
use countersign_signature::{Method, Signed};
use countersign_test_support::random::FixedRandom;
use countersign_test_support::vectors;
use countersign_test_support::wire::Wire;
use serde_json::{Value, json};

use self::job::{FORM, Job, Keys};
use crate::{peer, wire};

/// Requests for each method; RSA is slow on the other side.
const COUNTS: [(&str, usize); 7] = [
    ("HMAC-SHA1", 320),
    ("HMAC-SHA256", 320),
    ("HMAC-SHA512", 240),
    ("PLAINTEXT", 60),
    ("RSA-SHA1", 40),
    ("RSA-SHA256", 40),
    ("RSA-SHA512", 40),
];

/// Asks everything at once; `None` when there is nobody to ask.
fn ask(questions: &[Value]) -> Option<Vec<Value>> {
    let mut command = match peer::python("oracle.py") {
        Ok(command) => command,
        Err(missing) => {
            peer::skip("oauthlib", &missing);
            return None;
        }
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let lines = questions
        .iter()
        .map(|question| format!("{question}\n"))
        .collect::<String>();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("python ends");
    writer
        .join()
        .expect("no panic")
        .expect("everything is asked");
    assert!(output.status.success(), "oracle.py: {}", output.status);
    let answers = output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("JSON"))
        .collect::<Vec<Value>>();
    assert_eq!(
        answers.len(),
        questions.len(),
        "one answer for each question"
    );
    Some(answers)
}

#[test]
fn random_requests_agree() {
    let mut random = FixedRandom::new(5849);
    let jobs = COUNTS
        .iter()
        .flat_map(|(name, count)| core::iter::repeat_n(wire::method(name), *count))
        .map(|method| Job::random(method, &mut random))
        .collect::<Vec<_>>();
    let ours = jobs
        .iter()
        .map(|job| {
            let keys = job.keys();
            let (signed, sent) = job.sign(&keys.signer);
            (keys, signed, sent)
        })
        .collect::<Vec<_>>();
    let mut questions = jobs.iter().map(Job::question).collect::<Vec<_>>();
    questions.extend(
        jobs.iter()
            .zip(&ours)
            .map(|(job, (_, _, sent))| job.verify_question(sent)),
    );
    // Every seventh request is changed on its way.
    let twins = jobs
        .iter()
        .zip(&ours)
        .step_by(7)
        .map(|(job, (_, _, sent))| {
            let twins = sent.tampered();
            (job, twins[job.nonce.len() % twins.len()].1.clone())
        });
    let twins = twins
        .filter(|(job, _)| !job.method.is_plaintext())
        .collect::<Vec<_>>();
    questions.extend(twins.iter().map(|(job, twin)| job.verify_question(twin)));

    let Some(answers) = ask(&questions) else {
        return;
    };
    let (signed_answers, rest) = answers.split_at(jobs.len());
    let (verified_answers, twin_answers) = rest.split_at(jobs.len());
    let mut wrong = Vec::new();
    for (at, job) in jobs.iter().enumerate() {
        let (keys, signed, _) = &ours[at];
        for fault in compare(job, keys, signed, &signed_answers[at]) {
            wrong.push(format!("{at} {}: {fault}", job.wire.url));
        }
        if verified_answers[at]["valid"] != json!(true) {
            wrong.push(format!(
                "{at}: oauthlib refuses ours: {}",
                verified_answers[at]
            ));
        }
    }
    for (answer, (_, twin)) in twin_answers.iter().zip(&twins) {
        if answer["valid"] == json!(true) {
            wrong.push(format!("oauthlib accepts a tampered request: {}", twin.url));
        }
    }
    println!(
        "oauthlib: {} requests signed and verified both ways, {} tampered ones refused, {} disagreements",
        jobs.len(),
        twins.len(),
        wrong.len()
    );
    assert!(jobs.len() >= 1_000);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn compare(job: &Job, keys: &Keys, signed: &Signed, answer: &Value) -> Vec<String> {
    if let Some(error) = answer.get("error") {
        return vec![format!("oauthlib: {error}")];
    }
    let mut faults = Vec::new();
    if !job.method.is_plaintext() && answer["base_string"] != json!(signed.base_string().as_str()) {
        faults.push(format!(
            "ours {} theirs {}",
            signed.base_string(),
            answer["base_string"]
        ));
    }
    if answer["signature"] != json!(signed.signature().to_text()) {
        faults.push(format!(
            "signature {} theirs {}",
            signed.signature().to_text(),
            answer["signature"]
        ));
    }
    let theirs = Wire {
        url: answer["url"].as_str().expect("a URL").to_owned(),
        authorization: answer["authorization"].as_str().map(str::to_owned),
        body: answer["body"]
            .as_str()
            .unwrap_or_default()
            .as_bytes()
            .to_vec(),
        ..job.wire.clone()
    };
    if let Err(error) = wire::verify(&theirs, &keys.verifier) {
        faults.push(format!("we refuse theirs: {error}"));
    }
    faults
}

/// One request of each class in which oauthlib is known to do something else.
fn known_disagreements() -> Vec<(&'static str, Job)> {
    let plain = |url: &str| Job {
        method: Method::HMAC_SHA256,
        place: Place::Header,
        wire: Wire {
            method: "GET".to_owned(),
            url: url.to_owned(),
            ..Wire::default()
        },
        consumer_key: "key".to_owned(),
        consumer_secret: "secret".to_owned(),
        token: None,
        callback: None,
        verifier: None,
        timestamp: "1700000000".to_owned(),
        nonce: "nonce".to_owned(),
    };
    let with_body = |method: &str, content_type: &str, body: &str| {
        let mut job = plain("https://example.com/r");
        job.wire.method = method.to_owned();
        job.wire.content_type = Some(content_type.to_owned());
        job.wire.body = body.as_bytes().to_vec();
        job
    };
    let mut decoded_twice = plain("https://example.com/r");
    decoded_twice.place = Place::Query;
    decoded_twice.consumer_key = "key%20".to_owned();
    vec![
        ("protocol_values_decoded_twice", decoded_twice),
        ("octets_not_utf8", plain("https://example.com/r?a=%FF")),
        ("brackets_in_query", plain("https://example.com/r?a[]=1")),
        ("form_body_with_get", with_body("GET", FORM, "a=1")),
        (
            "form_type_with_parameter",
            with_body("POST", &format!("{FORM}; charset=UTF-8"), "a=1"),
        ),
        (
            "body_hash_always_sha1",
            with_body("POST", "application/json", "{\"a\":1}"),
        ),
        (
            "empty_token_left_out",
            Job {
                token: Some((String::new(), String::new())),
                ..plain("https://example.com/r")
            },
        ),
    ]
}

#[test]
fn known_disagreements_still_exist() {
    let listed = vectors::disagreements()
        .into_iter()
        .filter(|row| row.with == "oauthlib")
        .map(|row| row.class)
        .collect::<Vec<_>>();
    let jobs = known_disagreements();
    assert_eq!(
        listed,
        jobs.iter().map(|(class, _)| *class).collect::<Vec<_>>()
    );
    let questions = jobs
        .iter()
        .map(|(_, job)| job.question())
        .collect::<Vec<_>>();
    let Some(answers) = ask(&questions) else {
        return;
    };
    for ((class, job), answer) in jobs.iter().zip(answers) {
        let (signed, _) = job.sign(&job.keys().signer);
        let theirs = answer["base_string"].as_str();
        println!(
            "oauthlib {class}: {}",
            answer
                .get("error")
                .unwrap_or_else(|| &answer["base_string"])
        );
        assert_ne!(
            theirs,
            Some(signed.base_string().as_str()),
            "{class}: oauthlib agrees now"
        );
    }
}
