//! The block `auth:oauth1` of a `.bru` file, of a request, a folder or a collection.

use super::draft::{Draft, Names, Target};
use super::{Settings, SettingsError, Tool, Where};
use crate::postman::Variables;

const NAMES: Names = &[
    ("consumer_key", Target::ConsumerKey),
    ("consumer_secret", Target::ConsumerSecret),
    ("access_token", Target::Token),
    ("token_secret", Target::TokenSecret),
    ("signature_method", Target::SignatureMethod),
    ("placement", Target::Placement),
    ("include_body_hash", Target::BodyHash),
    ("realm", Target::Realm),
    ("callback_url", Target::Callback),
    ("private_key", Target::PrivateKey),
];

const TOOL: Tool = Tool::Bruno;

/// Stands before and after a value of several lines.
const QUOTES: &str = "'''";

/// A block at the left margin, with the number of its first line.
struct Block<'a> {
    name: &'a str,
    lines: Vec<&'a str>,
    first: usize,
}

pub(super) fn read(text: &str) -> Result<Vec<Settings>, SettingsError> {
    let blocks = blocks(text)?;
    let mut defined = Vec::new();
    let mut label = String::new();
    for block in &blocks {
        match block.name {
            "vars:pre-request" | "vars" => defined.extend(pairs(block)?),
            "meta" => {
                let named = pairs(block)?.into_iter().find(|it| it.name == "name");
                label = named.map(|it| it.value).unwrap_or_default();
            }
            _ => {}
        }
    }
    let variables = Variables::of(defined.iter().map(|pair| (pair.name, pair.value.as_str())));
    let mut found = Vec::new();
    for block in blocks.iter().filter(|block| block.name == "auth:oauth1") {
        let mut draft = Draft::new(TOOL, NAMES, &variables, &label, Where::Line(block.first));
        for pair in pairs(block)? {
            draft.set(pair.name, &pair.value, Where::Line(pair.line))?;
        }
        found.push(draft.finish());
    }
    Ok(found)
}

fn fault(expected: &'static str, found: &'static str, line: usize) -> SettingsError {
    SettingsError::new(TOOL, expected, found, Where::Line(line))
}

/// Cuts the file at the left margin: there only the ends of blocks and lists stand.
fn blocks(text: &str) -> Result<Vec<Block<'_>>, SettingsError> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut end = None;
    let mut last = 0;
    for (index, line) in text.lines().enumerate() {
        let number = index.saturating_add(1);
        last = number;
        let line = line.trim_end();
        match end {
            Some(closing) if line == closing => end = None,
            Some(_) => {
                if let Some(block) = blocks.last_mut() {
                    block.lines.push(line);
                }
            }
            None if line.is_empty() => {}
            None => {
                let (name, closing) = line
                    .strip_suffix(" {")
                    .map(|name| (name, "}"))
                    .or_else(|| Some((line.strip_suffix(" [")?, "]")))
                    .ok_or_else(|| fault("the beginning of a block", "something else", number))?;
                end = Some(closing);
                blocks.push(Block {
                    name,
                    lines: Vec::new(),
                    first: number,
                });
            }
        }
    }
    match end {
        Some(_) => Err(fault("the end of a block", "the end of the input", last)),
        None => Ok(blocks),
    }
}

struct Pair<'a> {
    name: &'a str,
    value: String,
    line: usize,
}

/// The lines `name: value` of a block; those that are switched off are left out, and so are lists,
/// such as the tags of a request.
fn pairs<'a>(block: &Block<'a>) -> Result<Vec<Pair<'a>>, SettingsError> {
    let mut pairs = Vec::new();
    let mut lines = block.lines.iter().zip(block.first.saturating_add(1)..);
    while let Some((line, number)) = lines.next() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            continue;
        }
        let (name, value) = trimmed
            .split_once(':')
            .ok_or_else(|| fault("NAME: VALUE", "something else", number))?;
        let mut value = value.trim().to_owned();
        if value == "[" {
            if !lines.any(|(line, _)| line.trim() == "]") {
                return Err(fault("the end of a list", "the end of the block", number));
            }
            continue;
        }
        if value == QUOTES {
            value.clear();
            loop {
                let Some((line, _)) = lines.next() else {
                    return Err(fault("the end of '''", "the end of the block", number));
                };
                if line.trim() == QUOTES {
                    break;
                }
                if !value.is_empty() {
                    value.push('\n');
                }
                value.push_str(line.trim());
            }
        }
        if !name.starts_with('~') {
            pairs.push(Pair {
                name: name.trim(),
                value,
                line: number,
            });
        }
    }
    Ok(pairs)
}
