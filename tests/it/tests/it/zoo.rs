//! The doctor against signers that were broken by somebody who had not seen its rules.

mod explained;
mod tally;

use countersign_capture::OwnedRequest;
use countersign_clock::UnixTime;
use countersign_doctor::{Case, Diagnosis, Keys, diagnose};
use countersign_key::Secret;
use countersign_test_support::random::FixedRandom;
use countersign_test_support::zoo::{self, Credentials, Request, Sent};
use countersign_verify::{Consumer, Policy, Token, verify};

/// The sequence that is drawn from unless another one is asked for.
pub(crate) const SEED: u64 = 5849;

/// Whether this is the long form of the tests.
pub(crate) fn is_long() -> bool {
    std::env::var_os("COUNTERSIGN_SOAK").is_some_and(|value| value == "1")
}

/// What was sent, as a capture.
pub(crate) fn captured(sent: &Sent) -> OwnedRequest {
    let mut request = OwnedRequest::new(&sent.method, &sent.target)
        .with_scheme(sent.scheme.parse().unwrap())
        .with_host(&sent.host)
        .with_header("Host", sent.host.as_bytes());
    for (name, value) in &sent.headers {
        request = request.with_header(name, value.as_bytes());
    }
    request.with_body(sent.body.clone())
}

/// What the user holds, as keys.
pub(crate) fn keys(credentials: &Credentials) -> Keys {
    let mut keys = Keys::default()
        .with_consumer_key(&credentials.consumer_key)
        .with_consumer_secret(Secret::new(&*credentials.consumer_secret))
        .with_token(&credentials.token)
        .with_token_secret(Secret::new(&*credentials.token_secret));
    for other in &credentials.others {
        let mut set = Keys::default();
        if let Some(secret) = &other.consumer_secret {
            set = set.with_consumer_secret(Secret::new(&**secret));
        }
        if let Some(secret) = &other.token_secret {
            set = set.with_token_secret(Secret::new(&**secret));
        }
        keys = keys.with_other(other.name, set);
    }
    keys
}

/// What the doctor says of a request, judged when it was signed; it tries no more candidates than
/// `budget`, or as many as it does for anybody.
pub(crate) fn diagnosed(request: &Request, sent: &Sent, budget: Option<u64>) -> Diagnosis {
    let captured = captured(sent);
    let keys = keys(request.credentials());
    let case = Case::default()
        .with_request(&captured)
        .with_keys(&keys)
        .at(UnixTime::from_seconds(request.timestamp()));
    diagnose(&match budget {
        Some(budget) => case.with_budget(budget),
        None => case,
    })
}

/// Whether the verifier accepts a request.
fn accepts(request: &Request, sent: &Sent) -> bool {
    let captured = captured(sent);
    let policy = Policy::default();
    let (consumer, token) = (
        Secret::new(&*request.credentials().consumer_secret),
        Secret::new(&*request.credentials().token_secret),
    );
    let request_read = captured.as_request(None).unwrap();
    let report = verify(
        &request_read,
        Consumer::secret(&consumer),
        Some(Token::new(&token)),
        UnixTime::from_seconds(request.timestamp()),
        &policy,
    );
    report.outcome().is_ok()
}

#[test]
fn the_signer_without_faults_and_the_verifier_agree() {
    let mut random = FixedRandom::new(SEED);
    for number in 0..2000 {
        let request = zoo::request(&mut random);
        let sent = zoo::right(&request);
        assert!(
            accepts(&request, &sent),
            "number {number}: {sent:?}\n{:?}",
            zoo::signature(&request)
        );
        let mut tampered = sent.clone();
        tampered.target.push('x');
        assert!(
            !accepts(&request, &tampered),
            "number {number}: {tampered:?}"
        );
    }
}

#[test]
fn the_verifier_refuses_every_specimen() {
    let mut random = FixedRandom::new(SEED);
    for number in 0..600 {
        let specimen = zoo::draw(&mut random, 1 + number % 3);
        assert!(
            !accepts(&specimen.request, &specimen.sent),
            "{:?}",
            specimen.faults
        );
    }
}
