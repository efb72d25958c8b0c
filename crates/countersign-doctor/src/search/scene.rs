//! A base string to deviate from: the one by the rule, or one that a rule changes in URI and
//! parameters at once.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::cost::{self, Cost};
use super::desk::Desk;
use super::form::Form;
use super::plans::{Plans, SEEN, SEEN_BESIDE};
use super::rule::{Deviate, Out, Start};
use super::rules::table;
use super::state::{KeyParts, Pieces, Spell, UriParts, Wrap};
use super::subject::Subject;
use super::table::{Chain, FEW, STATES, Step, Table, fingerprint};
use super::texts;
use zeroize::Zeroizing;

/// A base string to deviate from, and what rules make of its parts.
pub(crate) struct Scene {
    /// The deviations that lead here, each by itself; none for what the rule says.
    pub(crate) ways: Vec<Chain>,
    /// How URI and parameters are encoded.
    pub(crate) wrap: Wrap,
    /// Where the key is not the one by the rule.
    pub(crate) keys: Option<Table<KeyParts>>,
    pub(crate) methods: Table<Vec<u8>>,
    pub(crate) uris: Table<UriParts>,
    pub(crate) plans: Plans,
}

/// A rule that puts the parts together in another way.
pub(crate) struct Structure {
    pub(crate) step: Step,
    pub(crate) cost: Cost,
    pub(crate) write: fn(&Pieces<'_>, &mut Vec<u8>),
    /// None where head and tail are not apart from the parameters.
    pub(crate) form: Option<Form>,
}

impl Scene {
    /// The scene by the rule, and those at one deviation.
    pub(crate) fn all(subject: &Subject<'_>) -> Vec<Self> {
        let uris = || core::iter::once(&subject.uri).chain(&subject.other_uri);
        let start = |uri: &UriParts| Start {
            uri: uri.clone(),
            plan: subject.plan.clone(),
            key: subject.key.clone(),
            wrap: Spell::RULE.write,
        };
        let mut desk = Desk::default();
        let by_the_rule: Vec<u64> = uris().map(|uri| print(&start(uri), &mut desk)).collect();
        let mut known: Vec<u64> = vec![0];
        let mut scenes = vec![Self::new(
            subject,
            None,
            start(&subject.uri),
            uris().cloned().collect(),
        )];
        for rule in table() {
            let Deviate::Base(deviate) = rule.deviate else {
                continue;
            };
            for uri in uris() {
                let mut out = Out::default();
                deviate(subject, &start(uri), &mut out);
                let cost = cost::of(rule.prior, out.states.len());
                for (start, detail) in out.states {
                    let print = print(&start, &mut desk);
                    if by_the_rule.contains(&print) {
                        continue;
                    }
                    let way = Chain {
                        steps: vec![Step { rule, detail }],
                        cost,
                    };
                    let place = known.iter().position(|known| *known == print);
                    match place.and_then(|at| scenes.get_mut(at)) {
                        Some(scene) => scene.ways.push(way),
                        None => {
                            known.push(print);
                            let uris = vec![start.uri.clone()];
                            scenes.push(Self::new(subject, Some(way), start, uris));
                        }
                    }
                }
            }
        }
        scenes
    }

    fn new(subject: &Subject<'_>, way: Option<Chain>, start: Start, uris: Vec<UriParts>) -> Self {
        let method = subject.method.to_ascii_uppercase().into_bytes();
        let wrap = start.wrap;
        let (most, seen) = match way {
            None => (STATES, SEEN),
            Some(_) => (FEW, SEEN_BESIDE),
        };
        let mut plans = Plans::new(start.plan, wrap, seen);
        plans.applies = way.is_none();
        Self {
            keys: start
                .key
                .filter(|key| Some(key) != subject.key.as_ref())
                .map(|key| Table::new([key], wrap, most)),
            ways: way.into_iter().collect(),
            wrap,
            methods: Table::new([method], wrap, most),
            uris: Table::new(uris, wrap, most),
            plans,
        }
    }

    /// Makes sure that the parts of this depth are there; of three deviations, those that cost no
    /// more than `upto`.
    pub(crate) fn grow(&mut self, subject: &Subject<'_>, depth: usize, upto: Cost) {
        self.methods.grow(subject, depth, upto);
        self.uris.grow(subject, depth, upto);
        if let Some(keys) = &mut self.keys {
            keys.grow(subject, depth, upto);
        }
        if depth > 0 {
            self.plans.grow(subject);
        }
    }

    /// Forgets what was made; it is made again when it is needed.
    pub(crate) fn release(&mut self) {
        self.methods.release();
        self.uris.release();
        if let Some(keys) = &mut self.keys {
            keys.release();
        }
        self.plans.release();
    }

    /// How many deviations it took to come here.
    pub(crate) fn depth(&self) -> usize {
        usize::from(!self.ways.is_empty())
    }

    pub(crate) fn cost(&self) -> Cost {
        let costs = self.ways.iter().map(|way| way.cost);
        costs.min().unwrap_or_default()
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.methods.is_cut
            || self.uris.is_cut
            || self.plans.is_cut
            || self.keys.as_ref().is_some_and(|keys| keys.is_cut)
    }
}

impl Structure {
    /// All of them.
    pub(crate) fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Structure>> = LazyLock::new(|| {
            table()
                .filter_map(|rule| match rule.deviate {
                    Deviate::Structure(write) => Some(Structure {
                        step: Step {
                            rule,
                            detail: Cow::Borrowed(""),
                        },
                        cost: cost::of(rule.prior, 1),
                        form: Form::of(write),
                        write,
                    }),
                    _ => None,
                })
                .collect()
        });
        &ALL
    }
}

/// The base string of three parts, put together by the rule or by a structure.
pub(crate) fn put_together(
    structure: Option<&Structure>,
    pieces: &Pieces<'_>,
    wrap: Wrap,
    out: &mut Vec<u8>,
) {
    out.clear();
    match structure {
        Some(structure) => (structure.write)(pieces, out),
        None => {
            countersign_encoding::encode_into(pieces.method, out);
            out.push(b'&');
            wrap(pieces.uri, pieces.uri, out);
            out.push(b'&');
            wrap(pieces.parameters, pieces.parameters, out);
        }
    }
}

/// The parameters as they were before they were encoded for the base string by the rule.
pub(crate) fn unwrapped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    unwrap_into(text, &mut out);
    out
}

/// The same, behind what is in `out`.
pub(crate) fn unwrap_into(text: &[u8], out: &mut Vec<u8>) {
    let digit = |octet: Option<&u8>| {
        char::from(*octet?)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let mut parts = text.split(|octet| *octet == b'%');
    out.extend_from_slice(parts.next().unwrap_or_default());
    for part in parts {
        if let (Some(high), Some(low)) = (digit(part.first()), digit(part.get(1))) {
            out.push(high << 4 | low);
            out.extend_from_slice(part.get(2..).unwrap_or_default());
        } else {
            out.push(b'%');
            out.extend_from_slice(part);
        }
    }
}

/// A number for what a signer starts from: two that give one signature have one.
fn print(start: &Start, desk: &mut Desk) -> u64 {
    desk.lay(&start.plan, start.plan.join);
    let mut uri = Vec::new();
    start.uri.write(&mut uri);
    let pieces = Pieces {
        method: b"",
        uri: &uri,
        parameters: desk.plain(),
    };
    let mut text = Vec::new();
    put_together(None, &pieces, start.wrap, &mut text);
    let of_key = start.key.as_ref().map_or(0, |key| {
        // Large enough, so that no secret is left behind in a smaller one.
        let secrets = key
            .consumer_secret
            .len()
            .saturating_add(key.token_secret.len());
        let mut octets = Zeroizing::new(Vec::with_capacity(secrets.saturating_mul(6)));
        key.write(&mut octets);
        fingerprint(&octets)
    });
    texts::print(fingerprint(&text), of_key)
}
