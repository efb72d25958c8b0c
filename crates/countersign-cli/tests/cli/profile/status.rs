//! `profile status`: what is missing, expired, or not what the provider takes.

use super::Home;
use serde_json::Value;

/// The checks of a profile made of these lines, by id and status.
#[track_caller]
fn checks(home: &Home, text: &str, code: i32) -> Vec<(String, String)> {
    home.run(&["profile", "add", "x", "--keys", "keys.toml", "--force"])
        .exits(0);
    home.files().write("config/profiles/x.toml", text);
    let at = ["--at", "1795447604", "--format", "json"];
    let ran = home.run(&[&["profile", "status", "x"], &at[..]].concat());
    let document = ran.exits(code).json();
    let found = document["profiles"][0]["checks"].as_array().unwrap();
    let word = |check: &Value, name: &str| check[name].as_str().unwrap().to_owned();
    found
        .iter()
        .map(|check| (word(check, "id"), word(check, "status")))
        .collect()
}

#[track_caller]
fn says(home: &Home, text: &str, id: &str, status: &str) {
    let code = i32::from(status == "fail");
    let found = checks(home, text, code);
    assert!(
        found.contains(&(id.to_owned(), status.to_owned())),
        "{text}: {id} {status}, found {found:?}"
    );
}

const KEYS: &str = "consumer_key = \"k\"\nconsumer_secret = \"s\"\n";

#[test]
fn what_is_missing_is_named() {
    let home = Home::new();
    says(&home, KEYS, "consumer_secret", "ok");
    says(&home, KEYS, "token", "skip");
    says(&home, "consumer_secret = \"s\"\n", "consumer_key", "fail");
    says(&home, "consumer_key = \"k\"\n", "consumer_secret", "fail");
    says(&home, &format!("{KEYS}token = \"t\"\n"), "token", "fail");
    says(
        &home,
        &format!("{KEYS}token = \"t\"\ntoken_secret = \"s\"\n"),
        "token",
        "ok",
    );
    says(
        &home,
        &format!("{KEYS}preset = \"tumblr\"\n"),
        "token",
        "fail",
    );
    let rsa = format!("{KEYS}signature_method = \"RSA-SHA1\"\n");
    says(&home, &rsa, "private_key", "fail");
    says(
        &home,
        "consumer_key = \"k\"\nconsumer_secret = \"s \"\n",
        "consumer_secret",
        "warn",
    );
}

#[test]
fn what_the_provider_does_not_take_is_named() {
    let home = Home::new();
    let with = |more: &str| format!("{KEYS}token = \"t\"\ntoken_secret = \"s\"\n{more}");
    says(&home, &with("preset = \"tumblr\"\n"), "preset", "ok");
    says(&home, &with("preset = \"nobody\"\n"), "preset", "fail");
    says(&home, &with("preset = \"xero\"\n"), "preset", "fail");
    says(
        &home,
        &with("signature_method = \"HMAC-MD5\"\n"),
        "signature_method",
        "fail",
    );
    says(
        &home,
        &with("signature_method = \"PLAINTEXT\"\n"),
        "signature_method",
        "warn",
    );
    // As it stands in the host.
    says(
        &home,
        &with(
            "preset = \"netsuite-tba\"\nrealm = \"1234567-sb1\"\nsignature_method = \"HMAC-SHA256\"\n",
        ),
        "realm",
        "fail",
    );
    for (scheme, status) in [("https", "fail"), ("http", "warn")] {
        let base = format!("preset = \"woocommerce\"\nbase_url = \"{scheme}://shop.example\"\n");
        says(&home, &with(&base), "base_url", status);
    }
    let netsuite = "preset = \"netsuite-tba\"\nrealm = \"1\"\n";
    says(
        &home,
        &with(&format!("{netsuite}signature_method = \"HMAC-SHA1\"\n")),
        "signature_method",
        "fail",
    );
    let sha256 = "signature_method = \"HMAC-SHA256\"\n";
    says(&home, &with(&format!("{netsuite}{sha256}")), "realm", "ok");
    says(
        &home,
        &with(&format!("preset = \"netsuite-tba\"\n{sha256}")),
        "realm",
        "fail",
    );
    says(
        &home,
        &with("preset = \"schoology\"\nrealm = \"mine\"\n"),
        "realm",
        "fail",
    );
    says(
        &home,
        &with("base_url = \"https://api.xero.com/\"\n"),
        "end",
        "fail",
    );
}

#[test]
fn addresses_are_looked_at() {
    let home = Home::new();
    let with = |more: &str| format!("{KEYS}{more}");
    says(
        &home,
        &with("base_url = \"https://a.example/\"\n"),
        "base_url",
        "ok",
    );
    says(
        &home,
        &with("base_url = \"http://127.0.0.1:8080\"\n"),
        "base_url",
        "ok",
    );
    says(
        &home,
        &with("base_url = \"http://a.example/\"\n"),
        "base_url",
        "warn",
    );
    says(
        &home,
        &with("base_url = \"https://{host}/\"\n"),
        "base_url",
        "fail",
    );
    let token = "token = \"t\"\ntoken_secret = \"s\"\npreset = \"tumblr\"\n";
    says(
        &home,
        &with(&format!("{token}base_url = \"https://a.example/\"\n")),
        "base_url",
        "warn",
    );
    says(
        &home,
        &with(&format!("{token}base_url = \"https://api.tumblr.com/\"\n")),
        "base_url",
        "ok",
    );
}

/// One profile before and after the day on which the provider ends its service.
#[test]
fn the_end_of_a_service_is_seen_coming() {
    let home = Home::new();
    home.files().write("keys.toml", crate::run::KEYS);
    let add = [
        "profile",
        "add",
        "watch",
        "--preset",
        "garmin",
        "--keys",
        "keys.toml",
    ];
    home.run(&add).exits(0);
    for (at, code, word) in [
        ("1767225600", 0, "[ok]   end"),
        ("1795447604", 0, "[warn] end"),
        ("1798761600", 1, "[fail] end"),
    ] {
        let ran = home
            .run(&["profile", "status", "watch", "--at", at])
            .exits(code);
        assert!(ran.out.contains(word), "{at}: {}", ran.out);
    }
}

#[test]
fn certificates_and_keys_are_looked_at() {
    let home = Home::new();
    let files = home.files();
    files.write(
        "key.pem",
        countersign_test_support::fixtures::key("rsa2048.pkcs8.pem"),
    );
    let new = [
        "cert",
        "new",
        "--cn",
        "acme",
        "--private-key",
        "key.pem",
        "--days",
        "30",
    ];
    home.run(&[&new[..], &["-o", "good.pem"]].concat()).exits(0);
    let other = [
        "cert",
        "new",
        "--cn",
        "acme",
        "--private-key",
        "other.pem",
        "-o",
        "other.cer",
    ];
    home.run(&other).exits(0);
    let keys = |certificate: &str| {
        files.write(
            "rsa.toml",
            format!(
                "consumer_key = \"k\"\nprivate_key = \"key.pem\"\ncertificate = \"{certificate}\"\n"
            ),
        );
        home.run(&["profile", "add", "rsa", "--keys", "rsa.toml", "--force"])
            .exits(0);
    };
    let status = |more: &[&str]| home.run(&[&["profile", "status", "rsa"], more].concat());
    keys("good.pem");
    let ran = status(&[]).exits(0);
    assert!(
        ran.out.contains("private_key      RSA, 2048 bits"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("sha256"), "{}", ran.out);
    let ran = status(&["--at", "4102444800"]).exits(1);
    assert!(ran.out.contains("[fail] certificate"), "{}", ran.out);
    keys("other.cer");
    let ran = status(&[]).exits(1);
    assert!(ran.out.contains("[fail] certificate"), "{}", ran.out);
    keys("nowhere.pem");
    assert!(status(&[]).exits(1).out.contains("nowhere.pem"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        keys("good.pem");
        let open = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(files.path().join("key.pem"), open).unwrap();
        let ran = status(&[]).exits(1);
        assert!(
            ran.out.contains("others can read it (mode 0640)"),
            "{}",
            ran.out
        );
    }
}

/// A PKCS#12 file brings its certificate along.
#[test]
fn the_certificate_beside_a_key_is_looked_at() {
    let home = Home::new();
    let files = home.files();
    files.write(
        "key.p12",
        countersign_test_support::fixtures::key("rsa2048.p12"),
    );
    files.write("passphrase", countersign_test_support::fixtures::PASSPHRASE);
    files.write(
        "p12.toml",
        "consumer_key = \"k\"\nprivate_key = \"key.p12\"\npassphrase_file = \"passphrase\"\n",
    );
    home.run(&["profile", "add", "p12", "--keys", "p12.toml"])
        .exits(0);
    let status = |at: &str| home.run(&["profile", "status", "p12", "--at", at]);
    let ran = status("4102444800").exits(1);
    assert!(ran.out.contains("[fail] certificate"), "{}", ran.out);
    assert!(ran.out.contains("[ok]   private_key"), "{}", ran.out);
    files.write("passphrase", "another\n");
    let ran = status("4102444800").exits(1);
    assert!(ran.out.contains("[fail] private_key"), "{}", ran.out);
}

#[test]
fn all_profiles_are_looked_at_unless_some_are_named() {
    let home = Home::new();
    let ran = home.run(&["profile", "status"]).exits(4);
    assert!(ran.err.contains("profile add"), "{}", ran.err);
    let acme = ["profile", "add", "acme", "--keys", "keys.toml"];
    home.run(&acme).exits(0);
    home.run(&["profile", "status"]).exits(0);
    home.run(&["profile", "add", "bare"]).exits(0);
    home.run(&["profile", "status"]).exits(1);
    home.run(&["profile", "status", "acme"]).exits(0);
    home.run(&["profile", "status", "acme", "nobody"]).exits(4);
}
