//! Exit codes, and the errors behind them.

use std::path::PathBuf;

/// How the command ends; the numbers are promised to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Yes: signed, verified, valid, nothing wrong found.
    Yes,
    /// The check ran and the answer is no.
    No,
    /// The command line can't be used as it is.
    Usage,
    /// It could not run: a file, the network, an input that can't be read.
    CouldNotRun,
    /// Credentials are missing.
    Credentials,
    /// Ctrl-C ended it before it was done.
    #[cfg(feature = "service")]
    Interrupted,
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::CouldNotRun => 3,
            Self::Credentials => 4,
            #[cfg(feature = "service")]
            Self::Interrupted => 130,
        }
    }
}

/// Why a command did not come to an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Credentials are missing or can't be used.
    #[error("{0}")]
    Credentials(String),
    /// An input can't be read as what it should be.
    #[error("{what}: {reason}")]
    Input {
        /// Which input.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file can't be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The command line asks for something impossible.
    #[error("{0}")]
    Usage(String),
    /// It could not be done.
    #[error("{0}")]
    Work(String),
}

impl Failure {
    pub(crate) fn input(what: impl Into<String>, error: &dyn core::error::Error) -> Self {
        Self::Input {
            what: what.into(),
            reason: in_full(error),
        }
    }

    pub(crate) fn work(error: &dyn core::error::Error) -> Self {
        Self::Work(in_full(error))
    }

    pub(crate) const fn exit(&self) -> Exit {
        match self {
            Self::Credentials(_) => Exit::Credentials,
            Self::Usage(_) => Exit::Usage,
            Self::Input { .. } | Self::File { .. } | Self::Work(_) => Exit::CouldNotRun,
        }
    }
}

/// An error and everything below it, in one sentence.
pub(crate) fn in_full(error: &dyn core::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(below) = source {
        text.push_str(": ");
        text.push_str(&below.to_string());
        source = below.source();
    }
    text
}

/// The outcome of a command.
pub(crate) type Outcome = Result<Exit, Failure>;
