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
            commands.push([&["doctor", "--verbose", "--budget", "3000"], &format[..]].concat());
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
            "--budget",
            "3000",
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

/// Passwords, and signatures that are the secrets themselves, are no more shown than the keys.
#[test]
fn the_doctor_shows_no_password_and_no_plaintext_signature() {
    let files = files();
    files.write("password", "canary-other-secret");
    let password = [
        "sign",
        "--keys",
        "keys.toml",
        "--as",
        "http",
        "--form",
        "x_auth_password=@password",
        "--form",
        "x_auth_username=somebody",
        "https://api.example.com/access_token",
    ];
    let signed = files.run(&password).exits(0).out;
    assert!(signed.contains("canary-other-secret"), "{signed}");
    files.write("password.http", &signed);
    files.write(
        "other.http",
        signed.replace("/access_token", "/access_token/"),
    );
    files.write(
        "spoilt.http",
        signed.replace("canary-other-secret", "canary%2Dother%2Dsecret&a=b"),
    );
    let plain = [
        "sign",
        "--keys",
        "keys.toml",
        "--as",
        "http",
        "--signature-method",
        "PLAINTEXT",
        "https://api.example.com/",
    ];
    let signed = files.run(&plain).exits(0).out;
    files.write("plain.http", &signed);
    files.write(
        "swapped.http",
        signed.replace("canary-consumer", "canary-token"),
    );
    files.write(
        "base.txt",
        "POST&https%3A%2F%2Fapi.example.com%2Faccess_token&x_auth_password%3Dcanary-other-secret",
    );
    let mut ran = 0;
    for inputs in [
        ["password.http"].as_slice(),
        &["spoilt.http"],
        &["password.http", "other.http"],
        &["password.http", "spoilt.http"],
        &["--client-base-string", "base.txt", "spoilt.http"],
        &["--provider-base-string", "base.txt", "password.http"],
        &["plain.http"],
        &["swapped.http"],
        &["plain.http", "swapped.http"],
    ] {
        for form in [
            ["--verbose"].as_slice(),
            &["--explain-all"],
            &["--format", "json"],
        ] {
            for keys in [["--keys", "keys.toml"].as_slice(), &[]] {
                let arguments = [&["doctor"], form, keys, inputs].concat();
                let done = files.run(&arguments);
                assert!(matches!(done.code, 0 | 1), "{arguments:?}: {}", done.err);
                for canary in ["canary-", "canary%2D"] {
                    assert!(!done.out.contains(canary), "{arguments:?}: {}", done.out);
                }
                ran += 1;
            }
        }
    }
    assert_eq!(ran, 54);
}
