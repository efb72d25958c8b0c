//! Questions on standard error, answered by lines of standard input.

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use countersign_key::Secret;

use crate::exit::Failure;
use crate::output;

/// A key, an address or a password is shorter.
const LONGEST: u64 = 64 * 1024;

/// Asks for what anybody may see; blanks around it are left out.
#[cfg(feature = "network")]
pub(crate) fn line(question: &str) -> Result<String, Failure> {
    output::ask(question);
    read().map(|line| line.trim().to_owned())
}

/// Asks for what a terminal does not show; only the end of the line is left out.
pub(crate) fn hidden(question: &str) -> Result<Secret, Failure> {
    output::ask(question);
    let line = if std::io::stdin().is_terminal() {
        rpassword::read_password().map_err(failed)
    } else {
        read()
    };
    let line = Secret::new(line?);
    Ok(Secret::new(
        line.expose_secret().trim_end_matches(['\r', '\n']),
    ))
}

fn read() -> Result<String, Failure> {
    let mut line = String::new();
    let mut input = std::io::stdin().lock().take(LONGEST);
    input.read_line(&mut line).map_err(failed)?;
    Ok(line)
}

fn failed(source: std::io::Error) -> Failure {
    Failure::File {
        path: "standard input".into(),
        source,
    }
}
