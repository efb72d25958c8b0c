use countersign_base_string::{BaseString, Limits, Parameters, Scheme};

use super::fixture;
use crate::unescape::Layer;
use crate::{Capture, EchoKind, InputKind, Missing, Note, OwnedRequest, read};

const BASE_STRING: &str = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3Dkllo9940pd9333jh%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1191242096%26oauth_token%3Dnnch734d00sl2jdk%26oauth_version%3D1.0%26size%3Doriginal";

fn capture(name: &str) -> Capture {
    read(fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn base_string(request: &OwnedRequest, scheme: Option<Scheme>) -> String {
    let request = request.as_request(scheme).unwrap();
    let parameters = Parameters::collect(&request, &Limits::default()).unwrap();
    BaseString::new(&request, &parameters).as_str().to_owned()
}

#[test]
fn each_fixture_is_read_as_what_it_is() {
    let lines = [
        ("authorization", "Authorization header alone"),
        ("base-string", "base string echo"),
        ("chrome-har", "HAR, 4 requests, 3 answers"),
        ("curl-chrome", "curl command, 1 request, no answer"),
        ("curl-chrome-cmd", "curl command, 1 request, no answer"),
        ("curl-firefox", "curl command, 1 request, no answer"),
        ("devtools-alternating", "raw HTTP, 1 request, no answer"),
        ("devtools-general", "raw HTTP, 1 request, 1 answer"),
        ("devtools-general-lines", "raw HTTP, 1 request, 1 answer"),
        ("devtools-headers", "raw HTTP, 1 request, no answer"),
        ("echo-flickr", "base string echo"),
        ("echo-flickr-callback", "base string echo"),
        ("echo-google", "base string echo"),
        ("echo-jira", "base string echo"),
        ("echo-linkedin", "base string echo"),
        ("echo-mastercard", "base string echo"),
        ("echo-tumblr", "error text, 2 echoes"),
        ("echo-wordpress", "error text, 2 echoes"),
        ("echo-yelp", "base string echo"),
        ("error-text", "error text alone"),
        ("postman", "Postman collection, 6 requests, 1 answer"),
        ("raw-exchange", "raw HTTP, 1 request, 1 answer"),
        ("raw-request", "raw HTTP, 1 request, no answer"),
        ("trace-redirect", "curl -v trace, 2 requests, 2 answers"),
    ];
    let logs = |name: &str| name.starts_with("log-") || name.starts_with("env-");
    let others = super::FIXTURES.iter().filter(|(name, _)| !logs(name));
    assert_eq!(lines.len(), others.count());
    for (name, line) in lines {
        assert_eq!(capture(name).read_as(), line, "{name}");
    }
}

#[test]
fn the_whole_headers_tab_gives_request_and_answer() {
    for name in ["devtools-general", "devtools-general-lines"] {
        let capture = capture(name);
        let request = capture.request().unwrap();
        assert_eq!(request.scheme(), Some(Scheme::Https), "{name}");
        assert_eq!(request.authorizations().len(), 1, "{name}");
        assert_eq!(request.headers().first("date"), None, "{name}");
        let expected = BASE_STRING.replacen("http%3A", "https%3A", 1);
        assert_eq!(base_string(request, None), expected, "{name}");
        let answer = capture.answer().unwrap();
        assert_eq!(answer.status(), Some(401), "{name}");
        assert_eq!(answer.date(), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
        assert_eq!(
            answer.problem().unwrap().problem.code().as_str(),
            "signature_invalid"
        );
        assert_eq!(capture.missing(), []);
    }
    for (text, missing) in [
        (
            "Request URL: https://h/a\nRequest Method: POST",
            Missing::Answer,
        ),
        (
            "Request URL: https://h/a\nRequest Method: POST\nStatus Code: 401\nHost: h\nContent-Length: 3",
            Missing::Body,
        ),
    ] {
        let capture = read(text.as_bytes()).unwrap();
        assert_eq!(capture.request().unwrap().method(), "POST");
        assert_eq!(capture.missing(), [missing], "{text}");
    }
    for damaged in [
        "Request URL: somewhere",
        "Request URL\n",
        "Request URL: https://h/\nnot a name: x",
    ] {
        assert!(read(damaged.as_bytes()).is_err(), "{damaged}");
    }
}

#[test]
fn the_raw_request_gives_the_published_base_string() {
    let capture = capture("raw-request");
    let request = capture.request().unwrap();
    assert_eq!(request.scheme(), None);
    assert_eq!(base_string(request, Some(Scheme::Http)), BASE_STRING);
    assert_ne!(base_string(request, Some(Scheme::Https)), BASE_STRING);
    assert_eq!(capture.missing(), [Missing::Scheme, Missing::Answer]);
}

#[test]
fn developer_tools_give_the_scheme() {
    for name in ["devtools-headers", "devtools-alternating"] {
        let capture = capture(name);
        let request = capture.request().unwrap();
        assert_eq!(request.scheme(), Some(Scheme::Https), "{name}");
        assert_eq!(request.host(), Some("photos.example.net"), "{name}");
        assert_eq!(request.target(), "/photos?file=vacation.jpg&size=original");
        assert_eq!(base_string(request, Some(Scheme::Http)), BASE_STRING);
        assert_eq!(capture.missing(), [Missing::Answer], "{name}");
    }
}

#[test]
fn an_exchange_holds_both_messages_byte_for_byte() {
    let capture = capture("raw-exchange");
    let request = capture.request().unwrap();
    assert_eq!(request.body(), b"status=setting%20up%20my&count=2");
    assert!(
        request
            .as_request(Some(Scheme::Https))
            .unwrap()
            .is_form_body()
    );
    let answer = capture.answer().unwrap();
    assert_eq!(answer.status(), Some(401));
    assert_eq!(answer.date(), Some("Thu, 04 Oct 2007 12:34:56 GMT"));
    assert_eq!(answer.challenges(), [r#"OAuth realm="api""#]);
    assert_eq!(
        answer.problem().unwrap().problem.code().as_str(),
        "signature_invalid"
    );
    assert_eq!(
        capture.echo().unwrap().as_str(),
        "POST&https%3A%2F%2Fapi.example.com%2Fservices%2Frest&count%3D2%26oauth_nonce%3Dkllo9940pd9333jh"
    );
    assert!(capture.exchanges()[0].notes().is_empty());
    assert_eq!(capture.missing(), [Missing::Scheme]);
}

#[test]
fn chrome_copies_are_read_exactly() {
    let posix = capture("curl-chrome");
    let request = posix.request().unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.url(None).unwrap(),
        "https://api.example.com/1.1/statuses/update.json?include_entities=true"
    );
    assert_eq!(
        request.body(),
        b"status=Hello%20Ladies%20%2b%20Gentlemen&trim=1"
    );
    assert_eq!(request.authorizations().len(), 1);
    assert_eq!(
        request.headers().first("cookie").unwrap().value(),
        b"session=9f8e7d"
    );

    let cmd = capture("curl-chrome-cmd");
    let request = cmd.request().unwrap();
    assert_eq!(
        request.target(),
        "/photos?file=vacation.jpg&size=original&q=100%25"
    );
    // Chrome doubles every backslash; the C runtime halves them before a quote only.
    assert_eq!(request.body(), br#"a=b%20c&quote="x"&path=c:\\dir\"#);
    assert_eq!(
        request.authorizations(),
        posix.request().unwrap().authorizations()
    );
    assert!(cmd.exchanges()[0].notes().is_empty());
}

#[test]
fn a_firefox_copy_is_read_exactly() {
    let capture = capture("curl-firefox");
    let request = capture.request().unwrap();
    assert_eq!(request.body(), br#"{"title":"It's here"}"#);
    assert_eq!(request.content_type(), Some("application/json"));
    assert!(request.has_oauth());
}

#[test]
fn a_trace_shows_every_hop() {
    let capture = capture("trace-redirect");
    let [first, second] = capture.exchanges() else {
        panic!("two hops");
    };
    let hop = first.request().unwrap();
    assert_eq!(
        hop.url(None).unwrap(),
        "https://photos.example.net/photos?file=vacation.jpg&size=original"
    );
    assert_eq!(
        first.answer().unwrap().location(),
        Some("https://www.photos.example.net/photos/?file=vacation.jpg&size=original")
    );
    let hop = second.request().unwrap();
    assert_eq!(
        hop.url(None).unwrap(),
        "https://www.photos.example.net/photos/?file=vacation.jpg&size=original"
    );
    let answer = second.answer().unwrap();
    assert_eq!(answer.body(), b"oauth_problem=signature_invalid");
    assert!(first.missing().is_empty() && second.missing().is_empty());
}

#[test]
fn har_entries_keep_their_place() {
    let capture = capture("chrome-har");
    let main = capture.main_exchange().unwrap();
    assert_eq!(main.label(), Some("entry 3 of 4"));
    assert_eq!(capture.oauth_exchanges().count(), 1);
    let request = main.request().unwrap();
    assert_eq!(request.body(), b"status=Hello%20Ladies&trim=1");
    assert!(
        request
            .headers()
            .iter()
            .all(|header| !header.name().starts_with(':'))
    );
    assert_eq!(request.host(), Some("api.example.com"));
    assert_eq!(main.answer().unwrap().status(), Some(401));

    let [page, script, _, rebuilt] = capture.exchanges() else {
        panic!("four entries");
    };
    assert_eq!(page.answer().unwrap().body(), b"ok");
    assert_eq!(script.request().unwrap().target(), "/main.js");
    assert_eq!(rebuilt.request().unwrap().body(), b"a%20b=c%26d&e=");
    assert_eq!(rebuilt.notes(), [Note::BodyRebuilt]);
    assert!(rebuilt.answer().is_none());
}

#[test]
fn a_collection_is_walked_in_order() {
    let capture = capture("postman");
    let labels: Vec<_> = capture
        .exchanges()
        .iter()
        .map(|e| e.label().unwrap())
        .collect();
    assert_eq!(
        labels,
        [
            "Reading / One photo",
            "Upload",
            "JSON",
            "Form data",
            "Query language",
            "Unknown host"
        ]
    );
    let signs = Note::PostmanOAuth1 {
        present: [
            "consumerSecret",
            "consumerKey",
            "signatureMethod",
            "addParamsToHeader",
        ]
        .map(str::to_owned)
        .to_vec(),
    };
    let [photo, upload, json, form, graphql, elsewhere] = capture.exchanges() else {
        panic!("six items");
    };
    let request = photo.request().unwrap();
    assert_eq!(
        request.url(None).unwrap(),
        "https://photos.example.net/photos/7?size=original&note=a%20b"
    );
    assert_eq!(request.headers().len(), 1);
    assert_eq!(photo.answer().unwrap().status(), Some(401));
    assert_eq!(photo.notes(), core::slice::from_ref(&signs));

    assert_eq!(
        upload.request().unwrap().body(),
        b"title=Summer%20%26%20%7B%7Bseason%7D%7D"
    );
    assert!(upload.notes().contains(&Note::BodyRebuilt));
    assert!(upload.notes().contains(&Note::UnresolvedVariable {
        name: "season".to_owned()
    }));

    assert_eq!(
        json.request().unwrap().url(None).unwrap(),
        "https://api.example.com:8443/v1/items?x=1"
    );
    assert_eq!(
        json.request().unwrap().content_type(),
        Some("application/json")
    );
    assert_eq!(json.request().unwrap().body(), br#"{"a": 1}"#);

    assert!(form.missing().contains(&Missing::Body));
    assert_eq!(
        graphql.request().unwrap().content_type(),
        Some("application/json")
    );

    assert_eq!(elsewhere.request().unwrap().target(), "/v1/items");
    assert_eq!(
        elsewhere.missing(),
        [Missing::Scheme, Missing::Host, Missing::Answer]
    );
}

#[test]
fn every_echo_gives_the_same_base_string() {
    let echoes: [(&str, Option<&str>, &[Layer]); 8] = [
        ("base-string", None, &[]),
        ("echo-flickr", Some("debug_sbs"), &[]),
        ("echo-flickr-callback", Some("debug_sbs"), &[Layer::Percent]),
        ("echo-google", Some("base_string"), &[Layer::Html]),
        (
            "echo-jira",
            Some("oauth_signature_base_string"),
            &[Layer::Percent],
        ),
        (
            "echo-linkedin",
            Some("oauth_problem_advice"),
            &[Layer::Percent],
        ),
        (
            "echo-mastercard",
            Some("acceptable signature base string"),
            &[],
        ),
        (
            "echo-yelp",
            Some("expected signature base string"),
            &[Layer::Json],
        ),
    ];
    for (name, marker, layers) in echoes {
        let capture = capture(name);
        assert_eq!(capture.kind(), InputKind::BaseStringEcho, "{name}");
        let echo = capture.echo().unwrap();
        assert_eq!(echo.as_str(), BASE_STRING, "{name}");
        assert_eq!(echo.marker(), marker, "{name}");
        assert_eq!(echo.layers(), layers, "{name}");
    }
}

#[test]
fn expected_signatures_and_base_uris_are_found() {
    let expected = "tR3+Ty81lMeYAr/Fid0kMTYa/WM=";
    let tumblr = capture("echo-tumblr");
    assert_eq!(tumblr.echoes()[0].kind(), EchoKind::Signature);
    assert_eq!(tumblr.echoes()[0].as_str(), expected);
    let wordpress = capture("echo-wordpress");
    let found: Vec<_> = wordpress
        .echoes()
        .iter()
        .map(|echo| (echo.kind(), echo.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (EchoKind::Signature, expected),
            (EchoKind::BaseUri, "http://photos.example.net/photos")
        ]
    );
}

#[test]
fn a_lone_header_is_kept_as_its_value() {
    let capture = capture("authorization");
    assert!(capture.authorization().unwrap().starts_with("OAuth realm="));
    assert_eq!(capture.missing(), [Missing::Request, Missing::Answer]);
}
