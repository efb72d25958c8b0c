use countersign_base_string::Scheme;

use crate::{Capture, CaptureError, Limits, Missing, Note, Refused, read, read_with};

fn capture(command: &str) -> Capture {
    read(command.as_bytes()).unwrap_or_else(|error| panic!("{command}: {error}"))
}

/// Method, URL, body and the headers that matter, as one line.
fn sent(command: &str) -> String {
    let capture = capture(command);
    let lines: Vec<String> = capture
        .exchanges()
        .iter()
        .map(|exchange| {
            let request = exchange.request().unwrap();
            let mut line = format!(
                "{} {} [{}]",
                request.method(),
                request.url(None).unwrap(),
                String::from_utf8_lossy(request.body())
            );
            for header in request.headers().iter() {
                line.push_str(&format!(
                    " {}={}",
                    header.name(),
                    header.value_str().unwrap()
                ));
            }
            line
        })
        .collect();
    lines.join(" | ")
}

const FORM: &str = "Content-Type=application/x-www-form-urlencoded";

/// What curl 7.88 sends for these commands, apart from `Host`, its own `User-Agent` and
/// `Accept`, and the length of the body.
#[test]
fn commands_send_what_curl_sends() {
    let table = [
        ("curl http://h", "GET http://h/ []".to_owned()),
        ("curl h.example/a", "GET http://h.example/a []".to_owned()),
        ("curl 'http://h?x=1#f'", "GET http://h/?x=1 []".to_owned()),
        ("curl -X PUT http://h/", "PUT http://h/ []".to_owned()),
        ("curl -XPUT http://h/", "PUT http://h/ []".to_owned()),
        ("curl --request=PUT http://h/", "PUT http://h/ []".to_owned()),
        ("curl -I http://h/", "HEAD http://h/ []".to_owned()),
        ("curl -I -X POST http://h/", "POST http://h/ []".to_owned()),
        ("curl -T f http://h/", "PUT http://h/ []".to_owned()),
        ("curl -d a http://h/", format!("POST http://h/ [a] {FORM}")),
        ("curl -da http://h/", format!("POST http://h/ [a] {FORM}")),
        ("curl -d a -d '' -d b http://h/", format!("POST http://h/ [a&&b] {FORM}")),
        ("curl -d '' http://h/", format!("POST http://h/ [] {FORM}")),
        ("curl -d a -H 'Content-Type:' http://h/", "POST http://h/ [a]".to_owned()),
        (
            "curl -d a -H 'Content-Type;' http://h/",
            "POST http://h/ [a] Content-Type=".to_owned(),
        ),
        (
            "curl -d a -H 'content-type: text/plain' http://h/",
            "POST http://h/ [a] content-type=text/plain".to_owned(),
        ),
        ("curl --data-raw @x http://h/", format!("POST http://h/ [@x] {FORM}")),
        ("curl --data-binary 'a\nb' http://h/", format!("POST http://h/ [a\nb] {FORM}")),
        (
            "curl --data-urlencode 'a=b c+é~!' http://h/",
            format!("POST http://h/ [a=b+c%2B%C3%A9~%21] {FORM}"),
        ),
        ("curl --data-urlencode '=b=c' http://h/", format!("POST http://h/ [b%3Dc] {FORM}")),
        ("curl --data-urlencode 'b/c' http://h/", format!("POST http://h/ [b%2Fc] {FORM}")),
        (
            r#"curl --json '{"a":1}' --json '{"b":2}' http://h/"#,
            r#"POST http://h/ [{"a":1}{"b":2}] Accept=application/json Content-Type=application/json"#
                .to_owned(),
        ),
        (
            "curl -d a=1 --json '{}' -d c http://h/",
            "POST http://h/ [a=1{}&c] Accept=application/json Content-Type=application/json"
                .to_owned(),
        ),
        ("curl -G -d b -d c http://h/", "GET http://h/?b&c []".to_owned()),
        ("curl -G -d b 'http://h/?a=1'", "GET http://h/?a=1&b []".to_owned()),
        ("curl -G -d b -X POST 'http://h/?'", "POST http://h/?b []".to_owned()),
        ("curl -G -d '' 'http://h/?'", "GET http://h/ []".to_owned()),
        ("curl -G -d '' 'http://h/?a'", "GET http://h/?a& []".to_owned()),
        ("curl -G -d b 'http://h/?a?'", "GET http://h/?a?&b []".to_owned()),
        ("curl -GI -d a http://h/", "HEAD http://h/?a []".to_owned()),
        (
            "curl --url-query 'a=b/c' --url-query +x=y 'http://h/?z'",
            "GET http://h/?z&a=b%2Fc&x=y []".to_owned(),
        ),
        (
            "curl -b a=b -b c=d -A me -e 'http://r;auto' http://h/",
            "GET http://h/ [] User-Agent=me Referer=http://r Cookie=a=b;c=d".to_owned(),
        ),
        (
            "curl http://u:p%20q@h/a",
            "GET http://h/a [] Authorization=Basic dTpwIHE=".to_owned(),
        ),
        (
            "curl -u u:p -H 'Authorization: OAuth x' http://h/",
            "GET http://h/ [] Authorization=OAuth x".to_owned(),
        ),
        ("curl -u u http://h/", "GET http://h/ []".to_owned()),
        ("curl --digest -u u:p http://h/", "GET http://h/ []".to_owned()),
        (
            "curl --oauth2-bearer tok http://h/",
            "GET http://h/ [] Authorization=Bearer tok".to_owned(),
        ),
        ("curl http://h/a/./b/../c", "GET http://h/a/c []".to_owned()),
        ("curl 'http://h/%2e%2E/a/../b?../c'", "GET http://h/%2e%2E/b?../c []".to_owned()),
        ("curl 'http://h/a/..?x'", "GET http://h/?x []".to_owned()),
        ("curl --path-as-is http://h/a/../b", "GET http://h/a/../b []".to_owned()),
        ("curl -g 'http://h/?a[b]=1'", "GET http://h/?a[b]=1 []".to_owned()),
        ("curl 'http://[::1]:80/'", "GET http://[::1]:80/ []".to_owned()),
        (
            "curl -sSiLkv --compressed -o out -w '%{http_code}' -m 5 -x proxy:1 -E c --url http://h/",
            "GET http://h/ []".to_owned(),
        ),
        ("curl --no-progress-meter --no-keepalive http://h/", "GET http://h/ []".to_owned()),
        ("curl http://a/ http://b/", "GET http://a/ [] | GET http://b/ []".to_owned()),
        (
            "curl -d x http://a/ --next http://b/",
            format!("POST http://a/ [x] {FORM} | GET http://b/ []"),
        ),
        (
            "curl http://a/ -d x -: -X PUT http://b/",
            format!("POST http://a/ [x] {FORM} | PUT http://b/ []"),
        ),
        ("curl http://a/ && curl http://b/", "GET http://a/ [] | GET http://b/ []".to_owned()),
        ("curl http://a/ | jq .", "GET http://a/ []".to_owned()),
        ("curl http://a/ > out 2>&1", "GET http://a/ []".to_owned()),
        ("curl http://a/ # as curl -d x", "GET http://a/ []".to_owned()),
        ("$ sudo TOKEN=x /usr/bin/curl http://a/", "GET http://a/ []".to_owned()),
        ("curl \\\n  -X \\\n  PUT \\\r\n  http://a/", "PUT http://a/ []".to_owned()),
        ("curl \"http://a/?a=1&b=\\\"2\"", "GET http://a/?a=1&b=\"2 []".to_owned()),
        ("curl.exe -- http://a/", "GET http://a/ []".to_owned()),
        (
            "curl -H 'A: 1' -H 'a:  2 ' -H 'A:' -H 'E;' http://h/",
            "GET http://h/ [] A=1 a=2 E=".to_owned(),
        ),
    ];
    for (command, expected) in table {
        assert_eq!(sent(command), expected, "{command}");
    }
}

#[test]
fn host_of_a_header_overrules_that_of_the_url() {
    let capture = capture("curl -H 'Host: x.example:8080' https://h/a");
    let request = capture.request().unwrap().as_request(None).unwrap();
    assert_eq!(request.uri().base_uri(), "https://x.example:8080/a");
}

#[test]
fn the_target_can_be_given_apart() {
    let capture = capture("curl -X OPTIONS --request-target '*' http://h/");
    assert_eq!(capture.request().unwrap().target(), "*");
}

#[test]
fn what_cannot_be_known_is_refused_with_advice() {
    let refused = |command: &str| match read(command.as_bytes()) {
        Err(CaptureError::Refused(refused)) => refused,
        other => panic!("{command}: {other:?}"),
    };
    let file = |flag| Refused::File { flag };
    assert_eq!(refused("curl -d @f http://h/"), file("data"));
    assert_eq!(
        refused("curl --data-binary @- http://h/"),
        file("data-binary")
    );
    assert_eq!(
        refused("curl --data-urlencode n@f http://h/"),
        file("data-urlencode")
    );
    assert_eq!(
        refused("curl --data-urlencode @f http://h/"),
        file("data-urlencode")
    );
    assert_eq!(refused("curl --json @f http://h/"), file("json"));
    assert_eq!(refused("curl -H @f http://h/"), file("header"));
    assert_eq!(
        refused("curl -K f http://h/"),
        Refused::Flag { flag: "config" }
    );
    assert_eq!(
        refused("curl --data-raw $'a\\u0021' http://h/"),
        Refused::AnsiCQuoting { offset: 16 }
    );
    assert_eq!(
        refused("```bash\ncurl $'a'\n```"),
        Refused::AnsiCQuoting { offset: 13 }
    );
    assert_eq!(refused("curl 'http://h/?a={b,c}'"), Refused::UrlGlob);
    assert_eq!(refused("curl 'http://h/?a[b]=1'"), Refused::UrlGlob);
    assert_eq!(
        refused("Invoke-WebRequest -Uri \"https://h/\""),
        Refused::PowerShell
    );
    assert_eq!(refused("curl -X GET `\n  http://h/"), Refused::PowerShell);
    assert_eq!(refused("fetch(\"https://h/\", {});"), Refused::Fetch);
    assert!(refused("curl $'a'").to_string().contains("Copy as HAR"));
}

#[test]
fn faults_have_a_place() {
    let table = [
        (
            "curl",
            "curl command: expected a URL, found none (line 1, byte 0)",
        ),
        (
            "curl http://a/\ncurl --frobnicate x",
            "curl command: expected a flag of curl, found an unknown long flag (line 2, byte 15)",
        ),
        (
            "curl http://a/ -X",
            "curl command: expected a value after the last flag, found the end of the command (line 1, byte 0)",
        ),
        (
            "curl 'http://a/",
            "curl command: expected the closing quote of what starts here, found the end of the input (line 1, byte 5)",
        ),
        (
            "curl -I -d a http://a/",
            "curl command: expected either -I or data, found both (curl refuses that) (line 1, byte 0)",
        ),
        (
            "curl 'http://a/b c'",
            "curl command: expected a URL without blanks, found a blank or control character (line 1, byte 0)",
        ),
        (
            "curl ftp://a/",
            "curl command: expected an http or https URL, found another scheme (line 1, byte 0)",
        ),
        (
            "curl --silent=yes http://a/",
            "curl command: expected a flag without a value, found a value after = (line 1, byte 0)",
        ),
    ];
    for (command, message) in table {
        let error = read(command.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), message, "{command}");
    }
}

#[test]
fn notes_say_what_the_shell_does() {
    let notes = |command: &str| capture(command).exchanges()[0].notes().to_vec();
    assert_eq!(
        notes("curl http://h/?a=1&b=2"),
        [Note::ShellCut { offset: 18 }]
    );
    assert_eq!(sent("curl http://h/?a=1&b=2"), "GET http://h/?a=1 []");
    assert_eq!(
        notes("curl http://h/\n  -H 'A: b'"),
        [Note::ShellCut { offset: 14 }]
    );
    assert_eq!(notes("curl 'http://h/?a=1&b=2' &"), []);
    let variable = |name: &str| Note::ShellVariable {
        name: name.to_owned(),
    };
    assert_eq!(
        notes("curl \"http://h/?$filter=${B}&c=$(date)\" -d '$no' -d \\$no"),
        [variable("filter"), variable("B"), variable("$(...)")]
    );
    assert_eq!(notes("curl -d \"${!x}\" http://h/"), [variable("${...}")]);
    assert_eq!(notes("curl h/"), [Note::SchemeAssumed]);
    assert_eq!(notes("curl -L http://h/"), [Note::FollowsRedirects]);
    assert_eq!(notes("curl -H nocolon http://h/"), [Note::HeaderDropped]);
    assert_eq!(
        notes("curl --data-urlencode 'a=b c' http://h/"),
        [Note::UrlencodedSpace]
    );
    let multipart = capture("curl -F a=b http://h/");
    assert_eq!(multipart.exchanges()[0].notes(), [Note::Multipart]);
    assert_eq!(multipart.missing(), [Missing::Body, Missing::Answer]);
    assert_eq!(multipart.request().unwrap().method(), "POST");
}

#[test]
fn cmd_lines_are_unquoted_twice() {
    let table = [
        (
            "curl ^\"http://h/?a=1^&b=^%^20^\"",
            "GET http://h/?a=1&b=%20 []",
        ),
        (
            "curl \"http://h/?a=1&b=2\" ^\n  -X PUT",
            "PUT http://h/?a=1&b=2 []",
        ),
        (
            "curl \"http://h/\" ^\r\n  -H \"A: \\\"q\\\"\"",
            "GET http://h/ [] A=\"q\"",
        ),
        (
            "curl ^\"http://h/^\" --data-raw ^\"a^\n\nb^\" -H \"Content-Type:\"",
            "POST http://h/ [a\nb]",
        ),
    ];
    for (command, expected) in table {
        assert_eq!(sent(command), expected, "{command}");
    }
    let capture = capture("curl ^\"http://%HOST%/^\"");
    assert_eq!(
        capture.exchanges()[0].notes(),
        [Note::ShellVariable {
            name: "HOST".to_owned()
        }]
    );
}

#[test]
fn copies_are_bounded() {
    let limits = Limits::default().with_input_bytes(2_000);
    let command = format!("curl -d {} {}", "x".repeat(1_000), "h ".repeat(3));
    let error = read_with(command.as_bytes(), &limits).unwrap_err();
    assert_eq!(
        error.to_string(),
        "too many requests: at most 2 requests, found 3"
    );
    let fine = format!("curl -d {} {}", "x".repeat(1_000), "h ".repeat(2));
    assert_eq!(
        read_with(fine.as_bytes(), &limits)
            .unwrap()
            .exchanges()
            .len(),
        2
    );
    assert!(read_with(b"curl h", &Limits::default().with_entries(0)).is_err());
    let limits = Limits::default().with_headers(1);
    assert!(read_with(b"curl -H a:b h", &limits).is_ok());
    assert!(read_with(b"curl -H a:b -H c:d h", &limits).is_err());
}

#[test]
fn the_default_scheme_can_be_set() {
    let capture = capture("curl --proto-default https h.example");
    assert_eq!(capture.request().unwrap().scheme(), Some(Scheme::Https));
}
