//! Passwords among the parameters, which have no place on a command line.

use countersign_encoding::decode_form_bytes;
use countersign_encoding::form::raw_pairs;

use crate::exit::Failure;

/// Names whose values are passwords.
const NAMES: [&str; 1] = ["x_auth_password"];

/// Whether the value of a parameter of this name is a password.
pub(crate) fn is_password(name: &[u8]) -> bool {
    NAMES.iter().any(|known| known.as_bytes() == name)
}

/// Refuses a URL that has one in its query; `instead` is what to give.
pub(crate) fn check_query(url: &str, instead: &str) -> Result<(), Failure> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut names =
        raw_pairs(query.as_bytes()).filter_map(|pair| decode_form_bytes(pair.name()).ok());
    if names.any(|name| is_password(&name)) {
        return Err(out_of_place(instead));
    }
    Ok(())
}

pub(crate) fn out_of_place(instead: &str) -> Failure {
    let name = instead.split('=').next().unwrap_or_default();
    let name = name.rsplit(' ').next().unwrap_or_default();
    Failure::Usage(format!(
        "{name}: a password has no place on a command line; put it into a file: {instead}"
    ))
}
