//! Two encoded texts that mean the same: how their spellings differ.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use countersign_encoding::{encode_bytes, is_unreserved};

use super::Side;
use super::keys::{decode_once, latin_1_to_utf_8};

/// In what two spellings of the same text differ.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Spelling {
    /// One side is percent-encoded more often.
    Layers {
        /// The side that is encoded more often.
        more: Side,
        /// How many times more.
        by: u8,
    },
    /// One side has a plus sign, encoded or not, where the other has a blank.
    PlusForSpace {
        /// The side with the plus sign.
        side: Side,
    },
    /// One side leaves characters unencoded that the other encodes, as RFC 5849 section 3.6 demands.
    Raw {
        /// The side that leaves them.
        side: Side,
        /// The ASCII ones among them, each once, in ASCII order; non-ASCII ones are not listed.
        characters: String,
    },
    /// One side encodes characters that RFC 5849 section 3.6 says must not be encoded.
    EncodedUnreserved {
        /// The side that encodes them.
        side: Side,
        /// Them, each once, in ASCII order.
        characters: String,
    },
    /// One side has hexadecimal digits in lower case.
    LowerCaseHex {
        /// That side.
        side: Side,
    },
    /// One side encodes the octets of Latin-1 where the other has UTF-8.
    Latin1 {
        /// The side with Latin-1.
        side: Side,
    },
    /// One side encodes characters beyond ASCII from something else than UTF-8, or keeps only a part of them.
    Charset {
        /// That side.
        side: Side,
        /// From what.
        charset: Charset,
    },
    /// They mean the same when decoded often enough, but by no single rule.
    Mixed,
}

/// What characters beyond ASCII were turned into where UTF-8 is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Charset {
    /// One octet for each, as where only the low byte is kept, or the first one of another character set.
    OneOctet,
    /// The octets of another character set.
    Other,
    /// `%uXXXX`, as JavaScript's `escape()` writes.
    PercentU,
    /// A question mark for each.
    QuestionMarks,
    /// UTF-8 that was read as Latin-1 and encoded as UTF-8 once more.
    Utf8Twice,
}

impl Spelling {
    pub(super) fn is_same_on_other_side(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Raw { side, characters },
                Self::Raw {
                    side: there,
                    characters: others,
                },
            ) => side != there && characters == others,
            (
                Self::EncodedUnreserved { side, characters },
                Self::EncodedUnreserved {
                    side: there,
                    characters: others,
                },
            ) => side != there && characters == others,
            (Self::LowerCaseHex { side }, Self::LowerCaseHex { side: there }) => side != there,
            _ => false,
        }
    }
}

/// The most layers of encoding by which two spellings are compared.
const MAX_LAYERS: u8 = 3;

/// How `ours` and `theirs` differ, if they are spellings of the same text; nothing for the same spelling.
pub(super) fn compare(ours: &str, theirs: &str) -> Option<Vec<Spelling>> {
    if ours == theirs {
        return Some(Vec::new());
    }
    let (ours, theirs) = (ours.as_bytes(), theirs.as_bytes());
    if let Some(walk) = Walk::along(ours, theirs) {
        let mut found = walk.spellings();
        found.extend(whole_layer(ours, theirs, &found));
        return Some(found);
    }
    layers(ours, theirs, Side::Theirs)
        .or_else(|| layers(theirs, ours, Side::Ours))
        .or_else(|| latin_1(ours, theirs))
}

/// A departure from the canonical spelling: both sides' spelling of the first character it is seen at.
pub(super) struct SpellingDeparture {
    pub(super) spelling: Spelling,
    pub(super) ours: String,
    pub(super) theirs: String,
}

/// How `text`, which is what `side` has, departs from the canonical encoding of what it stands for.
pub(super) fn departures(text: &str, side: Side) -> Vec<SpellingDeparture> {
    let decoded = decode_once(text.as_bytes());
    let canonical = encode_bytes(&decoded);
    let (ours, theirs) = match side {
        Side::Ours => (text, &*canonical),
        Side::Theirs => (&*canonical, text),
    };
    let Some(walk) = Walk::along(ours.as_bytes(), theirs.as_bytes()) else {
        return Vec::new();
    };
    let (our_example, their_example) = walk.example.clone().unwrap_or_default();
    walk.spellings()
        .into_iter()
        .map(|spelling| SpellingDeparture {
            spelling,
            ours: our_example.clone(),
            theirs: their_example.clone(),
        })
        .collect()
}

/// A side on which nothing at all is encoded, although it holds what every encoder encodes, may just as well lack a whole layer
/// as it may come from an encoder that leaves some characters alone.
fn whole_layer(ours: &[u8], theirs: &[u8], found: &[Spelling]) -> Option<Spelling> {
    let left_alone_by_some = |characters: &str| {
        !characters.is_empty() && characters.bytes().all(|byte| b"!*'()".contains(&byte))
    };
    let raw_side = found.iter().find_map(|spelling| match spelling {
        Spelling::Raw { side, characters } if !left_alone_by_some(characters) => Some(*side),
        _ => None,
    })?;
    let (bare, encoded, more) = match raw_side {
        Side::Ours => (ours, theirs, Side::Theirs),
        Side::Theirs => (theirs, ours, Side::Ours),
    };
    (encode_bytes(bare).as_bytes() == encoded).then_some(Spelling::Layers { more, by: 1 })
}

/// Whether `deep`, which is what `more` has, is `shallow` with further layers of encoding.
fn layers(shallow: &[u8], deep: &[u8], more: Side) -> Option<Vec<Spelling>> {
    let mut text = Cow::Borrowed(deep);
    for by in 1..=MAX_LAYERS {
        let Cow::Owned(decoded) = decode_once(&text) else {
            return None;
        };
        text = Cow::Owned(decoded);
        let (ours, theirs) = match more {
            Side::Theirs => (shallow, &*text),
            Side::Ours => (&*text, shallow),
        };
        if let Some(walk) = Walk::along(ours, theirs) {
            let mut found = vec![Spelling::Layers { more, by }];
            found.extend(walk.spellings());
            return Some(found);
        }
    }
    None
}

fn latin_1(ours: &[u8], theirs: &[u8]) -> Option<Vec<Spelling>> {
    let (ours, theirs) = (decode_once(ours), decode_once(theirs));
    if latin_1_to_utf_8(&theirs).is_some_and(|text| text.as_bytes() == &*ours) {
        return Some(vec![Spelling::Latin1 { side: Side::Theirs }]);
    }
    latin_1_to_utf_8(&ours)
        .is_some_and(|text| text.as_bytes() == &*theirs)
        .then(|| vec![Spelling::Latin1 { side: Side::Ours }])
}

/// One octet and how it is spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Unit<'a> {
    octet: u8,
    spelled: &'a [u8],
}

impl Unit<'_> {
    fn is_triplet(self) -> bool {
        self.spelled.len() == 3
    }

    fn has_lower_case(self) -> bool {
        self.is_triplet() && self.spelled.iter().any(u8::is_ascii_lowercase)
    }

    fn text(self) -> String {
        String::from_utf8_lossy(self.spelled).to_string()
    }
}

fn units(mut text: &[u8]) -> impl Iterator<Item = Unit<'_>> {
    core::iter::from_fn(move || {
        let first = *text.first()?;
        let width = if triplet(text).is_some() { 3 } else { 1 };
        let octet = triplet(text).unwrap_or(first);
        let (spelled, rest) = text.split_at_checked(width)?;
        text = rest;
        Some(Unit { octet, spelled })
    })
}

fn triplet(text: &[u8]) -> Option<u8> {
    let digit = |place: usize| char::from(*text.get(place)?).to_digit(16);
    if text.first() != Some(&b'%') {
        return None;
    }
    u8::try_from(digit(1)?.checked_mul(16)?.checked_add(digit(2)?)?).ok()
}

/// What is met on the way along two spellings of the same octets, a plus being as good as a blank.
struct Walk {
    ours: Met,
    theirs: Met,
    example: Option<(String, String)>,
}

/// What one side has where the other has it otherwise.
struct Met {
    raw: [bool; 256],
    encoded_unreserved: [bool; 256],
    lower_case: bool,
    plus: bool,
}

impl Met {
    const NOTHING: Self = Self {
        raw: [false; 256],
        encoded_unreserved: [false; 256],
        lower_case: false,
        plus: false,
    };

    fn note(&mut self, here: Unit<'_>, there: Unit<'_>) {
        if here.octet != there.octet {
            self.plus |= here.octet == b'+';
        } else if here.is_triplet() == there.is_triplet() {
            self.lower_case |= here.has_lower_case() && here.spelled != there.spelled;
        } else if is_unreserved(here.octet) {
            set(&mut self.encoded_unreserved, here.octet, here.is_triplet());
        } else {
            set(&mut self.raw, here.octet, !here.is_triplet());
        }
        self.lower_case |= here.has_lower_case() && !there.is_triplet();
    }

    fn spellings(&self, side: Side) -> impl Iterator<Item = Spelling> {
        let raw = self.raw.contains(&true).then(|| Spelling::Raw {
            side,
            characters: listed(&self.raw),
        });
        let unreserved =
            self.encoded_unreserved
                .contains(&true)
                .then(|| Spelling::EncodedUnreserved {
                    side,
                    characters: listed(&self.encoded_unreserved),
                });
        let lower = self.lower_case.then_some(Spelling::LowerCaseHex { side });
        let plus = self.plus.then_some(Spelling::PlusForSpace { side });
        [plus, raw, unreserved, lower].into_iter().flatten()
    }
}

fn set(table: &mut [bool; 256], octet: u8, met: bool) {
    if let Some(place) = table.get_mut(usize::from(octet)) {
        *place |= met;
    }
}

fn listed(table: &[bool; 256]) -> String {
    (0..=0x7f_u8)
        .zip(table)
        .filter_map(|(octet, met)| met.then_some(char::from(octet)))
        .collect()
}

impl Walk {
    /// None when the octets differ.
    fn along(ours: &[u8], theirs: &[u8]) -> Option<Self> {
        let mut walk = Self {
            ours: Met::NOTHING,
            theirs: Met::NOTHING,
            example: None,
        };
        let (mut our_units, mut their_units) = (units(ours), units(theirs));
        loop {
            match (our_units.next(), their_units.next()) {
                (None, None) => return Some(walk),
                (Some(our), Some(their)) if our.spelled == their.spelled => {}
                (Some(our), Some(their))
                    if our.octet == their.octet
                        || matches!((our.octet, their.octet), (b' ', b'+') | (b'+', b' ')) =>
                {
                    walk.ours.note(our, their);
                    walk.theirs.note(their, our);
                    walk.example
                        .get_or_insert_with(|| (our.text(), their.text()));
                }
                _ => return None,
            }
        }
    }

    fn spellings(&self) -> Vec<Spelling> {
        self.ours
            .spellings(Side::Ours)
            .chain(self.theirs.spellings(Side::Theirs))
            .collect()
    }
}
