//! `profile import`: settings of other tools become profiles.

use super::Home;
#[cfg(feature = "network")]
use crate::request::server::{Server, reply};

const URL: &str = "http://photos.example.net/photos?file=vacation.jpg&size=original";
const STAMP: [&str; 4] = ["--timestamp", "1191242096", "--nonce", "kllo9940pd9333jh"];
const SIGNATURE: &str = "tR3+Ty81lMeYAr/Fid0kMTYa/WM=";

const POSTMAN: &str = r#"{ "info": { "name": "Photos" },
  "variable": [{ "key": "secret", "value": "kd94hf93k423kf44" }],
  "auth": { "type": "oauth1", "oauth1": [
    { "key": "consumerKey", "value": "dpf43f3p2l4k3l03" },
    { "key": "consumerSecret", "value": "{{secret}}" },
    { "key": "token", "value": "nnch734d00sl2jdk" },
    { "key": "tokenSecret", "value": "pfkkdhi9sl3r4s00" },
    { "key": "signatureMethod", "value": "HMAC-SHA1" },
    { "key": "addParamsToHeader", "value": true } ] },
  "item": [] }"#;

const INSOMNIA: &str = r#"{ "_type": "export", "__export_format": 4, "resources": [
  { "_type": "request", "name": "Photos", "authentication": { "type": "oauth1",
    "consumerKey": "dpf43f3p2l4k3l03", "consumerSecret": "kd94hf93k423kf44",
    "tokenKey": "nnch734d00sl2jdk", "tokenSecret": "pfkkdhi9sl3r4s00",
    "signatureMethod": "HMAC-SHA1" } } ] }"#;

const INSOMNIA_5: &str = "type: collection.insomnia.rest/5.0\nschema_version: \"5.1\"\nname: Shop\n\
    collection:\n  - name: Photos\n    method: GET\n    authentication:\n      type: oauth1\n      \
    consumerKey: dpf43f3p2l4k3l03\n      consumerSecret: \"{{ _.secret }}\"\n      \
    tokenKey: nnch734d00sl2jdk\n      tokenSecret: pfkkdhi9sl3r4s00\n      \
    signatureMethod: HMAC-SHA1\nenvironments:\n  data:\n    secret: kd94hf93k423kf44\n";

const BRUNO: &str = "meta {\n  name: Photos\n}\n\nauth:oauth1 {\n  consumer_key: dpf43f3p2l4k3l03\n  \
    consumer_secret: kd94hf93k423kf44\n  access_token: nnch734d00sl2jdk\n  \
    token_secret: pfkkdhi9sl3r4s00\n  signature_method: HMAC-SHA1\n  placement: header\n}\n";

const TWURL: &str = "---\nprofiles:\n  photos:\n    dpf43f3p2l4k3l03:\n      username: photos\n      \
    consumer_key: dpf43f3p2l4k3l03\n      consumer_secret: kd94hf93k423kf44\n      \
    token: nnch734d00sl2jdk\n      secret: pfkkdhi9sl3r4s00\n";

const ALL: [(&str, &str); 5] = [
    ("postman", POSTMAN),
    ("insomnia", INSOMNIA),
    ("insomnia", INSOMNIA_5),
    ("bruno", BRUNO),
    ("twurl", TWURL),
];

/// The same credentials out of each tool's file sign the request of RFC 5849 section 1.2.
#[test]
fn what_each_tool_keeps_signs_as_it_did_there() {
    for (tool, text) in ALL {
        let home = Home::new();
        home.files().write("file", text);
        let ran = home
            .run(&["profile", "import", "--from", tool, "file"])
            .exits(0);
        assert!(ran.err.contains("photos <- "), "{tool}: {}", ran.err);
        let sign = ["sign", "--profile", "photos", "--as", "json", URL];
        let ran = home.run(&[&sign[..], &STAMP[..]].concat()).exits(0);
        assert_eq!(ran.json()["signature"], SIGNATURE, "{tool}");
        let shown = home.run(&["profile", "show", "photos", "--format", "json"]);
        let preset = shown.exits(0).json()["profiles"][0]["preset"].clone();
        assert_eq!(preset == "x", tool == "twurl", "{tool}: {preset}");
        // Once more it is in the way; another tool's file it is not.
        home.run(&["profile", "import", "--from", tool, "file"])
            .exits(2);
        home.run(&["profile", "import", "--from", tool, "file", "--force"])
            .exits(0);
        for (other, _) in ALL.iter().filter(|(other, _)| *other != tool) {
            let import = ["profile", "import", "--from", other, "file", "--name", "x"];
            let ran = home.run(&import).exits(3);
            assert!(
                ran.err.contains("expected"),
                "{tool} as {other}: {}",
                ran.err
            );
            assert!(!ran.err.contains("kd94hf93k423kf44"), "{}", ran.err);
            assert!(!home.profile("x.toml").exists());
        }
    }
}

#[test]
fn several_sets_become_several_profiles_or_one_is_chosen() {
    let home = Home::new();
    let two = format!(
        "{TWURL}  Ann B:\n    other:\n      consumer_secret: a\n    another:\n      consumer_secret: b\n"
    );
    home.files().write("twurlrc", &two);
    let import = ["profile", "import", "--from", "twurl", "twurlrc"];
    let ran = home.run(&[&import[..], &["--name", "x"]].concat()).exits(2);
    assert!(ran.err.contains("--item"), "{}", ran.err);
    let ran = home.run(&[&import[..], &["--item", "nobody"]].concat());
    assert!(ran.exits(2).err.contains("Ann B, photos"));
    assert!(!home.files().path().join("config").exists());
    let one = ["--item", "photos", "--name", "mine"];
    home.run(&[&import[..], &one].concat()).exits(0);
    home.run(&import).exits(0);
    let listed = home.run(&["profile", "list", "--format", "json"]).exits(0);
    let listed = listed.json();
    let names: Vec<&str> = listed["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|profile| profile["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["ann-b", "ann-b-2", "mine", "photos"]);
}

/// Folders and requests that repeat a block make one profile; an existing name stops all.
#[test]
fn all_are_imported_or_none() {
    let home = Home::new();
    home.run(&["profile", "add", "second", "--keys", "keys.toml"])
        .exits(0);
    let text =
        "---\nprofiles:\n  first:\n    a:\n      token: t\n  second:\n    b:\n      token: t\n";
    home.files().write("twurlrc", text);
    home.run(&["profile", "import", "--from", "twurl", "twurlrc"])
        .exits(2);
    assert!(!home.profile("first.toml").exists());
    let block = r#"{ "type": "oauth1", "oauth1": { "consumerKey": "k", "consumerSecret": "{{nowhere}}" } }"#;
    let item = |name: &str| {
        format!(r#"{{ "name": "{name}", "request": {{ "url": "u", "auth": {block} }} }}"#)
    };
    home.files().write(
        "same.json",
        format!(r#"{{ "item": [{}, {}] }}"#, item("One"), item("Two")),
    );
    let ran = home
        .run(&["profile", "import", "--from", "postman", "same.json"])
        .exits(0);
    assert!(ran.err.contains("left out: nowhere"), "{}", ran.err);
    assert!(ran.err.contains("[fail] consumer_secret"), "{}", ran.err);
    assert!(home.profile("one.toml").exists() && !home.profile("two.toml").exists());
}

#[cfg(unix)]
#[test]
fn a_private_key_is_written_beside_the_profile() {
    use std::os::unix::fs::MetadataExt as _;

    let home = Home::new();
    let pem = countersign_test_support::fixtures::key("rsa2048.pkcs8.pem");
    let pem = String::from_utf8(pem).unwrap();
    let indented: String = pem.lines().map(|line| format!("    {line}\n")).collect();
    let bruno = |key: &str| {
        format!(
            "auth:oauth1 {{\n  consumer_key: k\n  signature_method: RSA-SHA256\n  private_key: {key}\n}}\n"
        )
    };
    home.files()
        .write("rsa.bru", bruno(&format!("'''\n{indented}  '''")));
    let import = ["profile", "import", "--from", "bruno", "rsa.bru"];
    home.run(&import).exits(0);
    let key = home.profile("rsa.key.pem");
    assert_eq!(std::fs::read_to_string(&key).unwrap(), pem);
    assert_eq!(key.metadata().unwrap().mode() & 0o777, 0o600);
    let sign = ["sign", "--profile", "rsa", URL];
    assert!(home.run(&sign).exits(0).out.contains("RSA-SHA256"));
    home.run(&["profile", "status", "rsa"]).exits(0);
    // A profile that takes its place, or nothing, leaves no key behind.
    let add = ["profile", "add", "rsa", "--force", "--keys", "keys.toml"];
    home.run(&add).exits(0);
    assert!(!key.exists());
    home.run(&[&import[..], &["--force"]].concat()).exits(0);
    home.run(&["profile", "remove", "rsa"]).exits(0);
    assert!(!key.exists() && !home.profile("rsa.toml").exists());
    // What is no key is refused before anything is written.
    home.files()
        .write("bad.bru", bruno("'''\n    canary-secret\n  '''"));
    let ran = home.run(&["profile", "import", "--from", "bruno", "bad.bru"]);
    assert!(!ran.exits(3).err.contains("canary"));
    assert!(!home.profile("bad.toml").exists() && !home.profile("bad.key.pem").exists());
    home.files().write("sub.bru", bruno("@file(keys/a.pem)"));
    home.run(&["profile", "import", "--from", "bruno", "sub.bru"])
        .exits(0);
    let written = std::fs::read_to_string(home.profile("sub.toml")).unwrap();
    assert!(written.contains("/keys/a.pem\""), "{written}");
}

/// Sets that differ in nothing but a variable that is not there are two.
#[test]
fn sets_of_other_variables_are_kept_apart() {
    let home = Home::new();
    let long = "a".repeat(80);
    let item = |secret: &str| {
        format!(
            r#"{{ "name": "{long}", "request": {{ "url": "u", "auth": {{ "type": "oauth1",
               "oauth1": {{ "consumerKey": "k", "consumerSecret": "{{{{{secret}}}}}" }} }} }} }}"#
        )
    };
    let items = [item("one"), item("two"), item("one")].join(",");
    home.files()
        .write("two.json", format!(r#"{{ "item": [{items}] }}"#));
    let ran = home.run(&["profile", "import", "--from", "postman", "two.json"]);
    let ran = ran.exits(0);
    assert!(ran.err.contains("left out: one"), "{}", ran.err);
    assert!(ran.err.contains("left out: two"), "{}", ran.err);
    let listed = home.run(&["profile", "list", "--format", "json"]).exits(0);
    let listed = listed.json();
    let names: Vec<&str> = listed["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|profile| profile["name"].as_str().unwrap())
        .collect();
    // So long that a number has to take the place of its end.
    assert_eq!(names, [&format!("{}-2", &long[..60]), &long[..64]]);
}

/// The key beside a profile stays for as long as another profile signs with it.
#[test]
fn a_key_that_another_profile_names_stays() {
    let home = Home::new();
    let pem = countersign_test_support::fixtures::key("rsa2048.pkcs8.pem");
    let pem = String::from_utf8(pem).unwrap();
    let indented: String = pem.lines().map(|line| format!("    {line}\n")).collect();
    home.files().write(
        "rsa.bru",
        format!("auth:oauth1 {{\n  consumer_key: k\n  private_key: '''\n{indented}  '''\n}}\n"),
    );
    let import = ["profile", "import", "--from", "bruno", "rsa.bru"];
    home.run(&import).exits(0);
    let own = home.profile("rsa.toml").display().to_string();
    home.run(&["profile", "add", "copy", "--keys", &own])
        .exits(0);
    let key = home.profile("rsa.key.pem");
    let add = ["profile", "add", "rsa", "--force", "--keys", "keys.toml"];
    let ran = home.run(&add).exits(0);
    assert!(ran.err.contains("the profile copy names it"), "{}", ran.err);
    assert!(key.exists());
    // Nor is it written over.
    home.run(&[&import[..], &["--force"]].concat()).exits(0);
    let second = home.profile("rsa.key-2.pem");
    assert!(second.exists());
    home.run(&["profile", "remove", "rsa"]).exits(0);
    assert!(!second.exists());
    assert_eq!(std::fs::read_to_string(&key).unwrap(), pem);
    let sign = ["sign", "--profile", "copy", "--signature-method"];
    home.run(&[&sign[..], &["RSA-SHA256", URL]].concat())
        .exits(0);
}

/// A label of a file can't choose where the profile goes, nor write to the terminal.
#[test]
fn labels_are_not_trusted() {
    let home = Home::new();
    let evil = TWURL.replace("  photos:", "  \"../../\\e[31mevil\":");
    home.files().write("twurlrc", evil);
    let ran = home
        .run(&["profile", "import", "--from", "twurl", "twurlrc"])
        .exits(0);
    assert!(!ran.err.contains('\u{1b}'), "{:?}", ran.err);
    assert!(home.profile("31mevil.toml").exists());
    home.files()
        .write("nameless", TWURL.replace("  photos:", "  \"\\u00e4\":"));
    home.run(&["profile", "import", "--from", "twurl", "nameless"])
        .exits(0);
    assert!(home.profile("nameless.toml").exists());
    let import = ["profile", "import", "--from", "twurl", "-"];
    let nameless = TWURL.replace("  photos:", "  \"\\u00e4\":");
    let ran = home.run_with(&import, nameless.as_bytes(), &[]);
    assert!(ran.exits(2).err.contains("--name"));
}

/// What is replaced gives way to other credentials, not to none; the token of an application goes on.
#[cfg(feature = "network")]
#[test]
fn a_connected_profile_is_not_replaced_by_nothing() {
    let home = Home::with_acme();
    let state = || {
        let status = ["token", "status", "--profile", "acme", "--format", "json"];
        home.run(&status).json()["state"].clone()
    };
    // Its token goes into the store of connections.
    let server = Server::answering(vec![reply("200 OK", "", "")]);
    let url = server.url("/");
    home.run(&["request", "--profile", "acme", &url]).exits(0);
    server.requests();
    assert_eq!(state(), "active");
    let bare = r#"{ "info": { "name": "acme" }, "auth": { "type": "oauth1", "oauth1": [
        { "key": "signatureMethod", "value": "HMAC-SHA256" } ] }, "item": [] }"#;
    home.files().write("bare.json", bare);
    let import = [
        "profile", "import", "--from", "postman", "--force", "--name", "acme",
    ];
    let ran = home.run(&[&import[..], &["bare.json"]].concat()).exits(2);
    assert!(
        ran.err.contains("would put settings without"),
        "{}",
        ran.err
    );
    assert_eq!(state(), "active");

    let key =
        |name: &str, value: &str| format!("{{ \"key\": \"{name}\", \"value\": \"{value}\" }}");
    for (consumer, expected) in [("dpf43f3p2l4k3l03", "active"), ("another", "absent")] {
        let keys = [key("consumerKey", consumer), key("consumerSecret", "new")].join(",");
        let text = format!(
            "{{ \"info\": {{ \"name\": \"acme\" }}, \"auth\": {{ \"type\": \"oauth1\", \"oauth1\": [{keys}] }}, \"item\": [] }}"
        );
        home.files().write("keys.json", text);
        home.run(&[&import[..], &["keys.json"]].concat()).exits(0);
        assert_eq!(state(), expected, "{consumer}");
        let written = home.files().path().join("config/profiles/acme.toml");
        let written = std::fs::read_to_string(written).unwrap();
        assert!(written.contains("consumer_secret = \"new\""), "{written}");
    }
}

/// The settings of a request that is signed with this key.
pub(crate) fn with_private_key(consumer: &str, key: &str) -> String {
    let pem = countersign_test_support::fixtures::key(key);
    let pem = String::from_utf8(pem).unwrap();
    let indented: String = pem.lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "auth:oauth1 {{\n  consumer_key: {consumer}\n  signature_method: RSA-SHA256\n  private_key: \'\'\'\n{indented}  \'\'\'\n}}\n"
    )
}

/// The key of the profile that is replaced goes when the new one is there, and not before.
#[test]
fn a_key_goes_when_another_is_in_its_place() {
    let home = Home::new();
    for (file, key) in [
        ("one", "rsa2048.pkcs8.pem"),
        ("two", "rsa2048-other.pkcs8.pem"),
    ] {
        home.files()
            .write(&format!("{file}.bru"), with_private_key(file, key));
    }
    let import = ["profile", "import", "--from", "bruno", "--force", "--name"];
    home.run(&[&import[..], &["rsa", "one.bru"]].concat())
        .exits(0);
    let files = || {
        let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(home.profile(""))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, std::fs::read(path).unwrap())
            })
            .collect();
        files.sort();
        files
    };
    let before = files();
    assert_eq!(before.len(), 3);
    // The profile can't be written.
    for name in ["rsa", "fresh"] {
        let blocks = home.profile(&format!(".{name}.toml.new"));
        std::fs::create_dir(&blocks).unwrap();
        home.run(&[&import[..], &[name, "two.bru"]].concat())
            .exits(3);
        assert_eq!(files(), before, "{name}");
        std::fs::remove_dir(&blocks).unwrap();
    }
    let sign = ["sign", "--profile", "rsa", URL];
    assert!(home.run(&sign).exits(0).out.contains("one"));
    for file in ["two", "one", "one"] {
        let file = format!("{file}.bru");
        home.run(&[&import[..], &["rsa", &file]].concat()).exits(0);
        home.run(&sign).exits(0);
        // The old key is gone, and no other is there.
        assert_eq!(files().len(), 3, "{:?}", files());
    }
    home.run(&["profile", "remove", "rsa"]).exits(0);
    assert_eq!(files().len(), 1);
}
