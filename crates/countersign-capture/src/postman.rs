//! Postman collections (v2.0 and v2.1) and single items of them.

mod item;
mod variables;

#[cfg(test)]
mod tests;

use core::slice;

use serde_json::Value;

use crate::capture::{Capture, InputKind};
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::json;
use crate::limits::Limits;
use crate::notes::Note;
pub(crate) use variables::Variables;

const KIND: InputKind = InputKind::Postman;

/// Whether a document is a collection or an item of one.
pub(crate) fn is_postman(document: &Value) -> bool {
    document.get("item").is_some_and(Value::is_array)
        || document
            .get("request")
            .is_some_and(|request| request.is_string() || request.get("url").is_some())
}

/// A list of items that is being visited. Only these are kept, one for each level of the tree.
struct Level<'a> {
    items: slice::Iter<'a, Value>,
    folder: String,
    /// The `auth` block in force.
    auth: Option<&'a Value>,
}

/// Reads every request of the tree, in order.
pub(crate) fn read(document: &Value, limits: &Limits) -> Result<Capture, CaptureError> {
    let variables = Variables::new(json::list(document, "variable"));
    let mut exchanges = Exchanges::new(limits);
    let mut notes = Vec::new();
    let mut first_reason = None;
    let mut open = vec![Level {
        items: slice::from_ref(document).iter(),
        folder: String::new(),
        auth: None,
    }];
    let mut position = 0_usize;
    while let Some(level) = open.last_mut() {
        let Some(node) = level.items.next() else {
            open.pop();
            continue;
        };
        let auth = node.get("auth").or(level.auth);
        let name = json::text(node, "name").unwrap_or("");
        if let Some(request) = node.get("request") {
            position = position.saturating_add(1);
            json::room(limits, position)?;
            match item::read(request, json::list(node, "response"), auth, &variables) {
                Ok(mut exchange) => {
                    exchange.label = Some(format!("{}{name}", level.folder));
                    exchanges.push(exchange)?;
                }
                Err(reason) => {
                    first_reason = first_reason.or(Some(reason));
                    notes.push(Note::ItemSkipped {
                        position,
                        reason: reason.to_owned(),
                    });
                }
            }
        }
        let items = json::list(node, "item");
        if !items.is_empty() {
            let folder = folder_label(&level.folder, name);
            open.push(Level {
                items: items.iter(),
                folder,
                auth,
            });
        }
    }
    if exchanges.list.is_empty() {
        let found = first_reason.unwrap_or("no item");
        return Err(json::fault(KIND, "an item with a request", found));
    }
    let mut capture = exchanges.into_capture(KIND);
    capture.notes = notes;
    Ok(capture)
}

/// The label of what a folder holds, kept short however deep the tree is.
fn folder_label(above: &str, name: &str) -> String {
    const LONGEST: usize = 200;
    if name.is_empty() || above.len().saturating_add(name.len()) > LONGEST {
        above.to_owned()
    } else {
        format!("{above}{name} / ")
    }
}
