//! The key: which secrets, in which spelling.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::random::FixedRandom;
use crate::zoo::fault::{Fault, fault};
use crate::zoo::request::Request;
use crate::zoo::signer::{KeyPlan, Plan};
use crate::zoo::spelling;

/// The faults of the key.
pub(in crate::zoo) const TABLE: &[Fault] = &[
    fault(
        "key.wrong_material",
        1,
        "the secrets of another environment are used",
        |plan, request, _| {
            let other = request
                .credentials
                .others
                .iter()
                .find(|other| other.consumer_secret.is_some())?;
            plan.key.consumer = other.consumer_secret.clone()?.into_bytes();
            if request.has_token() {
                plan.key.token = other.token_secret.clone()?.into_bytes();
            }
            Some(())
        },
    ),
    fault(
        "key.wrong_material",
        1,
        "the secret of another token is used",
        |plan, request, _| {
            let other = request
                .credentials
                .others
                .iter()
                .find(|other| other.token_secret.is_some())?;
            if !request.has_token() {
                return None;
            }
            plan.key.token = other.token_secret.clone()?.into_bytes();
            Some(())
        },
    ),
    fault(
        "key.missing_ampersand",
        2,
        "the ampersand is missing",
        |plan, _, _| {
            plan.key.ampersand = false;
            Some(())
        },
    ),
    fault(
        "key.token_secret_missing",
        3,
        "the token secret is missing",
        |plan, _, _| {
            plan.key.token.clear();
            Some(())
        },
    ),
    fault(
        "key.wrong_material",
        1,
        "the consumer secret is missing",
        |plan, _, _| {
            plan.key.consumer.clear();
            Some(())
        },
    ),
    fault(
        "key.wrong_material",
        1,
        "the secrets are swapped",
        |plan, _, _| {
            core::mem::swap(&mut plan.key.consumer, &mut plan.key.token);
            Some(())
        },
    ),
    fault(
        "key.wrong_material",
        1,
        "the consumer key is used for its secret",
        |plan, request, _| {
            plan.key.consumer = request.credentials.consumer_key.clone().into_bytes();
            Some(())
        },
    ),
    fault(
        "key.wrong_material",
        1,
        "the key is consumer key and consumer secret",
        |plan, request, _| {
            plan.key.consumer = request.credentials.consumer_key.clone().into_bytes();
            plan.key.token = request.credentials.consumer_secret.clone().into_bytes();
            Some(())
        },
    ),
    fault(
        "key.wrong_material",
        1,
        "the key is consumer secret and consumer key",
        |plan, request, _| {
            plan.key.token = request.credentials.consumer_key.clone().into_bytes();
            Some(())
        },
    ),
    fault(
        "key.extra_token",
        2,
        "a token secret is used although no token is sent",
        |plan, request, _| {
            if request.has_token() {
                return None;
            }
            plan.key.token = request.credentials.token_secret.clone().into_bytes();
            Some(())
        },
    ),
    fault(
        "key.not_encoded",
        5,
        "the secrets are not encoded",
        |plan, _, _| {
            plan.key.spelling = None;
            Some(())
        },
    ),
    fault(
        "key.whitespace",
        2,
        "a newline stands at the end of a secret",
        |plan, request, random| around(plan, request, random, "", "\n"),
    ),
    fault(
        "key.whitespace",
        1,
        "a blank stands at the end of a secret",
        |plan, request, random| around(plan, request, random, "", " "),
    ),
    fault(
        "key.whitespace",
        1,
        "a blank stands at the start of a secret",
        |plan, request, random| around(plan, request, random, " ", ""),
    ),
    fault(
        "key.whitespace",
        1,
        "CR and LF stand at the end of a secret",
        |plan, request, random| around(plan, request, random, "", "\r\n"),
    ),
    fault(
        "key.whitespace",
        1,
        "a CR stands at the end of a secret",
        |plan, request, random| around(plan, request, random, "", "\r"),
    ),
    fault(
        "key.whitespace",
        1,
        "a tab stands at the end of a secret",
        |plan, request, random| around(plan, request, random, "", "\t"),
    ),
    fault(
        "key.whitespace",
        1,
        "a NUL stands at the end of a secret",
        |plan, request, random| around(plan, request, random, "", "\0"),
    ),
    fault(
        "key.whitespace",
        1,
        "a byte order mark stands before a secret",
        |plan, request, random| around(plan, request, random, "\u{feff}", ""),
    ),
    fault(
        "key.whitespace",
        1,
        "a secret stands in double quotes",
        |plan, request, random| around(plan, request, random, "\"", "\""),
    ),
    fault(
        "key.whitespace",
        1,
        "a secret stands in single quotes",
        |plan, request, random| around(plan, request, random, "'", "'"),
    ),
    fault(
        "key.wrong_material",
        1,
        "a secret is decoded from base64",
        |plan, request, random| {
            let secret = one_secret(&mut plan.key, request, random);
            *secret = STANDARD
                .decode(&*secret)
                .ok()
                .filter(|octets| !octets.is_empty())?;
            Some(())
        },
    ),
    fault(
        "key.wrong_material",
        1,
        "a secret is percent-decoded",
        |plan, request, random| {
            let secret = one_secret(&mut plan.key, request, random);
            let text = core::str::from_utf8(secret).ok()?;
            *secret = spelling::decode(text).into_bytes();
            Some(())
        },
    ),
];

/// The secret of the consumer or, where one is used, that of the token.
fn one_secret<'a>(
    key: &'a mut KeyPlan,
    request: &Request,
    random: &mut FixedRandom,
) -> &'a mut Vec<u8> {
    if request.has_token() && random.below(2) == 0 {
        &mut key.token
    } else {
        &mut key.consumer
    }
}

fn around(
    plan: &mut Plan,
    request: &Request,
    random: &mut FixedRandom,
    before: &str,
    after: &str,
) -> Option<()> {
    let secret = one_secret(&mut plan.key, request, random);
    let mut changed = before.as_bytes().to_vec();
    changed.append(secret);
    changed.extend_from_slice(after.as_bytes());
    *secret = changed;
    Some(())
}
