//! From the words of a curl command to the requests it sends.

use countersign_base_string::Scheme;

use super::flags::{self, Arity, Data, Effect, Flag};
use super::transfer::Transfer;
use crate::capture::{Exchange, InputKind};
use crate::error::{CaptureError, Refused, SyntaxError};
use crate::limits::Limits;
use crate::notes::Note;

/// Where a command stands, for errors.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) offset: usize,
    pub(super) line: usize,
}

impl Place {
    pub(super) fn fault(self, expected: &'static str, found: &'static str) -> CaptureError {
        CaptureError::Syntax(SyntaxError {
            kind: InputKind::Curl,
            expected,
            found,
            offset: self.offset,
            line: self.line,
        })
    }
}

/// Reads the words after `curl`.
pub(super) fn read(
    words: &[String],
    place: Place,
    notes: &[Note],
    limits: &Limits,
) -> Result<Vec<Exchange>, CaptureError> {
    let mut exchanges = Vec::new();
    let mut transfer = Transfer::new(place);
    let mut flags_end = false;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if !flags_end && word == "--" {
            flags_end = true;
        } else if let Some(name) = word.strip_prefix("--").filter(|_| !flags_end) {
            let (name, attached) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (name, None),
            };
            let (flag, on) = flags::long(name)
                .ok_or_else(|| place.fault("a flag of curl", "an unknown long flag"))?;
            let value = match (flag.arity, attached) {
                (Arity::Switch, None) => "",
                (Arity::Switch, Some(_)) => {
                    return Err(place.fault("a flag without a value", "a value after ="));
                }
                (Arity::Value, Some(value)) => value,
                (Arity::Value, None) => next(&mut words, place)?,
            };
            if flag.effect == Effect::Next {
                transfer.take().finish(notes, limits, &mut exchanges)?;
            }
            apply(&mut transfer, flag, on, value)?;
        } else if let Some(cluster) = word
            .strip_prefix('-')
            .filter(|cluster| !flags_end && !cluster.is_empty())
        {
            let mut letters = cluster.chars();
            while let Some(letter) = letters.next() {
                let flag = flags::short(letter)
                    .ok_or_else(|| place.fault("a flag of curl", "an unknown short flag"))?;
                let attached = letters.as_str();
                let value = match flag.arity {
                    Arity::Switch => "",
                    Arity::Value if attached.is_empty() => next(&mut words, place)?,
                    Arity::Value => attached,
                };
                if flag.effect == Effect::Next {
                    transfer.take().finish(notes, limits, &mut exchanges)?;
                }
                apply(&mut transfer, flag, true, value)?;
                if flag.arity == Arity::Value {
                    break;
                }
            }
        } else {
            transfer.urls.push(word.clone());
        }
    }
    transfer.finish(notes, limits, &mut exchanges)?;
    Ok(exchanges)
}

fn next<'a>(
    words: &mut impl Iterator<Item = &'a String>,
    place: Place,
) -> Result<&'a str, CaptureError> {
    words
        .next()
        .map(String::as_str)
        .ok_or_else(|| place.fault("a value after the last flag", "the end of the command"))
}

fn apply(
    transfer: &mut Transfer,
    flag: &'static Flag,
    on: bool,
    value: &str,
) -> Result<(), CaptureError> {
    match flag.effect {
        Effect::Next | Effect::None => {}
        Effect::Bearer => transfer.bearer = Some(value.to_owned()),
        Effect::Cookie => {
            if value.contains('=') {
                transfer.cookies.push(value.to_owned());
            } else {
                transfer.ignore("--cookie (a file)");
            }
        }
        Effect::Data(data) => transfer.add_data(flag.long, data, value)?,
        Effect::Follow => transfer.follow = on,
        Effect::Form => transfer.multipart = true,
        Effect::Get => transfer.get = on,
        Effect::Globoff => transfer.globoff = on,
        Effect::Head => transfer.head = on,
        Effect::Header => transfer.add_header(value)?,
        Effect::OtherAuth => {
            transfer.other_auth = on;
            transfer.ignore(flag.long);
        }
        Effect::PathAsIs => transfer.path_as_is = on,
        Effect::ProtoDefault => {
            transfer.default_scheme = value.parse().unwrap_or(Scheme::Http);
        }
        Effect::Referer => {
            let referer = value.strip_suffix(";auto").unwrap_or(value);
            transfer.referer = Some(referer.to_owned());
        }
        Effect::Refuse => return Err(Refused::Flag { flag: flag.long }.into()),
        Effect::Request => transfer.method = Some(value.to_owned()),
        Effect::RequestTarget => transfer.target = Some(value.to_owned()),
        Effect::Upload => transfer.upload = true,
        Effect::Url => transfer.urls.push(value.to_owned()),
        Effect::UrlQuery => match value.strip_prefix('+') {
            Some(plain) => transfer.add_query(plain),
            None => {
                let encoded = transfer.url_encoded(flag.long, value)?;
                transfer.add_query(&encoded);
            }
        },
        Effect::User => transfer.user = Some(value.to_owned()),
        Effect::UserAgent => transfer.user_agent = Some(value.to_owned()),
    }
    Ok(())
}

/// Whether data of this kind may name a file with `@`.
pub(super) fn reads_file(data: Data, value: &str) -> bool {
    match data {
        Data::Raw => false,
        Data::Json | Data::Plain => value.starts_with('@'),
        Data::UrlEncoded => match (value.find('='), value.find('@')) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(equals), Some(at)) => at < equals,
        },
    }
}
