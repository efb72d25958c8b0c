use countersign_provider::Action;

use super::*;

fn refused(cause: &'static str, registered: bool) -> String {
    let mut event = Event::new(UnixTime::from_seconds(0), Action::Request);
    event.granted = false;
    event.registered = registered;
    event.consumer_key = Some("a-key".to_owned());
    event.cause = Some(cause);
    event.detail = Some("in words".to_owned());
    AuditFile::line(&event)
}

#[tokio::test]
async fn a_line_that_broke_off_takes_no_other_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.log");
    std::fs::write(&path, "one\nhal").unwrap();
    let trail = AuditFile::open(&path).unwrap();
    trail.write("two\n".to_owned()).await.unwrap();
    trail.write("three\n".to_owned()).await.unwrap();
    drop(AuditFile::open(&path).unwrap());
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, "one\nhal\ntwo\nthree\n");
}

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

fn of(cause: &'static str, granted: bool, proven: bool) -> Event {
    let mut event = Event::new(NOW, Action::Exchange);
    (event.granted, event.proven) = (granted, proven);
    event.cause = Some(cause);
    event
}

#[tokio::test]
async fn strangers_write_a_bounded_number_of_lines_and_the_rest_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.log");
    let trail = AuditFile::open(&path).unwrap();
    let causes = ["signature", "consumer", "grammar", "token", "missing"];
    for _ in 0..200 {
        for cause in causes {
            trail.record(&of(cause, false, false)).await.unwrap();
        }
    }
    // Of what was signed rightly, and of what was granted, nothing is left out.
    let proven = [
        "wrong_verifier",
        "wrong_password",
        "body_hash",
        "missing",
        "unacceptable",
    ];
    for cause in proven {
        trail.record(&of(cause, false, true)).await.unwrap();
    }
    trail.record(&of("live", true, true)).await.unwrap();
    trail.tell_left_out(NOW.saturating_add(1));
    trail.tell_left_out(NOW.saturating_add(2));
    trail.write(String::new()).await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let many = |part: &str| text.lines().filter(|line| line.contains(part)).count();
    assert_eq!(
        causes
            .map(|cause| many(&format!("\"{cause}\"")))
            .iter()
            .sum::<usize>(),
        500 + 1
    );
    assert_eq!(many(" left_out refused 0 count=\"500\" "), 1, "{text}");
    assert_eq!(text.lines().count(), 500 + proven.len() + 1 + 1);
}

/// Who saw a signed request sends it as often as they like, and has no key.
#[tokio::test]
async fn copies_of_signed_requests_are_bounded_and_hide_nothing_of_another_kind() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.log");
    let trail = AuditFile::open(&path).unwrap();
    for cause in ["nonce", "revoked_by_user"] {
        let mut copy = of(cause, false, true);
        copy.may_be_replay = true;
        copy.is_for_nonce = cause == "nonce";
        for _ in 0..600 {
            trail.record(&copy).await.unwrap();
        }
    }
    for _ in 0..600 {
        trail.record(&of("signature", false, false)).await.unwrap();
    }
    trail.tell_left_out(NOW);
    trail.write(String::new()).await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let many = |part: &str| text.lines().filter(|line| line.contains(part)).count();
    let causes = ["\"nonce\"", "\"revoked_by_user\"", "\"signature\""];
    assert_eq!(causes.map(many), [500; 3]);
    for of in [
        "for a nonce",
        "of what may be copies of signed requests",
        "before a signature was right",
    ] {
        let told = format!(" count=\"100\" detail=\"refusals {of}\"");
        assert_eq!(many(&told), 1, "{of}");
    }
}

#[tokio::test]
async fn how_many_were_left_out_is_kept_until_a_line_carries_it() {
    let (lines, waiting) = sync_channel(1);
    let state = Arc::new(State::new());
    let trail = AuditFile { lines, state };
    let stranger = of("signature", false, false);
    for _ in 0..600 {
        trail.record(&stranger).await.unwrap();
    }
    // Nobody writes yet, and the first line has all the room.
    trail.tell_left_out(NOW);
    let mut later = stranger;
    later.at = NOW.saturating_add(1);
    trail.record(&later).await.unwrap();
    let first = waiting.try_recv().unwrap();
    assert!(first.text.contains("signature") && waiting.try_recv().is_err());
    // The next has room, and can't be written.
    trail.tell_left_out(NOW);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.log");
    std::fs::write(&path, "").unwrap();
    let state = Arc::clone(&trail.state);
    drop(trail);
    write_all(&File::open(&path).unwrap(), &path, &waiting, &state);
    let (lines, waiting) = sync_channel(1);
    AuditFile { lines, state }.tell_left_out(NOW);
    let told = waiting.try_recv().unwrap().text;
    assert!(told.contains(" count=\"100\" "), "{told}");
}

#[tokio::test]
async fn a_trail_that_failed_is_ready_once_a_line_can_be_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.log");
    std::fs::write(&path, "").unwrap();
    // It can be synced as any other, and takes nothing.
    let closed = AuditFile::over(File::open(&path).unwrap(), &path).unwrap();
    assert!(closed.ready().await.is_ok(), "nobody knows yet");
    assert!(closed.write("one\n".to_owned()).await.is_err());
    assert!(closed.ready().await.is_err());

    let open = AuditFile::open(&path).unwrap();
    open.state.failing.store(true, Ordering::Release);
    assert!(open.ready().await.is_ok());
    assert!(!open.state.failing.load(Ordering::Acquire));
}

/// A disk that takes what is written and says at the sync that it could not keep it, as when a quota
/// is used up: a stranger's refusal, which nobody waits for, makes no such trail well again.
#[cfg(target_os = "linux")]
#[test]
fn a_trail_whose_sync_failed_is_well_after_a_sync_alone() {
    let path = Path::new("/dev/null");
    let file = OpenOptions::new().append(true).open(path).unwrap();
    let state = State::new();
    let batch = |synced: Option<oneshot::Sender<bool>>| {
        let (lines, waiting) = sync_channel(1);
        let line = Line {
            text: "one\n".to_owned(),
            left_out: LeftOut::default(),
            synced,
        };
        lines.try_send(line).unwrap();
        drop(lines);
        write_all(&file, path, &waiting, &state);
        state.failing.load(Ordering::Acquire)
    };
    assert!(!batch(None), "nothing was asked for");
    assert!(batch(Some(oneshot::channel().0)));
    assert!(batch(None));
}

#[test]
fn a_refused_request_is_written_without_what_was_sent() {
    let line = refused("revoked_by_user", true);
    assert!(
        line.contains("a-key") && line.contains("in words"),
        "{line}"
    );
    assert!(!refused("consumer", false).contains("a-key"));
    for cause in ["duplicates", "grammar", "signature", "unreadable"] {
        assert!(!refused(cause, true).contains("in words"), "{cause}");
    }
}
