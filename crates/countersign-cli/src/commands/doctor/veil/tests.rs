use countersign_capture::{OwnedAnswer, OwnedRequest};

use super::mask::{classes, is_data, is_kept, name};
use super::private::{Private, is_known_host, is_sensitive};
use super::{Veil, words};

fn private(request: &OwnedRequest, redact: bool) -> Private {
    let mut private = Private::default();
    private.add_request(request, redact);
    private.sort();
    private
}

fn veil(redact: bool) -> Veil {
    let request = OwnedRequest::new("GET", "/v1/items?q=red+shoes&page=2&note=%C3%A4bcde")
        .with_header(
            "Authorization",
            "OAuth oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_token=\"nnch734d00sl2jdk\", \
             oauth_timestamp=\"1489500000\", oauth_verifier=\"473f82d3\"",
        );
    Veil {
        private: private(&request, redact),
        redact,
    }
}

#[test]
fn masks_keep_reserved_characters_and_escapes() {
    for (text, masked) in [
        ("red%20shoes", "xxx%20xxxxx"),
        ("red%252Bshoes", "xxx%252Bxxxxx"),
        ("a%2fb", "x%2fx"),
        // The escape of a letter is a letter, at every layer.
        ("%41%2541b", "%xx%xxx"),
        ("%C3%A4", "%XX%XX"),
        ("äb~c!", "Xx~x!"),
        ("100%", "xxx%"),
        ("%zz", "%xx"),
        ("", ""),
    ] {
        assert_eq!(classes(text), masked, "{text}");
    }
}

#[test]
fn names_stay_unless_they_are_no_names() {
    assert_eq!(name("searchCriteria[pageSize]"), "searchCriteria[pageSize]");
    assert_eq!(name("{\"a\":1}"), "{\"x\":x}");
}

#[test]
fn facts_stay_and_values_do_not() {
    assert!(is_kept("hash", "SHA-1") && is_kept("method", "HEAD") && is_kept("port", "8443"));
    assert!(!is_kept("parameter q", "12345") && !is_kept("path", "/v1"));
    assert!(is_data("parameter q", "two words") && is_data("signature", "abc="));
    assert!(!is_data("certificate", "valid until then"));
}

#[test]
fn a_value_becomes_its_placeholder_in_every_spelling() {
    let veil = veil(true);
    for text in ["red shoes", "red+shoes", "red%20shoes", "red%2520shoes"] {
        assert_eq!(
            veil.prose(&format!("it is {text} there")),
            "it is <q (9 chars)> there"
        );
    }
    assert_eq!(
        veil.prose("the token nnch734d00sl2jdk of dpf43f3p2l4k3l03"),
        "the token <oauth_token (16 chars)> of <oauth_consumer_key (16 chars)>"
    );
    // A piece of a value is masked, a word of the doctor's own is not.
    assert_eq!(
        veil.prose("begins with nnch734d, a token"),
        "begins with xxxxxxxx, a token"
    );
    // Times stay.
    assert_eq!(veil.prose("at 1489500000"), "at 1489500000");
    // So do names, and what is quoted looks as in the evidence.
    assert_eq!(
        veil.prose("\"q\" is \"red%20shoes\""),
        "\"q\" is \"xxx%20xxxxx\""
    );
}

#[test]
fn two_values_that_look_alike_are_told_apart() {
    let veil = veil(true);
    let (one, other) = veil.sides("parameter q", Some("abcd"), Some("abce"));
    assert_ne!(one, other);
    let (one, other) = veil.sides("parameter q", Some("a+b"), Some("a%20b"));
    assert_eq!(
        (one.as_deref(), other.as_deref()),
        (Some("x+x"), Some("x%20x"))
    );
}

#[test]
fn a_secret_is_hidden_at_all_times() {
    let veil = veil(false);
    assert_eq!(
        veil.prose("it is 473f82d3"),
        "it is <oauth_verifier (8 chars)>"
    );
    assert_eq!(
        veil.raw("x%26oauth_verifier%3D473f82d3"),
        "x%26oauth_verifier%3D<oauth_verifier (8 chars)>"
    );
    assert_eq!(veil.value("x_auth_password", "secret"), "[6 chars]");
    assert_eq!(veil.prose("nnch734d00sl2jdk"), "nnch734d00sl2jdk");
    assert!(is_sensitive("oauth_session_handle") && !is_sensitive("oauth_token"));
}

#[test]
fn a_provider_with_the_account_in_its_host_is_not_named() {
    assert!(is_known_host("api.twitter.com") && is_known_host("api.xero.com:443"));
    assert!(!is_known_host("1234567-sb1.restlets.api.netsuite.com"));
    assert!(!is_known_host("api.example.com"));
}

#[test]
fn unknown_words_of_an_answer_are_not_quoted() {
    let veil = veil(true);
    assert_eq!(
        veil.advice("Failed to validate signature"),
        "Failed to validate signature"
    );
    assert_eq!(
        veil.advice("Customer 4711 is blocked"),
        "<text of 24 characters>"
    );
    let mut private = Private::default();
    private.add_answer(&OwnedAnswer::new().with_body("{\"customer\":\"Wonderland4711\"}"));
    assert!(private.has_fragment("Wonderland4711") && !private.has_fragment("Sonderland"));
    assert!(words::is_own("Signature") && !words::is_own("Wonderland"));
}
