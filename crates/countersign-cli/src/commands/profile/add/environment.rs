//! Credentials out of the environment, where `--env` asks for them.

use crate::exit::Failure;
use crate::keys_file::Written;

/// Reads the variables that are set; an empty one is as good as none, as in a job without it.
pub(super) fn read() -> Result<Written, Failure> {
    let mut written = Written::default();
    let mut found = false;
    for (name, line) in [
        ("COUNTERSIGN_CONSUMER_KEY", &mut written.consumer_key),
        ("COUNTERSIGN_CONSUMER_SECRET", &mut written.consumer_secret),
        ("COUNTERSIGN_TOKEN", &mut written.token),
        ("COUNTERSIGN_TOKEN_SECRET", &mut written.token_secret),
        ("COUNTERSIGN_SESSION_HANDLE", &mut written.session_handle),
    ] {
        let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) else {
            continue;
        };
        let value = value.into_string().map_err(|_| Failure::Input {
            what: name.to_owned(),
            reason: "expected text in UTF-8, found other bytes".to_owned(),
        })?;
        found = true;
        *line = Some(value);
    }
    if !found {
        return Err(Failure::Credentials(
            "--env: none of COUNTERSIGN_CONSUMER_KEY, COUNTERSIGN_CONSUMER_SECRET, COUNTERSIGN_TOKEN, COUNTERSIGN_TOKEN_SECRET, COUNTERSIGN_SESSION_HANDLE is set"
                .to_owned(),
        ));
    }
    Ok(written)
}
