use countersign_base_string::Place;

use super::{PrivateKey, Settings, SettingsError, Tool, Where, read};
use crate::Limits;

const POSTMAN: &str = r#"{
  "info": { "name": "Shop" },
  "variable": [{ "key": "secret", "value": "kd94hf93k423kf44" }],
  "auth": { "type": "oauth1", "oauth1": [
    { "key": "consumerKey", "value": "dpf43f3p2l4k3l03", "type": "string" },
    { "key": "consumerSecret", "value": "{{secret}}" },
    { "key": "token", "value": "nnch734d00sl2jdk" },
    { "key": "tokenSecret", "value": "{{elsewhere}}" },
    { "key": "signatureMethod", "value": "HMAC-SHA256" },
    { "key": "addParamsToHeader", "value": true },
    { "key": "includeBodyHash", "value": false },
    { "key": "version", "value": "1.0" }
  ] },
  "item": [{ "name": "Orders", "item": [{
    "name": "List",
    "request": { "url": "https://a.example/", "auth": { "type": "oauth1", "oauth1": {
      "consumerKey": "other", "addParamsToHeader": false, "realm": "Photos" } } }
  }, { "name": "Basic", "request": { "url": "https://a.example/", "auth": { "type": "basic" } } }] }]
}"#;

const INSOMNIA: &str = r#"{ "_type": "export", "__export_format": 4, "resources": [
  { "_type": "environment", "data": { "key": "dpf43f3p2l4k3l03", "twice": "one" } },
  { "_type": "environment", "data": { "twice": "another" } },
  { "_type": "request", "name": "List", "authentication": { "type": "oauth1",
    "consumerKey": "{{ _.key }}", "consumerSecret": "{{ twice }}", "tokenKey": "nnch734d00sl2jdk",
    "tokenSecret": "{% prompt 'secret' %}", "signatureMethod": "HMAC-SHA1", "realm": "",
    "privateKey": "-----BEGIN PRIVATE KEY-----" } },
  { "_type": "request", "name": "Off", "authentication": { "type": "oauth1", "disabled": true } },
  { "_type": "request", "name": "None", "authentication": {} }
] }"#;

const INSOMNIA_5: &str = r#"type: collection.insomnia.rest/5.0
schema_version: "5.1"
name: Shop
meta:
  id: wrk_90c1a5
  created: 1736111908438
collection:
  - name: Orders
    meta:
      id: fld_90c1a5
      sortKey: -1736111908438
    children:
      - url: "{{ _.base }}/orders"
        name: List
        method: GET
        headers: []
        authentication:
          type: oauth1
          disabled: false
          signatureMethod: HMAC-SHA256
          consumerKey: "{{ _.key }}"
          consumerSecret: "{{ twice }}"
          tokenKey: 0123456789
          tokenSecret: >-
            pfkkdhi9sl3r4s00
          includeBodyHash: true
          realm: ""
          privateKey: |-
            -----BEGIN PRIVATE KEY-----
            AAAA
            -----END PRIVATE KEY-----
      - { url: "https://a.example/", name: Off, authentication: { type: oauth1, disabled: true } }
    environment:
      twice: another
  - name: Basic
    authentication: { type: basic }
  - name: Folder
    authentication:
      type: oauth1
      consumerKey: 'it''s'
      callback: https://a.example/callback?one=1#frag
environments:
  name: Base Environment
  data:
    twice: one
  subEnvironments:
    - name: Live
      data:
        key: dpf43f3p2l4k3l03
"#;

const BRUNO: &str = "\
meta {
  name: Photos
  type: http
}

get {
  url: https://api.example.com/
  auth: oauth1
}

auth:oauth1 {
  consumer_key: dpf43f3p2l4k3l03
  consumer_secret: {{secret}}
  access_token: nnch734d00sl2jdk
  token_secret: {{process.env.TOKEN_SECRET}}
  callback_url: https://a.example/callback
  signature_method: RSA-SHA1
  private_key: '''
    -----BEGIN PRIVATE KEY-----
    AAAA
    -----END PRIVATE KEY-----
  '''
  realm:
  placement: query
  include_body_hash: true
  ~nonce: abc
}

vars:pre-request {
  secret: kd94hf93k423kf44
}

vars:secret [
  other
]

script:pre-request {
  auth:oauth1 {
}
";

const TWURL: &str = "\
---
profiles:
  ann:
    dpf43f3p2l4k3l03:
      username: ann
      consumer_key: dpf43f3p2l4k3l03
      consumer_secret: kd94hf93k423kf44
      token: nnch734d00sl2jdk
      secret: \"pfkk\\x64hi9sl3r4s00\"
  '12345':
    other:
      username: '12345'
      consumer_secret: 'it''s'
configuration:
  default_profile:
  - ann
  - dpf43f3p2l4k3l03
aliases:
  tl: \"/1.1/statuses/home_timeline.json\"
bearer_tokens: {}
";

fn found(tool: Tool, text: &str) -> Vec<Settings> {
    read(tool, text.as_bytes(), &Limits::default()).unwrap()
}

fn secret(of: Option<&countersign_key::Secret>) -> Option<&str> {
    of.map(countersign_key::Secret::expose_secret)
}

#[test]
fn postman_blocks_are_read_where_they_stand() {
    let found = found(Tool::Postman, POSTMAN);
    let [collection, request] = found.as_slice() else {
        panic!("{}", found.len());
    };
    assert_eq!(collection.label(), "Shop");
    assert_eq!(collection.consumer_key(), Some("dpf43f3p2l4k3l03"));
    assert_eq!(
        secret(collection.consumer_secret()),
        Some("kd94hf93k423kf44")
    );
    assert_eq!(collection.token(), Some("nnch734d00sl2jdk"));
    assert!(collection.token_secret().is_none());
    assert_eq!(collection.unresolved(), ["elsewhere"]);
    assert_eq!(collection.signature_method(), Some("HMAC-SHA256"));
    assert_eq!(collection.placement(), Some(Place::Header));
    assert_eq!(collection.body_hash(), Some(false));
    assert_eq!(request.label(), "Shop / Orders / List");
    assert_eq!(request.consumer_key(), Some("other"));
    assert_eq!(request.placement(), Some(Place::Query));
    assert_eq!(request.realm(), Some("Photos"));
}

#[test]
fn insomnia_requests_are_read() {
    let found = found(Tool::Insomnia, INSOMNIA);
    let [list] = found.as_slice() else {
        panic!("{}", found.len());
    };
    assert_eq!(list.label(), "List");
    assert_eq!(list.consumer_key(), Some("dpf43f3p2l4k3l03"));
    assert_eq!(list.token(), Some("nnch734d00sl2jdk"));
    assert_eq!(list.realm(), None);
    // Two environments disagree, and a tag is not run.
    assert!(list.consumer_secret().is_none() && list.token_secret().is_none());
    assert_eq!(list.unresolved(), ["twice", "{% %}"]);
    assert!(matches!(list.private_key(), Some(PrivateKey::Text(_))));
}

#[test]
fn an_insomnia_tree_is_read() {
    let found = found(Tool::Insomnia, INSOMNIA_5);
    let [list, folder] = found.as_slice() else {
        panic!("{}", found.len());
    };
    assert_eq!(list.label(), "Orders / List");
    assert_eq!(list.consumer_key(), Some("dpf43f3p2l4k3l03"));
    assert_eq!(list.token(), Some("0123456789"), "a text in the end");
    assert_eq!(secret(list.token_secret()), Some("pfkkdhi9sl3r4s00"));
    assert_eq!(list.signature_method(), Some("HMAC-SHA256"));
    assert_eq!(list.body_hash(), Some(true));
    assert_eq!(list.realm(), None);
    let Some(PrivateKey::Text(key)) = list.private_key() else {
        panic!("{list:?}");
    };
    let lines: Vec<_> = key.expose_secret().lines().collect();
    assert_eq!(lines.get(1), Some(&"AAAA"));
    // A folder and the base environment disagree.
    assert!(list.consumer_secret().is_none());
    assert_eq!(list.unresolved(), ["twice"]);
    assert_eq!(folder.label(), "Folder");
    assert_eq!(folder.consumer_key(), Some("it's"));
    assert_eq!(
        folder.callback(),
        Some("https://a.example/callback?one=1#frag")
    );
}

/// YAML has ways to say a thing that no export needs, and some that would fill the memory.
#[test]
fn other_yaml_is_refused() {
    let collection = |rest: &str| format!("type: collection.insomnia.rest/5.0\n{rest}");
    let another = (
        "type: collection.insomnia.rest/5.0 with a list collection",
        "another document",
    );
    for (text, (expected, wrong), place) in [
        (String::new(), another, Where::Whole),
        (
            "type: x\ncollection: []\n".to_owned(),
            another,
            Where::Whole,
        ),
        (collection(""), another, Where::Whole),
        (collection("collection: none\n"), another, Where::Whole),
        (
            collection("collection:\n  - &a { name: x }\n  - *a\n"),
            ("values where they are used", "an alias"),
            Where::Line(4),
        ),
        (
            collection("collection: []\ncollection: []\n"),
            ("each name once", "one that is there twice"),
            Where::Line(3),
        ),
        (
            collection("? [a]\n: b\n"),
            ("a name", "a list or map"),
            Where::Line(2),
        ),
        (
            collection(&format!("collection: {}\n", "[".repeat(128))),
            ("at most 128 levels", "more"),
            Where::Line(2),
        ),
        (
            collection("collection: [kd94hf93k423kf44\n"),
            ("YAML", "something else"),
            Where::Line(3),
        ),
    ] {
        refused(Tool::Insomnia, &text, expected, wrong, place);
    }
    let none = collection("collection: []\n");
    refused(
        Tool::Insomnia,
        &none,
        "OAuth 1.0 settings",
        "none",
        Where::Whole,
    );
}

#[test]
fn a_bruno_block_is_read() {
    let found = found(Tool::Bruno, BRUNO);
    let [photos] = found.as_slice() else {
        panic!("{}", found.len());
    };
    assert_eq!(photos.label(), "Photos");
    assert_eq!(secret(photos.consumer_secret()), Some("kd94hf93k423kf44"));
    assert_eq!(photos.token(), Some("nnch734d00sl2jdk"));
    assert_eq!(photos.unresolved(), ["process.env.TOKEN_SECRET"]);
    assert_eq!(photos.callback(), Some("https://a.example/callback"));
    assert_eq!(photos.placement(), Some(Place::Query));
    assert_eq!(photos.body_hash(), Some(true));
    let Some(PrivateKey::Text(pem)) = photos.private_key() else {
        panic!("{:?}", photos.private_key());
    };
    assert_eq!(
        pem.expose_secret(),
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"
    );
    let file = "auth:oauth1 {\n  private_key: @file(keys/a.pem)\n}\n";
    let [settings] = &self::found(Tool::Bruno, file)[..] else {
        panic!("one block");
    };
    assert!(matches!(settings.private_key(), Some(PrivateKey::File(path)) if path == "keys/a.pem"));
}

/// As Bruno writes the tags of a request.
#[test]
fn bruno_lists_are_passed_over() {
    let tagged = BRUNO.replace(
        "  type: http\n",
        "  type: http\n  tags: [\n    smoke\n    slow\n  ]\n  seq: 1\n",
    );
    let [photos] = &found(Tool::Bruno, &tagged)[..] else {
        panic!("one block");
    };
    assert_eq!(photos.label(), "Photos");
    assert_eq!(secret(photos.consumer_secret()), Some("kd94hf93k423kf44"));
    let open = BRUNO.replace("  type: http\n", "  tags: [\n    smoke\n");
    assert!(read(Tool::Bruno, open.as_bytes(), &Limits::default()).is_err());
}

#[test]
fn twurl_profiles_are_read() {
    let found = found(Tool::Twurl, TWURL);
    let [ann, number] = found.as_slice() else {
        panic!("{}", found.len());
    };
    assert_eq!(ann.label(), "ann");
    assert!(ann.is_default() && !number.is_default());
    assert_eq!(ann.consumer_key(), Some("dpf43f3p2l4k3l03"));
    assert_eq!(secret(ann.token_secret()), Some("pfkkdhi9sl3r4s00"));
    assert_eq!(number.label(), "12345");
    assert_eq!(number.consumer_key(), Some("other"));
    assert_eq!(secret(number.consumer_secret()), Some("it's"));
}

#[track_caller]
fn refused(tool: Tool, text: &str, expected: &str, found: &str, place: Where) {
    let error = read(tool, text.as_bytes(), &Limits::default()).unwrap_err();
    let wanted = format!("{tool}: expected {expected}, found {found}{place}");
    assert_eq!(error.to_string(), wanted, "{text}");
}

#[test]
fn what_the_tool_did_not_write_is_refused_with_its_place() {
    let text = "text in UTF-8";
    let error = read(Tool::Bruno, b"meta {\n\xFF", &Limits::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("Bruno file: expected {text}, found other bytes (line 2)")
    );
    let line = Where::Line;
    for (text, expected, found, place) in [
        ("", "OAuth 1.0 settings", "none", Where::Whole),
        ("meta {\n}\n", "OAuth 1.0 settings", "none", Where::Whole),
        (
            "meta\n",
            "the beginning of a block",
            "something else",
            line(1),
        ),
        (
            "auth:oauth1 {\n  a\n}\n",
            "NAME: VALUE",
            "something else",
            line(2),
        ),
        (
            "auth:oauth1 {\n  a: b\n",
            "the end of a block",
            "the end of the input",
            line(2),
        ),
        (
            "auth:oauth1 {\n  a: '''\n}\n",
            "the end of '''",
            "the end of the block",
            line(2),
        ),
        (
            "auth:oauth1 {\n  placement: cookie\n}\n",
            "header, query or body",
            "something else",
            line(2),
        ),
        (
            "auth:oauth1 {\n  realm: a\n  realm: b\n}\n",
            "each setting once",
            "one that is there twice",
            line(3),
        ),
    ] {
        refused(Tool::Bruno, text, expected, found, place);
    }
    for (text, expected, found, place) in [
        ("profiles:\n", "OAuth 1.0 settings", "none", Where::Whole),
        (
            "profiles:\n\tann:\n",
            "blanks before a name",
            "a tab",
            line(2),
        ),
        (
            "profiles:\n ann:\n",
            "two blanks a level",
            "an odd number",
            line(2),
        ),
        (
            "profiles:\n    ann:\n",
            "a level that was opened",
            "a deeper one",
            line(2),
        ),
        (
            "profiles:\n  ann: x\n",
            "lines below a name",
            "a value beside it",
            line(2),
        ),
        (
            "profiles:\n  ann\n",
            "NAME: VALUE",
            "something else",
            line(2),
        ),
        (
            "profiles:\n  \"ann\n",
            "the closing quote",
            "the end of the line",
            line(2),
        ),
        (
            "profiles: &a\n",
            "a plain or quoted text",
            "other YAML",
            line(1),
        ),
        ("- a\n", "a name above the list", "none", line(1)),
        (
            "profiles:\n  ann:\n    key:\n      token: \"\\q\"\n",
            "a known escape",
            "another",
            line(4),
        ),
        (
            "profiles:\n  ann:\n    key:\n      token:\n",
            "a value on the line",
            "none",
            line(4),
        ),
    ] {
        refused(Tool::Twurl, text, expected, found, place);
    }
    refused(Tool::Postman, "{", "JSON", "the end of the input", line(1));
    for end in ["\n", "\r\n"] {
        let broken = format!("{{{end}\"a{end}\": 1}}");
        refused(Tool::Postman, &broken, "JSON", "something else", line(2));
    }
    refused(
        Tool::Postman,
        "{}",
        "a collection or an item of one",
        "another document",
        Where::Whole,
    );
    let block = |value: &str| {
        format!(
            r#"{{"item":[{{"auth":{{"type":"oauth1","oauth1":[{{"key":"realm","value":{value}}}]}}}}]}}"#
        )
    };
    refused(
        Tool::Postman,
        &block("7"),
        "a text",
        "a number, list or object",
        Where::Entry(2),
    );
    assert_eq!(found(Tool::Postman, &block("\"7\"")).len(), 1);
    refused(
        Tool::Insomnia,
        "[]",
        "a list resources",
        "another document",
        Where::Whole,
    );
}

#[test]
fn limits_are_kept() {
    let small = Limits::default().with_input_bytes(10);
    let few = Limits::default().with_entries(1);
    for (tool, text) in [
        (Tool::Postman, POSTMAN),
        (Tool::Insomnia, INSOMNIA),
        (Tool::Insomnia, INSOMNIA_5),
        (Tool::Twurl, TWURL),
    ] {
        for limits in [&small, &few] {
            let error = read(tool, text.as_bytes(), limits).unwrap_err();
            assert!(matches!(error, SettingsError::Limit(_)), "{tool}: {error}");
        }
    }
    assert!(read(Tool::Bruno, BRUNO.as_bytes(), &small).is_err());
}

/// Neither `Debug` nor an error shows a secret; every cut of every file is read or refused.
#[test]
fn secrets_stay_hidden_whatever_is_cut_off() {
    const SECRETS: [&str; 6] = [
        "kd94hf93k423kf44",
        "pfkkdhi9sl3r4s00",
        "AAAA",
        "it's",
        "dpf43f3p2l4k3l03",
        "nnch734d00sl2jdk",
    ];
    for (tool, text) in [
        (Tool::Postman, POSTMAN),
        (Tool::Insomnia, INSOMNIA),
        (Tool::Insomnia, INSOMNIA_5),
        (Tool::Bruno, BRUNO),
        (Tool::Twurl, TWURL),
    ] {
        for end in 0..=text.len() {
            let cut = text.get(..end).expect("ASCII");
            let shown = match read(tool, cut.as_bytes(), &Limits::default()) {
                Ok(found) => format!("{found:?} {found:#?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            for secret in SECRETS {
                assert!(!shown.contains(secret), "{tool} up to {end} shows {secret}");
            }
        }
    }
}
