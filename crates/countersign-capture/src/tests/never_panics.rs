use proptest::prelude::*;

use super::FIXTURES;
use crate::{EchoKind, InputKind, Limits, read, read_as};

const KINDS: [InputKind; 22] = [
    InputKind::AuthorizationHeader,
    InputKind::BaseStringEcho,
    InputKind::Curl,
    InputKind::CurlTrace,
    InputKind::ErrorText,
    InputKind::Har,
    InputKind::Postman,
    InputKind::RawHttp,
    InputKind::Url,
    InputKind::AccessLog,
    InputKind::CgiEnvironment,
    InputKind::JavaHttpLog,
    InputKind::OauthlibLog,
    InputKind::PeclDebug,
    InputKind::PhpRequest,
    InputKind::PowerShellLog,
    InputKind::PythonHttpLog,
    InputKind::RubyHttpLog,
    InputKind::ScribeLog,
    InputKind::SigningLog,
    InputKind::WgetTrace,
    InputKind::XeroizerLog,
];

/// Reads an input in every way and touches everything that is computed late.
fn exercise(input: &[u8]) {
    let limits = Limits::default();
    let captures = KINDS
        .iter()
        .map(|kind| read_as(*kind, input, &limits))
        .chain([read(input)]);
    for capture in captures {
        let Ok(capture) = capture else { continue };
        assert!(!capture.read_as().is_empty());
        assert!(!format!("{capture:?}").is_empty());
        for request in capture.exchanges().iter().filter_map(|e| e.request()) {
            let _ = request.as_request(None);
            if let Ok(http) = request.to_http() {
                let again = read_as(InputKind::RawHttp, &http, &limits);
                assert!(again.is_ok(), "what is written is read: {again:?}");
            }
            let _ = request.to_curl(None);
        }
        for echo in capture.echoes() {
            assert!(!echo.as_str().is_empty() || echo.kind() == EchoKind::ReceivedSignature);
        }
    }
}

/// One change to a fixture.
#[derive(Debug, Clone)]
enum Change {
    Cut(prop::sample::Index, prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
    Set(prop::sample::Index, u8),
}

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..8),
        prop::sample::select(vec![
            "\n",
            "\r\n",
            "\n\n",
            " ",
            "^",
            "^\"",
            "\"",
            "'",
            "\\",
            "\\\n",
            "$",
            "$'",
            "`",
            "&",
            "%",
            "%26",
            "&amp;",
            "\\u0026",
            "\\ud800",
            "http",
            "HTTP/1.1 ",
            "> ",
            "< ",
            "* ",
            "{{",
            "}}",
            "[",
            "{",
            "GET&http",
            "\u{feff}",
            "é",
            "Content-Length: 9\n",
            "Transfer-Encoding: chunked\n",
            "send: b'",
            "<- \"",
            "-> \"",
            "]=>",
            "] => ",
            "string(5) \"",
            "}{",
            "---request begin---\n",
            "REQUEST_METHOD=",
            "base string is: ",
            "VERBOSE: ",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        (any::<prop::sample::Index>(), any::<prop::sample::Index>())
            .prop_map(|(from, to)| Change::Cut(from, to)),
        (any::<prop::sample::Index>(), piece).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
    ]
}

fn changed(input: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut out = input.to_vec();
    for change in changes {
        let length = out.len() + 1;
        match change {
            Change::Cut(from, to) => {
                let (from, to) = (from.index(length), to.index(length));
                out.drain(from.min(to)..from.max(to));
            }
            Change::Insert(at, bytes) => {
                let at = at.index(length);
                out.splice(at..at, bytes.iter().copied());
            }
            Change::Set(at, byte) => {
                if !out.is_empty() {
                    let at = at.index(out.len());
                    out[at] = *byte;
                }
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn changed_fixtures_never_panic(
        which in 0..FIXTURES.len(),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        exercise(&changed(FIXTURES[which].1, &changes));
    }

    #[test]
    fn arbitrary_bytes_never_panic(input in prop::collection::vec(any::<u8>(), 0..200)) {
        exercise(&input);
    }

    #[test]
    fn arbitrary_commands_never_panic(input in "curl( (-[a-zA-Z:#]|--[a-z-]{1,12}|[\"'a@=$;^\\\\{}&\n ]{0,6})){0,8}") {
        exercise(input.as_bytes());
    }
}

/// Long inputs that invite repeated scanning are read in one go.
#[test]
fn hostile_repetition_is_cheap() {
    const LENGTH: usize = 60_000;
    for piece in [
        "\n",
        " ",
        "'",
        "\"",
        "\\",
        "^",
        "${",
        "a\n",
        "> ",
        "* ",
        "GET&http",
        "%26http",
        "&amp;",
        "{{",
        "[",
        "HTTP/1.1 200\n",
        "GET / HTTP/1.1\n\n",
        "A: b\n",
        "curl ;",
        "-H 'a:b' ",
        "`",
        "[\"a\"]=>string(",
        "[\"",
        "[a] => \n",
        "{'a': '",
        "'a': (",
        "send: b'GET / HTTP/1.1'\n",
        "<- \"GET / HTTP/1.1\"\n",
        "base string is: GET&http\n",
        "oauth_signature [",
        "ours= yours= ",
    ] {
        for prefix in [
            "",
            "GET / HTTP/1.1\n",
            "curl ",
            "> GET / HTTP/1.1\n< HTTP/1.1 200\n<\n",
            "{",
            "headers_sent sbs [\"headers_sent\"]=>string(1) \"\n",
            "{'REQUEST_METHOD': 'GET', 'PATH_INFO': ",
            "REQUEST_METHOD=GET\nPATH_INFO=",
            "---request begin---\n",
            "VERBOSE: GET https://",
            "---request end---\n[BODY data: ",
        ] {
            let mut input = prefix.to_owned();
            input.push_str(&piece.repeat(LENGTH / piece.len()));
            if let Ok(capture) = read(input.as_bytes()) {
                assert!(capture.exchanges().len() <= Limits::default().entries());
            }
        }
    }
}
