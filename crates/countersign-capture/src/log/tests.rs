#![allow(clippy::indexing_slicing, reason = "tests")]

use countersign_base_string::{BaseString, Parameters, Scheme};

use crate::tests::fixture;
use crate::{Capture, EchoKind, EchoOrigin, InputKind, Limits, Missing, Note, read, read_as};

const BASE_STRING: &str = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3Dkllo9940pd9333jh%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1191242096%26oauth_token%3Dnnch734d00sl2jdk%26oauth_version%3D1.0%26size%3Doriginal";

const SIGNATURE: &str = "tR3+Ty81lMeYAr/Fid0kMTYa/WM=";

fn capture(name: &str) -> Capture {
    read(fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn base_string(capture: &Capture, scheme: Option<Scheme>) -> String {
    let request = capture.request().unwrap().as_request(scheme).unwrap();
    let parameters =
        Parameters::collect(&request, &countersign_base_string::Limits::default()).unwrap();
    BaseString::new(&request, &parameters).as_str().to_owned()
}

/// What a log tells: its line of "read as", and what is missing.
#[test]
fn each_log_is_read_as_what_it_is() {
    use Missing::{Answer, Body, Headers, Host, Request, Scheme as OfScheme};
    let table: [(&str, &str, &[Missing]); 22] = [
        (
            "log-oauthlib",
            "oauthlib log, 1 request, 1 answer, 3 computed values",
            &[],
        ),
        (
            "log-oauthlib-server",
            "oauthlib log, no request, no answer, 1 computed value",
            &[Request, Answer],
        ),
        ("log-python", "http.client log, 1 request, 1 answer", &[]),
        ("log-ruby", "Net::HTTP log, 1 request, 1 answer", &[]),
        (
            "log-java",
            "Java HTTP log, 1 request, 1 answer",
            &[OfScheme],
        ),
        ("log-wget", "wget -d trace, 1 request, 1 answer", &[]),
        (
            "log-pecl-print-r",
            "debugInfo of PECL OAuth, 1 request, 1 answer, 1 computed value",
            &[],
        ),
        (
            "log-pecl-var-dump",
            "debugInfo of PECL OAuth, 1 request, 1 answer, 1 computed value",
            &[],
        ),
        (
            "log-php-request",
            "dump of a PHP OAuthRequest, 1 request, no answer, 1 computed value",
            &[Headers, Answer],
        ),
        (
            "log-scribe",
            "scribe log, 1 request, 1 answer, 2 computed values",
            &[Headers],
        ),
        (
            "log-scribe-exception",
            "log of a signing library, no request, no answer, 1 computed value",
            &[Request, Answer],
        ),
        (
            "log-liboauthcpp",
            "log of a signing library, no request, no answer, 2 computed values",
            &[Request, Answer],
        ),
        (
            "log-powershell",
            "PowerShell log, 1 request, 1 answer, 2 computed values",
            &[],
        ),
        (
            "log-xeroizer",
            "Xeroizer log, 1 request, 1 answer",
            &[Headers, Body, OfScheme, Host],
        ),
        (
            "log-access",
            "access log, 2 requests, 2 answers",
            &[Headers, OfScheme, Host],
        ),
        (
            "env-lines",
            "CGI environment, 1 request, no answer",
            &[Answer],
        ),
        (
            "env-print-r",
            "CGI environment, 1 request, no answer",
            &[Answer],
        ),
        (
            "env-json",
            "CGI environment, 1 request, no answer",
            &[Answer],
        ),
        (
            "env-wsgi",
            "CGI environment, 1 request, no answer",
            &[Answer],
        ),
        (
            "env-fastcgi",
            "CGI environment, 1 request, no answer",
            &[Answer],
        ),
        (
            "env-rack",
            "CGI environment, 1 request, no answer",
            &[Answer],
        ),
        ("error-text", "error text alone", &[Request]),
    ];
    for (name, line, missing) in table {
        let capture = capture(name);
        assert_eq!(capture.read_as(), line, "{name}");
        assert_eq!(capture.missing(), missing, "{name}");
        let again = read_as(capture.kind(), fixture(name), &Limits::default());
        assert_eq!(again.as_ref(), Ok(&capture), "{name}");
    }
}

/// Each request, taken from its log, has the base string that was signed.
#[test]
fn requests_of_logs_are_those_that_were_signed() {
    let complete = [
        "log-oauthlib",
        "log-python",
        "log-ruby",
        "log-wget",
        "log-pecl-print-r",
        "log-pecl-var-dump",
        "log-php-request",
        "log-scribe",
        "log-powershell",
        "env-lines",
        "env-print-r",
        "env-json",
        "env-wsgi",
        "env-fastcgi",
        "env-rack",
    ];
    for name in complete {
        let capture = capture(name);
        assert_eq!(base_string(&capture, None), BASE_STRING, "{name}");
        assert!(capture.request().unwrap().has_oauth(), "{name}");
    }
    assert_eq!(
        base_string(&capture("log-java"), Some(Scheme::Http)),
        BASE_STRING
    );
}

#[test]
fn answers_of_logs_tell_their_problem() {
    for name in [
        "log-python",
        "log-ruby",
        "log-java",
        "log-wget",
        "log-pecl-print-r",
        "log-pecl-var-dump",
        "log-scribe",
    ] {
        let capture = capture(name);
        let answer = capture.answer().unwrap();
        assert_eq!(answer.status(), Some(401), "{name}");
        let problem = answer
            .problem()
            .unwrap_or_else(|| panic!("{name}: no problem"));
        assert_eq!(
            problem.problem.code().as_str(),
            "signature_invalid",
            "{name}"
        );
    }
    let rejected = capture("log-xeroizer").answer().unwrap().problem().unwrap();
    assert_eq!(rejected.problem.code().as_str(), "token_rejected");
    for name in ["log-oauthlib", "log-powershell", "log-access"] {
        assert_eq!(
            capture(name).answer().unwrap().status(),
            Some(401),
            "{name}"
        );
    }
}

#[test]
fn what_the_client_computed_is_told_from_what_the_provider_did() {
    let table = [
        (
            "log-oauthlib",
            EchoOrigin::Client,
            "signing: signature base string:",
        ),
        (
            "log-oauthlib-server",
            EchoOrigin::Provider,
            "failed: signature base string",
        ),
        ("log-pecl-print-r", EchoOrigin::Client, "sbs"),
        ("log-pecl-var-dump", EchoOrigin::Client, "sbs"),
        ("log-php-request", EchoOrigin::Unknown, "base_string"),
        ("log-scribe", EchoOrigin::Client, "base string is:"),
        (
            "log-scribe-exception",
            EchoOrigin::Client,
            "error while signing string:",
        ),
        (
            "log-liboauthcpp",
            EchoOrigin::Client,
            "oauth: signature base string:",
        ),
        (
            "log-powershell",
            EchoOrigin::Client,
            "signature base string",
        ),
    ];
    for (name, origin, marker) in table {
        let capture = capture(name);
        let echo = capture.echo().unwrap_or_else(|| panic!("{name}: no echo"));
        assert_eq!(echo.as_str(), BASE_STRING, "{name}");
        assert_eq!(
            (echo.origin(), echo.marker()),
            (origin, Some(marker)),
            "{name}"
        );
    }
    for name in [
        "log-oauthlib",
        "log-scribe",
        "log-liboauthcpp",
        "log-powershell",
    ] {
        let capture = capture(name);
        let signature = capture
            .echoes()
            .iter()
            .find(|echo| echo.kind() == EchoKind::Signature)
            .unwrap();
        assert_eq!(signature.as_str(), SIGNATURE, "{name}");
        assert_eq!(signature.origin(), EchoOrigin::Client, "{name}");
    }
}

/// The answer of the provider may stand in the client's log and hold an echo of its own.
#[test]
fn both_sides_in_one_log_are_kept_apart() {
    let theirs = BASE_STRING.replace("http%3A", "https%3A");
    let log = format!(
        "base string is: {BASE_STRING}\nresponse status code: 401\nresponse body: Invalid signature. Expected signature base string: {theirs}\n"
    );
    let capture = read(log.as_bytes()).unwrap();
    assert_eq!(capture.kind(), InputKind::ScribeLog);
    let told: Vec<_> = capture
        .echoes()
        .iter()
        .map(|echo| (echo.origin(), echo.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (EchoOrigin::Client, BASE_STRING),
            (EchoOrigin::Provider, theirs.as_str())
        ]
    );
}

#[test]
fn only_servers_logs_are_the_servers_view() {
    for (name, expected) in [
        ("log-access", true),
        ("env-lines", true),
        ("log-oauthlib-server", false),
        ("log-wget", false),
        ("raw-request", false),
    ] {
        assert_eq!(capture(name).kind().is_server_side(), expected, "{name}");
    }
}

#[test]
fn what_had_to_be_guessed_is_noted() {
    let notes = |name| capture(name).exchanges()[0].notes().to_vec();
    assert_eq!(notes("env-print-r"), [Note::AuthorizationRedirected]);
    assert_eq!(notes("env-wsgi"), [Note::PathDecoded]);
    assert_eq!(notes("log-scribe"), [Note::AuthorizationRebuilt]);
    assert_eq!(notes("log-php-request"), [Note::AuthorizationRebuilt]);
    assert_eq!(notes("env-lines"), []);
}

#[test]
fn bodies_are_kept_byte_for_byte_or_missing() {
    let table: [(&str, Option<&[u8]>); 6] = [
        (
            "send: b'POST / HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: 9\\r\\n\\r\\n'\nsend: b'a=\\xc3\\xa9\\'\\n%20'\n",
            Some(b"a=\xc3\xa9'\n%20"),
        ),
        (
            "send: b'POST / HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: 9\\r\\n\\r\\n'\nsend: <generator object>\n",
            None,
        ),
        (
            "<- \"POST / HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: 3\\r\\n\\r\\n\"\n<- \"a=\\\"\"\n",
            Some(b"a=\""),
        ),
        (
            "---request begin---\nPOST / HTTP/1.1\nHost: h\nContent-Length: 7\n\n---request end---\n[BODY data: a=[b]\nc]\n",
            Some(b"a=[b]\nc"),
        ),
        (
            "---request begin---\nPOST / HTTP/1.1\nHost: h\nContent-Length: 7\n\n---request end---\n",
            None,
        ),
        (
            "REQUEST_METHOD=POST\nREQUEST_URI=/\nCONTENT_LENGTH=3\n",
            None,
        ),
    ];
    for (log, body) in table {
        let capture = read(log.as_bytes()).unwrap_or_else(|error| panic!("{log}: {error}"));
        let lacks = capture.missing().contains(&Missing::Body);
        assert_eq!(lacks, body.is_none(), "{log}");
        assert_eq!(
            capture.request().unwrap().body(),
            body.unwrap_or_default(),
            "{log}"
        );
    }
}

#[test]
fn environments_tell_scheme_and_host_as_the_server_had_them() {
    let table = [
        (
            "HTTPS=on\nHTTP_HOST=h:81",
            Some(Scheme::Https),
            Some("h:81"),
        ),
        (
            "HTTPS=off\nSERVER_NAME=h\nSERVER_PORT=80",
            Some(Scheme::Http),
            Some("h"),
        ),
        (
            "REQUEST_SCHEME=https\nSERVER_NAME=h\nSERVER_PORT=443",
            Some(Scheme::Https),
            Some("h"),
        ),
        ("SERVER_NAME=h\nSERVER_PORT=8080", None, Some("h:8080")),
        ("SCRIPT_NAME=/x", None, None),
    ];
    for (lines, scheme, host) in table {
        let text = format!("REQUEST_METHOD=GET\nREQUEST_URI=/\n{lines}\n");
        let capture = read(text.as_bytes()).unwrap();
        let request = capture.request().unwrap();
        assert_eq!(
            (request.scheme(), request.host()),
            (scheme, host),
            "{lines}"
        );
    }
    let decoded =
        read(b"REQUEST_METHOD=GET\nSCRIPT_NAME=/a b\nPATH_INFO=/c%/d\nQUERY_STRING=x=%20\n");
    assert_eq!(
        decoded.unwrap().request().unwrap().target(),
        "/a%20b/c%25/d?x=%20"
    );
}

#[test]
fn other_texts_are_no_logs() {
    for text in [
        "The REQUEST_METHOD is missing, says HTTP_HOST",
        "Signature base string: GET&http%3A%2F%2Fa.example%2F&b%3Dc",
        "base string is: unknown",
        "see \"GET / HTTP/1.1\" 401",
        "<- \"quoted\"",
        "pairs: {a: b}",
        "OAuthRequest has no http_url",
        "sbs headers_sent",
    ] {
        let kind = read(text.as_bytes()).unwrap().kind();
        assert!(
            matches!(kind, InputKind::ErrorText | InputKind::BaseStringEcho),
            "{text}: {kind}"
        );
    }
    let limits = Limits::default();
    let error = read_as(InputKind::WgetTrace, b"Invalid signature", &limits).unwrap_err();
    assert_eq!(
        error.to_string(),
        "wget -d trace: expected such a log, found something else (line 1, byte 0)"
    );
}

#[test]
fn a_broken_message_is_told_at_its_line() {
    let log = "\n--2007-10-01--  http://h/\n---request begin---\nGET / HTTP/1.1\nc4n4ry\n\n---request end---\n";
    let error = read(log.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("(line 3, byte 27)"), "{error}");
    assert!(!error.contains("c4n4ry"), "{error}");
}
