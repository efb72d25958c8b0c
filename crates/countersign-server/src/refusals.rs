//! Why requests were refused: explained beside the service's work, and kept for its operator.
//!
//! A request that is refused leaves its id and cause with [`Refusals::submit`], which never waits.
//! One thread looks up what the cause rests on, asks the doctor where only the signature can tell,
//! and writes what may be kept. Nothing of it is ever told to whoever sent the request.

mod causes;
mod explain;
mod facts;
mod finding;
mod gate;
mod places;
mod search;
mod unserved;
mod values;

pub(crate) use unserved::{Reason, Unserved};

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::thread::{self, JoinHandle};

use countersign_provider::Origin;
use countersign_tower::Refused;

use self::explain::{Job, What, explain};
use self::gate::{Dropped, Gate, Ticket, WAITING};
use crate::records::{Records, RefusalRecord, Retention, write_refusals};
use crate::request_id::Known;
use crate::service::{ClockFn, ServiceProvider};

/// How many refusals are written in one transaction at most.
const BATCH: usize = 32;

/// Explains and keeps refusals.
pub(crate) struct Refusals {
    clock: ClockFn,
    shared: Arc<Shared>,
    /// Taken out at the end.
    jobs: RwLock<Option<SyncSender<(Job, Ticket)>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    gate: Gate,
    is_ending: AtomicBool,
}

/// What is logged of a refusal beside its cause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) endpoint: &'static str,
    pub(crate) method: &'static str,
}

impl Refusals {
    /// Begins to explain; `records` should have a connection of its own.
    ///
    /// # Errors
    ///
    /// The system has no thread left.
    pub(crate) fn start(
        records: Records,
        retention: Retention,
        provider: Weak<ServiceProvider>,
        clock: ClockFn,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            gate: Gate::new(clock()),
            is_ending: AtomicBool::new(false),
        });
        let mut this = Self {
            clock: Arc::clone(&clock),
            shared: Arc::clone(&shared),
            jobs: RwLock::new(None),
            thread: Mutex::new(None),
        };
        if retention.keep == 0 {
            return Ok(this);
        }
        let (jobs, waiting) = sync_channel(WAITING);
        let worker = Worker {
            shared,
            records,
            retention,
            provider,
            clock,
        };
        // Only futures that need no reactor are run on it.
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let thread = thread::Builder::new()
            .name("refusals".to_owned())
            .spawn(move || worker.work(&waiting, &runtime))?;
        this.jobs = RwLock::new(Some(jobs));
        this.thread = Mutex::new(Some(thread));
        Ok(this)
    }

    /// Leaves a refusal to be explained. It never waits: where too many do, this one is dropped.
    pub(crate) fn submit(
        &self,
        id: &str,
        asked: Asked,
        origin: Option<Origin>,
        refused: Refused,
        known: Option<Known>,
    ) {
        let what = What::Refused {
            origin,
            refused,
            known,
        };
        self.leave(id, asked, what);
    }

    /// Leaves what was not served to be kept. It never waits either.
    pub(crate) fn submit_unserved(&self, id: &str, asked: Asked, status: u16, of: Unserved) {
        self.leave(id, asked, What::Unserved { status, of });
    }

    fn leave(&self, id: &str, asked: Asked, what: What) {
        let jobs = self.jobs.read().unwrap_or_else(PoisonError::into_inner);
        let Some(jobs) = &*jobs else { return };
        let at = (self.clock)();
        let gate = &self.shared.gate;
        let ticket = match gate.enter(what.consumer(), what.bytes(), at) {
            Ok(ticket) => ticket,
            Err(dropped) => return count_dropped(dropped.as_str(), 1),
        };
        let job = Job {
            id: id.to_owned(),
            at,
            endpoint: asked.endpoint,
            method: asked.method,
            what,
        };
        if jobs.try_send((job, ticket)).is_err() {
            gate.leave(ticket);
            count_dropped(Dropped::Full.as_str(), 1);
        }
    }

    /// Writes what waits, from its cause alone, and ends. What comes later is dropped.
    pub(crate) async fn end(&self) {
        self.shared.is_ending.store(true, Ordering::Release);
        drop(
            self.jobs
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // A thread that panicked has ended as well.
            let _ended = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

struct Worker {
    shared: Arc<Shared>,
    records: Records,
    retention: Retention,
    /// Weak, so that the store is closed when the service ends.
    provider: Weak<ServiceProvider>,
    clock: ClockFn,
}

impl Worker {
    fn work(&self, waiting: &Receiver<(Job, Ticket)>, runtime: &tokio::runtime::Runtime) {
        while let Ok(first) = waiting.recv() {
            let mut batch = Vec::new();
            let mut next = Some(first);
            while let Some((job, ticket)) = next {
                let is_brief = self.shared.is_ending.load(Ordering::Acquire);
                let provider = self.provider.upgrade();
                batch.push(runtime.block_on(explain(&job, provider.as_deref(), is_brief)));
                drop(job);
                self.shared.gate.leave(ticket);
                // Requests come first.
                thread::yield_now();
                next = (batch.len() < BATCH)
                    .then(|| waiting.try_recv().ok())
                    .flatten();
            }
            self.keep(&batch);
        }
    }

    fn keep(&self, batch: &[RefusalRecord]) {
        let now = (self.clock)();
        let written = self.records.work_here("write", |connection| {
            write_refusals(connection, batch, self.retention, now)
        });
        let many = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        match written {
            Ok(()) => metrics::counter!("countersign_refusals_kept_total").increment(many),
            Err(error) => {
                tracing::error!(%error, many, "refusals can't be kept");
                count_dropped("file", many);
            }
        }
    }
}

fn count_dropped(reason: &'static str, many: u64) {
    metrics::counter!("countersign_refusals_dropped_total", "reason" => reason).increment(many);
}

/// Requests that are passed on.
pub(crate) const GATEWAY: &str = "gateway";

/// What was asked for, in names that are the service's own.
pub(crate) fn asked(method: &http::Method, path: &str, has_upstream: bool) -> Asked {
    const METHODS: [http::Method; 9] = [
        http::Method::CONNECT,
        http::Method::DELETE,
        http::Method::GET,
        http::Method::HEAD,
        http::Method::OPTIONS,
        http::Method::PATCH,
        http::Method::POST,
        http::Method::PUT,
        http::Method::TRACE,
    ];
    const NAMES: [&str; 9] = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
    ];
    let known = METHODS
        .iter()
        .zip(NAMES)
        .find(|(known, _)| *known == method);
    Asked {
        endpoint: match path {
            "/oauth/RequestToken" | "/oauth/request_token" => "request_token",
            "/oauth/AccessToken" | "/oauth/access_token" => "access_token",
            "/oauth/Authorize" | "/oauth/authorize" => "authorize",
            "/oauth/apps" => "apps",
            "/oauth/login" => "login",
            "/oauth/logout" => "logout",
            _ if is_own(path) => "none",
            _ if has_upstream => GATEWAY,
            _ if path == "/echo" || path.starts_with("/echo/") => "echo",
            _ => "none",
        },
        method: known.map_or("other", |(_, name)| name),
    }
}

/// Whether the service answers at a path itself, whatever is behind it.
pub(crate) fn is_own(path: &str) -> bool {
    path.strip_prefix("/oauth")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
