//! Signatures that are nearly right.

use countersign_signature::Signature;
use serde_json::Value;

use crate::http_world::{Call, PRIVATE, World};

const INVALID: &str = "signature_invalid";

/// A right signature of 20 octets: 27 characters and one `=`.
fn respelled(right: &str) -> Vec<String> {
    let bare = right.trim_end_matches('=');
    let (head, last) = bare.split_at(bare.len() - 1);
    let last = last.bytes().next().unwrap();
    // Two bits of the last character are none of the octets'.
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let at = alphabet.iter().position(|letter| *letter == last).unwrap();
    let tail = char::from(alphabet[at + 1]);
    vec![
        bare.to_owned(),
        format!("{right}="),
        format!("{right}\n"),
        format!(" {right}"),
        format!("{right} "),
        format!("{} {}", &right[..8], &right[8..]),
        format!("{}\n{}", &right[..8], &right[8..]),
        format!("{}é{}", &right[..8], &right[8..]),
        format!("{}\0{}", &right[..8], &right[8..]),
        format!("{head}{tail}="),
        format!("{right}{right}"),
        right.to_lowercase(),
    ]
}

#[tokio::test]
async fn h21_other_spellings_of_the_same_octets() {
    let world = World::fresh().await;
    let mut url_safe = 0;
    for _ in 0..8 {
        let call = world.victim();
        let right = call.sign().right;
        let other = right.replace('+', "-").replace('/', "_");
        if other != right {
            url_safe += 1;
            world.refuse(&call.forged(&other), 401, INVALID).await;
        }
    }
    assert!(url_safe > 0, "eight signatures, and none has a + or /");
    let call = world.victim();
    for spelling in respelled(&call.sign().right) {
        world.refuse(&call.forged(&spelling), 401, INVALID).await;
    }
    world.accept(&call.sign()).await;
}

fn octets(call: &Call) -> Vec<u8> {
    Signature::parse_base64(&call.sign().right)
        .unwrap()
        .as_bytes()
        .to_vec()
}

#[tokio::test]
async fn h22_a_part_of_a_mac() {
    let world = World::fresh().await;
    let call = world.victim();
    let right = octets(&call);
    for length in [1, 10, 19] {
        let part = Signature::from_bytes(&right[..length]).to_base64();
        world.refuse(&call.forged(&part), 401, INVALID).await;
    }
    let longer = Signature::from_bytes(&[&right[..], &[0]].concat()).to_base64();
    world.refuse(&call.forged(&longer), 401, INVALID).await;
    let answer = world
        .refuse(&call.forged(""), 400, "parameter_absent")
        .await;
    assert_eq!(
        super::names(&answer, "oauth_parameters_absent"),
        ["oauth_signature"]
    );
}

/// Every text below a name that says it is a signature or a MAC.
fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("sig" | "tag" | "s" | "S", Value::String(text)) => found.push(text.clone()),
                    _ => collect(value, found),
                }
            }
        }
        _ => {}
    }
}

/// The vectors sign messages that are no requests: their verdicts are those of the tests of the
/// methods. Here none of them may pass for the signature of a request, or do any harm.
#[tokio::test]
async fn h25_no_signature_of_the_vectors_opens_a_door() {
    let world = World::fresh().await;
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let (before, mut tried) = (world.snapshot(), 0_usize);
    for (file, rsa) in [
        ("wycheproof/hmac_sha1_test.json", false),
        ("wycheproof/rsa_signature_2048_sha256_test.json", true),
        ("rsa_sha1/rsa_signature_sha1_test.json", true),
        ("nist_cavp/sigver15_186-3.json", true),
    ] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let mut found = Vec::new();
        collect(&serde_json::from_str(&text).unwrap(), &mut found);
        assert!(!found.is_empty(), "{file}");
        found.sort();
        found.dedup();
        let call = if rsa {
            world.call(PRIVATE, "/photos")
        } else {
            world.victim()
        };
        let sent = call.sign();
        let right = countersign_encoding::encode(&sent.right).into_owned();
        for digits in found {
            let octets = countersign_test_support::unhex(&digits);
            let text = Signature::from_bytes(&octets).to_base64();
            let forged = sent
                .clone()
                .replaced(&right, &countersign_encoding::encode(&text));
            let answer = world.send(&forged).await;
            let problem = if text.is_empty() {
                "parameter_absent"
            } else {
                INVALID
            };
            assert_eq!(answer.problem(), problem, "{file} {text}");
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
    assert_eq!(world.snapshot(), before);
    world.accept(&world.victim().sign()).await;
}
