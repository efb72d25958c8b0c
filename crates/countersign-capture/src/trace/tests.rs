use countersign_base_string::Scheme;

use crate::{Capture, InputKind, Missing, read};

fn capture(input: &str) -> Capture {
    let capture = read(input.as_bytes()).unwrap_or_else(|error| panic!("{input:?}: {error}"));
    assert_eq!(capture.kind(), InputKind::CurlTrace, "{input:?}");
    capture
}

const REQUEST: &str = "> GET /a HTTP/1.1\n> Host: h\n> \n";

#[test]
fn the_scheme_is_taken_where_it_is_proven() {
    let table = [
        ("", None),
        (
            "* Connected to h (192.0.2.1) port 80 (#0)\n",
            Some(Scheme::Http),
        ),
        (
            "* Connected to h (192.0.2.1) port 8080 (#0)\n",
            Some(Scheme::Http),
        ),
        ("* Connected to h (192.0.2.1) port 443 (#0)\n", None),
        (
            "* Connected to h (192.0.2.1) port 443\n* ALPN: curl offers h2\n",
            Some(Scheme::Https),
        ),
        (
            "* Connected to h (192.0.2.1) port 80\n* SSL connection using TLSv1.3\n",
            Some(Scheme::Https),
        ),
        (
            "* schannel: SSL/TLS connection with h port 443\n",
            Some(Scheme::Https),
        ),
        ("* [HTTP/2] [1] [:scheme: https]\n", Some(Scheme::Https)),
        (
            "* Issue another request to this URL: 'http://h/a'\n",
            Some(Scheme::Http),
        ),
        (
            "* Re-using existing https: connection with host h\n",
            Some(Scheme::Https),
        ),
        ("* Re-using existing connection! (#0) with host h\n", None),
    ];
    for (remarks, scheme) in table {
        let capture = capture(&format!("{remarks}{REQUEST}"));
        assert_eq!(capture.request().unwrap().scheme(), scheme, "{remarks}");
        assert_eq!(
            capture.missing().contains(&Missing::Scheme),
            scheme.is_none()
        );
    }
}

#[test]
fn a_connection_used_again_keeps_its_scheme() {
    let capture = capture(&format!(
        "* Connected to h (192.0.2.1) port 443 (#0)\n* ALPN: offers h2\n{REQUEST}< HTTP/1.1 200 OK\n< \nok\n* Re-using existing connection! (#0) with host h\n{REQUEST}"
    ));
    assert_eq!(capture.exchanges().len(), 2);
    assert_eq!(
        capture.exchanges()[1].request().unwrap().scheme(),
        Some(Scheme::Https)
    );
}

#[test]
fn the_command_above_gives_scheme_and_body() {
    let trace = "> POST /a HTTP/1.1\n> Host: h:8443\n> Content-Type: application/x-www-form-urlencoded\n> Content-Length: 3\n> \n< HTTP/1.1 401 No\n< \n";
    let with = capture(&format!(
        "$ curl -v \\\n  -d a=b https://h:8443/a\n*   Trying 192.0.2.1...\n{trace}"
    ));
    let request = with.request().unwrap();
    assert_eq!(
        (request.scheme(), request.body()),
        (Some(Scheme::Https), &b"a=b"[..])
    );
    assert!(with.missing().is_empty());
    let other = capture(&format!(
        "$ curl -v -d a=b https://h:8443/other\n*   Trying\n{trace}"
    ));
    assert_eq!(other.missing(), [Missing::Body, Missing::Scheme]);
    let without = capture(trace);
    assert_eq!(without.missing(), [Missing::Body, Missing::Scheme]);
}

#[test]
fn bodies_are_what_is_neither_remark_nor_meter() {
    let capture = capture(&format!(
        "  % Total    % Received % Xferd  Average Speed   Time\n{REQUEST}< HTTP/1.1 401 No\n< Content-Type: text/plain\n< \n  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n{{ [11 bytes data]\nline 1\r\nline 2* Connection #0 to host h left intact\n"
    ));
    assert_eq!(capture.answer().unwrap().body(), b"line 1\r\nline 2");
}

#[test]
fn times_before_the_marks_are_passed_over() {
    let capture = capture(
        "12:34:56.789012 > GET /a HTTP/1.1\n12:34:56.789012 > Host: h\n12:34:56.789012 >\n12:34:56.789013 < HTTP/1.1 200 OK\n",
    );
    assert_eq!(capture.read_as(), "curl -v trace, 1 request, 1 answer");
}

#[test]
fn interim_answers_give_way_to_the_final_one() {
    let capture = capture(&format!(
        "{REQUEST}< HTTP/1.1 100 Continue\n< \n< HTTP/1.1 401 No\n< \n"
    ));
    assert_eq!(capture.exchanges().len(), 1);
    assert_eq!(capture.answer().unwrap().status(), Some(401));
}

#[test]
fn faults_name_the_line_of_the_trace() {
    let error = read(b"* x\n> GET /a HTTP/1.1\n> Host\n> \n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "curl -v trace: expected a header (Name: value), found a line without a colon (line 3, byte 22)"
    );
}

#[test]
fn bodies_of_a_timeline_belong_to_their_requests() {
    let text = "> POST /a HTTP/1.1\n> Host: h\n> Content-Length: 7\n\n| a=1\n| b=2\n\n\
                * We are completely uploaded and fine\n< HTTP/1.1 401 Unauthorized\n< \n\n\
                | table\n> GET /b HTTP/1.1\n> Host: h\n\n| c";
    let capture = capture(text);
    let bodies: Vec<_> = capture
        .exchanges()
        .iter()
        .map(|exchange| exchange.request().unwrap().body())
        .collect();
    assert_eq!(bodies, [&b"a=1\nb=2"[..], b"c"]);
    let missing = capture.exchanges()[0].missing();
    assert!(!missing.contains(&Missing::Body), "{missing:?}");
}
