//! A provider of renewals: strict or graceful, with what goes wrong on the way.

use core::time::Duration;
use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Condvar, Mutex};

use countersign_client::connections::{Exchange, RawReply, ReadReply, RenewalRequest, Undelivered};
use countersign_clock::UnixTime;
use countersign_key::{Secret, SecretBytes};
use countersign_store::{RenewalFault, TokenCredentials};
use countersign_token::{Expiry, Refusal};

/// How long a token lives.
pub(crate) const LIFE: u32 = 1800;

/// How long anything is held, and waited for.
const LONGEST: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Strict,
    Graceful,
}

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It never arrives.
    RequestLost,
    /// It is carried out, and the answer never arrives.
    AnswerLost,
    /// The answer is cut off after so many bytes.
    CutAt(usize),
    /// No connection comes about.
    NotSent,
    /// 503.
    Down,
    /// 401, and not because of the token.
    ApplicationRefused,
    /// Somebody on the way sends it twice: the answer to the first copy is lost, the second is
    /// refused as a repetition.
    Repeated,
    /// The answer is kept back until it is released.
    AnswerHeld,
}

#[derive(Debug, Default)]
struct State {
    /// The newest token of each account.
    issued: HashMap<String, u64>,
    revoked: bool,
    /// Renewals of each account that were carried out.
    renewals: HashMap<String, usize>,
    requests: usize,
    at_once: usize,
    most_at_once: usize,
    troubles: VecDeque<Option<Trouble>>,
    held: usize,
    released: usize,
}

/// The provider, and the network to it.
#[derive(Debug)]
pub(crate) struct Provider {
    mode: Mode,
    state: Mutex<State>,
    change: Condvar,
}

/// The text of an answer, whose end shows that it is whole.
pub(crate) fn answer(account: &str, token: u64) -> String {
    format!("200\ntoken-{token}-{account}&secret-{token}&handle-{token}&{LIFE}&end")
}

pub(crate) fn credentials(account: &str, token: u64, received: UnixTime) -> TokenCredentials {
    let secret = |text: String| Arc::new(Secret::new(text));
    TokenCredentials::new(
        secret(format!("token-{token}-{account}")),
        secret(format!("secret-{token}")),
        received,
    )
    .with_session_handle(secret(format!("handle-{token}")))
    .with_expiries(Expiry::after(received, LIFE), Expiry::NEVER)
}

/// What number a token has.
pub(crate) fn number(credentials: &TokenCredentials) -> u64 {
    let token = credentials.token.expose_secret();
    token.split('-').nth(1).unwrap().parse().unwrap()
}

/// Reads an answer: all of it or nothing.
pub(crate) fn read(bytes: &[u8], received: UnixTime) -> ReadReply {
    let text = String::from_utf8_lossy(bytes);
    let Some((status, body)) = text.split_once('\n') else {
        return ReadReply::Garbled;
    };
    match (status, body) {
        ("401", "token_rejected") => return ReadReply::Refused(Refusal::TokenRejected),
        ("401", "consumer_key_refused") => return ReadReply::Fault(RenewalFault::Refused),
        ("401", "nonce_used") => return ReadReply::Fault(RenewalFault::Lost),
        ("503", _) => return ReadReply::Fault(RenewalFault::Provider),
        _ => {}
    }
    let [token, secret, handle, life, "end"] = body.split('&').collect::<Vec<_>>()[..] else {
        return ReadReply::Garbled;
    };
    let Ok(life) = life.parse() else {
        return ReadReply::Garbled;
    };
    let [token, secret, handle] = [token, secret, handle].map(|text| Arc::new(Secret::new(text)));
    ReadReply::Token(
        TokenCredentials::new(token, secret, received)
            .with_session_handle(handle)
            .with_expiries(Expiry::after(received, life), Expiry::NEVER),
    )
}

impl Provider {
    pub(crate) fn new(mode: Mode) -> Arc<Self> {
        Arc::new(Self {
            mode,
            state: Mutex::default(),
            change: Condvar::new(),
        })
    }

    /// The next requests have these troubles, in order.
    pub(crate) fn trouble(&self, troubles: impl IntoIterator<Item = Option<Trouble>>) {
        self.state.lock().unwrap().troubles.extend(troubles);
    }

    pub(crate) fn revoke(&self) {
        self.state.lock().unwrap().revoked = true;
    }

    pub(crate) fn set_issued(&self, account: &str, token: u64) {
        let mut state = self.state.lock().unwrap();
        state.issued.insert(account.to_owned(), token);
    }

    pub(crate) fn requests(&self) -> usize {
        self.state.lock().unwrap().requests
    }

    pub(crate) fn renewals(&self, account: &str) -> usize {
        let state = self.state.lock().unwrap();
        *state.renewals.get(account).unwrap_or(&0)
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.state.lock().unwrap().most_at_once
    }

    /// Waits until so many answers are held.
    pub(crate) fn wait_for_held(&self, count: usize) {
        self.wait_while(|state| state.held < count);
    }

    /// Not for ever: a test that failed would never end.
    fn wait_while(&self, condition: impl Fn(&State) -> bool) {
        let state = self.state.lock().unwrap();
        let waited = self
            .change
            .wait_timeout_while(state, LONGEST, |state| condition(state));
        assert!(!waited.unwrap().1.timed_out(), "nothing came");
    }

    /// Lets one more of those held go on.
    pub(crate) fn release(&self) {
        self.state.lock().unwrap().released += 1;
        self.change.notify_all();
    }

    fn hold(&self) {
        let mut state = self.state.lock().unwrap();
        state.held += 1;
        let number = state.held;
        drop(state);
        self.change.notify_all();
        self.wait_while(|state| state.released < number);
    }

    /// Carries a renewal out.
    pub(crate) fn serve(&self, account: &str, presented: u64) -> String {
        let mut state = self.state.lock().unwrap();
        let revoked = state.revoked;
        let issued = state.issued.entry(account.to_owned()).or_insert(1);
        let again = self.mode == Mode::Graceful && presented + 1 == *issued;
        if revoked || (presented != *issued && !again) {
            return "401\ntoken_rejected".to_owned();
        }
        if !again {
            *issued += 1;
        }
        let token = *issued;
        if !again {
            *state.renewals.entry(account.to_owned()).or_default() += 1;
        }
        answer(account, token)
    }

    pub(crate) fn send(&self, account: &str, presented: u64) -> Result<String, Undelivered> {
        let trouble = {
            let mut state = self.state.lock().unwrap();
            state.requests += 1;
            state.at_once += 1;
            state.most_at_once = state.most_at_once.max(state.at_once);
            state.troubles.pop_front().flatten()
        };
        let answered = match trouble {
            Some(Trouble::RequestLost) => Err(Undelivered::Lost),
            Some(Trouble::NotSent) => Err(Undelivered::NotSent),
            Some(Trouble::Down) => Ok("503\n".to_owned()),
            Some(Trouble::ApplicationRefused) => Ok("401\nconsumer_key_refused".to_owned()),
            Some(Trouble::AnswerLost) => {
                self.serve(account, presented);
                Err(Undelivered::Lost)
            }
            Some(Trouble::Repeated) => {
                self.serve(account, presented);
                Ok("401\nnonce_used".to_owned())
            }
            Some(Trouble::CutAt(length)) => {
                let mut text = self.serve(account, presented);
                text.truncate(length);
                Ok(text)
            }
            Some(Trouble::AnswerHeld) => {
                let text = self.serve(account, presented);
                self.hold();
                Ok(text)
            }
            None => Ok(self.serve(account, presented)),
        };
        self.state.lock().unwrap().at_once -= 1;
        answered
    }
}

/// Answers one request for each connection: a line with account and token.
pub(crate) fn listen(provider: &Arc<Provider>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let provider = Arc::clone(provider);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (provider, mut stream) = (Arc::clone(&provider), stream.unwrap());
            std::thread::spawn(move || {
                let mut line = String::new();
                BufReader::new(&stream).read_line(&mut line).unwrap();
                let Some((account, presented)) = line.trim_end().split_once(' ') else {
                    return;
                };
                if let Ok(text) = provider.send(account, presented.parse().unwrap()) {
                    // Whoever asked may be dead.
                    let _ = stream.write_all(text.as_bytes());
                }
            });
        }
    });
    port
}

/// Sends from a thread of its own, as a client does that waits for the network.
#[derive(Debug, Clone)]
pub(crate) struct Network(pub(crate) Arc<Provider>);

impl Exchange for Network {
    async fn renew(&self, request: RenewalRequest) -> Result<RawReply, Undelivered> {
        let provider = Arc::clone(&self.0);
        let account = request.id.account().to_owned();
        let presented = number(&request.credentials);
        let sent = crate::support::elsewhere(move || provider.send(&account, presented));
        let text = sent.await?;
        let keep = text.starts_with("200");
        Ok(RawReply::new(SecretBytes::new(text.into_bytes()), keep))
    }

    fn read(&self, bytes: &[u8], received: UnixTime) -> ReadReply {
        read(bytes, received)
    }
}
