use countersign_capture::{Capture, InputKind, read};

use crate::capture::{looked_at, reads, requests, same};

const LOGS: [InputKind; 12] = [
    InputKind::AccessLog,
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

/// In a seed it stands where a secret can stand.
const CANARY: &str = "c4n4ry";

/// A log or debug output, of whatever library, and whatever the sniffer takes it for.
///
/// What is read holds no more than its input has room for; its requests can be written and read back the same; nothing that
/// may be a secret is in its `Debug` form.
pub fn log(data: &[u8]) {
    for kind in LOGS {
        if let Some(capture) = reads(kind, data) {
            holds(&capture, data);
        }
    }
    sniffed(data);
}

/// The environment of a CGI application, however it is printed.
///
/// As [`log`], and there is one request at most.
pub fn cgi_env(data: &[u8]) {
    if let Some(capture) = reads(InputKind::CgiEnvironment, data) {
        holds(&capture, data);
        assert!(capture.kind().is_server_side());
        assert_eq!(capture.exchanges().len(), 1);
        assert!(capture.request().is_some() && capture.answer().is_none());
    }
    sniffed(data);
}

fn sniffed(data: &[u8]) {
    if let Ok(capture) = read(data) {
        looked_at(&capture);
        let again = reads(capture.kind(), data);
        if LOGS.contains(&capture.kind()) {
            assert_eq!(again, Some(capture), "sniffed and told are the same");
        }
    }
}

fn holds(capture: &Capture, data: &[u8]) {
    assert!(capture.exchanges().len() <= data.len());
    assert!(
        capture
            .echoes()
            .iter()
            .all(|echo| echo.as_str().len() <= data.len())
    );
    for request in requests(capture) {
        let Ok(written) = request.to_http() else {
            continue;
        };
        let again = reads(InputKind::RawHttp, &written).expect("what is written reads");
        let again = again.request().expect("a request was written");
        same(request, again);
        assert_eq!(again.body(), request.body());
    }
    if !shows_on_purpose(capture) {
        assert!(!format!("{capture:?}").contains(CANARY));
    }
}

/// Methods, hosts, paths and names of headers are no secrets.
fn shows_on_purpose(capture: &Capture) -> bool {
    let answers = capture.exchanges().iter().filter_map(|e| e.answer());
    let names = requests(capture)
        .flat_map(|request| request.headers().iter())
        .chain(answers.flat_map(|answer| answer.headers().iter()))
        .any(|header| header.name().contains(CANARY));
    names
        || requests(capture).any(|request| {
            let path = request.target().split('?').next().unwrap_or_default();
            [request.method(), request.host().unwrap_or_default(), path]
                .iter()
                .any(|part| part.contains(CANARY))
        })
}
