use super::{fields, text, unescape};

fn flat(markup: &str) -> Vec<String> {
    fields(markup)
        .into_iter()
        .map(|field| format!("{}.{}={}", field.parent, field.name, field.value))
        .collect()
}

#[test]
fn leaves_and_attributes_are_named() {
    assert_eq!(
        flat("<e><code>401</code><x:m> a &amp; b </x:m><err code=\"35\" msg=\"no\"/></e>"),
        [".code=401", ".m=a & b", "err.code=35", "err.msg=no"]
    );
    assert_eq!(flat("<a><b>c</a>"), Vec::<String>::new());
    assert_eq!(flat("<a"), Vec::<String>::new());
    assert_eq!(flat("<a></a>"), [".a="]);
}

#[test]
fn tags_become_line_breaks() {
    assert_eq!(text("<h1>a&lt;b</h1>c"), "\na<b\nc");
    assert_eq!(text("a<b"), "a\n");
}

#[test]
fn references_are_undone_and_others_stay() {
    assert_eq!(
        unescape("&amp;&#39;&#x27;&quot;&rsquo;&nbsp;"),
        "&''\"\u{2019} "
    );
    assert_eq!(
        unescape("a & b &unknown; &#xd800; &#99999999999; &"),
        "a & b &unknown; &#xd800; &#99999999999; &"
    );
    assert_eq!(unescape("&amp;amp;"), "&amp;");
}
