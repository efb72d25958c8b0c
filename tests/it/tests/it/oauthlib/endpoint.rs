//! Our requests at oauthlib's server: its own reading of header, form and query, its checks of
//! timestamp and nonce, and the signature.

use countersign_base_string::Place;
use countersign_test_support::random::FixedRandom;
use countersign_tower::system_clock;
use serde_json::{Value, json};

use super::job::Job;
use super::{COUNTS, ask};
use crate::wire;

/// Requests for each method and placement.
const EACH: usize = 3;

fn place_name(place: Place) -> &'static str {
    match place {
        Place::Header => "header",
        Place::Query => "query",
        Place::Body => "body",
    }
}

/// The next random request with its protocol parameters there, signed now.
fn job(method: &str, place: Place, random: &mut FixedRandom) -> Job {
    let mut job = loop {
        let job = Job::random(wire::method(method), random);
        if job.place == place {
            break job;
        }
    };
    // Its server lets no other one in.
    job.timestamp = system_clock().seconds().to_string();
    job
}

#[test]
fn the_server_of_oauthlib_takes_ours_once() {
    let mut random = FixedRandom::new(2_550);
    let mut questions: Vec<Value> = Vec::new();
    let mut cells = Vec::new();
    for (method, _) in COUNTS {
        for place in [Place::Header, Place::Body, Place::Query] {
            for _ in 0..EACH {
                let job = job(method, place, &mut random);
                let (_, sent) = job.sign(&job.keys().signer);
                let mut question = job.verify_question(&sent);
                question["op"] = "endpoint".into();
                let mut twin = question.clone();
                twin["method"] = "OPTIONS".into();
                twin["consumer_secret"] = "another secret".into();
                // A refusal keeps the nonce too, so that the twin comes under another key.
                let wrong = Job {
                    nonce: format!("{}x", job.nonce),
                    ..job
                };
                let (_, sent) = wrong.sign(&wrong.keys().signer);
                for (name, value) in [
                    ("url", json!(sent.url)),
                    ("authorization", json!(sent.authorization)),
                    (
                        "body",
                        json!(core::str::from_utf8(&sent.body).expect("a form")),
                    ),
                ] {
                    twin[name] = value;
                }
                questions.extend([question.clone(), question, twin]);
                cells.push(format!("{method:<12} {:<6}", place_name(place)));
            }
        }
    }
    let Some(answers) = ask(&questions) else {
        return;
    };
    let mut wrong = Vec::new();
    for (cell, answers) in cells.iter().zip(answers.chunks(3)) {
        let valid = |at: usize| answers[at]["valid"].clone();
        let seen = [valid(0), valid(1), valid(2)];
        if seen != [json!(true), json!(false), json!(false)] {
            wrong.push(format!("{cell} {answers:?}"));
        }
    }
    cells.dedup();
    for cell in &cells {
        let is_wrong = wrong.iter().any(|line| line.starts_with(cell));
        println!(
            "oauthlib's server  {cell} {}",
            if is_wrong { "WRONG" } else { "ok" }
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
