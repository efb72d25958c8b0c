//! Postman collections (v2.0 and v2.1) and single items of them.

mod item;
mod variables;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::capture::{Capture, InputKind};
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::json;
use crate::limits::Limits;
use crate::notes::Note;
use variables::Variables;

const KIND: InputKind = InputKind::Postman;

/// Whether a document is a collection or an item of one.
pub(crate) fn is_postman(document: &Value) -> bool {
    document.get("item").is_some_and(Value::is_array)
        || document
            .get("request")
            .is_some_and(|request| request.is_string() || request.get("url").is_some())
}

/// A node of the item tree that is still to be visited.
struct Node<'a> {
    value: &'a Value,
    folder: String,
    /// The `auth` block in force.
    auth: Option<&'a Value>,
}

/// Reads every request of the tree, in order.
pub(crate) fn read(document: &Value, limits: &Limits) -> Result<Capture, CaptureError> {
    let variables = Variables::new(json::list(document, "variable"));
    let mut exchanges = Exchanges::new(limits);
    let mut notes = Vec::new();
    let mut open = vec![Node {
        value: document,
        folder: String::new(),
        auth: None,
    }];
    let mut position = 0_usize;
    while let Some(node) = open.pop() {
        let auth = node.value.get("auth").or(node.auth);
        let name = json::text(node.value, "name").unwrap_or("");
        if let Some(request) = node.value.get("request") {
            position = position.saturating_add(1);
            match item::read(
                request,
                json::list(node.value, "response"),
                auth,
                &variables,
            ) {
                Ok(mut exchange) => {
                    exchange.label = Some(format!("{}{name}", node.folder));
                    exchanges.push(exchange)?;
                }
                Err(reason) => notes.push(Note::ItemSkipped {
                    position,
                    reason: reason.to_owned(),
                }),
            }
        }
        let folder = folder_label(&node.folder, name);
        for child in json::list(node.value, "item").iter().rev() {
            open.push(Node {
                value: child,
                folder: folder.clone(),
                auth,
            });
        }
    }
    if exchanges.list.is_empty() {
        return Err(json::fault(KIND, "an item with a request"));
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
