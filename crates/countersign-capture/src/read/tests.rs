use crate::{CaptureError, InputKind, Limits, Missing, Note, Refused, read, read_as, read_with};

fn kind(input: &str) -> InputKind {
    read(input.as_bytes())
        .unwrap_or_else(|error| panic!("{input:?}: {error}"))
        .kind()
}

#[test]
fn inputs_are_told_apart() {
    let table = [
        ("GET / HTTP/1.1\n", InputKind::RawHttp),
        ("get /x HTTP/1.1\nHost: h\n", InputKind::RawHttp),
        ("HTTP/1.1 401 No\n", InputKind::RawHttpWithAnswer),
        (
            "POST / HTTP/1.1\nHost: h\n\n> GET / HTTP/1.1\n",
            InputKind::RawHttp,
        ),
        (
            "POST / HTTP/1.1\nHost: h\n\ncurl http://h",
            InputKind::RawHttp,
        ),
        ("GET api.example.com/x\nHost: h\n", InputKind::RawHttp),
        ("  curl http://h/", InputKind::Curl),
        ("% curl http://h/", InputKind::Curl),
        ("user@host:~$ curl http://h/", InputKind::Curl),
        ("> GET / HTTP/1.1\n> \n", InputKind::CurlTrace),
        (
            "authorization: OAuth oauth_token=\"a\"",
            InputKind::AuthorizationHeader,
        ),
        (
            "Host: h\nAuthorization: Basic x",
            InputKind::AuthorizationHeader,
        ),
        (
            "OAuth oauth_consumer_key=\"a\",oauth_nonce=\"b\"",
            InputKind::AuthorizationHeader,
        ),
        (
            "OAuth, oauth_customer_key=\"a\"",
            InputKind::AuthorizationHeader,
        ),
        ("OAuth error: oauth_token unknown", InputKind::ErrorText),
        (
            "OAuth realm=\"\", oauth_problem=\"nonce_used\"",
            InputKind::ErrorText,
        ),
        (
            "WWW-Authenticate: OAuth oauth_problem=nonce_used",
            InputKind::ErrorText,
        ),
        ("https://h/?oauth_token=x", InputKind::Url),
        ("https://h/ says no", InputKind::ErrorText),
        ("GET requests must be signed", InputKind::ErrorText),
        ("Curling is fun", InputKind::ErrorText),
        ("Invalid signature", InputKind::ErrorText),
        ("[]", InputKind::ErrorText),
        ("{ not json", InputKind::ErrorText),
        ("{\"message\":\"Invalid signature\"}", InputKind::ErrorText),
        ("PUT&http%3A%2F%2Fa&b%3Dc", InputKind::BaseStringEcho),
        (
            "PUT%26http%253A%252F%252Fa%26b%253Dc",
            InputKind::BaseStringEcho,
        ),
    ];
    for (input, expected) in table {
        assert_eq!(kind(input), expected, "{input:?}");
    }
}

#[test]
fn what_is_nothing_is_refused() {
    assert_eq!(read(b""), Err(CaptureError::Empty));
    assert_eq!(
        read(b" \r\n\t\xef\xbb\xbf ".trim_ascii_start()),
        Err(CaptureError::Empty)
    );
    assert_eq!(read(b"```\n```\n"), Err(CaptureError::Empty));
    assert_eq!(read(b"\x7fELF\0\0"), Err(CaptureError::Unrecognised));
    assert_eq!(read(b"\xff\xfeG\0E\0T\0"), Err(Refused::Utf16.into()));
    let broken = read(b"{\"log\": {\"entries\": [\n{]").unwrap_err();
    assert_eq!(
        broken.to_string(),
        "HAR: expected JSON, found something else (line 2, byte 23)"
    );
}

#[test]
fn the_size_is_limited_before_anything_is_read() {
    let limits = Limits::default().with_input_bytes(4);
    let error = read_with(b"curl ", &limits).unwrap_err();
    assert_eq!(
        error.to_string(),
        "input too large: at most 4 bytes, found 5"
    );
}

#[test]
fn a_challenge_alone_is_an_answer() {
    for input in [
        "WWW-Authenticate: OAuth realm=\"a\", oauth_problem=\"nonce_used\"\nDate: today\n",
        "OAuth realm=\"a\", oauth_problem=\"nonce_used\"",
    ] {
        let capture = read(input.as_bytes()).unwrap();
        let problem = capture.answer().unwrap().problem().unwrap();
        assert_eq!(problem.problem.code().as_str(), "nonce_used", "{input}");
        assert_eq!(capture.missing(), [Missing::Request]);
    }
}

#[test]
fn a_url_alone_lacks_its_method() {
    let capture = read(b"https://u:p@h:8443/a?oauth_token=x#f\n").unwrap();
    assert_eq!(capture.missing(), [Missing::Method, Missing::Answer]);
    assert_eq!(capture.exchanges()[0].notes(), [Note::MethodAssumed]);
    let request = capture.request().unwrap();
    assert_eq!(request.url(None).unwrap(), "https://h:8443/a?oauth_token=x");
    assert!(request.has_oauth());
}

#[test]
fn a_folded_lone_header_is_refused() {
    let error = read(b"Authorization: OAuth realm=\"a\",\n  oauth_consumer_key=\"b\"").unwrap_err();
    assert!(error.to_string().contains("folded headers are refused"));
    let error = read(b"OAuth oauth_consumer_key=\"b\",\n  oauth_nonce=\"b\"").unwrap_err();
    assert!(error.to_string().contains("join the lines"));
}

#[test]
fn a_wrong_kind_is_a_fault() {
    let limits = Limits::default();
    let text = b"Invalid signature";
    for kind in [
        InputKind::Curl,
        InputKind::CurlTrace,
        InputKind::Har,
        InputKind::Postman,
        InputKind::RawHttp,
        InputKind::Url,
    ] {
        let error = read_as(kind, text, &limits).unwrap_err();
        assert!(
            matches!(error, CaptureError::Syntax(ref fault) if fault.kind() == kind),
            "{kind}: {error}"
        );
    }
    for kind in [InputKind::Har, InputKind::Postman] {
        let error = read_as(kind, b"{}", &limits).unwrap_err();
        assert!(matches!(error, CaptureError::Syntax(_)), "{kind}: {error}");
    }
}
