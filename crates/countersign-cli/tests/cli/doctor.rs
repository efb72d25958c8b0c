//! `doctor`: the bundled cases, and the shapes of its output.

use std::path::PathBuf;

use crate::run::{Ran, run_in, run_with, with_keys};

fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/refused")
}

fn doctor(arguments: &[&str]) -> Ran {
    let mut all = vec!["doctor"];
    all.extend(arguments);
    run_in(&examples(), &all, b"")
}

#[test]
fn the_refused_request_is_explained_with_proof() {
    let ran = doctor(&[
        "--keys",
        "wrong-certificate/keys.toml",
        "wrong-certificate/request.http",
    ])
    .exits(1);
    assert_eq!(ran.err, "", "the example warns of nothing");
    for text in [
        "GET api.xero.com/api.xro/2.0/Invoices   401 signature_invalid",
        "\"Failed to validate signature\"",
        "[fail] key_pair",
        "error[rsa.key_mismatch]: the private key that signed does not belong",
        "= proven: your private key opens the signature",
        "yours: 2048 bits, modulus F04DD034",
        "registered: 2048 bits, modulus A500D8DC",
        "see: countersign explain rsa.key_mismatch",
        "1 error, ",
        " variants tried   exit 1",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
}

/// The search finds it alone; the base string that the client printed shows the same.
#[test]
fn a_plus_sign_is_proven() {
    let keys = [
        "--keys",
        "plus-for-space/keys.toml",
        "plus-for-space/request.http",
    ];
    let client = [
        "--client-base-string",
        "plus-for-space/client-base-string.txt",
    ];
    for arguments in [keys.to_vec(), [&client[..], &keys[..]].concat()] {
        let ran = doctor(&arguments).exits(1);
        for text in [
            "error[enc.plus_space]",
            "  --> parameter q\n",
            "   | - red%2Bshoes   what the client signed\n",
            "   | + red%20shoes   what RFC 5849 section 3.6 requires\n",
            "   |      ^^^\n",
            "  = proven: signing ",
            "  = your secrets are right. Do not regenerate them.\n",
            "  = see: countersign explain enc.plus_space\n",
            "1 error, 1 check skipped; ",
        ] {
            assert!(ran.out.contains(text), "{text}: {}", ran.out);
        }
    }
}

/// No mistake explains a wrong secret: what was ruled out is said, what is left, what is next.
#[test]
fn what_nothing_explains_is_said_so() {
    let files = with_keys();
    let sign = [
        "sign",
        "--keys",
        "keys.toml",
        "--as",
        "http",
        "https://api.example.com/",
    ];
    let request = files.run(&sign).exits(0).out;
    files.write("request.http", request);
    files.write(
        "others.toml",
        "consumer_secret = \"another one\"\ntoken_secret = \"and another\"\n",
    );
    let arguments = [
        "doctor",
        "--scheme",
        "https",
        "--budget",
        "3000",
        "--keys",
        "others.toml",
        "request.http",
    ];
    let ran = files.run(&arguments).exits(1);
    for text in [
        "  = ruled out (",
        "error[sig.mismatch]: the signature does not match, and no known mistake explains\n",
        "  = left over: another secret than the one at hand, or a value that changed\n",
        "  = see: countersign explain sig.mismatch\n",
        "next: ",
        "countersign doctor --keys others.toml --scheme https request.http",
        "--client-base-string base.txt",
        "unexplained, 1 error, ",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    assert!(
        !ran.out.contains("another one") && !ran.out.contains("= proven"),
        "{}",
        ran.out
    );
}

/// A set of keys that lies beside the right one is tried, and named.
#[test]
fn another_set_of_the_keys_file_is_named() {
    let files = with_keys();
    let sign = [
        "sign",
        "--keys",
        "keys.toml",
        "--as",
        "http",
        "https://api.example.com/",
    ];
    let request = files.run(&sign).exits(0).out;
    files.write("request.http", request);
    files.write(
        "wrong.toml",
        "consumer_secret = \"another one\"\ntoken_secret = \"and another\"\n\
         [other.sandbox]\nconsumer_secret = \"kd94hf93k423kf44\"\n\
         token_secret = \"pfkkdhi9sl3r4s00\"\n",
    );
    let doctor = [
        "doctor",
        "--scheme",
        "https",
        "--keys",
        "wrong.toml",
        "request.http",
    ];
    let ran = files.run(&doctor).exits(1);
    assert!(ran.out.contains("error[key.other_set]: "), "{}", ran.out);
    assert!(ran.out.contains("'sandbox'"), "{}", ran.out);
    assert!(!ran.out.contains("kd94hf93k423kf44"), "{}", ran.out);
}

#[test]
fn explain_all_shows_the_page_of_each_finding() {
    let arguments = [
        "--explain-all",
        "--keys",
        "wrong-certificate/keys.toml",
        "wrong-certificate/request.http",
    ];
    let ran = doctor(&arguments).exits(1);
    for text in [
        "    rsa.key_mismatch   at fault: ",
        "    Recognise   ",
        "    Wrong       ",
        "    Right       ",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
}

/// The language of the client is known by its User-Agent, and its fix is shown alone.
#[test]
fn fixes_are_for_the_language_of_the_client() {
    let files = with_keys();
    let keys = examples().join("plus-for-space/keys.toml");
    let text = std::fs::read_to_string(examples().join("plus-for-space/request.http")).unwrap();
    let agent = "Host: api.example.com\nUser-Agent: python-requests/2.32.3\n";
    files.write(
        "request.http",
        text.replace("Host: api.example.com\n", agent),
    );
    let doctor = ["doctor", "--keys", keys.to_str().unwrap(), "request.http"];
    let ran = files.run(&doctor).exits(1);
    assert!(
        ran.out.contains("      Python  quote(v, safe='-._~')"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("      PHP  "), "{}", ran.out);
    assert!(ran.out.contains(" more: --verbose\n"), "{}", ran.out);
    let whole = files.run(&[&doctor[..], &["--verbose"]].concat()).exits(1);
    assert!(whole.out.contains("      PHP"), "{}", whole.out);
}

#[test]
fn json_has_the_promised_shape() {
    let arguments = [
        "--format",
        "json",
        "--keys",
        "wrong-certificate/keys.toml",
        "wrong-certificate/request.http",
    ];
    let document = doctor(&arguments).exits(1).json();
    let names: Vec<&str> = document
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let promised = [
        "checks",
        "findings",
        "next",
        "not_checked",
        "problem",
        "read_as",
        "redacted",
        "schema",
        "tried",
        "verdict",
    ];
    assert_eq!(names, promised);
    assert_eq!(document["schema"], "countersign/doctor/1");
    assert_eq!(document["verdict"], "explained");
    assert_eq!(document["problem"]["code"], "signature_invalid");
    assert_eq!(document["findings"][0]["code"], "rsa.key_mismatch");
    assert_eq!(document["findings"][0]["confidence"], "proven");
    for name in [
        "also", "evidence", "fixes", "remedies", "rule", "side", "summary",
    ] {
        assert!(!document["findings"][0][name].is_null(), "{name}");
    }
    for check in document["checks"].as_array().unwrap() {
        assert!(["ok", "warn", "fail", "skip"].contains(&check["status"].as_str().unwrap()));
    }
}

#[test]
fn nothing_wrong_exits_with_0() {
    let files = with_keys();
    let sign = [
        "sign",
        "--keys",
        "keys.toml",
        "--as",
        "http",
        "https://api.example.com/",
    ];
    files.write("good.http", files.run(&sign).exits(0).out);
    let ran = files
        .run(&["doctor", "--keys", "keys.toml", "good.http"])
        .exits(0);
    assert!(ran.out.contains("nothing wrong was found"), "{}", ran.out);
}

#[test]
fn an_answer_alone_is_enough() {
    let files = with_keys();
    let whole = "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/html\r\n\r\n\
                 oauth_problem=token_rejected&oauth_problem_advice=Token%20has%20not%20been%20provided";
    let body =
        "oauth_problem=token_rejected&oauth_problem_advice=Token%20has%20not%20been%20provided";
    for (name, answer) in [("whole.txt", whole), ("body.txt", body)] {
        files.write(name, answer);
        let ran = files.run(&["doctor", "--response", name]).exits(1);
        assert!(ran.out.contains("token_rejected"), "{}", ran.out);
        assert!(
            ran.out.contains("\"Token has not been provided\""),
            "{}",
            ran.out
        );
        files.run(&["doctor", name]).exits(1);
    }
    files.run(&["doctor"]).exits(2);
}

#[test]
fn a_request_and_its_answer_may_come_in_two_files() {
    let text = std::fs::read_to_string(examples().join("wrong-certificate/request.http")).unwrap();
    let (request, answer) = text.split_once("\n\nHTTP/1.1").unwrap();
    let files = with_keys();
    files.write("request.http", format!("{request}\n\n"));
    files.write("answer.http", format!("HTTP/1.1{answer}"));
    let keys = examples().join("wrong-certificate/keys.toml");
    let keys = keys.to_str().unwrap();
    for arguments in [
        ["doctor", "--keys", keys, "request.http", "answer.http"].as_slice(),
        &[
            "doctor",
            "--keys",
            keys,
            "--response",
            "answer.http",
            "request.http",
        ],
    ] {
        let ran = files.run(arguments).exits(1);
        assert!(ran.out.contains("error[rsa.key_mismatch]"), "{}", ran.out);
    }
}

#[test]
fn lines_fit_a_terminal_but_for_data() {
    for arguments in [
        [
            "--keys",
            "wrong-certificate/keys.toml",
            "wrong-certificate/request.http",
        ]
        .as_slice(),
        &[
            "--client-base-string",
            "plus-for-space/client-base-string.txt",
            "--keys",
            "plus-for-space/keys.toml",
            "plus-for-space/request.http",
        ],
    ] {
        let ran = doctor(arguments).exits(1);
        for line in ran.out.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

#[test]
fn colours_are_decoration() {
    let keys = [
        "doctor",
        "--keys",
        "wrong-certificate/keys.toml",
        "wrong-certificate/request.http",
    ];
    let plain = run_in(&examples(), &keys, b"").exits(1);
    assert!(!plain.out.contains('\u{1b}'));
    let none = [("NO_COLOR", "1")];
    let without = run_with(&examples(), &keys, b"", &none).exits(1);
    assert_eq!(plain.out, without.out);
    let forced = run_with(&examples(), &keys, b"", &[("CLICOLOR_FORCE", "1")]).exits(1);
    assert!(forced.out.contains("\u{1b}["));
    let bare = anstream::adapter::strip_str(&forced.out).to_string();
    assert_eq!(bare, plain.out);
}

#[test]
fn an_answer_can_not_steer_the_terminal() {
    let files = with_keys();
    files.write(
        "answer.txt",
        "oauth_problem=token_rejected&oauth_problem_advice=%1B%5B2J%1B%5D0%3Bowned%07",
    );
    let ran = files.run(&["doctor", "--response", "answer.txt"]).exits(1);
    assert!(
        !ran.out.contains('\u{1b}') && !ran.out.contains('\u{7}'),
        "{}",
        ran.out
    );
}

#[test]
fn what_can_not_be_read_exits_with_3() {
    let files = with_keys();
    files.write("empty", "");
    files.run(&["doctor", "empty"]).exits(3);
    files.run(&["doctor", "nowhere"]).exits(3);
}
