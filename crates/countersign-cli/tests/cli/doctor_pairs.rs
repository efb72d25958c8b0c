//! `doctor` with several requests: two captures, and a chain of redirects.

use crate::run::{Files, Ran, with_keys};

const URL: &str = "https://api.example.com/v1/items?q=red%20shoes";

fn sign(files: &Files, nonce: &str, url: &str) -> String {
    let arguments = [
        "sign",
        "--keys",
        "keys.toml",
        "--as",
        "http",
        "--timestamp",
        "1489500000",
        "--nonce",
        nonce,
        url,
    ];
    files.run(&arguments).exits(0).out
}

fn answered(request: &str, answer: &str) -> String {
    format!("{}\r\n\r\n{answer}", request.trim_end())
}

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const REFUSED: &str = "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\n\r\n\
                       oauth_problem=signature_invalid";

fn doctor(files: &Files, inputs: &[&str]) -> Ran {
    let mut arguments = vec!["doctor", "--keys", "keys.toml", "--scheme", "https"];
    arguments.extend(inputs);
    files.run(&arguments)
}

#[track_caller]
fn shows(ran: &Ran, texts: &[&str]) {
    for text in texts {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    for line in ran.out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn the_hop_that_changed_the_path_is_shown() {
    let files = with_keys();
    let sent = sign(&files, "n1", URL);
    files.write("sent.http", &sent);
    files.write("arrived.http", sent.replace("/v1/items", "/v1/items/"));
    let ran = doctor(&files, &["sent.http", "arrived.http"]).exits(1);
    shows(
        &ran,
        &[
            "client  GET api.example.com/v1/items\nserver  GET api.example.com/v1/items/\n",
            "sent.http: read as raw HTTP, 1 request, no answer\n",
            "One request, as it was sent and as it arrived, differs in:\n",
            "  --> path\n   | - /v1/items    client\n   | + /v1/items/   server\n   |            ^\n",
            "error[uri.trailing_slash]: ",
            "= your secrets are right. Do not regenerate them.",
            "= at fault: something between client and provider",
            "exit 1",
        ],
    );
    let document = doctor(&files, &["--format", "json", "sent.http", "arrived.http"])
        .exits(1)
        .json();
    assert_eq!(document["comparison"]["relation"], "on-the-way");
    assert_eq!(document["comparison"]["labels"][0], "client");
    assert_eq!(document["comparison"]["differences"][0]["what"], "path");
    assert_eq!(
        document["comparison"]["differences"][0]["first"],
        "/v1/items"
    );
    assert_eq!(document["findings"][0]["side"], "network");
    assert_eq!(document["read_as"].as_array().unwrap().len(), 2);
}

#[test]
fn the_same_request_twice_differs_in_nothing() {
    let files = with_keys();
    files.write("sent.http", sign(&files, "n1", URL));
    let ran = doctor(&files, &["sent.http", "sent.http"]);
    shows(&ran, &["they differ in nothing that matters"]);
}

#[test]
fn one_that_works_beside_one_that_does_not() {
    let files = with_keys();
    let good = answered(&sign(&files, "n1", URL), FINE);
    let bad = answered(
        &sign(
            &files,
            "n2",
            "https://api.example.com/v1/items?q=red%2Bshoes",
        ),
        REFUSED,
    );
    files.write("good.http", good);
    files.write("bad.http", bad.replace("red%2Bshoes", "red+shoes"));
    let ran = doctor(&files, &["good.http", "bad.http"]).exits(1);
    shows(
        &ran,
        &[
            "good  GET api.example.com/v1/items   200\nbad   GET api.example.com/v1/items   401 \
             signature_invalid\n",
            "Two requests, each signed on its own, differ in:",
            "   | - q=red%20shoes   good\n   | + q=red+shoes     bad\n",
            "differs too, and can't matter: oauth_nonce",
        ],
    );
}

#[test]
fn both_base_strings_are_aligned_on_demand() {
    let files = with_keys();
    let sent = sign(&files, "n1", URL);
    files.write("sent.http", &sent);
    files.write("arrived.http", sent.replace("/v1/items", "/v1/items/"));
    let ran = doctor(&files, &["--verbose", "sent.http", "arrived.http"]).exits(1);
    for text in [
        "base strings: + of client, - of server\n",
        "    (method)                GET\n",
        "  + (base URI)              https://api.example.com/v1/items\n\
         \u{20}\u{20}- (base URI)              https://api.example.com/v1/items/\n",
        "    q                       red%20shoes\n",
        "GET&https%3A%2F%2Fapi.example.com%2Fv1%2Fitems&oauth_consumer_key",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
}

#[test]
fn an_answer_in_a_file_of_its_own_is_no_second_request() {
    let files = with_keys();
    files.write("request.http", sign(&files, "n1", URL));
    files.write("answer.http", REFUSED);
    for inputs in [
        ["request.http", "answer.http"],
        ["answer.http", "request.http"],
    ] {
        let ran = doctor(&files, &inputs);
        shows(
            &ran,
            &["GET api.example.com/v1/items   401 signature_invalid"],
        );
        assert!(!ran.out.contains("differ"), "{}", ran.out);
    }
}

#[test]
fn a_redirect_in_a_har_is_followed() {
    let files = with_keys();
    let request = sign(&files, "n1", "https://api.example.com/v1/items");
    let header = request
        .lines()
        .find_map(|line| line.strip_prefix("Authorization: "))
        .expect("a header");
    let entry = |url: &str, status: u16, location: &str| {
        serde_json::json!({
            "request": {
                "method": "GET", "url": url, "httpVersion": "HTTP/1.1", "queryString": [],
                "headers": [{ "name": "Authorization", "value": header }],
            },
            "response": {
                "status": status, "statusText": "", "httpVersion": "HTTP/1.1",
                "headers": [{ "name": "Location", "value": location }],
                "content": { "size": 0, "mimeType": "" },
            },
        })
    };
    let har = serde_json::json!({ "log": { "version": "1.2", "entries": [
        entry("https://api.example.com/v1/items", 301, "https://api.example.com/v1/items/"),
        entry("https://api.example.com/v1/items/", 401, ""),
    ]}});
    files.write("all.har", har.to_string());
    let ran = doctor(&files, &["all.har"]).exits(1);
    shows(
        &ran,
        &[
            "all.har: read as HAR, 2 requests, 2 answers",
            "A request and the one that followed its redirect differ in:",
            "[redirect.not_resigned]",
        ],
    );
}

#[test]
fn three_requests_are_one_too_many() {
    let files = with_keys();
    for name in ["a.http", "b.http", "c.http"] {
        files.write(name, sign(&files, "n1", URL));
    }
    let ran = doctor(&files, &["a.http", "b.http", "c.http"]).exits(2);
    assert!(
        ran.err
            .contains("expected one request, or two to compare, found 3: a.http, b.http, c.http"),
        "{}",
        ran.err
    );
}

#[test]
fn a_base_string_in_a_log_of_the_client_is_the_clients() {
    let files = with_keys();
    let request = sign(&files, "n1", URL);
    files.write("request.http", &request);
    files.write(
        "client.log",
        "DEBUG:requests_oauthlib.oauth1_auth:Signing request\n\
         DEBUG:oauthlib.oauth1.rfc5849:Signing: signature base string: \
         GET&https%3A%2F%2Fapi.example.com%2Fv1%2Fitems&oauth_consumer_key%3Ddpf43f3p2l4k3l03\n",
    );
    let ran = doctor(&files, &["request.http", "client.log"]);
    shows(&ran, &["client.log: read as "]);
}
