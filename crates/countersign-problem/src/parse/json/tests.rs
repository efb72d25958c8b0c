use super::fields;

fn flat(text: &str) -> Vec<String> {
    fields(text)
        .into_iter()
        .map(|field| format!("{}.{}={}", field.parent, field.name, field.value))
        .collect()
}

#[test]
fn scalars_come_with_their_names() {
    assert_eq!(
        flat(r#"{"errors":[{"code":32,"message":"a\"b"}],"ok":false,"n":null,"list":["x","y"]}"#),
        [
            "errors.code=32",
            "errors.message=a\"b",
            ".ok=false",
            ".n=null",
            ".list=x",
            ".list=y"
        ]
    );
    assert_eq!(flat("\"x\""), [".=x"]);
    assert_eq!(flat("{\"a\":{\"b\":{\"c\":1}}}"), ["b.c=1"]);
}

#[test]
fn escapes_are_undone() {
    assert_eq!(
        flat(r#"["\u0026\n\/\ud83d\ude00\u00e9", "\ud83d", "\ud83dx\ude00", "\u12"]"#),
        [".=&\n/\u{1f600}\u{e9}", ".=", ".=x", ".=12"]
    );
}

#[test]
fn broken_text_gives_what_was_read() {
    assert_eq!(flat("{\"a\":1,\"b\":\"x"), [".a=1", ".b=x"]);
    assert_eq!(flat("{\"a\":1}}}]]{\"b\":2"), [".a=1", ".b=2"]);
    assert_eq!(flat("{\"a\" 1 2}"), [".a=1", ".=2"]);
    assert!(flat(&"[".repeat(100_000)).is_empty());
    assert_eq!(flat(&"1,".repeat(100_000)).len(), 2048);
}
