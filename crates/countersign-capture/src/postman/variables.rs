//! `{{name}}` in Postman texts.

use core::cell::Cell;
use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::json;
use crate::notes::Note;

/// The variables that the collection itself defines.
pub(crate) struct Variables<'a> {
    values: BTreeMap<&'a str, &'a str>,
    /// Bytes that values may still add: a long one used often must not grow without bound.
    budget: Cell<usize>,
}

impl<'a> Variables<'a> {
    pub(crate) fn new(list: &'a [Value]) -> Self {
        Self::of(json::pairs(list, "key"))
    }

    /// Variables by name; one without a value is none.
    pub(crate) fn of(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        Self {
            values: pairs.filter(|(_, value)| !value.is_empty()).collect(),
            budget: Cell::new(BUDGET),
        }
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        let value = *self.values.get(name)?;
        self.budget.set(self.budget.get().checked_sub(value.len())?);
        Some(value)
    }

    /// Puts values in, once; what has none stays and is noted by name.
    pub(crate) fn resolve<'t>(&self, text: &'t str, notes: &mut Vec<Note>) -> Cow<'t, str> {
        let Some(first) = text.find("{{") else {
            return Cow::Borrowed(text);
        };
        let (head, mut rest) = text.split_at_checked(first).unwrap_or((text, ""));
        let mut out = head.to_owned();
        while let Some((name, after)) = rest
            .strip_prefix("{{")
            .and_then(|inner| inner.split_once("}}"))
        {
            match self.value(name.trim()) {
                Some(value) => out.push_str(value),
                None => {
                    note(notes, name.trim());
                    out.push_str("{{");
                    out.push_str(name);
                    out.push_str("}}");
                }
            }
            let next = after.find("{{").unwrap_or(after.len());
            let (plain, following) = after.split_at_checked(next).unwrap_or((after, ""));
            out.push_str(plain);
            rest = following;
        }
        out.push_str(rest);
        Cow::Owned(out)
    }
}

const BUDGET: usize = 16 * 1024 * 1024;

fn note(notes: &mut Vec<Note>, name: &str) {
    const LONGEST: usize = 64;
    const MOST: usize = 32;
    let note = Note::UnresolvedVariable {
        name: name.chars().take(LONGEST).collect(),
    };
    if notes.len() < MOST && !notes.contains(&note) {
        notes.push(note);
    }
}
