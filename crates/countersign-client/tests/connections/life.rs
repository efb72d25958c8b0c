//! What applications see when nothing goes wrong, and when a grant is lost.

use countersign_client::connections::{ConnectionError, EventKind, Host, Used, Verdict};
use countersign_store::MemoryConnectionStore;
use countersign_token::{Generation, ReauthorisationCause, Refusal};

use crate::provider::{LIFE, Mode, Provider, credentials, number};
use crate::support::{Clock, Process, block_on, id};

fn process(provider: &std::sync::Arc<Provider>, clock: &Clock) -> Process<MemoryConnectionStore> {
    let process = Process::new(MemoryConnectionStore::new(), provider, clock);
    process.connect("a", clock);
    process
}

#[test]
fn a_token_is_used_until_its_end_and_then_renewed() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = process(&provider, &clock);
    let token = || process.token("a").unwrap();
    assert_eq!(token(), 1);
    clock.pass(i64::from(LIFE) - 1);
    assert_eq!((token(), provider.requests()), (1, 0));
    clock.pass(1);
    assert_eq!((token(), provider.requests()), (2, 1));
    assert_eq!((token(), provider.requests()), (2, 1));
    let second = EventKind::Renewed(Generation::new(2));
    assert_eq!(process.events(), [EventKind::Connected, second]);

    // The one before is kept until the new one has worked.
    let current = process.connections.current(&id("a")).unwrap();
    assert!(current.unproven);
    assert!(process.report("a", 2, Verdict::Worked).unwrap().is_none());
    assert!(!process.connections.current(&id("a")).unwrap().unproven);
}

#[test]
fn renewal_is_ahead_of_the_end_and_the_old_token_is_good_meanwhile() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = process(&provider, &clock);
    let due = || block_on(process.connections.renew_due());
    assert_eq!(due().renewed, 0);
    clock.pass(i64::from(LIFE) * 8 / 10 - 1);
    assert_eq!((due().renewed, provider.requests()), (0, 0));
    clock.pass(i64::from(LIFE) / 10 + 1);
    provider.trouble([Some(crate::provider::Trouble::AnswerHeld)]);
    std::thread::scope(|scope| {
        let renewal = scope.spawn(due);
        provider.wait_for_held(1);
        let current = process.connections.current(&id("a")).unwrap();
        assert_eq!(number(&current.credentials), 1);
        assert!(!current.is_over(clock.now()));
        let token = block_on(process.connections.token(&id("a"))).unwrap();
        assert_eq!(number(&token.credentials), 1);
        provider.release();
        assert_eq!(renewal.join().unwrap().renewed, 1);
    });
    let token = block_on(process.connections.token(&id("a"))).unwrap();
    assert_eq!(number(&token.credentials), 2);
}

#[test]
fn token_expired_renews_once_for_all_who_saw_it() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = process(&provider, &clock);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let again = process.report("a", 1, Verdict::Expired).unwrap().unwrap();
                assert_eq!(number(&again.credentials), 2);
            });
        }
    });
    assert_eq!(provider.requests(), 1);
}

#[test]
fn a_refusal_is_believed_after_another_look_and_the_user_told() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = process(&provider, &clock);
    let refused =
        |generation| process.report("a", generation, Verdict::Refused(Refusal::TokenRejected));
    assert_eq!(process.renew("a", 1).unwrap(), 2);
    // A request that was under way with the token before.
    let again = refused(1).unwrap().unwrap();
    assert_eq!(number(&again.credentials), 2);
    let error = refused(2).unwrap_err();
    let ConnectionError::NeedsReauthorisation(loss) = error else {
        panic!("{error}");
    };
    assert_eq!(loss.cause, ReauthorisationCause::TokenRejected);
    assert!(loss.advice().contains("Connect again"));
    assert_eq!(process.events().last(), Some(&EventKind::Lost(loss)));
    // For ever, without a request.
    let requests = provider.requests();
    clock.pass(1_000_000);
    let error = block_on(process.connections.token(&id("a"))).unwrap_err();
    assert!(matches!(error, ConnectionError::NeedsReauthorisation(_)));
    assert_eq!(
        block_on(process.connections.renew_due()),
        Default::default()
    );
    assert_eq!(provider.requests(), requests);

    // Until the user comes.
    let again = credentials("a", 7, clock.now());
    let current = block_on(process.connections.connect(&id("a"), again)).unwrap();
    assert_eq!(current.generation, Generation::new(3));
    assert_eq!(
        number(
            &block_on(process.connections.token(&id("a")))
                .unwrap()
                .credentials
        ),
        7
    );
}

#[test]
fn the_same_cause_again_and_again_is_warned_of() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = process(&provider, &clock);
    block_on(process.connections.revoked(&id("a"))).unwrap();
    let repeated = |event: &EventKind| matches!(event, EventKind::RepeatedLoss { .. });
    assert!(!process.events().iter().any(repeated));
    process.connect("a", &clock);
    block_on(process.connections.revoked(&id("a"))).unwrap();
    let cause = ReauthorisationCause::Revoked;
    let warned = EventKind::RepeatedLoss { cause, times: 2 };
    assert_eq!(process.events().last(), Some(&warned));
    let history = block_on(process.connections.history(&id("a"))).unwrap();
    assert_eq!(
        (history.entries.len(), history.repeated()),
        (4, Some((cause, 2)))
    );
}

#[test]
fn clocks_and_certificates_are_told_of() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = Process::new(MemoryConnectionStore::new(), &provider, &clock);
    process.connections.clock_off(-3600);
    process.connections.certificate_expires(7);
    let events = process.events();
    assert_eq!(
        events,
        [
            EventKind::ClockOff { seconds: -3600 },
            EventKind::CertificateExpires { days: 7 }
        ]
    );
    // What is seen all the time is told once a day.
    let ends = clock.now().saturating_add(20 * 86_400);
    for _ in 0..3 {
        process.connections.clock_seen(-59);
        process.connections.clock_seen(-60);
        process.connections.certificate_seen(ends);
    }
    clock.pass(86_400);
    process.connections.certificate_seen(ends);
    let seen = [
        EventKind::ClockOff { seconds: -60 },
        EventKind::CertificateExpires { days: 20 },
        EventKind::CertificateExpires { days: 19 },
    ];
    assert_eq!(process.events()[2..], seen);
}

#[test]
fn an_unknown_or_removed_connection_is_said_to_be_unknown() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = process(&provider, &clock);
    for error in [
        block_on(process.connections.token(&id("b"))).map(drop),
        block_on(process.connections.revoked(&id("b"))),
        block_on(process.connections.handle(&id("b"))).map(drop),
    ] {
        assert!(matches!(error, Err(ConnectionError::Unknown)), "{error:?}");
    }
    let handle = block_on(process.connections.handle(&id("a"))).unwrap();
    assert!(handle.current().is_some());
}

#[test]
fn a_token_without_a_session_ends_and_is_not_renewed() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = process(&provider, &clock);
    let plain = |token| {
        let mut plain = credentials("a", token, clock.now());
        plain.session_handle = None;
        plain
    };
    block_on(process.connections.connect(&id("a"), plain(5))).unwrap();
    assert_eq!(process.token("a").unwrap(), 5);
    clock.pass(i64::from(LIFE));
    let error = process.token("a").unwrap_err();
    assert!(matches!(error, ConnectionError::NotRenewable), "{error}");
    assert_eq!(block_on(process.connections.renew_due()).failed, 0);
    block_on(process.connections.connect(&id("a"), plain(6))).unwrap();
    assert_eq!(process.token("a").unwrap(), 6);
    assert_eq!(provider.requests(), 0);
}

#[test]
fn a_subscriber_that_panics_keeps_no_token_from_anyone() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = process(&provider, &clock);
    process.connections.subscribe(|event| {
        assert!(!matches!(event.kind, EventKind::Renewed(_)), "on purpose");
    });
    let renew = || process.renew("a", 1);
    let unwound = std::panic::catch_unwind(core::panic::AssertUnwindSafe(renew));
    assert!(unwound.is_err());
    assert_eq!(process.token("a").unwrap(), 2);
    assert_eq!(process.renew("a", 1).unwrap(), 2);
    assert_eq!(provider.requests(), 1);
}

#[test]
fn what_is_shown_holds_no_secret() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = process(&provider, &clock);
    let current = process.connections.current(&id("a")).unwrap();
    let handle = block_on(process.connections.handle(&id("a"))).unwrap();
    let history = block_on(process.connections.history(&id("a"))).unwrap();
    let events = process.events.lock().unwrap();
    let shown = format!(
        "{current:?} {handle:?} {history:?} {events:?} {:?}",
        process.connections
    );
    for secret in ["token-1", "secret-1", "handle-1"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// For runtimes of many threads.
#[test]
fn every_future_can_be_sent() {
    fn can_be_sent(_: impl Send) {}
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = process(&provider, &clock);
    let (connections, id) = (&process.connections, id("a"));
    can_be_sent(connections.token(&id));
    can_be_sent(connections.renew(&id, Generation::FIRST));
    can_be_sent(connections.renew_due());
    can_be_sent(connections.recover());
    can_be_sent(connections.load());
    can_be_sent(connections.report(&id, Used::new(Generation::FIRST, "token"), Verdict::Worked));
    can_be_sent(connections.connect(&id, credentials("a", 1, clock.now())));
    can_be_sent(connections.revoked(&id));
    can_be_sent(connections.history(&id));
}
