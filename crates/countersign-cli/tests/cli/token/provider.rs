//! A provider that renews: strict, or graceful to who renews the token before the newest.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;

use super::World;
use crate::request::server::{read, reply};

/// What it does and what it has seen.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) generation: u64,
    pub(crate) renewals: usize,
    pub(crate) requests: usize,
    pub(crate) is_graceful: bool,
    /// Renewals that are carried out, and whose answers get lost.
    pub(crate) loses: usize,
    /// Renewals that are answered only when this is over.
    pub(crate) holds: bool,
    /// Of the answers to renewals, only the head is sent before this is over.
    pub(crate) stalls: bool,
    pub(crate) heads: usize,
    /// The newest token that the API takes for expired, or that was revoked.
    pub(crate) expired: Option<u64>,
    pub(crate) revoked: bool,
    /// A store that is moved away when the next renewal is carried out.
    pub(crate) moves: Option<PathBuf>,
    /// Whether renewals are compressed for those who do not say that they want them as they are.
    pub(crate) compresses: bool,
    stops: bool,
}

pub(crate) struct Provider {
    pub(crate) base: String,
    shared: Arc<(Mutex<State>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

pub(crate) fn token(generation: u64) -> String {
    format!("token-{generation}-of-the-user")
}

/// The lines of a profile with the token of the first generation, whose time is over.
pub(crate) const EXPIRED: &str = "token = \"token-1-of-the-user\"\ntoken_secret = \"canary-1\"\n\
     session_handle = \"canary-handle\"\ntoken_expires = 1700000000\n";

/// The same, and good.
pub(crate) const GOOD: &str = "token = \"token-1-of-the-user\"\ntoken_secret = \"canary-1\"\n\
     session_handle = \"canary-handle\"\n";

impl Provider {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let state = State {
            generation: 1,
            ..State::default()
        };
        let shared = Arc::new((Mutex::new(state), Condvar::new()));
        let all = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            loop {
                let (stream, _) = listener.accept().unwrap();
                if all.0.lock().unwrap().stops {
                    return;
                }
                let one = Arc::clone(&all);
                std::thread::spawn(move || answer(stream, &one));
            }
        });
        Self {
            base,
            shared,
            thread: Some(thread),
        }
    }

    /// A profile of it, with these lines.
    pub(crate) fn world(&self, lines: &str) -> World {
        let world = World::at(&self.base);
        world.add(&self.base, lines);
        world
    }

    pub(crate) fn set<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.shared.0.lock().unwrap());
        self.shared.1.notify_all();
        changed
    }

    /// Waits until something is so.
    pub(crate) fn until(&self, so: impl Fn(&State) -> bool) {
        let state = self.shared.0.lock().unwrap();
        drop(self.shared.1.wait_while(state, |state| !so(state)).unwrap());
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.set(|state| {
            state.stops = true;
            state.holds = false;
            state.stalls = false;
        });
        drop(TcpStream::connect(
            self.base.strip_prefix("http://").unwrap(),
        ));
        self.thread.take().unwrap().join().unwrap();
    }
}

fn answer(mut stream: TcpStream, shared: &(Mutex<State>, Condvar)) {
    let request = String::from_utf8(read(&mut stream)).unwrap();
    if request.is_empty() {
        return;
    }
    let mut state = shared.0.lock().unwrap();
    let newest = token(state.generation);
    let has = |token: &str| request.contains(&format!("oauth_token=\"{token}\""));
    let refused = |problem: &str| {
        let body = format!("oauth_problem={problem}");
        reply("401 Unauthorized", "", &body)
    };
    if !request.starts_with("POST /access_token ") {
        state.requests += 1;
        let text = if state.revoked || !has(&newest) {
            refused("token_rejected")
        } else if state
            .expired
            .is_some_and(|newest| newest >= state.generation)
        {
            refused("token_expired")
        } else {
            reply("200 OK", "", "served")
        };
        shared.1.notify_all();
        drop(state);
        stream.write_all(text.as_bytes()).unwrap();
        return;
    }
    state.renewals += 1;
    assert!(request.contains("oauth_session_handle=\"canary-handle\""));
    let again = state.generation.checked_sub(1).map(token);
    let text = if state.revoked {
        refused("token_rejected")
    } else if has(&newest) {
        state.generation += 1;
        given(state.generation)
    } else if state.is_graceful && again.is_some_and(|token| has(&token)) {
        given(state.generation)
    } else {
        refused("token_rejected")
    };
    if let Some(store) = state.moves.take() {
        std::fs::rename(&store, moved(&store)).unwrap();
    }
    let wants_it_as_it_is = request
        .to_ascii_lowercase()
        .contains("\r\naccept-encoding: identity\r\n");
    let text = if state.compresses && !wants_it_as_it_is {
        reply("200 OK", "Content-Encoding: gzip\r\n", "not to be read")
    } else {
        text
    };
    let is_lost = state.loses > 0;
    state.loses = state.loses.saturating_sub(1);
    shared.1.notify_all();
    let mut state = shared.1.wait_while(state, |state| state.holds).unwrap();
    let mut text = text.as_str();
    if state.stalls {
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        let (head, body) = text.split_at(head.len() + 4);
        stream.write_all(head.as_bytes()).unwrap();
        text = body;
        state.heads += 1;
        shared.1.notify_all();
        state = shared.1.wait_while(state, |state| state.stalls).unwrap();
    }
    drop(state);
    if !is_lost {
        // Who was killed meanwhile hears nothing.
        let _gone = stream.write_all(text.as_bytes());
    }
}

/// Where a store is moved.
pub(crate) fn moved(store: &Path) -> PathBuf {
    store.with_extension("moved")
}

fn given(generation: u64) -> String {
    let body = format!(
        "oauth_token={}&oauth_token_secret=canary-{generation}&oauth_expires_in=1800",
        token(generation)
    );
    reply("200 OK", "", &body)
}
