//! Against the real service.

use crate::run::Files;
use crate::serve::Service;

#[cfg(unix)]
#[test]
fn the_service_accepts_it_and_the_doctor_explains_what_it_refuses() {
    let files = Files::new();
    let (service, block) = Service::start(files.path(), &[]);
    let url = block
        .split_whitespace()
        .map(|word| word.trim_matches('\''))
        .find(|word| word.contains("/echo?hello=world"))
        .unwrap_or_else(|| panic!("{block}"))
        .to_owned();
    let private = ["request", "--keys", "countersign-demo/demo-private.toml"];
    let ran = files.run(&[&private[..], &[&url, "a=b c", "q==1+1"]].concat());
    let ran = ran.exits(0);
    assert!(
        ran.out.contains("\"organisation\":\"Demo Company\""),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("q=1%2B1"), "{}", ran.out);

    let keys = files.read("countersign-demo/demo-private.toml");
    let token = keys.replace("token = \"demo-private\"", "token = \"nobody\"");
    assert_ne!(keys, token);
    files.write("countersign-demo/other.toml", token);
    let other = ["request", "--keys", "countersign-demo/other.toml", &url];
    let ran = files.run(&other).exits(1);
    assert!(ran.out.starts_with("HTTP/1.1 401"), "{}", ran.out);
    assert!(ran.err.contains("token_rejected"), "{}", ran.err);
    let ran = files
        .run(&[&other[..], &["--format", "json"]].concat())
        .exits(1);
    let document = ran.json();
    assert_eq!(document["problem"], "token_rejected");
    assert_eq!(document["doctor"]["problem"]["code"], "token_rejected");

    // Another key than the registered one: found out by the certificate at hand.
    let made = [
        "cert",
        "new",
        "--cn",
        "x",
        "--private-key",
        "countersign-demo/x.key.pem",
        "-o",
        "x.pem",
    ];
    files.run(&made).exits(0);
    let line = keys
        .lines()
        .find(|line| line.starts_with("private_key"))
        .unwrap();
    let wrong = keys.replace(line, "private_key = \"x.key.pem\"");
    files.write("countersign-demo/wrong.toml", wrong);
    let wrong = [
        "request",
        "--keys",
        "countersign-demo/wrong.toml",
        "--format",
        "json",
        &url,
    ];
    let document = files.run(&wrong).exits(1).json();
    assert_eq!(document["problem"], "signature_invalid");
    let best = &document["doctor"]["findings"][0];
    assert_eq!(best["code"], "rsa.key_mismatch", "{best}");
    assert_eq!(best["confidence"], "proven", "{best}");
    service.terminate();
}
