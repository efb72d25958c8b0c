use countersign_base_string::Scheme;
use countersign_capture::{Capture, CaptureError, InputKind, Limits, OwnedRequest, read, read_as};

/// Raw HTTP, and whatever the sniffer takes it for.
///
/// A request that was read can be written and reads back the same.
pub fn raw_http(data: &[u8]) {
    sniffed(data);
    let Some(capture) = reads(InputKind::RawHttp, data) else {
        return;
    };
    for request in requests(&capture) {
        let Ok(written) = request.to_http() else {
            continue;
        };
        let again = reads(InputKind::RawHttp, &written).expect("what is written reads");
        let again = again.request().expect("a request was written");
        same(request, again);
        assert_eq!(again.body(), request.body());
    }
}

/// A curl command.
///
/// A request that was read can be written as a curl command and reads back the same, or is refused by the writer.
pub fn curl(data: &[u8]) {
    let Some(capture) = reads(InputKind::Curl, data) else {
        return;
    };
    for request in requests(&capture) {
        let Ok(written) = request.to_curl(None) else {
            continue;
        };
        let again = reads(InputKind::Curl, written.as_bytes()).expect("what is written reads");
        let again = again.request().expect("a request was written");
        same(request, again);
        assert_eq!(again.scheme(), request.scheme());
        assert_eq!(again.body(), request.body());
    }
}

/// HAR and Postman, and whatever the sniffer takes the input for.
///
/// What is read holds no more than its input has room for, and can be looked at all over.
pub fn har(data: &[u8]) {
    sniffed(data);
    for kind in [InputKind::Har, InputKind::Postman] {
        if let Some(capture) = reads(kind, data) {
            assert!(capture.exchanges().len() <= data.len());
        }
    }
}

fn sniffed(data: &[u8]) {
    if let Ok(capture) = read(data) {
        let _ = read_as(capture.kind(), data, &Limits::default());
        looked_at(&capture);
    }
}

pub(crate) fn reads(kind: InputKind, data: &[u8]) -> Option<Capture> {
    match read_as(kind, data, &Limits::default()) {
        Ok(capture) => {
            looked_at(&capture);
            Some(capture)
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

pub(crate) fn looked_at(capture: &Capture) {
    assert!(!capture.read_as().is_empty());
    for exchange in capture.exchanges() {
        if let Some(answer) = exchange.answer() {
            let _ = answer.problem();
        }
    }
    for request in requests(capture) {
        match request.as_request(Some(Scheme::Https)) {
            Ok(borrowed) => assert_eq!(borrowed.method(), request.method()),
            Err(error) => assert!(
                !matches!(error, CaptureError::Missing(missing) if missing.to_string().is_empty())
            ),
        }
        let _ = request.has_oauth();
    }
    for echo in capture.echoes() {
        let _ = (echo.is_base_string(), echo.as_str());
    }
}

pub(crate) fn requests(capture: &Capture) -> impl Iterator<Item = &OwnedRequest> {
    capture
        .exchanges()
        .iter()
        .filter_map(|exchange| exchange.request())
}

#[track_caller]
pub(crate) fn same(request: &OwnedRequest, again: &OwnedRequest) {
    assert_eq!(again.method(), request.method());
    assert_eq!(
        again.url(Some(Scheme::Https)).ok(),
        request.url(Some(Scheme::Https)).ok()
    );
    assert_eq!(again.authorizations(), request.authorizations());
    assert_eq!(again.content_type(), request.content_type());
}
