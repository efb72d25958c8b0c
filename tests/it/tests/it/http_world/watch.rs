//! What nobody may see: secrets, keys and right signatures, in answers, logs, metrics and events.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use countersign_encoding::encode;
use metrics_util::debugging::{DebuggingRecorder, Snapshotter};
use tracing_subscriber::fmt::MakeWriter;

use super::Answer;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const SHORT: usize = 8;

/// Collects the log and the metrics of this thread, and looks through them.
pub(crate) struct Watch {
    log: Log,
    metrics: Snapshotter,
    /// Nowhere.
    secrets: Mutex<Vec<String>>,
    /// Neither in logs nor in events; an answer may name a token to its holder.
    tokens: Mutex<Vec<String>>,
    _guards: (
        tracing::subscriber::DefaultGuard,
        metrics::LocalRecorderGuard<'static>,
    ),
}

impl Watch {
    pub(crate) fn new() -> Self {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(log.clone())
            .with_ansi(false)
            .finish();
        // A guard borrows its recorder, and the test ends with both.
        let recorder: &'static DebuggingRecorder = Box::leak(Box::new(DebuggingRecorder::new()));
        Self {
            log,
            metrics: recorder.snapshotter(),
            secrets: Mutex::default(),
            tokens: Mutex::default(),
            _guards: (
                tracing::subscriber::set_default(subscriber),
                metrics::set_default_local_recorder(recorder),
            ),
        }
    }

    pub(crate) fn secret(&self, secret: &str) {
        assert!(secret.len() >= SHORT, "found in any text by chance");
        self.secrets.lock().unwrap().push(secret.to_owned());
    }

    pub(crate) fn token(&self, token: &str) {
        self.tokens.lock().unwrap().push(token.to_owned());
    }

    /// Looks at what came of one request.
    pub(crate) fn check(&self, right: &str, answer: &Answer, events: &[String]) {
        let log = core::mem::take(&mut *self.log.0.lock().unwrap());
        let log = String::from_utf8(log).unwrap();
        // Else it is somebody else's log that is looked through.
        assert_eq!(log.is_empty(), events.is_empty(), "{log}");
        let mut private = vec![log];
        private.extend(events.iter().cloned());
        for (key, ..) in self.metrics.snapshot().into_vec() {
            private.push(format!("{key:?}"));
        }
        let mut public = vec![answer.body.clone()];
        public.extend(answer.fields.iter().map(|(_, value)| value.clone()));
        let secrets = self.secrets.lock().unwrap();
        // A short text is in others by chance.
        let right = Some(right).filter(|right| right.len() >= SHORT);
        let all = secrets.iter().map(String::as_str).chain(right);
        for secret in all.flat_map(spellings) {
            for text in private.iter().chain(&public) {
                assert!(!text.contains(&secret), "{secret} in {text}");
            }
        }
        for token in self.tokens.lock().unwrap().iter() {
            for text in &private {
                assert!(!text.contains(token), "{token} in {text}");
            }
        }
    }
}

fn spellings(secret: &str) -> [String; 2] {
    [secret.to_owned(), encode(secret).into_owned()]
}
