//! The items of the command line.

use countersign_encoding::decode_form_bytes;
use countersign_encoding::form::raw_pairs;
use serde_json::Value;

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

/// Names whose values have no place on a command line.
const SECRET: [&str; 1] = ["x_auth_password"];

/// Refuses a URL that has such a value in its query.
pub(super) fn check_query(url: &str) -> Result<(), Failure> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let names = raw_pairs(query.as_bytes()).filter_map(|pair| decode_form_bytes(pair.name()).ok());
    for name in names {
        if let Some(name) = SECRET
            .into_iter()
            .find(|secret| secret.as_bytes() == &*name)
        {
            return Err(out_of_place(name, "=="));
        }
    }
    Ok(())
}

fn out_of_place(name: &str, sign: &str) -> Failure {
    Failure::Usage(format!(
        "{name}: a password has no place on a command line; put it into a file: {name}{sign}@FILE"
    ))
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
        if SECRET.contains(&name.as_str()) {
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
    Err(out_of_place(name, "="))
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
