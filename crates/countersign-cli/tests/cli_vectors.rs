//! `countersign sign --as json` on every published signature that can be said on its command line.
#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    dead_code,
    reason = "tests"
)]

#[path = "cli/run.rs"]
mod run;
#[path = "cli/valid.rs"]
mod valid;

use countersign_base_string::Parts;
use countersign_encoding::{decode, encode};
use countersign_test_support::vectors::{Case, cases, pairs};
use run::Files;

/// A case as it is said on the command line.
#[derive(Default)]
struct Said {
    keys: String,
    pem: Option<String>,
    arguments: Vec<String>,
    body: Option<String>,
    base_string: Option<String>,
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// As a client sends it: what is no ASCII, percent-encoded.
fn ascii(url: &str) -> String {
    url.chars()
        .map(|letter| {
            if letter.is_ascii() {
                letter.to_string()
            } else {
                encode(letter.encode_utf8(&mut [0; 4])).into_owned()
            }
        })
        .collect()
}

/// Method, URL and parameters of a case, which may give them as a base string.
struct Wire {
    method: String,
    url: String,
    parameters: Vec<(String, String)>,
}

fn wire(case: &Case) -> Result<Wire, &'static str> {
    if let Some(url) = case.input("url") {
        return Ok(Wire {
            method: case.input("method").expect("a method").to_owned(),
            url: ascii(url),
            parameters: case.params(),
        });
    }
    let text = case.input("base_string").expect("a base string");
    let parts = Parts::parse(text).map_err(|_| "the text signed is no base string")?;
    let uri = text.split('&').nth(1).expect("a URI");
    let plain = |text: &str| decode(text).expect("encoded").into_owned();
    Ok(Wire {
        method: parts.method().to_owned(),
        url: plain(uri),
        parameters: parts
            .parameters()
            .iter()
            .map(|pair| (plain(pair.name()), plain(pair.value())))
            .collect(),
    })
}

/// The command line of a case, or why there is none.
fn say(case: &Case) -> Result<Said, &'static str> {
    if case.negative {
        return Err("the right answer is a refusal");
    }
    let rfc = case.expected("rfc5849_signature");
    if case.dialect.is_some() && rfc.is_none() {
        return Err("the published value departs from RFC 5849");
    }
    let method = case.input("signature_method").expect("a signature method");
    let mut said = Said::default();
    match (case.input("consumer_secret"), case.input("private_key_pem")) {
        (Some(secret), _) => said.keys += &format!("consumer_secret = {}\n", quoted(secret)),
        (None, Some(pem)) => {
            said.keys += "private_key = \"key.pem\"\n";
            said.pem = Some(pem.to_owned());
        }
        (None, None) => return Err("no key is published"),
    }
    if let Some(secret) = case.input("token_secret") {
        said.keys += &format!("token_secret = {}\n", quoted(secret));
    }
    let mut wire = wire(case)?;
    let has = |name: &str| wire.parameters.iter().any(|(known, _)| known == name);
    let required = [
        "oauth_consumer_key",
        "oauth_signature_method",
        "oauth_timestamp",
        "oauth_nonce",
    ];
    if method != "PLAINTEXT" && !required.iter().all(|name| has(name)) {
        return Err("a parameter that every request carries is missing");
    }
    let names_another =
        |(name, value): &(String, String)| name == "oauth_signature_method" && value != method;
    if wire.parameters.iter().any(names_another) {
        return Err("the request names another method than it is signed with");
    }
    if !has("oauth_consumer_key") {
        said.keys += "consumer_key = \"key\"\n";
    }
    if !has("oauth_version") {
        said.arguments.push("--no-version".to_owned());
    }
    said.option("--method", &wire.method);
    said.option("--signature-method", method);
    let form = case.input("body").is_none() && wire.method == "POST" && !has("oauth_body_hash");
    for (name, value) in &wire.parameters {
        match name.as_str() {
            "oauth_consumer_key" => said.keys += &format!("consumer_key = {}\n", quoted(value)),
            "oauth_token" => said.keys += &format!("token = {}\n", quoted(value)),
            "oauth_signature_method" => {}
            "oauth_timestamp" => said.option("--timestamp", value),
            "oauth_nonce" => said.option("--nonce", value),
            "oauth_version" if value == "1.0" => {}
            name if name.starts_with("oauth_") => {
                said.option("--oauth", &format!("{name}={value}"));
            }
            name if form => said.option("--form", &format!("{name}={value}")),
            name => {
                wire.url
                    .push(if wire.url.contains('?') { '&' } else { '?' });
                wire.url += &format!("{}={}", encode(name), encode(value));
            }
        }
    }
    if let Some(body) = case.input("body") {
        said.body = Some(body.to_owned());
        said.option("--body", "body");
        said.option(
            "--content-type",
            case.input("content_type").expect("a type"),
        );
    }
    said.arguments.push(wire.url);
    said.base_string = case
        .expected("rfc5849_base_string")
        .or_else(|| case.expected("base_string"))
        .or_else(|| case.input("base_string"))
        .filter(|_| method != "PLAINTEXT")
        .map(str::to_owned);
    Ok(said)
}

impl Said {
    fn option(&mut self, name: &str, value: &str) {
        self.arguments.push(format!("{name}={value}"));
    }

    fn run(&self) -> serde_json::Value {
        let files = Files::new();
        files.write("keys.toml", &self.keys);
        if let Some(pem) = &self.pem {
            files.write("key.pem", pem);
        }
        if let Some(body) = &self.body {
            files.write("body", body);
        }
        let mut arguments = vec!["sign", "--keys", "keys.toml", "--as", "json"];
        arguments.extend(self.arguments.iter().map(String::as_str));
        files.run(&arguments).exits(0).json()
    }
}

#[test]
fn every_vector_that_can_be_said_is_reproduced() {
    let all = cases("signature");
    let mut unsaid = Vec::new();
    let mut reproduced = 0_usize;
    for case in &all {
        let said = match say(case) {
            Ok(said) => said,
            Err(reason) => {
                unsaid.push(format!("{}: {reason}", case.id));
                continue;
            }
        };
        let document = said.run();
        let signature = case
            .expected("rfc5849_signature")
            .or_else(|| case.expected("signature"));
        assert_eq!(document["signature"].as_str(), signature, "{}", case.id);
        if let Some(base) = &said.base_string {
            assert_eq!(
                document["base_string"].as_str(),
                Some(base.as_str()),
                "{}",
                case.id
            );
        }
        reproduced += 1;
    }
    println!(
        "{reproduced} of {} signatures reproduced; not sayable:",
        all.len()
    );
    for line in &unsaid {
        println!("  {line}");
    }
    assert_eq!((reproduced, unsaid.len()), (47, 15), "{unsaid:#?}");
}

/// Every vector of a base string whose parameters are those that `sign` sends.
#[test]
fn base_strings_that_can_be_said_are_reproduced() {
    let mut reproduced = 0_usize;
    for case in cases("base_string") {
        if case.negative || case.dialect.is_some() || case.input("body").is_some() {
            continue;
        }
        let parameters = pairs(case.input.get("params"));
        let value = |name: &str| {
            let mut found = parameters.iter().filter(|(known, _)| known == name);
            found.next().map(|(_, value)| value.as_str())
        };
        let (Some(key), Some("HMAC-SHA1"), Some(timestamp), Some(nonce)) = (
            value("oauth_consumer_key"),
            value("oauth_signature_method"),
            value("oauth_timestamp"),
            value("oauth_nonce"),
        ) else {
            continue;
        };
        let mut url = ascii(case.input("url").unwrap());
        let mut said = Said {
            keys: format!("consumer_key = {}\nconsumer_secret = \"x\"\n", quoted(key)),
            ..Said::default()
        };
        said.option("--method", case.input("method").unwrap());
        said.option("--timestamp", timestamp);
        said.option("--nonce", nonce);
        if value("oauth_version").is_none() {
            said.arguments.push("--no-version".to_owned());
        }
        for (name, value) in &parameters {
            match name.as_str() {
                "oauth_consumer_key"
                | "oauth_signature_method"
                | "oauth_timestamp"
                | "oauth_nonce" => {}
                "oauth_version" if value == "1.0" => {}
                "oauth_token" => said.keys += &format!("token = {}\n", quoted(value)),
                name if name.starts_with("oauth_") => {
                    said.option("--oauth", &format!("{name}={value}"));
                }
                name => {
                    url.push(if url.contains('?') { '&' } else { '?' });
                    url += &format!("{}={}", encode(name), encode(value));
                }
            }
        }
        said.arguments.push(url);
        let document = said.run();
        assert_eq!(
            document["base_string"].as_str(),
            case.expected("base_string"),
            "{}",
            case.id
        );
        reproduced += 1;
    }
    println!("{reproduced} base strings reproduced");
    assert!(reproduced >= 5, "{reproduced}");
}

#[test]
fn the_base_string_of_rfc_5849_byte_for_byte() {
    let files = Files::new();
    files.write(
        "keys.toml",
        "consumer_key = \"9djdj82h48djs9d2\"\nconsumer_secret = \"j49sk3j29djd\"\n\
         token = \"kkk9d7dh3k39sjv7\"\ntoken_secret = \"dh893hdasih9\"\n",
    );
    let document = files
        .run(&[
            "sign",
            "--keys",
            "keys.toml",
            "--as",
            "json",
            "--form",
            "c2=",
            "--form",
            "a3=2 q",
            "--timestamp",
            "137131201",
            "--nonce",
            "7d8f3e4a",
            "--no-version",
            "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
        ])
        .exits(0)
        .json();
    // RFC 5849 section 3.4.1.1.
    assert_eq!(
        document["base_string"],
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D\
         %25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4\
         a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7\
         dh3k39sjv7"
    );
    // Erratum 2550 gives the signature of this very string.
    assert_eq!(document["signature"], "r6/TJjbCOr97/+UU0NsvSne7s5g=");
}
