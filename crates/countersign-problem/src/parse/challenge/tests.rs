use super::read;

fn pairs(text: &str) -> Vec<(String, String)> {
    read(text).unwrap()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn every_spelling_reads_the_same() {
    let expected = owned(&[
        ("realm", "API"),
        ("oauth_problem", "timestamp_refused"),
        ("oauth_acceptable_timestamps", "1-2"),
    ]);
    for text in [
        "OAuth realm=\"API\", oauth_problem=\"timestamp_refused\", oauth_acceptable_timestamps=\"1-2\"",
        "OAuth realm=\"API\",oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1-2",
        "oauth realm = \"API\" , oauth_problem = timestamp_refused , oauth_acceptable_timestamps = 1-2",
        "realm=API&oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1-2",
        "OAuth realm=\"API\",\r\n oauth_problem=\"timestamp%5Frefused\",\r\n\toauth_acceptable_timestamps=\"1-2\"",
    ] {
        assert_eq!(pairs(text), expected, "{text}");
    }
}

#[test]
fn other_schemes_keep_their_parameters() {
    let text = "Basic realm=\"b\", OAuth realm=\"o\", oauth_problem=\"token_used\", Bearer realm=\"t\", error=\"invalid_token\"";
    assert_eq!(
        pairs(text),
        owned(&[("realm", "o"), ("oauth_problem", "token_used")])
    );
    assert_eq!(read("Basic realm=\"b\", Negotiate"), None);
    assert_eq!(read("Negotiate"), None);
    assert_eq!(read(""), None);
}

#[test]
fn of_two_oauth_challenges_the_telling_one_is_taken() {
    let text = "OAuth realm=\"a\", OAuth realm=\"b\", oauth_problem=nonce_used";
    assert_eq!(
        pairs(text),
        owned(&[("realm", "b"), ("oauth_problem", "nonce_used")])
    );
    assert_eq!(
        pairs("OAuth realm=\"a\", OAuth realm=\"b\""),
        owned(&[("realm", "a")])
    );
}

#[test]
fn quotes_may_hold_anything() {
    let text = r#"OAuth realm="a \"b\" \\ , oauth_problem=no", oauth_problem="token_used""#;
    assert_eq!(
        pairs(text),
        owned(&[
            ("realm", "a \"b\" \\ , oauth_problem=no"),
            ("oauth_problem", "token_used")
        ])
    );
    assert_eq!(
        pairs("OAuth oauth_problem=\"token_used"),
        owned(&[("oauth_problem", "token_used")])
    );
}

#[test]
fn advice_without_quotes_keeps_its_commas() {
    let text = "OAuth oauth_problem=timestamp_refused, oauth_problem_advice=Too old, sorry, oauth_acceptable_timestamps=1-2";
    assert_eq!(
        pairs(text),
        owned(&[
            ("oauth_problem", "timestamp_refused"),
            ("oauth_problem_advice", "Too old, sorry"),
            ("oauth_acceptable_timestamps", "1-2")
        ])
    );
}

#[test]
fn a_plus_is_a_plus() {
    assert_eq!(
        pairs("OAuth oauth_signature=\"a+b%2Bc\""),
        owned(&[("oauth_signature", "a+b+c")])
    );
}
