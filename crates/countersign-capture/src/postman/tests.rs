use crate::{CaptureError, InputKind, Limits, Missing, Note, read, read_with};

#[test]
fn a_single_item_is_enough() {
    let capture =
        read(br#"{"name":"x","request":{"method":"GET","url":"api.example.com/a"}}"#).unwrap();
    assert_eq!(capture.kind(), InputKind::Postman);
    assert_eq!(
        capture.request().unwrap().url(None).unwrap(),
        "http://api.example.com/a"
    );
    assert_eq!(capture.exchanges()[0].notes(), [Note::SchemeAssumed]);
    let short = read(br#"{"item":[{"request":"https://h/a"}]}"#).unwrap();
    assert_eq!(short.request().unwrap().method(), "GET");
}

#[test]
fn an_auth_block_of_version_2_0_is_understood_too() {
    let item = br#"{"item":[{"request":{"url":"https://h/","auth":{"type":"oauth1","oauth1":{"consumerKey":"k","tokenSecret":"c4n4ry","token":"","version":null}}}}]}"#;
    let capture = read(item).unwrap();
    let [Note::PostmanOAuth1 { present }] = capture.exchanges()[0].notes() else {
        panic!("one note");
    };
    assert_eq!(present.join(" "), "consumerKey tokenSecret");
    assert!(!format!("{capture:?}").contains("c4n4ry"));
}

#[test]
fn values_are_put_in_within_a_budget() {
    let value = "v".repeat(1024 * 1024);
    let many = "{{a}}".repeat(40);
    let text = format!(
        r#"{{"item":[{{"request":{{"method":"POST","url":"https://h/{{{{b}}}}/{{{{ c }}}}","body":{{"mode":"raw","raw":"{many}"}}}}}}],"variable":[{{"key":"a","value":"{value}"}},{{"key":"c","value":"d"}}]}}"#
    );
    let capture = read(text.as_bytes()).unwrap();
    let request = capture.request().unwrap();
    assert_eq!(request.target(), "/{{b}}/d");
    assert!(request.body().len() < 17 * 1024 * 1024);
    let unresolved = |name: &str| Note::UnresolvedVariable {
        name: name.to_owned(),
    };
    assert_eq!(
        capture.exchanges()[0].notes(),
        [unresolved("b"), unresolved("a")]
    );
}

#[test]
fn disabled_bodies_and_files_are_not_sent() {
    let item = |body: &str| {
        format!(r#"{{"request":{{"method":"POST","url":"https://h/","body":{body}}}}}"#)
    };
    let disabled = read(item(r#"{"mode":"raw","raw":"x","disabled":true}"#).as_bytes()).unwrap();
    assert_eq!(disabled.request().unwrap().body(), b"");
    let file = read(item(r#"{"mode":"file","file":{"src":"x"}}"#).as_bytes()).unwrap();
    assert!(file.missing().contains(&Missing::Body));
}

#[test]
fn deep_trees_are_walked_without_recursion() {
    let depth = 60;
    let text = format!(
        "{}{}{}",
        r#"{"name":"folder","item":["#.repeat(depth),
        r#"{"request":"https://h/"}"#,
        "]}".repeat(depth)
    );
    let capture = read(text.as_bytes()).unwrap();
    assert_eq!(capture.exchanges().len(), 1);
    assert!(capture.exchanges()[0].label().unwrap().len() <= 220);
}

#[test]
fn items_are_limited_and_visited_in_order() {
    let item = |name: &str| format!(r#"{{"name":"{name}","request":"https://h/{name}"}}"#);
    let text = format!(
        r#"{{"item":[{},{{"name":"f","item":[{},{}]}},0,{}]}}"#,
        item("a"),
        item("b"),
        item("c"),
        item("d")
    );
    let capture = read(text.as_bytes()).unwrap();
    let labels: Vec<_> = capture
        .exchanges()
        .iter()
        .filter_map(|exchange| exchange.label())
        .collect();
    assert_eq!(labels, ["a", "f / b", "f / c", "d"]);
    for (entries, fits) in [(4, true), (3, false)] {
        let limits = Limits::default().with_entries(entries);
        assert_eq!(read_with(text.as_bytes(), &limits).is_ok(), fits);
    }
    let skipped = r#"{"item":[{"request":0},{"request":0}]}"#;
    let limits = Limits::default().with_entries(1);
    assert!(matches!(
        read_with(skipped.as_bytes(), &limits),
        Err(CaptureError::Limit(_))
    ));
    let refused = read(skipped.as_bytes()).unwrap_err().to_string();
    assert!(
        refused.contains("found its request has no url"),
        "{refused}"
    );
}
