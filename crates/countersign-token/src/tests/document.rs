//! `transitions.md` is what the tables say.
//!
//! `COUNTERSIGN_WRITE=1 cargo test -p countersign-token` writes it anew.

use core::fmt::Write as _;
use std::path::Path;

use crate::{
    AccessState, Answer, Cause, ConnectionAnswer, ConnectionEvent, ConnectionPhase, Event,
    SessionState, TemporaryState, Transition,
};

const COMMITTED: &str = include_str!("../transitions.md");

fn of_provider(answer: Answer) -> String {
    match answer {
        Answer::Accepted => "accepted".to_owned(),
        Answer::Ignored => "ignored".to_owned(),
        Answer::Refused(cause) => format!("refused: {}", cause.as_str()),
    }
}

fn of_client(answer: ConnectionAnswer) -> String {
    match answer {
        ConnectionAnswer::Accepted => "accepted".to_owned(),
        ConnectionAnswer::Ignored => "ignored".to_owned(),
        ConnectionAnswer::Reread => "reread".to_owned(),
        ConnectionAnswer::Refused(refusal) => format!("refused: {}", refusal.as_str()),
    }
}

/// One row for each event, one column for each state.
fn matrix<S, E, A>(
    table: &[Transition<S, E, A>],
    states: &[S],
    events: &[E],
    told: impl Fn(A) -> String,
) -> String
where
    S: Copy + PartialEq + core::fmt::Display,
    E: Copy + PartialEq + core::fmt::Display,
    A: Copy,
{
    let mut out = String::from("| event |");
    for state in states {
        write!(out, " {state} |").unwrap();
    }
    out.push_str("\n|---|");
    out.push_str(&"---|".repeat(states.len()));
    for event in events {
        write!(out, "\n| `{event}` |").unwrap();
        for state in states {
            let row = table
                .iter()
                .find(|row| row.state == *state && row.event == *event)
                .unwrap();
            let answer = told(row.answer);
            if row.next == row.state {
                write!(out, " {answer} |").unwrap();
            } else {
                write!(out, " {answer} → **{}** |", row.next).unwrap();
            }
        }
    }
    out.push('\n');
    out
}

fn causes() -> String {
    let mut out = String::from("| cause | told as | status | meaning |\n|---|---|---|---|\n");
    for cause in Cause::ALL {
        let problem = cause.problem();
        let (name, status) = (cause.as_str(), problem.status());
        writeln!(out, "| `{name}` | `{problem}` | {status} | {cause} |").unwrap();
    }
    out
}

fn rendered() -> String {
    let temporary = TemporaryState::TABLE;
    let temporary = matrix(temporary, TemporaryState::ALL, Event::ALL, of_provider);
    let access = matrix(
        AccessState::TABLE,
        AccessState::ALL,
        Event::ALL,
        of_provider,
    );
    let session = SessionState::TABLE;
    let session = matrix(session, SessionState::ALL, Event::ALL, of_provider);
    let client = ConnectionPhase::TABLE;
    let client = matrix(
        client,
        ConnectionPhase::ALL,
        ConnectionEvent::ALL,
        of_client,
    );
    let causes = causes();
    format!(
        "\
The tables of all machines: each cell is the answer to an event in a state, and the next state in bold if it is another.

## Temporary credentials

The provider's side of RFC 5849 section 2, from the request for a token to its exchange.

{temporary}
## Access tokens without a session

Usable until they expire, never renewed.

{access}
## Renewable grants

OAuth Session draft 1, seen from the newest access token.

{session}
## Causes

Why a request is refused, and the one problem that it is told as.

{causes}
## Connections

The client's side.

{client}"
    )
}

#[test]
fn the_document_is_what_the_tables_say() {
    let rendered = rendered();
    if std::env::var_os("COUNTERSIGN_WRITE").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/transitions.md");
        std::fs::write(path, &rendered).unwrap();
        return;
    }
    assert!(
        rendered == COMMITTED,
        "transitions.md is out of date; run the tests with COUNTERSIGN_WRITE=1"
    );
}
