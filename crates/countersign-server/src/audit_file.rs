//! The audit trail as a file: one line for each event, and no token leaves before its line is synced.
//! It names what is registered, and nothing else that was sent.
//!
//! Refusals that anybody can cause who has no key are bounded in their number; the rest of them is
//! counted. Whatever was signed rightly has its line, unless it may be a copy: those that have seen
//! a signed request can send any number of them. What is refused for its nonce hides nothing else: whoever
//! has a token that is over would send a copy of anybody's besides.

use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use countersign_clock::UnixTime;
use countersign_provider::{Audit, AuditUnavailable, Event};
use countersign_token as token;
use tokio::sync::oneshot;

use crate::allowance::Lines;
use crate::request_id;

/// How many lines may wait.
const QUEUE: usize = 8192;

/// How many lines go into one sync at most.
const BATCH: usize = 1024;

struct Line {
    text: String,
    /// How many lines that were left out it tells of.
    left_out: LeftOut,
    /// Answered once the line is on the disk; lines that nothing depends on have none.
    synced: Option<oneshot::Sender<bool>>,
}

/// How many lines were left out.
#[derive(Debug, Clone, Copy, Default)]
struct LeftOut {
    of_strangers: u64,
    of_nonces: u64,
    of_replays: u64,
}

impl LeftOut {
    /// In the columns of the other lines; empty if none was left out.
    fn told(self, now: UnixTime) -> String {
        [
            (self.of_strangers, "refusals before a signature was right"),
            (self.of_nonces, "refusals for a nonce"),
            (
                self.of_replays,
                "refusals of what may be copies of signed requests",
            ),
        ]
        .into_iter()
        .filter(|(many, _)| *many > 0)
        .map(|(many, of)| {
            let now = now.rfc3339();
            format!("{now} left_out refused 0 count=\"{many}\" detail=\"{of}\"\n")
        })
        .collect()
    }

    fn and(self, other: Self) -> Self {
        Self {
            of_strangers: self.of_strangers.saturating_add(other.of_strangers),
            of_nonces: self.of_nonces.saturating_add(other.of_nonces),
            of_replays: self.of_replays.saturating_add(other.of_replays),
        }
    }
}

/// The audit trail.
///
/// Accepted requests to resources have no line of their own: they are counted, and would be most of
/// the file.
#[derive(Debug, Clone)]
pub(crate) struct AuditFile {
    lines: SyncSender<Line>,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    failing: AtomicBool,
    dropped: AtomicU64,
    /// None hides another.
    of_strangers: Lines,
    of_nonces: Lines,
    of_replays: Lines,
}

impl State {
    const fn new() -> Self {
        Self {
            failing: AtomicBool::new(false),
            dropped: AtomicU64::new(0),
            of_strangers: Lines::new(),
            of_nonces: Lines::new(),
            of_replays: Lines::new(),
        }
    }

    /// Whether a refusal that takes no key to cause has a line, and what was left out before it.
    fn admit(&self, event: &Event) -> Option<LeftOut> {
        let mut left_out = LeftOut::default();
        if event.is_for_nonce {
            left_out.of_nonces = self.of_nonces.admit(event.at)?;
        } else if event.proven {
            left_out.of_replays = self.of_replays.admit(event.at)?;
        } else {
            left_out.of_strangers = self.of_strangers.admit(event.at)?;
        }
        Some(left_out)
    }

    fn put_back(&self, left_out: LeftOut) {
        self.of_strangers.put_back(left_out.of_strangers);
        self.of_nonces.put_back(left_out.of_nonces);
        self.of_replays.put_back(left_out.of_replays);
    }
}

impl AuditFile {
    /// Opens the file for appending, readable for its owner only.
    pub(crate) fn open(path: &Path) -> std::io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Self::over(options.open(path)?, path)
    }

    pub(crate) fn over(file: File, path: &Path) -> std::io::Result<Self> {
        let own = path.to_owned();
        let (lines, waiting) = sync_channel(QUEUE);
        let state = Arc::new(State::new());
        let seen = Arc::clone(&state);
        thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || write_all(&file, &own, &waiting, &seen))?;
        Ok(Self { lines, state })
    }

    /// How many lines that nothing depended on were dropped, because too many waited.
    pub(crate) fn dropped(&self) -> u64 {
        self.state.dropped.load(Ordering::Relaxed)
    }

    fn line(event: &Event) -> String {
        let id = request_id::current().map(|id| format!(" id=\"{id}\""));
        let id = id.unwrap_or_default();
        if event.granted {
            return format!("{event}{id}\n");
        }
        let mut event = without_what_was_sent(event);
        if let Some(known) = request_id::noted() {
            let (cause, words) = known.cause();
            (event.cause, event.detail) = (Some(cause), Some(words.to_owned()));
        }
        format!("{event}{id}\n")
    }
}

/// Causes of the service's own, whose words repeat nothing. Beside them stand those of tokens; the
/// words of all others may name what was found in the request, and `doctor --id` says more.
const OWN_WORDS: [&str; 19] = [
    "audit_unavailable",
    "body",
    "callback",
    "certificate",
    "consumer",
    "contention",
    "flow",
    "login_unavailable",
    "missing",
    "nonce",
    "permission",
    "random_unavailable",
    "store_unavailable",
    "timestamp",
    "token",
    "token_state",
    "too_long",
    "unacceptable",
    "wrong_password",
];

/// The event of a refused request with registered names alone. The fingerprint of the token stays:
/// it is keyed, and says nothing to whoever has the file.
fn without_what_was_sent(event: &Event) -> Event {
    let mut event = event.clone();
    if !event.registered {
        event.consumer_key = None;
    }
    let is_own = event.cause.is_some_and(|cause| {
        OWN_WORDS.contains(&cause) || token::Cause::ALL.iter().any(|it| it.as_str() == cause)
    });
    if !is_own {
        event.detail = None;
    }
    event
}

impl Audit for AuditFile {
    fn ready<'a>(
        &'a self,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>> {
        Box::pin(async {
            if !self.state.failing.load(Ordering::Acquire) {
                return Ok(());
            }
            // It may be well again: an empty line tells.
            self.write("\n".to_owned()).await
        })
    }

    /// They are counted.
    fn wants_accepted_requests(&self) -> bool {
        false
    }

    fn record<'a>(
        &'a self,
        event: &'a Event,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>> {
        if event.granted {
            return Box::pin(self.write(Self::line(event)));
        }
        if event.proven && !event.may_be_replay {
            self.send(Self::line(event), LeftOut::default());
        } else if let Some(left_out) = self.state.admit(event) {
            let told = left_out.told(event.at);
            self.send(told + &Self::line(event), left_out);
        } else {
            metrics::counter!("countersign_audit_lines_left_out_total").increment(1);
        }
        Box::pin(core::future::ready(Ok(())))
    }
}

impl AuditFile {
    /// Leaves a line that nothing depends on. What it tells of is told by a later one if there is no
    /// room for it.
    fn send(&self, text: String, left_out: LeftOut) {
        let line = Line {
            text,
            left_out,
            synced: None,
        };
        if let Err(error) = self.lines.try_send(line) {
            self.state.put_back(left_out);
            if matches!(error, TrySendError::Full(_)) {
                self.state.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Tells how many lines were left out, if nobody did yet.
    pub(crate) fn tell_left_out(&self, now: UnixTime) {
        let left_out = LeftOut {
            of_strangers: self.state.of_strangers.left_out(),
            of_nonces: self.state.of_nonces.left_out(),
            of_replays: self.state.of_replays.left_out(),
        };
        let told = left_out.told(now);
        if !told.is_empty() {
            self.send(told, left_out);
        }
    }

    /// Writes a text; it is on the disk when this returns.
    pub(crate) async fn write(&self, text: String) -> Result<(), AuditUnavailable> {
        let (sender, receiver) = oneshot::channel();
        let line = Line {
            text,
            left_out: LeftOut::default(),
            synced: Some(sender),
        };
        self.lines
            .try_send(line)
            .map_err(|_| AuditUnavailable::new())?;
        match receiver.await {
            Ok(true) => Ok(()),
            _ => Err(AuditUnavailable::new()),
        }
    }
}

/// Writes what waits until nobody is left to send.
fn write_all(mut file: &File, path: &Path, waiting: &Receiver<Line>, state: &State) {
    let mut may_be_broken = true;
    while let Ok(first) = waiting.recv() {
        let (mut text, mut left_out) = (first.text, first.left_out);
        let mut asked: Vec<_> = first.synced.into_iter().collect();
        for line in waiting.try_iter().take(BATCH) {
            text.push_str(&line.text);
            left_out = left_out.and(line.left_out);
            asked.extend(line.synced);
        }
        if may_be_broken && ends_in_a_line(path).unwrap_or(false) {
            // What broke off there is one line, and what comes now another.
            text.insert(0, '\n');
        }
        let written = file.write_all(text.as_bytes()).and_then(|()| {
            if asked.is_empty() {
                Ok(())
            } else {
                file.sync_data()
            }
        });
        if let Err(error) = &written {
            tracing::error!(%error, "the audit trail can't be written");
            // Told twice at worst, if some of it was written.
            state.put_back(left_out);
        }
        may_be_broken = written.is_err();
        // What was written and not synced says nothing of whether it can be.
        if written.is_err() || !asked.is_empty() {
            state.failing.store(written.is_err(), Ordering::Release);
        }
        for sender in asked {
            // Whoever asked may have gone away.
            let _gone = sender.send(written.is_ok());
        }
    }
}

/// Whether the file ends without a line break: whoever wrote last was cut short.
fn ends_in_a_line(path: &Path) -> std::io::Result<bool> {
    // What is no file may wait for ever for somebody to write.
    if !path.metadata()?.is_file() {
        return Ok(false);
    }
    let mut file = File::open(path)?;
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests;
