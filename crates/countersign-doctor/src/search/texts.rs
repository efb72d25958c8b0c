//! Names and values as they are spelt: each written once, plain and as it stands in a base string.

use std::rc::Rc;

use super::fast::{FastMap, fold};
use super::state::{Scope, Spell, Wrap, Write};
use super::subject::Pair;
use super::table::fingerprint;

/// The place of a text.
pub(crate) type TextId = u32;

/// The place of a parameter.
pub(crate) type PairId = u32;

/// A way to spell, and for which parameters; the others are spelt by the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spelling {
    write: u16,
    pub(crate) on: Scope,
}

/// The spelling of RFC 5849 section 3.6, which comes first.
const RULE: u16 = 0;

struct Text {
    plain: (usize, usize),
    wrapped: (usize, usize),
    print: u64,
}

/// The texts of a root's parameters, and of those that rules make.
pub(crate) struct Texts {
    pub(crate) wrap: Wrap,
    /// `=` and `&` as they stand in a base string.
    pub(crate) equals: Vec<u8>,
    pub(crate) ampersand: Vec<u8>,
    pairs: Vec<Rc<Pair>>,
    /// By address; the parameters are kept, so that no address comes twice.
    places: FastMap<PairId>,
    writes: Vec<Write>,
    plain: Vec<u8>,
    wrapped: Vec<u8>,
    entries: Vec<Text>,
    known: FastMap<TextId>,
    /// What came since the last mark: keys of `known`, and of `places`.
    fresh: Option<(Vec<u64>, Vec<u64>)>,
}

/// How much there was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    pairs: usize,
    plain: usize,
    wrapped: usize,
    entries: usize,
}

impl Texts {
    pub(crate) fn new(wrap: Wrap) -> Self {
        let wrapped = |text: &[u8]| {
            let mut out = Vec::new();
            wrap(text, text, &mut out);
            out
        };
        Self {
            wrap,
            equals: wrapped(b"="),
            ampersand: wrapped(b"&"),
            pairs: Vec::new(),
            places: FastMap::default(),
            writes: vec![Spell::RULE.write],
            plain: Vec::new(),
            wrapped: Vec::new(),
            entries: Vec::new(),
            known: FastMap::default(),
            fresh: None,
        }
    }

    /// From here on, all is for a while.
    pub(crate) fn mark(&mut self) -> Mark {
        self.fresh = Some((Vec::new(), Vec::new()));
        Mark {
            pairs: self.pairs.len(),
            plain: self.plain.len(),
            wrapped: self.wrapped.len(),
            entries: self.entries.len(),
        }
    }

    /// Forgets what came since the mark.
    pub(crate) fn forget(&mut self, mark: Mark) {
        if let Some((texts, pairs)) = self.fresh.take() {
            for key in texts {
                self.known.remove(&key);
            }
            for key in pairs {
                self.places.remove(&key);
            }
        }
        self.pairs.truncate(mark.pairs);
        self.plain.truncate(mark.plain);
        self.wrapped.truncate(mark.wrapped);
        self.entries.truncate(mark.entries);
    }

    /// How many octets are kept.
    pub(crate) fn size(&self) -> usize {
        self.plain.len().saturating_add(self.wrapped.len())
    }

    pub(crate) fn pair(&self, id: PairId) -> Option<&Rc<Pair>> {
        self.pairs.get(usize::try_from(id).ok()?)
    }

    /// The place of a parameter, which is kept from here on.
    pub(crate) fn place(&mut self, pair: &Rc<Pair>) -> PairId {
        let address = u64::try_from(Rc::as_ptr(pair).addr()).unwrap_or_default();
        if let Some(place) = self.places.get(&address) {
            return *place;
        }
        let place = PairId::try_from(self.pairs.len()).unwrap_or(PairId::MAX);
        self.pairs.push(Rc::clone(pair));
        self.places.insert(address, place);
        if let Some((_, pairs)) = &mut self.fresh {
            pairs.push(address);
        }
        place
    }

    /// A way to spell, by its place.
    pub(crate) fn spelling(&mut self, spell: Spell) -> Spelling {
        let known = self
            .writes
            .iter()
            .position(|known| core::ptr::fn_addr_eq(*known, spell.write));
        let at = known.unwrap_or_else(|| {
            self.writes.push(spell.write);
            self.writes.len().saturating_sub(1)
        });
        Spelling {
            write: u16::try_from(at).unwrap_or(RULE),
            on: spell.on,
        }
    }

    /// The name of a parameter in this spelling, or its value.
    pub(crate) fn text(&mut self, spelling: Spelling, pair: PairId, is_value: bool) -> TextId {
        let Some(own) = self.pair(pair) else {
            return TextId::MAX;
        };
        let write = if spelling.on.holds(own) {
            spelling.write
        } else {
            RULE
        };
        let key = u64::from(pair) << 32 | u64::from(write) << 1 | u64::from(is_value);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let own = Rc::clone(own);
        // What is spelt as by the rule is the same text, so that nothing is done for it.
        let by_the_rule = (write != RULE).then(|| {
            let rule = Spelling {
                write: RULE,
                on: Scope::All,
            };
            self.text(rule, pair, is_value)
        });
        let (decoded, raw) = if is_value {
            (&own.value, &own.raw_value)
        } else {
            (&own.name, &own.raw_name)
        };
        let start = (self.plain.len(), self.wrapped.len());
        if let Some(write) = self.writes.get(usize::from(write)) {
            write(decoded, raw, &mut self.plain);
        }
        let plain = self.plain.get(start.0..).unwrap_or_default();
        let id = match by_the_rule.filter(|known| self.plain(*known) == plain) {
            Some(known) => {
                self.plain.truncate(start.0);
                known
            }
            None => {
                (self.wrap)(plain, plain, &mut self.wrapped);
                self.entries.push(Text {
                    print: fingerprint(plain),
                    plain: (start.0, self.plain.len()),
                    wrapped: (start.1, self.wrapped.len()),
                });
                TextId::try_from(self.entries.len().saturating_sub(1)).unwrap_or(TextId::MAX)
            }
        };
        self.known.insert(key, id);
        if let Some((texts, _)) = &mut self.fresh {
            texts.push(key);
        }
        id
    }

    fn entry(&self, id: TextId) -> Option<&Text> {
        self.entries.get(usize::try_from(id).ok()?)
    }

    /// As spelt.
    pub(crate) fn plain(&self, id: TextId) -> &[u8] {
        self.entry(id)
            .and_then(|text| self.plain.get(text.plain.0..text.plain.1))
            .unwrap_or_default()
    }

    /// As it stands in a base string.
    pub(crate) fn wrapped(&self, id: TextId) -> &[u8] {
        self.entry(id)
            .and_then(|text| self.wrapped.get(text.wrapped.0..text.wrapped.1))
            .unwrap_or_default()
    }

    /// A number for name and value.
    pub(crate) fn print(&self, name: TextId, value: TextId) -> u64 {
        let of = |id| self.entry(id).map_or(0, |text| text.print);
        print(of(name), of(value))
    }
}

/// A number for two texts, by their numbers.
pub(crate) fn print(name: u64, value: u64) -> u64 {
    fold(
        name ^ 0xa076_1d64_78bd_642f,
        value.rotate_left(29) ^ 0xe703_7ed1_a0b4_28db,
    )
}
