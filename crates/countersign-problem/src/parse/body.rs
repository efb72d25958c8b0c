//! What a body is, by its looks.

use super::json::{self, Field};
use super::segment::{self, Extent};
use super::{Pairs, Reading, markup};
use crate::answer::Source;
use crate::problem::CODE;

/// How far into a body the name of its first pair must end.
const NAME_REACH: usize = 64;

/// A body after sniffing.
pub(super) struct Body<'a> {
    pub(super) kind: Source,
    /// As sent, without byte order mark and surrounding blanks.
    pub(super) raw: &'a str,
    /// Without tags, for HTML and XML.
    pub(super) plain: Option<String>,
    /// Named scalars, for JSON, HTML and XML.
    pub(super) fields: Vec<Field>,
}

impl<'a> Body<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let raw = text.trim_start_matches('\u{feff}').trim();
        let kind = sniff(raw);
        let (plain, fields) = match kind {
            Source::Json => (None, json::fields(raw)),
            Source::Html | Source::Xml => (Some(markup::text(raw)), markup::fields(raw)),
            _ => (None, Vec::new()),
        };
        Self {
            kind,
            raw,
            plain,
            fields,
        }
    }

    /// The problem that the body names.
    pub(super) fn declared(&self) -> Option<Reading> {
        let pairs = match self.kind {
            Source::FormBody => segment::pairs(self.raw, Extent::Whole)
                .or_else(|| segment::pairs(self.raw, Extent::Line)),
            _ => self
                .named_pairs()
                .or_else(|| self.pairs_in_a_field())
                .or_else(|| segment::pairs(self.plain.as_ref()?, Extent::Line))
                .or_else(|| segment::pairs(self.raw, Extent::Line)),
        };
        Reading::declared(pairs?, self.kind)
    }

    /// `{"oauth_problem":"token_rejected", …}`
    fn named_pairs(&self) -> Option<Pairs> {
        let is_ours = |field: &&Field| field.name.starts_with("oauth_");
        let pairs: Pairs = self
            .fields
            .iter()
            .filter(is_ours)
            .map(|field| (field.name.clone(), field.value.clone()))
            .collect();
        pairs
            .iter()
            .any(|(name, value)| name == CODE && !value.is_empty())
            .then_some(pairs)
    }

    /// `{"message":"oauth_problem=signature_invalid"}`
    fn pairs_in_a_field(&self) -> Option<Pairs> {
        self.fields.iter().find_map(|field| {
            let extent = match sniff(&field.value) {
                Source::FormBody => Extent::Whole,
                _ => Extent::Line,
            };
            segment::pairs(&field.value, extent)
        })
    }
}

fn sniff(text: &str) -> Source {
    if text.starts_with(['{', '[']) {
        return Source::Json;
    }
    if text.starts_with('<') {
        let head = text
            .as_bytes()
            .get(..512)
            .unwrap_or(text.as_bytes())
            .to_ascii_lowercase();
        let has = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
        return if has(b"<html") || has(b"<!doctype html") {
            Source::Html
        } else {
            Source::Xml
        };
    }
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'%');
    let name = text.bytes().take(NAME_REACH).take_while(is_name).count();
    let is_form = name > 0
        && text.as_bytes().get(name) == Some(&b'=')
        && text.as_bytes().get(name.saturating_add(1)) != Some(&b'"')
        && text.contains("oauth_problem=");
    if is_form {
        Source::FormBody
    } else {
        Source::Text
    }
}

#[cfg(test)]
mod tests;
