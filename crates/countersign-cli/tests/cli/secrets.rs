//! No secret is shown, whatever the command and its outcome.

use crate::run::{Files, run_with};

const CANARIES: [&str; 6] = [
    "canary-consumer-secret",
    "canary-token-secret",
    "canary-session-handle",
    "canary-passphrase",
    "canary-other-secret",
    "canary%2Dconsumer%2Dsecret",
];

fn files() -> Files {
    let files = Files::new();
    files.write(
        "keys.toml",
        "consumer_key = \"dpf43f3p2l4k3l03\"\nconsumer_secret = \"canary-consumer-secret\"\n\
         token = \"nnch734d00sl2jdk\"\ntoken_secret = \"canary-token-secret\"\n\
         session_handle = \"canary-session-handle\"\n\
         [other.old]\nconsumer_secret = \"canary-other-secret\"\n",
    );
    files.write("passphrase", "canary-passphrase\n");
    files.write(
        "key.pem",
        countersign_test_support::fixtures::key("rsa2048.pkcs8.pem"),
    );
    files.write(
        "broken.toml",
        "consumer_secret = \"canary-consumer-secret\" \"\n",
    );
    files.write(
        "rsa.toml",
        "consumer_key = \"k\"\nprivate_key = \"key.pem\"\npassphrase_file = \"passphrase\"\n",
    );
    files
}

#[test]
fn no_output_of_any_command_holds_a_secret() {
    let files = files();
    let url = "https://api.example.com/v1/items?q=red%20shoes";
    let signed = files
        .run(&["sign", "--keys", "keys.toml", "--as", "http", url])
        .exits(0)
        .out;
    files.write("good.http", &signed);
    files.write("bad.http", signed.replace("red%20", "blue%20"));
    files.write("answer.txt", "oauth_problem=signature_invalid");
    let mut commands: Vec<Vec<&str>> = Vec::new();
    for form in ["header", "query", "form", "curl", "http", "json"] {
        commands.push(vec![
            "sign",
            "--steps",
            "--keys",
            "keys.toml",
            "--as",
            form,
            url,
        ]);
        commands.push(vec![
            "sign", "--steps", "--keys", "rsa.toml", "--as", form, url,
        ]);
    }
    for request in ["good.http", "bad.http"] {
        for format in ["text", "json"] {
            let format = ["--format", format, "--keys", "keys.toml", request];
            commands.push([&["verify"], &format[..]].concat());
            commands.push([&["doctor", "--verbose"], &format[..]].concat());
        }
    }
    commands.extend([
        vec!["sign", "--keys", "broken.toml", url],
        vec!["sign", "--keys", "keys.toml", "not a url"],
        vec![
            "sign",
            "--keys",
            "keys.toml",
            "--signature-method",
            "RSA-SHA1",
            url,
        ],
        vec!["verify", "--keys", "broken.toml", "good.http"],
        vec![
            "doctor",
            "--keys",
            "keys.toml",
            "--response",
            "answer.txt",
            "bad.http",
        ],
        vec![
            "cert",
            "check",
            "--passphrase-file",
            "passphrase",
            "--private-key",
            "keys.toml",
            "x",
        ],
        vec![
            "cert",
            "new",
            "--cn",
            "a",
            "--private-key",
            "key.pem",
            "--passphrase-file",
            "passphrase",
            "-o",
            "a.pem",
        ],
        vec!["cert", "check", "--private-key", "key.pem", "a.pem"],
    ]);
    let pem =
        String::from_utf8(countersign_test_support::fixtures::key("rsa2048.pkcs8.pem")).unwrap();
    let key_line = pem.lines().nth(1).expect("a line of the key");
    for command in &commands {
        let ran = run_with(files.path(), command, b"", &[]);
        for canary in CANARIES.into_iter().chain([key_line]) {
            for text in [&ran.out, &ran.err] {
                assert!(!text.contains(canary), "{command:?} shows {canary}: {text}");
            }
        }
    }
    assert!(commands.len() >= 25, "{}", commands.len());
}

/// The test itself sees what it looks for: PLAINTEXT sends the secrets, as asked.
#[test]
fn the_canary_sings_where_it_has_to() {
    let ran = files().run(&[
        "sign",
        "--keys",
        "keys.toml",
        "--signature-method",
        "PLAINTEXT",
        "https://api.example.com/",
    ]);
    assert!(ran.exits(0).out.contains("canary-consumer-secret"));
}
