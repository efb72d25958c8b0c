//! What the middleware costs: requests per second with it, as a part of those without.
//!
//! One client after the other sends to the same server over a loopback socket, on kept connections:
//! a GET with a query, a form, and a body with a hash, one request at a time and eight at once. The two
//! take turns, the order of each turn alternating, and the median of the turns' ratios counts. Fails
//! below 0.95:
//! `cargo bench -p countersign-reqwest --bench overhead`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark has no input from outside and may stop at the first fault"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use core::time::Duration;
use std::process::ExitCode;
use std::time::Instant;

use axum::body::Bytes;
use axum::routing::any;
use countersign_client::{BodyHashPolicy, Client, Consumer, Token};
use countersign_key::Secret;
use countersign_reqwest::{Signing, client};
use countersign_signature::Method;
use countersign_signature::body_hash::Rule;
use reqwest_middleware::ClientWithMiddleware;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// Least part of the rate without the middleware.
const PART: f64 = 0.95;
const TURNS: usize = 41;
const REQUESTS: usize = 200;

fn main() -> ExitCode {
    let server = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let listener = server.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!(
        "http://{}/v1/items?page=2&q=red%20shoes",
        listener.local_addr().unwrap()
    );
    let app = axum::Router::new().route("/v1/items", any(async |body: Bytes| body));
    server.spawn(async move { axum::serve(listener, app).await });

    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let plain = reqwest_middleware::ClientBuilder::new(
        reqwest::Client::builder().no_proxy().build().unwrap(),
    )
    .build();
    let signed = signed(&url);
    let mut fine = true;
    for (name, body) in [
        ("GET with a query", None),
        (
            "form",
            Some((
                "application/x-www-form-urlencoded",
                "comment=nice%21&name=J%C3%BCrgen",
            )),
        ),
        (
            "JSON with a hash",
            Some(("application/json", r#"{"comment":"nice!"}"#)),
        ),
    ] {
        for at_once in [1, 8] {
            let round = |client: &ClientWithMiddleware| {
                let start = Instant::now();
                runtime.block_on(requests(client, &url, body, at_once));
                start.elapsed()
            };
            round(&plain);
            round(&signed);
            let mut ratios = Vec::new();
            let mut best = (Duration::MAX, Duration::MAX);
            for turn in 0..TURNS {
                let (without, with) = if turn % 2 == 0 {
                    let without = round(&plain);
                    (without, round(&signed))
                } else {
                    let with = round(&signed);
                    (round(&plain), with)
                };
                best = (best.0.min(without), best.1.min(with));
                ratios.push(without.as_secs_f64() / with.as_secs_f64());
            }
            ratios.sort_by(f64::total_cmp);
            let median = ratios[TURNS / 2];
            let rate = |time: Duration| REQUESTS as f64 / time.as_secs_f64();
            let reached = median >= PART;
            println!(
                "{name}, {at_once} at once: {:.0} requests/s without, {:.0} with; median of {TURNS} ratios {median:.3}{}",
                rate(best.0),
                rate(best.1),
                if reached { "" } else { " MISSED" },
            );
            fine &= reached;
        }
    }
    if fine {
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}

fn signed(url: &str) -> ClientWithMiddleware {
    let consumer = Consumer::hmac("dpf43f3p2l4k3l03", Secret::new("kd94hf93k423kf44"));
    let token = Token::new("nnch734d00sl2jdk", Secret::new("pfkkdhi9sl3r4s00"));
    let credentials = Client::new(consumer, Method::HMAC_SHA1)
        .unwrap()
        .with_body_hash(BodyHashPolicy::with_body(Rule::MethodHash))
        .with_token(&token)
        .unwrap();
    let signing = Signing::new(credentials, url).unwrap();
    client(reqwest::Client::builder().no_proxy(), signing).unwrap()
}

async fn requests(
    client: &ClientWithMiddleware,
    url: &str,
    body: Option<(&'static str, &'static str)>,
    at_once: usize,
) {
    let lanes: Vec<_> = (0..at_once)
        .map(|_| {
            let (client, url) = (client.clone(), url.to_owned());
            tokio::spawn(async move {
                for _ in 0..REQUESTS / at_once {
                    let request = match body {
                        None => client.get(&url),
                        Some((kind, text)) => {
                            client.post(&url).header("content-type", kind).body(text)
                        }
                    };
                    let answer = request.send().await.unwrap();
                    assert_eq!(answer.status(), 200);
                    answer.bytes().await.unwrap();
                }
            })
        })
        .collect();
    for lane in lanes {
        lane.await.unwrap();
    }
}
