use proptest::prelude::*;

use super::{Layer, is_base_string, peel, remove};

const BASE: &str = "GET&https%3A%2F%2Fa.example%2F&b%3Dc%2526d";

fn percent(text: &str) -> String {
    countersign_encoding::encode(text).into_owned()
}

#[test]
fn layers_come_off_in_order() {
    let html = |text: &str| text.replace('&', "&amp;");
    let json = |text: &str| text.replace('&', "\\u0026");
    let table: [(String, &[Layer]); 11] = [
        (BASE.to_owned(), &[]),
        (html(BASE), &[Layer::Html]),
        (BASE.replace('&', "&#38;"), &[Layer::Html]),
        (BASE.replace('&', "&#x26;"), &[Layer::Html]),
        (json(BASE), &[Layer::Json]),
        (percent(BASE), &[Layer::Percent]),
        (percent(&percent(BASE)), &[Layer::Percent, Layer::Percent]),
        (percent(&html(BASE)), &[Layer::Percent, Layer::Html]),
        (percent(&json(BASE)), &[Layer::Percent, Layer::Json]),
        (html(&html(BASE)), &[Layer::Html, Layer::Html]),
        (BASE.replace('&', r"\\u0026"), &[Layer::Json, Layer::Json]),
    ];
    for (text, layers) in table {
        let peeled = peel(&text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(peeled.as_str(), BASE, "{text}");
        assert_eq!(peeled.layers(), layers, "{text}");
    }
}

#[test]
fn a_wrongly_encoded_base_string_is_left_as_it_is() {
    for text in [
        "GET&https://a.example/&b=c",
        "GET&https%253A%252F%252Fa.example&b%3Dc",
        "post&http%3a%2f%2fa.example&b%3Dc",
    ] {
        assert!(is_base_string(text), "{text}");
        assert_eq!(peel(text).unwrap().as_str(), text);
    }
    let slashes = peel(r"GET&http:\/\/a.example\/&b=c").unwrap();
    assert_eq!(slashes.as_str(), "GET&http://a.example/&b=c");
}

#[test]
fn other_texts_are_none() {
    for text in [
        "",
        "GET",
        "GET&",
        "GET&b",
        "&https%3A",
        "GET https%3A",
        "GETé&https%3A",
        "GET&httpx",
    ] {
        assert_eq!(peel(text), None, "{text}");
    }
}

#[test]
fn the_number_of_layers_is_bounded() {
    let mut text = BASE.to_owned();
    for _ in 0..3 {
        text = percent(&text);
    }
    assert_eq!(peel(&text).unwrap().layers().len(), 3);
    for _ in 0..9 {
        text = percent(&text);
    }
    assert_eq!(peel(&text), None);
}

#[test]
fn what_is_no_escape_stays() {
    let table = [
        (
            Layer::Html,
            "&lt;a&gt; &quot;&apos;&#39;&#x41;",
            "<a> \"''A",
        ),
        (
            Layer::Html,
            "&unknown; & &; &#xD800; &#99999999; &amp",
            "&unknown; & &; &#xD800; &#99999999; &amp",
        ),
        (
            Layer::Json,
            r#"\u0026\/\"\\\n\t\u00e9\ud83d\ude00"#,
            "&/\"\\\n\té😀",
        ),
        (Layer::Json, r"\x \ud83d \u12 \", r"\x \ud83d \u12 \"),
        (Layer::Percent, "%41%2b+%zz%4", "A++%zz%4"),
        (Layer::Percent, "%ff", "%ff"),
    ];
    for (layer, text, expected) in table {
        assert_eq!(remove(layer, text), expected, "{layer}: {text}");
    }
}

proptest! {
    #[test]
    fn percent_is_undone(text in any::<String>()) {
        let encoded = percent(&text);
        prop_assert_eq!(remove(Layer::Percent, &encoded), text);
    }

    #[test]
    fn json_is_undone(text in any::<String>()) {
        let quoted = serde_json::to_string(&text).unwrap();
        let inner = quoted.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
        prop_assert_eq!(remove(Layer::Json, inner), text);
    }

    #[test]
    fn removing_never_panics(text in any::<String>()) {
        for layer in [Layer::Html, Layer::Json, Layer::Percent] {
            let shorter = remove(layer, &text).len();
            prop_assert!(shorter <= text.len());
        }
    }
}
