//! What is asked for: items, bodies, methods, profiles.

use super::server::{Server, reply};
use super::verified;
use crate::run::{Files, run_with, with_keys};

/// Sends one request made of these words after the URL, and gives it.
fn sent(files: &Files, before: &[&str], target: &str, items: &[&str]) -> String {
    let server = Server::answering(vec![reply("200 OK", "", "")]);
    let url = server.url(target);
    let words = [&["request", "--keys", "keys.toml"], before, &[&url], items].concat();
    files.run(&words).exits(0);
    let mut requests = server.requests();
    String::from_utf8(requests.remove(0)).unwrap()
}

#[test]
fn items_become_query_form_json_and_headers() {
    let files = with_keys();
    files.write("note", "from a file\n");
    let form = sent(&files, &[], "/", &["a=b c", "d=@note", "X-A:b"]);
    assert!(form.starts_with("POST / HTTP/1.1\r\n"), "{form}");
    assert!(form.to_lowercase().contains("\r\nx-a: b\r\n"), "{form}");
    assert!(
        form.ends_with("\r\n\r\na=b%20c&d=from%20a%20file"),
        "{form}"
    );
    let form_type = "content-type: application/x-www-form-urlencoded\r\n";
    assert!(form.to_lowercase().contains(form_type), "{form}");
    verified(&files, form.as_bytes(), 0);
    verified(&files, form.replace("a=b%20c", "a=b%20d").as_bytes(), 1);

    let json = sent(
        &files,
        &["PUT"],
        "/?x",
        &["count:=3", "note=urgent", "q==r"],
    );
    assert!(json.starts_with("PUT /?x&q=r HTTP/1.1\r\n"), "{json}");
    assert!(
        json.ends_with("\r\n\r\n{\"count\":3,\"note\":\"urgent\"}"),
        "{json}"
    );
    assert!(
        json.to_lowercase()
            .contains("content-type: application/json\r\n"),
        "{json}"
    );
    verified(&files, json.as_bytes(), 0);

    let own = sent(
        &files,
        &[],
        "/",
        &["a:=1", "Content-Type:application/vnd.api+json"],
    );
    assert!(
        own.to_lowercase()
            .contains("content-type: application/vnd.api+json\r\n"),
        "{own}"
    );
    assert_eq!(
        own.to_lowercase().matches("content-type:").count(),
        1,
        "{own}"
    );

    let empty = sent(&files, &["DELETE"], "/a/%7e;x=1?b=&c", &[]);
    assert!(
        empty.starts_with("DELETE /a/%7e;x=1?b=&c HTTP/1.1\r\n"),
        "{empty}"
    );
    verified(&files, empty.as_bytes(), 0);
}

#[test]
fn a_body_goes_out_byte_for_byte() {
    let files = with_keys();
    files.write("order.json", "{ \"a\":\t1 }\n");
    let body = ["--body", "order.json", "Content-Type:application/json"];
    let posted = sent(&files, &[], "/", &body);
    assert!(posted.starts_with("POST / "), "{posted}");
    assert!(posted.ends_with("\r\n\r\n{ \"a\":\t1 }\n"), "{posted}");
    assert!(!posted.contains("oauth_body_hash"), "{posted}");
    files.write(
        "keys.toml",
        format!("body_hash = true\n{}", crate::run::KEYS),
    );
    let hashed = sent(&files, &["PATCH"], "/", &body);
    assert!(hashed.starts_with("PATCH / "), "{hashed}");
    assert!(hashed.contains("oauth_body_hash"), "{hashed}");
    verified(&files, hashed.as_bytes(), 0);
    verified(&files, hashed.replace("\t1", "\t2").as_bytes(), 1);
    files.write("form", "a=1&b=2+3");
    let form = [
        "--body",
        "form",
        "Content-Type:application/x-www-form-urlencoded",
    ];
    let form = sent(&files, &[], "/", &form);
    assert!(!form.contains("oauth_body_hash"), "{form}");
    verified(&files, form.as_bytes(), 0);
}

#[test]
fn a_profile_gives_keys_place_and_base_url() {
    let files = with_keys();
    let config = files.path().join("config").display().to_string();
    let variables = [("COUNTERSIGN_CONFIG_DIR", config.as_str())];
    let run = |words: &[&str]| run_with(files.path(), words, b"", &variables);
    let server = Server::answering(vec![reply("200 OK", "", "")]);
    let base = server.url("/api/");
    let add = [
        "profile",
        "add",
        "acme",
        "--keys",
        "keys.toml",
        "--placement",
        "query",
    ];
    let method = ["--signature-method", "HMAC-SHA256", "--base-url", &base];
    run(&[&add[..], &method].concat()).exits(0);
    run(&["profile", "use", "acme"]).exits(0);
    let ran = run(&["request", "/v1/items", "q==x"]).exits(0);
    assert_eq!(ran.err, "profile: acme (in use)\n");
    let sent = String::from_utf8(server.requests().remove(0)).unwrap();
    assert!(sent.starts_with("GET /api/v1/items?q=x&oauth_"), "{sent}");
    assert!(
        sent.contains("oauth_signature_method=HMAC-SHA256"),
        "{sent}"
    );
    assert!(!sent.to_lowercase().contains("authorization:"), "{sent}");
    verified(&files, sent.as_bytes(), 0);
}

/// What a preset knows beyond the lines of a profile: here that the body of every request is
/// hashed, with a hash of its own, and that the consumer key goes out as it is.
#[test]
fn a_preset_signs_as_the_provider_does() {
    let files = with_keys();
    files.write(
        "key.pem",
        countersign_test_support::fixtures::key("rsa2048.pkcs8.pem"),
    );
    files.write(
        "keys.toml",
        "preset = \"mastercard\"\nconsumer_key = \"client!key\"\nprivate_key = \"key.pem\"\n\
         signature_method = \"RSA-SHA256\"\n",
    );
    let sent = sent(&files, &[], "/service?Format=JSON", &[]);
    assert!(sent.contains("oauth_body_hash"), "{sent}");
    assert!(sent.contains("oauth_consumer_key=\"client!key\""), "{sent}");
    assert!(sent.contains("\"RSA-SHA256\""), "{sent}");
}

/// The preset knows which hash its provider wants, and of which bodies; the file, whether.
#[test]
fn a_preset_hashes_as_its_provider_wants() {
    /// SHA-256 of nothing, which the official signers send too, and as it is.
    const OF_NOTHING: &str = "oauth_body_hash=\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"";
    let files = Files::new();
    let pem = countersign_test_support::fixtures::key("rsa2048.pkcs8.pem");
    files.write("key.pem", pem);
    let config = files.path().join("config").display().to_string();
    let variables = [("COUNTERSIGN_CONFIG_DIR", config.as_str())];
    let keys = "consumer_key = \"k\"\nprivate_key = \"key.pem\"\n";
    for (name, more, hashed) in [
        ("whole", "", true),
        ("without", "body_hash = false\n", false),
        ("asked", "body_hash = true\n", true),
    ] {
        files.write("keys.toml", format!("{more}{keys}"));
        let add = ["profile", "add", name, "--preset", "mastercard"];
        let add = [&add[..], &["--keys", "keys.toml"]].concat();
        run_with(files.path(), &add, b"", &variables).exits(0);
        for items in [&[][..], &["a:=1"]] {
            let server = Server::answering(vec![reply("200 OK", "", "")]);
            let url = server.url("/");
            let request = [&["request", "--profile", name, &url], items].concat();
            run_with(files.path(), &request, b"", &variables).exits(0);
            let sent = String::from_utf8(server.requests().remove(0)).unwrap();
            assert_eq!(sent.contains("oauth_body_hash"), hashed, "{name}: {sent}");
            let is_empty = hashed && items.is_empty();
            assert_eq!(sent.contains(OF_NOTHING), is_empty, "{name}: {sent}");
        }
        // What is signed by itself is signed alike, as it stands; of a form these signers hash the bytes.
        files.write("body.json", "{}");
        let json = ["--body", "body.json", "--content-type", "application/json"];
        for more in [&[][..], &json, &["--form", "a=b"]] {
            let sign = [
                "sign",
                "--profile",
                name,
                "--as",
                "json",
                "https://a.example/",
            ];
            let ran = run_with(files.path(), &[&sign[..], more].concat(), b"", &variables);
            let document = ran.exits(0).json();
            let authorization = document["authorization"].as_str().unwrap();
            let has_hash = authorization.contains("oauth_body_hash");
            assert_eq!(has_hash, hashed, "{name}: {authorization}");
            let is_empty = hashed && more.is_empty();
            assert_eq!(
                authorization.contains(OF_NOTHING),
                is_empty,
                "{name}: {authorization}"
            );
        }
    }
}
