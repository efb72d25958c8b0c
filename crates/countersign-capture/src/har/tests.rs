use crate::{CaptureError, Limits, Missing, Note, read, read_with};

fn archive(entries: &str) -> String {
    format!("{{\"log\":{{\"entries\":[{entries}]}}}}")
}

#[test]
fn entries_that_cannot_be_read_are_left_out_by_name() {
    let good = r#"{"request":{"method":"GET","url":"https://h/?oauth_token=x"}}"#;
    let bad = [
        (r#"{}"#, "it has no request"),
        (
            r#"{"request":{"url":"https://h/"}}"#,
            "its request has no method",
        ),
        (r#"{"request":{"method":"GET"}}"#, "its request has no url"),
        (
            r#"{"request":{"method":"GET","url":"blob:x y"}}"#,
            "its url cannot be read",
        ),
        (
            r#"{"request":{"method":"GET","url":"chrome-extension://x/"}}"#,
            "its url cannot be read",
        ),
        (
            r#"{"request":{"method":"GET","url":"about:blank"}}"#,
            "its url has no scheme",
        ),
    ];
    for (entry, reason) in bad {
        let capture = read(archive(&format!("{entry},{good}")).as_bytes()).unwrap();
        assert_eq!(capture.exchanges().len(), 1);
        assert_eq!(capture.exchanges()[0].label(), Some("entry 2 of 2"));
        assert_eq!(
            capture.notes(),
            [Note::ItemSkipped {
                position: 1,
                reason: reason.to_owned()
            }]
        );
        assert!(matches!(
            read(archive(entry).as_bytes()),
            Err(CaptureError::Syntax(_))
        ));
    }
}

/// What was on the wire was signed, whatever the tool made the URL of.
#[test]
fn the_host_that_was_sent_is_read() {
    for (version, host) in [
        ("HTTP/1.1", "api.example.com"),
        ("http/1.0", "api.example.com"),
        ("HTTP/2", "10.0.0.7:8443"),
        ("http/2.0", "10.0.0.7:8443"),
        ("h3", "10.0.0.7:8443"),
        ("", "10.0.0.7:8443"),
    ] {
        let entry = format!(
            r#"{{"request":{{"method":"GET","httpVersion":"{version}",
            "url":"https://10.0.0.7:8443/?oauth_token=x",
            "headers":[{{"name":"Host","value":"api.example.com"}}]}}}}"#
        );
        let capture = read(archive(&entry).as_bytes()).unwrap();
        let request = capture.exchanges()[0].request().unwrap();
        assert_eq!(request.host(), Some(host), "{version}");
        let written = request.to_http().unwrap();
        let written = String::from_utf8(written).unwrap();
        let line = format!("\r\nHost: {host}\r\n");
        assert_eq!(written.matches("Host: ").count(), 1, "{written}");
        assert!(written.contains(&line), "{version}: {written}");
    }
}

#[test]
fn an_export_without_credentials_is_told() {
    let capture =
        read(archive(r#"{"request":{"method":"GET","url":"https://h/"}}"#).as_bytes()).unwrap();
    assert_eq!(capture.notes(), [Note::Sanitised]);
}

#[test]
fn bodies_that_were_not_recorded_are_missing() {
    let multipart = r#"{"request":{"method":"POST","url":"https://h/","postData":{"mimeType":"multipart/form-data; boundary=x","params":[{"name":"a","fileName":"b"}]}}}"#;
    let capture = read(archive(multipart).as_bytes()).unwrap();
    assert!(capture.missing().contains(&Missing::Body));
    let unrecorded = r#"{"request":{"method":"POST","url":"https://h/","bodySize":9}}"#;
    let capture = read(archive(unrecorded).as_bytes()).unwrap();
    assert!(capture.missing().contains(&Missing::Body));
}

#[test]
fn entries_are_limited() {
    let entry = r#"{"request":{"method":"GET","url":"https://h/"}}"#;
    let limits = Limits::default().with_entries(1);
    assert!(read_with(archive(entry).as_bytes(), &limits).is_ok());
    // Those that can't be read count too, since each of them leaves a note.
    for second in [entry, "0"] {
        let two = archive(&format!("{entry},{second}"));
        assert!(matches!(
            read_with(two.as_bytes(), &limits),
            Err(CaptureError::Limit(_))
        ));
    }
}

#[test]
fn why_no_entry_could_be_read_is_told() {
    let refused = read(archive(r#"{"request":{"method":"GET","url":"nowhere"}}"#).as_bytes());
    assert_eq!(
        refused.unwrap_err().to_string(),
        "HAR: expected an entry with a request, found its url has no scheme (line 1, byte 0)"
    );
}
