//! `countersign profile`.

#[cfg(all(feature = "keyring", target_os = "linux"))]
pub(crate) mod desktop;
mod files;
mod import;
#[cfg(all(feature = "keyring", target_os = "linux"))]
mod keyring;
mod presets;
mod replaced;
mod status;
mod used;

use crate::run::{Files, KEYS, Ran, run_with};

/// A directory for files, and below it one for profiles.
pub(crate) struct Home(Files);

impl Home {
    pub(crate) fn new() -> Self {
        let files = Files::new();
        files.write("keys.toml", KEYS);
        Self(files)
    }

    pub(crate) fn files(&self) -> &Files {
        &self.0
    }

    pub(crate) fn config(&self) -> String {
        self.0.path().join("config").display().to_string()
    }

    pub(crate) fn profile(&self, file: &str) -> std::path::PathBuf {
        self.0.path().join("config/profiles").join(file)
    }

    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"", &[])
    }

    #[track_caller]
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8], more: &[(&str, &str)]) -> Ran {
        let config = self.config();
        let mut variables = vec![("COUNTERSIGN_CONFIG_DIR", config.as_str())];
        variables.extend(more);
        run_with(self.0.path(), arguments, input, &variables)
    }

    /// Adds `acme` with the keys of RFC 5849 section 1.2.
    pub(crate) fn with_acme() -> Self {
        let home = Self::new();
        home.run(&["profile", "add", "acme", "--keys", "keys.toml"])
            .exits(0);
        home
    }
}

#[test]
fn a_profile_is_added_listed_used_shown_and_removed() {
    let home = Home::with_acme();
    home.run(&["profile", "add", "other", "--keys", "keys.toml", "--use"])
        .exits(0);
    let listed = home.run(&["profile", "list"]).exits(0).out;
    assert!(listed.contains("  acme "), "{listed}");
    assert!(listed.contains("* other"), "{listed}");
    let ran = home.run(&["profile", "use", "acme"]).exits(0);
    assert!(ran.err.contains("in use: acme"), "{}", ran.err);
    let listed = home.run(&["profile", "list", "--format", "json"]).exits(0);
    let listed = listed.json();
    assert_eq!(listed["active"], "acme");
    assert_eq!(listed["profiles"][0]["name"], "acme");
    assert_eq!(listed["profiles"][0]["active"], true);
    assert_eq!(listed["profiles"][1]["active"], false);
    let shown = home.run(&["profile", "show"]).exits(0).out;
    assert!(shown.starts_with("acme   in use\n"), "{shown}");
    assert!(
        shown.contains("consumer_key      dpf43f3p2l4k3l03"),
        "{shown}"
    );
    assert!(shown.contains("consumer_secret   set"), "{shown}");
    assert!(
        shown.contains("token             nnch... (16 chars)"),
        "{shown}"
    );
    let ran = home.run(&["profile", "remove", "acme", "--format", "json"]);
    let removed = ran.exits(0).json();
    assert_eq!(removed["removed"], "acme");
    assert_eq!(removed["active"], serde_json::Value::Null);
    assert!(!home.profile("acme.toml").exists());
    home.run(&["profile", "remove", "acme"]).exits(4);
    home.run(&["profile", "show", "acme"]).exits(4);
    home.run(&["profile", "use", "acme"]).exits(4);
    home.run(&["profile", "show"]).exits(2);
    home.run(&["profile", "use", "other"]).exits(0);
    home.run(&["profile", "use", "--none"]).exits(0);
    home.run(&["profile", "show"]).exits(2);
}

#[test]
fn a_name_that_is_a_path_is_refused() {
    let home = Home::new();
    for name in [
        "../x", "..", "/tmp/x", "a/b", ".hidden", "", "Acme", "nul", "a b",
    ] {
        for command in ["add", "use", "show", "status", "remove"] {
            let ran = home.run(&["profile", command, "--", name]).exits(2);
            assert!(ran.out.is_empty(), "{command} {name}: {}", ran.out);
        }
        home.run(&["sign", "--profile", name, "https://a.example/"])
            .exits(2);
        let variable = [("COUNTERSIGN_PROFILE", name)];
        if !name.is_empty() {
            home.run_with(&["sign", "https://a.example/"], b"", &variable)
                .exits(2);
        }
    }
    assert!(!home.files().path().join("config").exists());
    assert!(!home.files().path().join("x.toml").exists());
}

#[test]
fn a_profile_is_replaced_only_when_asked() {
    let home = Home::with_acme();
    let before = std::fs::read(home.profile("acme.toml")).unwrap();
    let again = ["profile", "add", "acme", "--realm", "Photos"];
    let ran = home.run(&again).exits(2);
    assert!(ran.err.contains("--force"), "{}", ran.err);
    assert_eq!(std::fs::read(home.profile("acme.toml")).unwrap(), before);
    // Credentials do not give way to none.
    let ran = home.run(&[&again[..], &["--force"]].concat()).exits(2);
    assert!(ran.err.contains("--keys, --env or --ask"), "{}", ran.err);
    assert_eq!(std::fs::read(home.profile("acme.toml")).unwrap(), before);
    home.files().write("other.toml", "consumer_key = \"k\"\n");
    let with_keys = ["--force", "--keys", "other.toml"];
    home.run(&[&again[..], &with_keys].concat()).exits(0);
    let after = std::fs::read_to_string(home.profile("acme.toml")).unwrap();
    assert_eq!(after, "realm = \"Photos\"\nconsumer_key = \"k\"\n");
    // A profile without any is replaced as before, and one that can't be read may have some.
    let bare = ["profile", "add", "bare", "--realm", "a", "--force"];
    home.run(&bare).exits(0);
    home.run(&bare).exits(0);
    let broken = home.profile("bare.toml");
    std::fs::write(&broken, "consumer_secret = ").unwrap();
    home.run(&bare).exits(2);
    assert_eq!(
        std::fs::read_to_string(&broken).unwrap(),
        "consumer_secret = "
    );
}

#[test]
fn credentials_come_from_standard_input_or_the_environment() {
    let home = Home::new();
    let stdin = ["profile", "add", "piped", "--keys", "-"];
    home.run_with(&stdin, KEYS.as_bytes(), &[]).exits(0);
    let written = std::fs::read_to_string(home.profile("piped.toml")).unwrap();
    assert!(
        written.contains("token_secret = \"pfkkdhi9sl3r4s00\""),
        "{written}"
    );
    let variables = [
        ("COUNTERSIGN_CONSUMER_KEY", "key"),
        ("COUNTERSIGN_CONSUMER_SECRET", "canary-secret"),
    ];
    let ran = home
        .run_with(&["profile", "add", "ci", "--env"], b"", &variables)
        .exits(0);
    assert!(!ran.out.contains("canary") && !ran.err.contains("canary"));
    let written = std::fs::read_to_string(home.profile("ci.toml")).unwrap();
    assert_eq!(
        written,
        "consumer_key = \"key\"\nconsumer_secret = \"canary-secret\"\n"
    );
    let ask = ["profile", "add", "asked", "--ask"];
    let ran = home
        .run_with(&ask, b"key\ncanary-secret\r\n\n", &[])
        .exits(0);
    assert!(!ran.out.contains("canary") && !ran.err.contains("canary"));
    assert!(
        ran.err
            .starts_with("consumer key: consumer secret: token: token secret: ")
    );
    let written = std::fs::read_to_string(home.profile("asked.toml")).unwrap();
    assert_eq!(
        written,
        "consumer_key = \"key\"\nconsumer_secret = \"canary-secret\"\n"
    );
    let nothing = ["profile", "add", "nothing", "--ask"];
    home.run_with(&nothing, b"\n", &[]).exits(4);
    assert!(!home.profile("nothing.toml").exists());
    // Unasked, the environment has no say; asked, it has to have something.
    home.run_with(&["profile", "add", "none"], b"", &variables)
        .exits(0);
    assert_eq!(std::fs::read(home.profile("none.toml")).unwrap(), b"");
    home.run(&["profile", "add", "empty", "--env"]).exits(4);
    let unset = [
        ("COUNTERSIGN_CONSUMER_KEY", ""),
        ("COUNTERSIGN_CONSUMER_SECRET", ""),
    ];
    home.run_with(&["profile", "add", "empty", "--env"], b"", &unset)
        .exits(4);
    assert!(!home.profile("empty.toml").exists());
}

#[test]
fn keys_and_certificates_stay_where_they_are() {
    let home = Home::new();
    let files = home.files();
    let pem = countersign_test_support::fixtures::key("rsa2048.pkcs8.pem");
    std::fs::create_dir(files.path().join("sub")).unwrap();
    files.write("sub/key.pem", pem);
    files.write(
        "sub/keys.toml",
        "consumer_key = \"k\"\nprivate_key = \"key.pem\"\n[other.old]\nprivate_key = \"old.pem\"\n",
    );
    home.run(&["profile", "add", "rsa", "--keys", "sub/keys.toml"])
        .exits(0);
    let shown = home.run(&["profile", "show", "rsa", "--format", "json"]);
    let shown = shown.exits(0).json();
    let key = files.path().join("sub/key.pem");
    // The directory may be known by a second name.
    let named = shown["profiles"][0]["private_key"].as_str().unwrap();
    assert_eq!(
        std::fs::canonicalize(named).unwrap(),
        std::fs::canonicalize(key).unwrap()
    );
    assert_eq!(shown["profiles"][0]["others"], serde_json::json!(["old"]));
    std::fs::remove_file(files.path().join("sub/keys.toml")).unwrap();
    // The further set names a key that is not there.
    let signed = ["sign", "--profile", "rsa", "https://a.example/"];
    assert!(home.run(&signed).exits(3).err.contains("old.pem"));
}

#[test]
fn what_no_request_could_be_made_with_is_refused() {
    let home = Home::new();
    for wrong in [
        &["--base-url", "ftp://a.example/"][..],
        &["--base-url", "https://ann:canary@a.example/"],
        &["--endpoint", "authorize=nowhere"],
        &["--endpoint", "somewhere=https://a.example/"],
        &["--signature-method", "HMAC-MD5"],
        &["--placement", "cookie"],
        &["--preset", "nobody"],
        &["--preset", "xero"],
        &["--preset", "netsuite-tba"],
        &["--preset", "netsuite-tba", "--fill", "acct=evil.example/"],
        &[
            "--preset",
            "netsuite-tba",
            "--fill",
            "acct=1",
            "--fill",
            "shop=1",
        ],
        &["--fill", "acct=1"],
        &["--keys", "keys.toml", "--env"],
    ] {
        let ran = home.run(&[&["profile", "add", "acme"], wrong].concat());
        let ran = ran.exits(2);
        assert!(!ran.err.contains("canary"), "{wrong:?}: {}", ran.err);
        assert!(!home.profile("acme.toml").exists(), "{wrong:?}");
    }
    home.run(&["profile", "add", "acme", "--keys", "nowhere.toml"])
        .exits(3);
}

/// Whatever the command and its outcome, no value of a secret line is shown.
#[test]
fn no_command_about_profiles_shows_a_secret() {
    let home = Home::new();
    let files = home.files();
    files.write(
        "canary.toml",
        "consumer_key = \"k\"\nconsumer_secret = \"canary-a\"\ntoken = \"nnch734d00sl2jdk\"\n\
         token_secret = \"canary-b\"\nsession_handle = \"canary-c\"\npassphrase_file = \"passphrase\"\n\
         [other.old]\nconsumer_secret = \"canary-e\"\n",
    );
    files.write("passphrase", "canary-d\n");
    home.run(&["profile", "add", "good", "--keys", "canary.toml"])
        .exits(0);
    files.write("broken.toml", "consumer_secret = \"canary-f\" x\n");
    for (name, text) in [
        ("syntax", "consumer_secret = \"canary-f\" x\n"),
        ("kind", "consumer_secret = [\"canary-f\"]\n"),
        ("number", "consumer_secret = 9182736455\n"),
        ("place", "placement = \"canary-f\"\n"),
        (
            "url",
            "base_url = \"https://ann:canary-f@a.example/\"\nconsumer_key = \"k\"\n",
        ),
        (
            "method",
            "consumer_secret = \"canary-f\"\nsignature_method = \"RSA-SHA1\"\n",
        ),
    ] {
        files.write(&format!("config/profiles/{name}.toml"), text);
    }
    let mut ran = 0;
    for name in ["good", "syntax", "kind", "number", "place", "url", "method"] {
        for command in [
            &["profile", "show", name][..],
            &["profile", "show", name, "--format", "json"],
            &["profile", "status", name],
            &["profile", "status", name, "--format", "json"],
            &["profile", "use", name],
            &["profile", "list"],
            &["profile", "list", "--format", "json"],
            &["sign", "--profile", name, "https://a.example/"],
            &["profile", "add", "x", "--keys", "broken.toml"],
            &["profile", "add", name, "--keys", "canary.toml"],
            &["profile", "remove", name, "--format", "json"],
        ] {
            let done = home.run(command);
            for text in [&done.out, &done.err] {
                assert!(!text.contains("canary-"), "{command:?}: {text}");
                assert!(!text.contains("9182736455"), "{command:?}: {text}");
            }
            ran += 1;
        }
    }
    assert_eq!(ran, 77);
}
