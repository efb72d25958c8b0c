//! The items of the command line.

use serde_json::Value;

use crate::commands::sign::password::{is_password, out_of_place};
use crate::commands::sign::protocol::from_file;
use crate::exit::Failure;

/// One item, its value read.
#[derive(Debug, PartialEq)]
pub(super) enum Item {
    Query(String, String),
    Field(String, String),
    Json(String, Value),
    Header(String, String),
}

impl Item {
    /// Reads `NAME==VALUE`, `NAME:=JSON`, `NAME=VALUE` or `NAME:VALUE`: the first `=` or `:`
    /// decides.
    pub(super) fn read(text: &str) -> Result<Self, Failure> {
        let no_item = || {
            Failure::Usage(
                "an item is NAME==VALUE, NAME=VALUE, NAME:=JSON or NAME:VALUE; expected one of them after the URL"
                    .to_owned(),
            )
        };
        let at = text.find(['=', ':']).ok_or_else(no_item)?;
        let (name, rest) = text.split_at_checked(at).ok_or_else(no_item)?;
        if name.is_empty() {
            return Err(no_item());
        }
        let name = name.to_owned();
        if is_password(name.as_bytes()) {
            check_file(&name, rest)?;
        }
        // The longer ones first.
        if let Some(value) = rest.strip_prefix("==") {
            Ok(Self::Query(name, from_file(value)?))
        } else if let Some(value) = rest.strip_prefix(":=") {
            let text = from_file(value)?;
            let value = serde_json::from_str(&text).map_err(|error| {
                // The error's own text says where, and quotes nothing.
                Failure::Usage(format!("{name}:=JSON: {error}"))
            })?;
            Ok(Self::Json(name, value))
        } else if let Some(value) = rest.strip_prefix('=') {
            Ok(Self::Field(name, from_file(value)?))
        } else {
            let value = rest.strip_prefix(':').ok_or_else(no_item)?;
            Ok(Self::Header(name, from_file(value.trim_start())?))
        }
    }
}

/// Whichever way a secret is to be sent, it comes out of a file.
fn check_file(name: &str, rest: &str) -> Result<(), Failure> {
    let value = rest.trim_start_matches(['=', ':']).trim_start();
    if value.starts_with('@') {
        return Ok(());
    }
    Err(out_of_place(&format!("{name}=@FILE")))
}

#[cfg(test)]
mod tests {
    use super::Item;
    use serde_json::json;

    #[test]
    fn the_first_separator_decides() {
        let text = |text: &str| text.to_owned();
        for (item, expected) in [
            ("q==red shoes", Item::Query(text("q"), text("red shoes"))),
            ("q===", Item::Query(text("q"), text("="))),
            ("a=b", Item::Field(text("a"), text("b"))),
            ("a=", Item::Field(text("a"), text(""))),
            ("a=b:=c", Item::Field(text("a"), text("b:=c"))),
            ("n:=3", Item::Json(text("n"), json!(3))),
            ("n:={\"a\":[1]}", Item::Json(text("n"), json!({ "a": [1] }))),
            (
                "Accept:text/plain",
                Item::Header(text("Accept"), text("text/plain")),
            ),
            (
                "Referer: http://a/?b=c",
                Item::Header(text("Referer"), text("http://a/?b=c")),
            ),
        ] {
            assert_eq!(Item::read(item).unwrap(), expected, "{item}");
        }
        for wrong in [
            "",
            "a",
            "=b",
            ":b",
            "n:=",
            "n:={",
            "x_auth_password=a",
            "x_auth_password==a",
            "x_auth_password:=\"a\"",
            "x_auth_password:a",
            "x_auth_password: a",
            "a=@nowhere",
        ] {
            assert!(Item::read(wrong).is_err(), "{wrong}");
        }
    }
}
