//! Credentials out of the environment, where `--env` asks for them.

use crate::exit::Failure;
use crate::keys_file::{Hidden, Written};

/// Writes one line.
type Set = fn(&mut Written, String);

/// Reads the variables that are set; an empty one is as good as none, as in a job without it.
pub(super) fn read() -> Result<Written, Failure> {
    let mut written = Written::default();
    let mut found = false;
    let lines: [(&str, Set); 5] = [
        ("COUNTERSIGN_CONSUMER_KEY", |to, it| {
            to.consumer_key = Some(it)
        }),
        ("COUNTERSIGN_CONSUMER_SECRET", |to, it| {
            to.consumer_secret = Some(Hidden::new(it));
        }),
        ("COUNTERSIGN_TOKEN", |to, it| to.token = Some(it)),
        ("COUNTERSIGN_TOKEN_SECRET", |to, it| {
            to.token_secret = Some(Hidden::new(it));
        }),
        ("COUNTERSIGN_SESSION_HANDLE", |to, it| {
            to.session_handle = Some(Hidden::new(it));
        }),
    ];
    for (name, set) in lines {
        let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) else {
            continue;
        };
        let value = value.into_string().map_err(|_| Failure::Input {
            what: name.to_owned(),
            reason: "expected text in UTF-8, found other bytes".to_owned(),
        })?;
        found = true;
        set(&mut written, value);
    }
    if !found {
        return Err(Failure::Credentials(
            "--env: none of COUNTERSIGN_CONSUMER_KEY, COUNTERSIGN_CONSUMER_SECRET, COUNTERSIGN_TOKEN, COUNTERSIGN_TOKEN_SECRET, COUNTERSIGN_SESSION_HANDLE is set"
                .to_owned(),
        ));
    }
    Ok(written)
}
