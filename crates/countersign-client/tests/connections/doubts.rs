//! What a refusal and a success tell while something is in doubt, and what they do not.

use std::sync::Arc;

use countersign_client::connections::{ConnectionError, Host as _, Verdict};
use countersign_key::SecretBytes;
use countersign_store::{ConnectionStore as _, MemoryConnectionStore, RawAnswer, RenewalFault};
use countersign_token::{ConnectionPhase, Generation, IntentId, ReauthorisationCause, Refusal};

use crate::provider::{LIFE, Mode, Provider, Trouble, answer, number};
use crate::support::{Clock, Process, block_on, id};

fn process(mode: Mode) -> (Arc<Provider>, Clock, Process<Arc<MemoryConnectionStore>>) {
    let (provider, clock) = (Provider::new(mode), Clock::new());
    let store = Arc::new(MemoryConnectionStore::new());
    let process = Process::new(store, &provider, &clock);
    process.connect("a", &clock);
    (provider, clock, process)
}

/// An answer that another process has kept, and in which the next token is.
fn keep_answer(store: &MemoryConnectionStore, clock: &Clock, text: String) {
    let bytes = Arc::new(SecretBytes::new(text.into_bytes()));
    let raw = RawAnswer::new(IntentId::new(9), Generation::FIRST, clock.now(), bytes);
    block_on(store.keep_answer(&id("a"), raw)).unwrap().unwrap();
}

/// Before a refusal is believed, what others kept is looked at: also where no renewal is open.
#[test]
fn a_kept_answer_goes_before_a_refusal() {
    for (text, renewed) in [(answer("a", 2), true), ("200\n<html>".to_owned(), false)] {
        let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
        let store = Arc::new(MemoryConnectionStore::new());
        let process = Process::new(Arc::clone(&store), &provider, &clock);
        process.connect("a", &clock);
        provider.set_issued("a", 2);
        keep_answer(&store, &clock, text);
        let refused = Verdict::Refused(Refusal::TokenRejected);
        let told = process.report("a", 1, refused);
        if renewed {
            assert_eq!(number(&told.unwrap().unwrap().credentials), 2);
            assert_eq!(provider.requests(), 0);
        } else {
            let error = told.unwrap_err();
            assert!(
                matches!(error, ConnectionError::NeedsReauthorisation(_)),
                "{error}"
            );
        }
    }
}

/// A provider that refuses the application says nothing of the token, and gave none.
#[test]
fn a_refusal_for_another_reason_leaves_no_doubt() {
    let (provider, clock, process) = process(Mode::Strict);
    clock.pass(i64::from(LIFE));
    provider.trouble([Some(Trouble::ApplicationRefused)]);
    let error = process.renew("a", 1).unwrap_err();
    assert!(
        matches!(error, ConnectionError::Failed(RenewalFault::Refused)),
        "{error}"
    );
    let current = process.connections.current(&id("a")).unwrap();
    assert_eq!(current.state.phase(), ConnectionPhase::Active);
    // What is refused then was not lost on the way.
    provider.revoke();
    assert_eq!(
        lost(process.renew("a", 1)),
        ReauthorisationCause::TokenRejected
    );
}

/// But not the doubt that was there before.
#[test]
fn a_refusal_for_another_reason_ends_no_doubt() {
    let (provider, clock, process) = process(Mode::Strict);
    clock.pass(i64::from(LIFE));
    let lost_twice = [Some(Trouble::AnswerLost), Some(Trouble::RequestLost)];
    provider.trouble(
        lost_twice
            .into_iter()
            .chain([Some(Trouble::ApplicationRefused)]),
    );
    process.renew("a", 1).unwrap_err();
    process.renew("a", 1).unwrap_err();
    assert_eq!(
        lost(process.renew("a", 1)),
        ReauthorisationCause::RenewalLost
    );
}

fn lost<T: core::fmt::Debug>(told: Result<T, ConnectionError>) -> ReauthorisationCause {
    match told.unwrap_err() {
        ConnectionError::NeedsReauthorisation(loss) => loss.cause,
        other => panic!("{other}"),
    }
}

/// A request that was sent before a renewal may be served, or heard of, after it: it does not tell what
/// became of that.
#[test]
fn a_late_success_ends_no_doubt() {
    let (provider, clock, process) = process(Mode::Graceful);
    clock.pass(i64::from(LIFE));
    provider.trouble([Some(Trouble::AnswerLost), Some(Trouble::AnswerLost)]);
    process.renew("a", 1).unwrap_err();
    let phase = || {
        let current = process.connections.current(&id("a")).unwrap();
        current.state.phase()
    };
    assert_eq!(phase(), ConnectionPhase::RenewalUnknown);
    assert!(process.report("a", 1, Verdict::Worked).unwrap().is_none());
    assert_eq!(phase(), ConnectionPhase::RenewalUnknown);
    block_on(process.connections.read(&id("a"))).unwrap();
    assert_eq!(phase(), ConnectionPhase::RenewalUnknown);
    // The next process that starts looks after it, and gets the token that nobody got.
    assert_eq!(block_on(process.connections.recover()).unwrap().renewed, 1);
    assert_eq!(process.token("a").unwrap(), 2);
    assert_eq!(phase(), ConnectionPhase::Active);
    assert_eq!(provider.renewals("a"), 1);
}

/// Somebody on the way repeats the request: the first copy is carried out, its answer lost, and the
/// second refused for its nonce. That is a lost answer, and its one retry gets what a graceful provider
/// repeats.
#[test]
fn a_renewal_whose_nonce_was_used_is_in_doubt() {
    let (provider, clock, graceful) = process(Mode::Graceful);
    clock.pass(i64::from(LIFE));
    provider.trouble([Some(Trouble::Repeated)]);
    assert_eq!(graceful.token("a").unwrap(), 2);
    assert_eq!((provider.requests(), provider.renewals("a")), (2, 1));

    let (provider, clock, strict) = process(Mode::Strict);
    clock.pass(i64::from(LIFE));
    provider.trouble([Some(Trouble::Repeated)]);
    assert_eq!(
        lost(strict.renew("a", 1)),
        ReauthorisationCause::RenewalLost
    );
    assert_eq!(provider.requests(), 2, "one retry");
}

/// What was kept and can't be read may be the only copy of a token: it stays while there is no newer
/// one, the first ones and the last ones of too many.
#[test]
fn an_answer_that_can_not_be_read_is_not_thrown_away() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let store = Arc::new(MemoryConnectionStore::new());
    let process = Process::new(Arc::clone(&store), &provider, &clock);
    process.connect("a", &clock);
    provider.trouble([Some(Trouble::CutAt(20))]);
    assert_eq!(
        lost(process.renew("a", 1)),
        ReauthorisationCause::RenewalLost
    );
    let kept = || {
        let found = block_on(store.connection(&id("a"))).unwrap().unwrap();
        let answers = found.answers.iter();
        let text = |bytes: &SecretBytes| String::from_utf8(bytes.expose_secret().to_vec()).unwrap();
        let texts: Vec<_> = answers.map(|kept| text(&kept.answer.bytes)).collect();
        texts
    };
    let half = answer("a", 2)[..20].to_owned();
    assert_eq!(kept(), [half]);
    for _ in 0..2 {
        block_on(process.connections.recover()).unwrap();
        process.token("a").unwrap_err();
    }
    assert_eq!(kept().len(), 1);
    assert_eq!(provider.requests(), 2, "and nothing more is sent for it");
    // The next token, and nobody needs it any more.
    let again = crate::provider::credentials("a", 5, clock.now());
    block_on(process.connections.connect(&id("a"), again)).unwrap();
    assert!(kept().is_empty());

    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let store = Arc::new(MemoryConnectionStore::new());
    let process = Process::new(Arc::clone(&store), &provider, &clock);
    process.connect("a", &clock);
    for number in 0..7 {
        keep_answer(&store, &clock, format!("200\npage {number}"));
    }
    provider.trouble([Some(Trouble::RequestLost), Some(Trouble::RequestLost)]);
    process.renew("a", 1).unwrap_err();
    let found = block_on(store.connection(&id("a"))).unwrap().unwrap();
    let texts: Vec<_> = found
        .answers
        .iter()
        .map(|kept| kept.answer.bytes.expose_secret().to_vec())
        .collect();
    let page = |number: usize| format!("200\npage {number}").into_bytes();
    let expected: Vec<_> = [0, 1, 5, 6].into_iter().map(page).collect();
    assert_eq!(texts, expected);
}
