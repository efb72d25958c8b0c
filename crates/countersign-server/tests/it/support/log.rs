//! What is logged while tests run.

use core::sync::atomic::{AtomicBool, Ordering};
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, Once};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// What the service's own crates say.
static OWN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// What all others do, which is much.
static OTHERS: Mutex<Vec<u8>> = Mutex::new(Vec::new());

static KEEPS_OTHERS: AtomicBool = AtomicBool::new(false);

struct Log;

struct Line {
    is_own: bool,
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { is_own: true }
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Line {
        let is_own = metadata.target().starts_with("countersign");
        Line { is_own }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_own {
            OWN.lock().unwrap().extend_from_slice(bytes);
        } else if KEEPS_OTHERS.load(Ordering::Relaxed) {
            OTHERS.lock().unwrap().extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One log for all threads of the process, of what the service's own crates say.
pub(crate) fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .with_writer(Log)
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

/// The same, of everything that is traced at all from now on.
pub(crate) fn listen_to_all() {
    KEEPS_OTHERS.store(true, Ordering::Relaxed);
    listen();
}

pub(crate) fn log() -> String {
    text(&OWN.lock().unwrap())
}

/// With what others than the service said.
pub(crate) fn all() -> String {
    text(&OWN.lock().unwrap()) + &text(&OTHERS.lock().unwrap())
}

fn text(bytes: &MutexGuard<'_, Vec<u8>>) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
