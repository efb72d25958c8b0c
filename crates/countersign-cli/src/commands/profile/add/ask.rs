//! Credentials from the keyboard, where `--ask` asks for them.

use crate::ask;
use crate::exit::Failure;
use crate::keys_file::{Hidden, Written};

/// Writes one line.
type Set = fn(&mut Written, &str);

/// Asks for each; an empty line leaves it out.
pub(super) fn read() -> Result<Written, Failure> {
    let mut written = Written::default();
    let lines: [(&str, Set); 4] = [
        ("consumer key: ", |to, it| {
            to.consumer_key = Some(it.to_owned());
        }),
        ("consumer secret: ", |to, it| {
            to.consumer_secret = Some(Hidden::new(it));
        }),
        ("token: ", |to, it| to.token = Some(it.to_owned())),
        ("token secret: ", |to, it| {
            to.token_secret = Some(Hidden::new(it));
        }),
    ];
    for (question, set) in lines {
        let answer = ask::hidden(question)?;
        if !answer.expose_secret().is_empty() {
            set(&mut written, answer.expose_secret());
        }
    }
    if written.consumer_key.is_none() {
        return Err(Failure::Credentials(
            "--ask: expected a consumer key, found none".to_owned(),
        ));
    }
    Ok(written)
}
