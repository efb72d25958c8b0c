//! Credentials from the keyboard, where `--ask` asks for them.

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use countersign_key::Secret;

use crate::exit::Failure;
use crate::keys_file::Written;
use crate::output;

/// A line that is longer is no key.
const LONGEST: u64 = 64 * 1024;

/// Asks for each; an empty line leaves it out.
pub(super) fn read() -> Result<Written, Failure> {
    let mut written = Written::default();
    for (question, line) in [
        ("consumer key: ", &mut written.consumer_key),
        ("consumer secret: ", &mut written.consumer_secret),
        ("token: ", &mut written.token),
        ("token secret: ", &mut written.token_secret),
    ] {
        output::ask(question);
        let answer = answer()?;
        let answer = answer.expose_secret().trim_end_matches(['\r', '\n']);
        *line = (!answer.is_empty()).then(|| answer.to_owned());
    }
    if written.consumer_key.is_none() {
        return Err(Failure::Credentials(
            "--ask: expected a consumer key, found none".to_owned(),
        ));
    }
    Ok(written)
}

fn answer() -> Result<Secret, Failure> {
    let failed = |source| Failure::File {
        path: "standard input".into(),
        source,
    };
    if std::io::stdin().is_terminal() {
        return rpassword::read_password().map(Secret::new).map_err(failed);
    }
    let mut line = String::new();
    let mut input = std::io::stdin().lock().take(LONGEST);
    input.read_line(&mut line).map_err(failed)?;
    Ok(Secret::new(line))
}
