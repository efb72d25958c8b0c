//! What a structure makes of the parameters: as a rule, something before and behind them.

use super::state::Pieces;

/// How the parameters stand in a base string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Encoded once, as is due.
    Encoded,
    /// As they are.
    Plain,
    /// Encoded twice.
    Twice,
}

/// A structure that puts something before the parameters, which does not depend on them, and
/// something behind them, which depends on nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) kind: Kind,
    pub(crate) tail: Vec<u8>,
    /// How many octets a probe and the tail take.
    behind: usize,
}

type Structure = fn(&Pieces<'_>, &mut Vec<u8>);

/// Two texts that tell what is done with parameters.
const PROBES: [&[u8]; 2] = [b"~probe=%2C&\x01=+", b"\x02another+probe=%20&~"];

/// Two methods and URIs that tell what does not depend on them.
const FRONTS: [[&[u8]; 2]; 2] = [
    [b"METHOD", b"http://uri.example/"],
    [b"OTHER", b"https://another.example:1/x"],
];

fn encoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    countersign_encoding::encode_into(text, &mut out);
    out
}

fn place(all: &[u8], part: &[u8]) -> Option<usize> {
    let mut places = all
        .windows(part.len())
        .enumerate()
        .filter(|(_, window)| *window == part)
        .map(|(at, _)| at);
    let place = places.next()?;
    places.next().is_none().then_some(place)
}

impl Kind {
    const ALL: [Self; 3] = [Self::Twice, Self::Encoded, Self::Plain];

    fn of(self, plain: &[u8]) -> Vec<u8> {
        match self {
            Self::Plain => plain.to_vec(),
            Self::Encoded => encoded(plain),
            Self::Twice => encoded(&encoded(plain)),
        }
    }
}

impl Form {
    /// Whether parameters stand as they do by the rule.
    pub(crate) fn is_of_the_rule(&self) -> bool {
        self.kind == Kind::Encoded && self.tail.is_empty()
    }

    /// The form of a structure, if it has one.
    pub(crate) fn of(structure: Structure) -> Option<Self> {
        let split = |probe: &'static [u8], [method, uri]: [&'static [u8]; 2], kind: Kind| {
            let mut all = Vec::new();
            let parameters = probe;
            structure(
                &Pieces {
                    method,
                    uri,
                    parameters,
                },
                &mut all,
            );
            let part = kind.of(probe);
            let place = place(&all, &part)?;
            let (head, rest) = all.split_at_checked(place)?;
            Some((head.to_vec(), rest.get(part.len()..)?.to_vec()))
        };
        let [one, other] = PROBES;
        let [here, there] = FRONTS;
        Kind::ALL.into_iter().find_map(|kind| {
            let (head, tail) = split(one, here, kind)?;
            let (_, elsewhere) = split(one, there, kind)?;
            let is_same = split(other, here, kind).as_ref() == Some(&(head, tail.clone()))
                && elsewhere == tail;
            let behind = kind.of(one).len().saturating_add(tail.len());
            is_same.then_some(Self { kind, tail, behind })
        })
    }

    /// Writes what a structure of this form puts before the parameters over `out`.
    pub(crate) fn head(
        &self,
        structure: Structure,
        [method, uri]: [&[u8]; 2],
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let [probe, _] = PROBES;
        out.clear();
        structure(
            &Pieces {
                method,
                uri,
                parameters: probe,
            },
            out,
        );
        out.truncate(out.len().checked_sub(self.behind)?);
        Some(())
    }
}
