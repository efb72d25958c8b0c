use super::{EchoKind, EchoOrigin, in_answer, in_text, whole};
use crate::OwnedAnswer;
use crate::unescape::Layer;

const BASE: &str = "GET&https%3A%2F%2Fa.example%2F&b%3Dc";

fn base_strings(text: &str) -> Vec<String> {
    in_text(text)
        .into_iter()
        .filter(|echo| echo.is_base_string())
        .map(|echo| echo.as_str().to_owned())
        .collect()
}

#[test]
fn the_end_is_found_whatever_follows() {
    for (before, after) in [
        ("", ""),
        ("text: ", " and more"),
        ("text: \"", "\", \"next\": 1"),
        ("text: '", "', next"),
        ("[", "], next"),
        ("(", ") next"),
        ("<b>", "</b>"),
        ("x=", "&oauth_signature_method=HMAC-SHA1"),
        ("x=", "\nnext line"),
        (r#"{"m":"{\"sbs\":\""#, r#"\"}"}"#),
    ] {
        let text = format!("{before}{BASE}{after}");
        assert_eq!(base_strings(&text), [BASE], "{text}");
    }
}

#[test]
fn unencoded_parameters_are_kept_whole() {
    let text = "Signature base string: GET&http://a.example/&b=c&d=e, please check";
    assert_eq!(base_strings(text), ["GET&http://a.example/&b=c&d=e,"]);
}

#[test]
fn debug_sbs_reaches_to_the_end() {
    let raw = "GET&https%3A%2F%2Fa.example%2F&b%3Dc d&e";
    let text = format!("oauth_problem=signature_invalid&debug_sbs={raw}\n");
    assert_eq!(base_strings(&text), [raw]);
}

#[test]
fn several_are_found_in_order_and_once() {
    let text = format!("yours {BASE} ours POST&http%3A%2F%2Fb&c%3Dd");
    assert_eq!(base_strings(&text), [BASE, "POST&http%3A%2F%2Fb&c%3Dd"]);
    let answer = OwnedAnswer::new()
        .with_header(
            "WWW-Authenticate",
            format!(
                "OAuth oauth_signature_base_string=\"{}\"",
                countersign_encoding::encode(BASE)
            ),
        )
        .with_body(BASE);
    let echoes = in_answer(&answer);
    assert_eq!(echoes.len(), 1);
    assert_eq!(echoes[0].marker(), Some("oauth_signature_base_string"));
    assert_eq!(echoes[0].layers(), [Layer::Percent]);
}

#[test]
fn ordinary_urls_are_no_base_strings() {
    for text in [
        "see https://a.example/?x=GET&http=1",
        "GET https://a.example/",
        "callback=x&http://a.example",
        "GET&httpd",
        "",
    ] {
        assert_eq!(base_strings(text), [""; 0], "{text}");
    }
}

#[test]
fn a_bare_one_may_hold_blanks() {
    let echo = whole("  PATCH&https%3A%2F%2Fa.example%2F&b%3Dc d \n").unwrap();
    assert_eq!(echo.as_str(), "PATCH&https%3A%2F%2Fa.example%2F&b%3Dc d");
    assert_eq!(echo.marker(), None);
    assert!(whole("GET&https%3A%2F%2Fa\nsecond line").is_none());
    assert!(whole("PURGE&https%3A%2F%2Fa&b%3Dc").is_some());
}

#[test]
fn values_of_other_texts_are_found() {
    let signature = "tR3+Ty81lMeYAr/Fid0kMTYa/WM=";
    let table = [
        (format!("Expected value \"{signature}\". Received value \"x\""), EchoKind::Signature, signature),
        (format!("OAuth signature mismatch. Computed: {signature}, Received: y"), EchoKind::Signature, signature),
        (format!("Invalid signature ours= {signature} yours= z"), EchoKind::Signature, signature),
        ("oauth_right_signature=tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D&x".to_owned(), EchoKind::Signature, signature),
        (format!("Calculated: {signature} Received: x"), EchoKind::BodyHash, signature),
        (
            "The following path was reconstructed by the server. It should match: http://a.example/b/".to_owned(),
            EchoKind::BaseUri,
            "http://a.example/b/",
        ),
    ];
    for (text, kind, expected) in table {
        let echoes: Vec<_> = in_text(&text)
            .into_iter()
            .filter(|echo| !is_received(echo.kind()))
            .collect();
        assert_eq!(echoes.len(), 1, "{text}");
        assert_eq!(echoes[0].origin(), EchoOrigin::Provider);
        assert_eq!(
            (echoes[0].kind(), echoes[0].as_str()),
            (kind, expected),
            "{text}"
        );
    }
    for text in [
        "Should be: a number",
        "Expected value 3",
        "ours= yours= ",
        "base uri: none",
    ] {
        let found = in_text(text);
        assert!(found.iter().all(|echo| is_received(echo.kind())), "{text}");
    }
}

fn is_received(kind: EchoKind) -> bool {
    matches!(
        kind,
        EchoKind::ReceivedBodyHash | EchoKind::ReceivedSignature
    )
}

/// Together with what was received there is always what was computed, or none of both is told.
#[test]
fn what_was_received_is_found_in_its_own_spelling() {
    let expected = "tR3+Ty81lMeYAr/Fid0kMTYa/WM=";
    let signature = EchoKind::ReceivedSignature;
    let table = [
        (
            format!("Expected value \"{expected}\". Received value \"a+b c=\""),
            signature,
            "a+b c=",
        ),
        (
            format!(r#"{{"m":"Expected value \"{expected}\". Received value \"a\/b=\""}}"#),
            signature,
            "a/b=",
        ),
        (
            format!("mismatch. Computed: {expected}, Received: PD9D="),
            signature,
            "PD9D=",
        ),
        (
            format!("Invalid signature ours= {expected} yours= z%3D, sorry"),
            signature,
            "z%3D",
        ),
        (
            format!("Invalid signature ours= {expected} yours="),
            signature,
            "",
        ),
        (
            format!("Expected value '{expected}'. Received value ''"),
            signature,
            "",
        ),
        (
            format!("oauth_signature [x%2By] does not match expected value [{expected}]"),
            signature,
            "x%2By",
        ),
        (
            "Invalid signature: oauth_signature 'YcFE='".to_owned(),
            signature,
            "YcFE=",
        ),
        (
            format!("Calculated: {expected}, Received: Lpx%2B=\""),
            EchoKind::ReceivedBodyHash,
            "Lpx%2B=",
        ),
    ];
    for (text, kind, received) in table {
        let echoes = in_text(&text);
        let found: Vec<_> = echoes
            .iter()
            .filter(|echo| is_received(echo.kind()))
            .collect();
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(
            (found[0].kind(), found[0].as_str()),
            (kind, received),
            "{text}"
        );
        assert!(!format!("{echoes:?}").contains("tR3"));
    }
    for text in [
        "yours= z",
        "Received: by mail.example",
        "ours= x yours= ",
        "oauth_signature 'x'",
        "Computed: x, Received: , y",
        "signature oauth_signature 'never closed",
    ] {
        assert!(
            in_text(text).iter().all(|echo| echo.as_str().is_empty()),
            "{text}"
        );
    }
}
