//! A signed request with a blocking client, ureq: signed, sent, and sent once more if the provider
//! refuses the clock or the nonce.
//!
//! ```text
//! OAUTH_CONSUMER_SECRET=… OAUTH_TOKEN_SECRET=… \
//!     cargo run -p countersign-client --example blocking -- URL CONSUMER_KEY TOKEN
//! ```
//!
//! Secrets come from the environment: arguments are everybody's to see. Built as it is, ureq speaks
//! plain http; for https give it one of its TLS features.

#![expect(clippy::print_stdout, reason = "the answer is the result")]
#![expect(clippy::disallowed_methods, reason = "a program reads its environment")]

use core::error::Error;
use core::time::Duration;
use std::thread::sleep;

use countersign_client::{
    Attempts, Client, ClockOffsets, Consumer, MAX_ANSWER, Next, Origin, Stamp, Token,
};
use countersign_clock::system;
use countersign_key::Secret;
use countersign_signature::{Method, OsRandom};
use http::{Request, Response};
use ureq::Agent;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(key), Some(token)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("expected URL, CONSUMER_KEY and TOKEN".into());
    };
    let consumer = Consumer::hmac(key, Secret::new(std::env::var("OAUTH_CONSUMER_SECRET")?));
    let token = Token::new(token, Secret::new(std::env::var("OAUTH_TOKEN_SECRET")?));
    let credentials = Client::new(consumer, Method::HMAC_SHA1)?.with_token(&token)?;

    // A signature is for one address, so nothing is followed; a refusal is an answer like others.
    let config = Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false);
    let agent: Agent = config.build().into();
    let unsigned = Request::get(url).body(Vec::new())?;
    let origin = Origin::of(unsigned.uri())?;
    let mut clock = ClockOffsets::new();
    let mut attempts = Attempts::new(unsigned.method());
    loop {
        let mut random = OsRandom::new();
        let stamp = Stamp::drawn(clock.now(&origin, system::now()), &mut random)?;
        let mut request = unsigned.clone();
        credentials.sign_in_place(&mut request, stamp)?;
        let answer = send(&agent, request)?;
        let local = system::now();
        match attempts.next(&answer, local) {
            Next::CorrectClock(estimate) => clock.correct(&origin, &estimate, local),
            Next::NewNonce => {}
            Next::Wait(seconds) => sleep(Duration::from_secs(u64::from(seconds))),
            Next::Deliver | Next::Renew | Next::Reread | Next::Reauthorise(_) => {
                println!(
                    "{}\n{}",
                    answer.status(),
                    String::from_utf8_lossy(answer.body())
                );
                return Ok(());
            }
        }
    }
}

fn send(agent: &Agent, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Box<dyn Error>> {
    let (parts, body) = agent.run(request)?.into_parts();
    let limit = u64::try_from(MAX_ANSWER)?;
    let body = body.into_with_config().limit(limit).read_to_vec()?;
    Ok(Response::from_parts(parts, body))
}
