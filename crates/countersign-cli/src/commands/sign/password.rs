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

/// Whether a text of whatever kind has the name of such a parameter in it.
#[cfg(feature = "network")]
pub(crate) fn names_password(text: &str) -> bool {
    let plain = plain(text);
    NAMES.iter().any(|known| plain.contains(known))
}

/// A text with what is escaped by `%5F` or `\u005f` undone, in lower case.
#[cfg(feature = "network")]
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let escaped = [("%", 2), ("\\u", 4)]
            .into_iter()
            .find_map(|(mark, digits)| {
                let after = rest.strip_prefix(mark)?;
                let (digits, after) = after.split_at_checked(digits)?;
                let code = u32::from_str_radix(digits, 16).ok()?;
                Some((char::from_u32(code)?, after))
            });
        let (character, after) = escaped.unwrap_or_else(|| {
            let after = rest.get(character.len_utf8()..);
            (character, after.unwrap_or_default())
        });
        plain.push(character.to_ascii_lowercase());
        rest = after;
    }
    plain
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
