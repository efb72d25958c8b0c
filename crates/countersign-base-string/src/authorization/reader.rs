mod regular;

use alloc::borrow::Cow;

use super::error::{AuthorizationError, AuthorizationErrorKind as Kind};
use super::leniency::{Departure, Departures, HeaderLeniencies, HeaderLeniency};
use super::scan::{name_run, value_run};
use super::{RawParameter, realm};

const SCHEME: &str = "OAuth";
const REALM: &str = "realm";

/// The parameters of one `Authorization` field value, read one after the other without allocating.
///
/// Made by [`Authorization::raw_parameters`](super::Authorization::raw_parameters). The realm is kept apart: it is known, by
/// [`realm`](Self::realm), when the iterator has ended. After an error the iterator ends.
#[derive(Debug, Clone)]
pub struct RawParameters<'a> {
    text: Withheld<'a>,
    at: usize,
    expecting: Expecting,
    allowed: HeaderLeniencies,
    departures: Departures,
    realm: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expecting {
    First,
    /// After the separator at this place.
    Next(usize),
    Nothing,
}

/// The field value; it may hold secrets, so that `Debug` tells only its length.
#[derive(Clone, Copy)]
struct Withheld<'a>(&'a str);

impl core::fmt::Debug for Withheld<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

/// The offset just behind the scheme, if that is `OAuth`.
pub(super) fn after_scheme(field_value: &str) -> Option<usize> {
    let start = blanks(field_value.as_bytes());
    let end = start.saturating_add(SCHEME.len());
    let scheme = field_value.get(start..end)?;
    let stands_alone = field_value
        .as_bytes()
        .get(end)
        .is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b','));
    (scheme.eq_ignore_ascii_case(SCHEME) && stands_alone).then_some(end)
}

fn blanks(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\t'))
        .unwrap_or(bytes.len())
}

impl<'a> RawParameters<'a> {
    pub(super) fn new(
        field_value: &'a str,
        limit: usize,
        allowed: HeaderLeniencies,
    ) -> Result<Self, AuthorizationError> {
        if field_value.len() > limit {
            return Err(AuthorizationError::new(
                Kind::TooLong {
                    length: field_value.len(),
                },
                limit,
            ));
        }
        let mut reader = Self {
            text: Withheld(field_value),
            at: 0,
            expecting: Expecting::First,
            allowed,
            departures: Departures::default(),
            realm: None,
        };
        match after_scheme(field_value) {
            Some(end) => {
                reader.at = end;
                reader.check_blank_after_scheme()?;
            }
            None => {
                reader.at = blanks(field_value.as_bytes());
                reader.put_up_with(HeaderLeniency::MissingScheme, Kind::WrongScheme, reader.at)?;
            }
        }
        Ok(reader)
    }

    /// The realm met so far, its escapes undone; complete when the iterator has ended.
    #[must_use]
    pub fn realm(&self) -> Option<Cow<'a, str>> {
        self.realm.map(realm::unescape)
    }

    pub(super) fn departures(&self) -> impl Iterator<Item = Departure> {
        self.departures.iter()
    }

    fn put_up_with(
        &mut self,
        leniency: HeaderLeniency,
        otherwise: Kind,
        offset: usize,
    ) -> Result<(), AuthorizationError> {
        if !self.allowed.contains(leniency) {
            return Err(AuthorizationError::new(otherwise, offset));
        }
        self.departures.note(leniency, offset);
        Ok(())
    }

    /// A reader that takes a tab or a line break for the blank disagrees with those that do not.
    fn check_blank_after_scheme(&mut self) -> Result<(), AuthorizationError> {
        let (found, leniency) = match self.peek() {
            Some(found @ b'\t') => (found, HeaderLeniency::TabAfterScheme),
            Some(found @ (b'\r' | b'\n')) => (found, HeaderLeniency::FoldedLines),
            _ => return Ok(()),
        };
        self.put_up_with(leniency, Kind::MissingBlank { found }, self.at)
    }

    fn peek(&self) -> Option<u8> {
        self.text.0.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.0.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.0.get(start..self.at).unwrap_or_default()
    }

    #[inline]
    fn skip_blanks(&mut self) -> Result<(), AuthorizationError> {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' => {}
                b'\r' | b'\n' => {
                    let otherwise = Kind::ForbiddenCharacter { found: byte };
                    self.put_up_with(HeaderLeniency::FoldedLines, otherwise, self.at)?;
                }
                _ => break,
            }
            self.advance(1);
        }
        Ok(())
    }

    /// Whether a separator stands here. An ampersand is one only where that is allowed.
    fn separator(&mut self) -> bool {
        match self.peek() {
            Some(b',') => true,
            Some(b'&') => self
                .put_up_with(
                    HeaderLeniency::AmpersandSeparators,
                    Kind::StrayText { found: b'&' },
                    self.at,
                )
                .is_ok(),
            _ => false,
        }
    }

    fn read_next(&mut self) -> Result<Option<RawParameter<'a>>, AuthorizationError> {
        if let Some(parameter) = self.next_regular() {
            return Ok(Some(parameter));
        }
        loop {
            if self.expecting == Expecting::Nothing || !self.skip_to_element()? {
                return Ok(None);
            }
            let offset = self.at;
            let name = self.read_name()?;
            if name.eq_ignore_ascii_case(REALM) {
                if self.realm.is_some() {
                    return Err(AuthorizationError::new(Kind::RepeatedRealm, offset));
                }
                self.realm = Some(self.read_value(Self::read_quoted_realm)?);
                self.finish_element()?;
            } else {
                let value = self.read_value(Self::read_quoted_value)?;
                self.finish_element()?;
                return Ok(Some(RawParameter::of(name, value, offset)));
            }
        }
    }

    /// Goes to the next element that is not empty; `false` when there is none.
    fn skip_to_element(&mut self) -> Result<bool, AuthorizationError> {
        loop {
            self.skip_blanks()?;
            let empty = match self.expecting {
                Expecting::Next(_) => Kind::DoubledComma,
                Expecting::First | Expecting::Nothing => Kind::LeadingComma,
            };
            if self.peek().is_none() {
                if let Expecting::Next(separator) = self.expecting {
                    self.put_up_with(
                        HeaderLeniency::EmptyElements,
                        Kind::TrailingComma,
                        separator,
                    )?;
                }
                self.expecting = Expecting::Nothing;
                return Ok(false);
            }
            if !self.separator() {
                return Ok(true);
            }
            self.put_up_with(HeaderLeniency::EmptyElements, empty, self.at)?;
            self.expecting = Expecting::Next(self.at);
            self.advance(1);
        }
    }

    fn read_name(&mut self) -> Result<&'a str, AuthorizationError> {
        let start = self.at;
        self.advance(name_run(self.rest()));
        let name = self.since(start);
        if self.peek() == Some(b' ') || self.peek() == Some(b'\t') {
            self.skip_spaces_around_equals(Kind::MissingEquals { found: self.peek() })?;
        }
        match self.peek() {
            Some(b'=') if name.is_empty() => Err(AuthorizationError::new(Kind::EmptyName, self.at)),
            Some(b'=') => {
                self.advance(1);
                Ok(name)
            }
            Some(found) if found == b'\\' || !(b' '..=b'~').contains(&found) => Err(
                AuthorizationError::new(Kind::ForbiddenCharacter { found }, self.at),
            ),
            found => Err(AuthorizationError::new(
                Kind::MissingEquals { found },
                self.at,
            )),
        }
    }

    #[cold]
    fn skip_spaces_around_equals(&mut self, otherwise: Kind) -> Result<(), AuthorizationError> {
        self.put_up_with(HeaderLeniency::SpacesAroundEquals, otherwise, self.at)?;
        self.skip_blanks()
    }

    #[inline]
    fn read_value(
        &mut self,
        read_quoted: impl FnOnce(&mut Self) -> Result<&'a str, AuthorizationError>,
    ) -> Result<&'a str, AuthorizationError> {
        if self.peek() == Some(b' ') || self.peek() == Some(b'\t') {
            self.skip_spaces_around_equals(Kind::MissingOpeningQuote { found: self.peek() })?;
        }
        match self.peek() {
            Some(b'"') => {
                self.advance(1);
                read_quoted(self)
            }
            found => self.read_unquoted(found),
        }
    }

    /// Behind the opening quote; ends behind the closing one.
    #[inline]
    fn read_quoted_value(&mut self) -> Result<&'a str, AuthorizationError> {
        let start = self.at;
        loop {
            self.advance(value_run(self.rest()));
            match self.peek() {
                Some(b'"') => break,
                Some(found) => {
                    self.put_up_with(
                        HeaderLeniency::RawValues,
                        Kind::ForbiddenCharacter { found },
                        self.at,
                    )?;
                    self.advance(1);
                }
                None => {
                    return Err(AuthorizationError::new(
                        Kind::MissingClosingQuote,
                        start.saturating_sub(1),
                    ));
                }
            }
        }
        let value = self.since(start);
        self.advance(1);
        Ok(value)
    }

    fn read_quoted_realm(&mut self) -> Result<&'a str, AuthorizationError> {
        let start = self.at;
        loop {
            self.advance(value_run(self.rest()));
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => match self.rest().get(1) {
                    Some(b'"' | b'\\') => self.advance(2),
                    _ => self.advance(1),
                },
                Some(b'\t' | 0x80..) => self.advance(1),
                Some(found) => {
                    self.put_up_with(
                        HeaderLeniency::RawValues,
                        Kind::ForbiddenCharacter { found },
                        self.at,
                    )?;
                    self.advance(1);
                }
                None => {
                    return Err(AuthorizationError::new(
                        Kind::MissingClosingQuote,
                        start.saturating_sub(1),
                    ));
                }
            }
        }
        let value = self.since(start);
        self.advance(1);
        Ok(value)
    }

    #[cold]
    fn read_unquoted(&mut self, found: Option<u8>) -> Result<&'a str, AuthorizationError> {
        self.put_up_with(
            HeaderLeniency::UnquotedValues,
            Kind::MissingOpeningQuote { found },
            self.at,
        )?;
        let start = self.at;
        while let Some(found) = self.peek() {
            match found {
                b',' | b'"' => break,
                b'&' if self.allowed.contains(HeaderLeniency::AmpersandSeparators) => break,
                b'\r' | b'\n' if self.allowed.contains(HeaderLeniency::FoldedLines) => break,
                b'\\' | ..b' ' | 0x7f.. => {
                    self.put_up_with(
                        HeaderLeniency::RawValues,
                        Kind::ForbiddenCharacter { found },
                        self.at,
                    )?;
                }
                _ => {}
            }
            self.advance(1);
        }
        Ok(self.since(start).trim_end_matches([' ', '\t']))
    }

    #[inline]
    fn finish_element(&mut self) -> Result<(), AuthorizationError> {
        self.skip_blanks()?;
        match self.peek() {
            None => self.expecting = Expecting::Nothing,
            Some(_) if self.separator() => {
                self.expecting = Expecting::Next(self.at);
                self.advance(1);
            }
            Some(found) => return Err(AuthorizationError::new(Kind::StrayText { found }, self.at)),
        }
        Ok(())
    }
}

impl<'a> Iterator for RawParameters<'a> {
    type Item = Result<RawParameter<'a>, AuthorizationError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read_next().transpose();
        if matches!(read, Some(Err(_))) {
            self.expecting = Expecting::Nothing;
        }
        read
    }
}

impl core::iter::FusedIterator for RawParameters<'_> {}
