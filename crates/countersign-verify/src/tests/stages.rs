//! The stages that need stores.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::{RsaPrivateKey, RsaPublicKey, Secret};
use countersign_signature::{
    Hash, HmacKey, Method, RsaBackend, RsaOperationError, RsaPrivateOperation, RsaPublicOperation,
    Signature, UnusableKey, Verifier, body_hash,
};

use super::{NOW, SECRET, TOKEN_SECRET, URL, get, header, ordinary};
use crate::{
    Cause, CheckId, Consumer, ConsumerLookup, NonceVerdict, ORDER, Outcome, Policy, Refusal, Token,
    TokenFault, TokenLookup, TokenState, Verified, examine,
};

/// Runs all stages with these answers of the stores.
fn run(
    consumer: ConsumerLookup<'_>,
    token: TokenLookup<'_>,
    state: TokenState,
    nonce: NonceVerdict,
    check: impl FnOnce(Result<Verified<'_>, Refusal>),
) {
    let value = header(URL, &ordinary(), Method::HMAC_SHA1);
    let request = get(URL, &value);
    let policy = Policy::default();
    check(
        examine(&request, UnixTime::from_seconds(NOW), &policy)
            .admit()
            .and_then(|admitted| admitted.with_consumer(consumer))
            .and_then(|keyed| keyed.with_token(token))
            .and_then(crate::Bound::verify)
            .and_then(|proven| proven.with_token_state(state))
            .and_then(|live| live.with_nonce(nonce)),
    );
}

#[test]
fn everything_right_is_verified_with_every_check_made() {
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    run(
        ConsumerLookup::Known(Consumer::secret(&secret)),
        TokenLookup::Known(Token::new(&token_secret)),
        TokenState::Live,
        NonceVerdict::New,
        |outcome| {
            let verified = outcome.unwrap();
            assert_eq!(verified.consumer_key(), super::KEY);
            assert_eq!(verified.token(), Some(super::TOKEN));
            for id in ORDER {
                let outcome = verified.trail().outcome(id);
                assert!(
                    matches!(outcome, Outcome::Passed | Outcome::NotApplicable),
                    "{id}: {outcome:?}"
                );
            }
        },
    );
}

#[test]
fn nothing_is_said_of_a_body_before_it_was_checked() {
    let value = header(URL, &ordinary(), Method::HMAC_SHA1);
    let request = get(URL, &value);
    let policy = Policy::default();
    let examination = examine(&request, UnixTime::from_seconds(NOW), &policy);
    let shown = format!("{examination:?}");
    assert!(shown.contains("body: None"), "{shown}");
}

#[test]
fn each_answer_of_a_store_refuses_at_its_place() {
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    let wrong = Secret::new("wrong");
    let known = ConsumerLookup::Known(Consumer::secret(&secret));
    let token = TokenLookup::Known(Token::new(&token_secret));
    let wrong_token = TokenLookup::Known(Token::new(&wrong));
    let (live, new) = (TokenState::Live, NonceVerdict::New);
    let revoked = TokenState::Faulty(TokenFault::NotAuthorized);
    let cases = [
        (
            ConsumerLookup::Unknown,
            token,
            live.clone(),
            new,
            CheckId::Consumer,
            401,
        ),
        (
            ConsumerLookup::Rejected,
            token,
            live.clone(),
            new,
            CheckId::Consumer,
            401,
        ),
        (
            ConsumerLookup::Refused { retry_after: 7 },
            token,
            live.clone(),
            new,
            CheckId::Consumer,
            429,
        ),
        (
            known,
            TokenLookup::Unknown,
            live.clone(),
            new,
            CheckId::TokenBinding,
            401,
        ),
        (
            known,
            TokenLookup::Foreign,
            live.clone(),
            new,
            CheckId::TokenBinding,
            401,
        ),
        (
            known,
            TokenLookup::NotSent,
            live.clone(),
            new,
            CheckId::TokenBinding,
            401,
        ),
        (
            known,
            wrong_token,
            live.clone(),
            new,
            CheckId::Signature,
            401,
        ),
        // A dead token is only named to who signs rightly.
        (
            known,
            wrong_token,
            revoked.clone(),
            new,
            CheckId::Signature,
            401,
        ),
        (known, token, revoked, new, CheckId::TokenState, 401),
        (
            known,
            token,
            live.clone(),
            NonceVerdict::Used,
            CheckId::Nonce,
            401,
        ),
        (
            known,
            token,
            live,
            NonceVerdict::Unavailable { retry_after: 1 },
            CheckId::Nonce,
            503,
        ),
    ];
    for (consumer, token, state, nonce, check, status) in cases {
        run(consumer, token, state, nonce, |outcome| {
            let refusal = outcome.unwrap_err();
            assert_eq!(refusal.check(), check);
            let answer = refusal.answer();
            assert_eq!(answer.status, status, "{refusal}");
            assert_eq!(
                answer.problem.is_none(),
                status == 503,
                "our own faults carry no problem"
            );
            let later = ORDER.iter().filter(|id| **id > check);
            for id in later {
                assert_eq!(
                    refusal.trail().outcome(*id),
                    Outcome::NotRun,
                    "{id} after {check}"
                );
            }
        });
    }
}

/// RFC 5849 section 3.1: timestamp and nonce may be left out with PLAINTEXT, and only there.
#[test]
fn a_plaintext_request_without_nonce_has_nothing_to_store() {
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    let policy = Policy::default()
        .with_methods(countersign_signature::Methods::standard().dangerous_with_plaintext());
    let live = |value: &str, check: &dyn Fn(crate::LiveToken<'_>)| {
        let request = get(URL, value);
        check(
            examine(&request, UnixTime::from_seconds(NOW), &policy)
                .admit()
                .and_then(|admitted| {
                    admitted.with_consumer(ConsumerLookup::Known(Consumer::secret(&secret)))
                })
                .and_then(|keyed| keyed.with_token(TokenLookup::Known(Token::new(&token_secret))))
                .and_then(crate::Bound::verify)
                .and_then(|proven| proven.with_token_state(TokenState::Live))
                .unwrap(),
        );
    };
    let bare = format!(
        "OAuth oauth_consumer_key=\"{}\", oauth_token=\"{}\", \
         oauth_signature_method=\"PLAINTEXT\", oauth_signature=\"{SECRET}%26{TOKEN_SECRET}\"",
        super::KEY,
        super::TOKEN
    );
    live(&bare, &|live| {
        assert_eq!(live.nonce_key(), None);
        let verified = live.with_nonce(NonceVerdict::NotSent).unwrap();
        assert_eq!(
            verified.trail().outcome(CheckId::Nonce),
            Outcome::NotApplicable
        );
    });
    let signed = header(URL, &ordinary(), Method::HMAC_SHA1);
    live(&signed, &|live| {
        let key = (
            super::KEY,
            super::TOKEN,
            UnixTime::from_seconds(NOW),
            "chapoH",
        );
        assert_eq!(live.nonce_key(), Some(key));
        let refusal = live.with_nonce(NonceVerdict::NotSent).unwrap_err();
        assert_eq!(refusal.cause(), &Cause::NonceUnavailable { retry_after: 1 });
    });
}

#[test]
fn a_prepared_key_verifies_and_its_method_is_the_only_one() {
    let key = HmacKey::new(&Secret::new(SECRET), Some(&Secret::new(TOKEN_SECRET)));
    let right = Verifier::hmac(Method::HMAC_SHA1, &key).unwrap();
    let other = Verifier::hmac(Method::HMAC_SHA256, &key).unwrap();
    let token_secret = Secret::new("unused: part of the prepared key");
    let token = TokenLookup::Known(Token::new(&token_secret));
    run(
        ConsumerLookup::Known(Consumer::prepared(&right)),
        token,
        TokenState::Live,
        NonceVerdict::New,
        |outcome| assert!(outcome.is_ok()),
    );
    run(
        ConsumerLookup::Known(Consumer::prepared(&other)),
        token,
        TokenState::Live,
        NonceVerdict::New,
        |outcome| assert_eq!(outcome.unwrap_err().check(), CheckId::Method),
    );
}

#[test]
fn a_consumer_can_be_pinned_to_methods() {
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    let consumer = Consumer::secret(&secret).with_methods(&["HMAC-SHA256"]);
    run(
        ConsumerLookup::Known(consumer),
        TokenLookup::Known(Token::new(&token_secret)),
        TokenState::Live,
        NonceVerdict::New,
        |outcome| {
            assert_eq!(
                outcome.unwrap_err().cause(),
                &Cause::MethodNotAllowed {
                    rsa_without_certificate: false
                }
            );
        },
    );
}

#[test]
fn an_rsa_consumer_can_not_be_reached_with_hmac() {
    let token_secret = Secret::new(TOKEN_SECRET);
    run(
        ConsumerLookup::Known(Consumer::certificates(&[])),
        TokenLookup::Known(Token::new(&token_secret)),
        TokenState::Live,
        NonceVerdict::New,
        |outcome| assert_eq!(outcome.unwrap_err().check(), CheckId::Method),
    );
}

#[test]
fn no_debug_output_shows_a_secret() {
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    run(
        ConsumerLookup::Known(Consumer::secret(&secret)),
        TokenLookup::Known(Token::new(&token_secret)),
        TokenState::Live,
        NonceVerdict::New,
        |outcome| {
            let shown = format!(
                "{:?} {:#?} {:?}",
                outcome,
                outcome,
                Consumer::secret(&secret)
            );
            for canary in [SECRET, TOKEN_SECRET] {
                assert!(!shown.contains(canary));
            }
        },
    );
}

/// A key of nobody that counts what is computed with it.
#[derive(Debug, Default)]
struct Counting(Arc<AtomicUsize>);

impl RsaBackend for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn private(&self, _key: &RsaPrivateKey) -> Result<Box<dyn RsaPrivateOperation>, UnusableKey> {
        unreachable!("nothing is signed")
    }

    fn public(&self, _key: &RsaPublicKey) -> Result<Box<dyn RsaPublicOperation>, UnusableKey> {
        Ok(Box::new(Self(Arc::clone(&self.0))))
    }
}

impl RsaPublicOperation for Counting {
    fn apply(&self, _signature: &[u8]) -> Result<Vec<u8>, RsaOperationError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(RsaOperationError::OutOfRange)
    }
}

/// A stand-in computes where a key of somebody would have, and its word counts for nothing; evenly also
/// where the body is refused.
#[test]
fn a_stand_in_is_asked_where_the_signature_is_refused() {
    let counting = Counting::default();
    let key = RsaPublicKey::from_components(&[0xff; 256], &[1, 0, 1]).unwrap();
    let stand_in = Verifier::rsa_with(&counting, Method::RSA_SHA1, &key).unwrap();
    // What was sent is as long as no modulus.
    let number = Signature::from_bytes(&[1; 256]);
    let secrets = [SECRET, "wrong"].map(Secret::new);
    let token_secret = Secret::new(TOKEN_SECRET);
    let value = header(URL, &ordinary(), Method::HMAC_SHA1);
    let hash = body_hash::compute(Hash::Sha1, b"another body");
    let hashed = header(URL, &ordinary().with_body_hash(&hash), Method::HMAC_SHA1);
    let mismatch = Some(Cause::SignatureMismatch);
    let other_body = Some(Cause::BodyHashMismatch);
    for (value, secret, evenly, expected, asked) in [
        (&value, &secrets[0], false, None, false),
        (&value, &secrets[0], true, None, false),
        (&value, &secrets[1], false, mismatch.clone(), true),
        (&value, &secrets[1], true, mismatch, true),
        (&hashed, &secrets[0], false, other_body.clone(), false),
        (&hashed, &secrets[0], true, other_body.clone(), false),
        (&hashed, &secrets[1], false, other_body.clone(), false),
        (&hashed, &secrets[1], true, other_body, true),
    ] {
        counting.0.store(0, Ordering::Relaxed);
        let request = get(URL, value);
        let policy = Policy::default();
        let outcome = examine(&request, UnixTime::from_seconds(NOW), &policy)
            .admit()
            .and_then(|it| it.with_consumer(ConsumerLookup::Known(Consumer::secret(secret))))
            .and_then(|it| it.with_token(TokenLookup::Known(Token::new(&token_secret))))
            .and_then(|bound| {
                let bound = bound.with_stand_in(&stand_in, &number);
                if evenly { bound.evenly() } else { bound }.verify()
            });
        let cause = outcome.err().map(|refusal| refusal.cause().clone());
        assert_eq!(cause, expected);
        assert_eq!(
            counting.0.load(Ordering::Relaxed) > 0,
            asked,
            "{expected:?}, evenly: {evenly}"
        );
    }
}
