//! The states of one part of the base string, or of the key: what rules make of it, by how many of
//! them it took, each text once.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::cost::{self, Cost, Histogram};
use super::fast::{FastMap, fold};
use super::rule::{Deviate, Dimension, Out, Rule};
use super::rules::table;
use super::state::{KeyParts, UriParts, Wrap};
use super::subject::Subject;

/// One deviation of an explanation.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) rule: &'static Rule,
    pub(crate) detail: Cow<'static, str>,
}

/// A rule for one part, with the cost it has for this request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) rule: &'static Rule,
    pub(crate) cost: Cost,
}

/// Deviations that lead to one state.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chain {
    pub(crate) steps: Vec<Step>,
    pub(crate) cost: Cost,
}

pub(crate) struct Entry<S> {
    pub(crate) state: S,
    /// As it stands in the base string, or the octets of the key.
    pub(crate) text: Zeroizing<Vec<u8>>,
    pub(crate) cost: Cost,
    /// All ways to come to this text, the first one to this very state.
    pub(crate) chains: Vec<Chain>,
    /// Not another way to write what is there already.
    pub(crate) is_fresh: bool,
    /// The row of the last step; later ones are applied on top of it.
    last: usize,
}

/// The states of one part.
pub(crate) struct Table<S> {
    pub(crate) entries: Vec<Entry<S>>,
    wrap: Wrap,
    rows: Vec<Row>,
    /// What each row makes of the first root, until that is taken in.
    made: Vec<Option<Out<S>>>,
    /// Where each depth begins.
    levels: Vec<usize>,
    index: FastMap<usize>,
    bytes: usize,
    /// More states are not kept at one depth.
    most: usize,
    /// Whether there would be more states.
    pub(crate) is_cut: bool,
}

/// More states of a part are not kept at one depth: of what the rule says, and of what a deviation
/// in several parts makes.
pub(crate) const STATES: usize = 6000;
pub(crate) const FEW: usize = 2000;
/// More octets are not kept.
const BYTES: usize = 4 << 20;
/// A text gets room for so many octets, and for as many more as the root's has.
const LEAST: usize = 16;
/// More ways to the same text are not kept.
pub(crate) const WAYS: usize = 8;

/// A part that rules change and that can be written down.
pub(crate) trait Part: Clone + PartialEq {
    fn render(&self, wrap: Wrap, out: &mut Vec<u8>);

    /// What a rule makes of it; none if the rule is for another part.
    fn deviate(&self, rule: &Rule, subject: &Subject<'_>) -> Option<Out<Self>>;
}

impl Part for Vec<u8> {
    fn render(&self, _: Wrap, out: &mut Vec<u8>) {
        countersign_encoding::encode_into(self, out);
    }

    fn deviate(&self, rule: &Rule, subject: &Subject<'_>) -> Option<Out<Self>> {
        let Deviate::Method(apply) = rule.deviate else {
            return None;
        };
        let mut out = Out::default();
        apply(subject, self, &mut out);
        Some(out)
    }
}

impl Part for UriParts {
    fn render(&self, wrap: Wrap, out: &mut Vec<u8>) {
        let mut plain = Vec::with_capacity(self.len());
        self.write(&mut plain);
        wrap(&plain, &plain, out);
    }

    fn deviate(&self, rule: &Rule, subject: &Subject<'_>) -> Option<Out<Self>> {
        let Deviate::Uri(apply) = rule.deviate else {
            return None;
        };
        let mut out = Out::default();
        apply(subject, self, &mut out);
        Some(out)
    }
}

impl Part for KeyParts {
    fn render(&self, _: Wrap, out: &mut Vec<u8>) {
        self.write(out);
    }

    fn deviate(&self, rule: &Rule, subject: &Subject<'_>) -> Option<Out<Self>> {
        let Deviate::Key(apply) = rule.deviate else {
            return None;
        };
        let mut out = Out::default();
        apply(subject, self, &mut out);
        Some(out)
    }
}

impl<S: Part> Table<S> {
    /// A table of the states that need no deviation.
    pub(crate) fn new(roots: impl IntoIterator<Item = S>, wrap: Wrap, most: usize) -> Self {
        let mut table = Self {
            entries: Vec::new(),
            wrap,
            rows: Vec::new(),
            made: Vec::new(),
            levels: vec![0],
            index: FastMap::default(),
            bytes: 0,
            most,
            is_cut: false,
        };
        for root in roots {
            let chain = Chain {
                steps: Vec::new(),
                cost: 0,
            };
            table.add(root, chain, 0, 0);
        }
        table
    }

    /// Forgets all states but the roots; they are made again when they are needed.
    pub(crate) fn release(&mut self) {
        let roots = self.levels.get(1).copied().unwrap_or(self.entries.len());
        self.entries.truncate(roots);
        self.entries.shrink_to_fit();
        self.levels = vec![0];
        self.rows = Vec::new();
        self.made = Vec::new();
        self.bytes = 0;
        self.index = FastMap::default();
        for (at, entry) in self.entries.iter().enumerate() {
            self.index.entry(fingerprint(&entry.text)).or_insert(at);
        }
    }

    /// The entries of this depth.
    pub(crate) fn level(&self, depth: usize) -> &[Entry<S>] {
        let start = self.levels.get(depth).copied();
        let end = self.levels.get(depth.saturating_add(1)).copied();
        start
            .and_then(|start| self.entries.get(start..end.unwrap_or(self.entries.len())))
            .unwrap_or_default()
    }

    /// The texts of this depth that no smaller depth has, with their places in the table.
    pub(crate) fn fresh(&self, depth: usize) -> impl Iterator<Item = (usize, &Entry<S>)> {
        let start = self
            .levels
            .get(depth)
            .copied()
            .unwrap_or(self.entries.len());
        self.level(depth)
            .iter()
            .enumerate()
            .map(move |(at, entry)| (start.saturating_add(at), entry))
            .filter(|(_, entry)| entry.is_fresh)
    }

    /// The place and the depth of a text, if a rule gives it.
    pub(crate) fn place(&self, text: &[u8]) -> Option<(usize, usize)> {
        let at = *self.index.get(&fingerprint(text))?;
        let is_it = self
            .entries
            .get(at)
            .is_some_and(|entry| *entry.text == text);
        let depth = self
            .levels
            .partition_point(|start| *start <= at)
            .checked_sub(1)?;
        is_it.then_some((at, depth))
    }

    /// Makes sure that the states of this depth are there; of three deviations, those that cost no
    /// more than `upto`.
    pub(crate) fn grow(&mut self, subject: &Subject<'_>, depth: usize, upto: Cost) {
        if depth > 0 && self.rows.is_empty() {
            self.apply(subject);
        }
        while self.levels.len() <= depth {
            let from = self.levels.last().copied().unwrap_or_default();
            let end = self.entries.len();
            let upto = self.bound(upto);
            self.levels.push(end);
            let mut order: Vec<usize> = (from..end).collect();
            order.sort_by_key(|at| self.entries.get(*at).map(|entry| entry.cost));
            for at in order {
                // The others cost no less.
                if self.entries.get(at).is_none_or(|entry| entry.cost > upto) {
                    self.is_cut = true;
                    break;
                }
                self.deviate(subject, at, end, upto);
            }
        }
    }

    /// What a state of the next depth costs at most. Pairs are taken as they come, as long as there is
    /// room. Of three there are too many by far: without a bound, a few likely pairs with whatever
    /// third one would leave no room for three that are fairly likely each.
    fn bound(&self, upto: Cost) -> Cost {
        let depth = self.levels.len();
        if depth < 3 {
            return Cost::MAX;
        }
        let of = |depth: usize| Histogram::of(self.level(depth).iter().map(|one| one.cost));
        let mut all = Histogram::default();
        all.add_products(&of(depth.saturating_sub(1)), &of(1));
        let sets = all.divided(u64::try_from(depth).unwrap_or(u64::MAX));
        sets.threshold(u64::try_from(self.most).unwrap_or(u64::MAX))
            .0
            .min(upto)
    }

    /// The rules for this part, with the cost they have for this request.
    fn apply(&mut self, subject: &Subject<'_>) {
        let Some(root) = self.entries.first() else {
            return;
        };
        for rule in table() {
            if let Some(out) = root.state.deviate(rule, subject) {
                self.rows.push(Row {
                    rule,
                    cost: cost::of(rule.prior, out.states.len()),
                });
                self.made.push(Some(out));
            }
        }
    }

    /// Applies all rows to one entry, for what costs no more than `upto`.
    fn deviate(&mut self, subject: &Subject<'_>, at: usize, start: usize, upto: Cost) {
        for position in 0..self.rows.len() {
            let Some((row, entry)) = self.rows.get(position).zip(self.entries.get(at)) else {
                return;
            };
            let rule = row.rule;
            let Some(chain) = entry.chains.first() else {
                return;
            };
            if !follows(&chain.steps, entry.last, rule, position) {
                continue;
            }
            if chain.cost.saturating_add(cost::of(rule.prior, 1)) > upto {
                self.is_cut = true;
                continue;
            }
            let known = self
                .made
                .get_mut(position)
                .filter(|_| at == 0)
                .and_then(Option::take);
            let Some(out) = known.or_else(|| entry.state.deviate(rule, subject)) else {
                continue;
            };
            let chain = chain.clone();
            let old = entry.state.clone();
            let states = out.states.len();
            for (number, (state, detail)) in out.states.into_iter().enumerate() {
                if state == old {
                    continue;
                }
                let of_state = cost::of_state(rule.prior, states, number);
                let cost = chain.cost.saturating_add(of_state);
                if cost > upto {
                    self.is_cut = true;
                    continue;
                }
                if self.entries.len().saturating_sub(start) >= self.most || self.bytes >= BYTES {
                    self.is_cut = true;
                    return;
                }
                let mut chain = chain.clone();
                chain.cost = cost;
                chain.steps.push(Step { rule, detail });
                self.add(state, chain, position, start);
            }
        }
    }

    fn add(&mut self, state: S, chain: Chain, last: usize, start: usize) {
        // Large enough for most, so that little is copied and no secret is left behind.
        let room = self
            .entries
            .first()
            .map_or(LEAST, |root| root.text.len().saturating_add(LEAST));
        let mut text = Zeroizing::new(Vec::with_capacity(room));
        state.render(self.wrap, &mut text);
        let print = fingerprint(&text);
        let known = self.index.get(&print).copied();
        if let Some(known) = known.and_then(|at| Some((at, self.entries.get_mut(at)?))) {
            let (at, entry) = known;
            if at >= start && entry.chains.len() < WAYS {
                entry.cost = entry.cost.min(chain.cost);
                entry.chains.push(chain.clone());
            }
            if entry.state == state {
                return;
            }
        } else {
            self.index.insert(print, self.entries.len());
        }
        self.bytes = self.bytes.saturating_add(text.len());
        self.entries.push(Entry {
            state,
            text,
            cost: chain.cost,
            chains: vec![chain],
            is_fresh: known.is_none(),
            last,
        });
    }
}

/// Whether a rule is applied on top of these deviations: each set of rules in one order only, and
/// two of one dimension only where that makes sense.
pub(crate) fn follows(steps: &[Step], last: usize, rule: &Rule, position: usize) -> bool {
    steps.is_empty()
        || position >= last
            && steps
                .iter()
                .all(|step| fits(step.rule.dimension, rule.dimension))
}

/// Whether deviations of these dimensions are combined.
pub(crate) fn fits(one: Dimension, other: Dimension) -> bool {
    one != other || one.is_repeatable()
}

/// A number that two different texts do not share by chance.
pub(crate) fn fingerprint(text: &[u8]) -> u64 {
    const FIRST: u64 = 0x9e37_79b9_7f4a_7c15;
    const SECOND: u64 = 0xd1b5_4a32_d192_ed03;
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        for (to, from) in word.iter_mut().zip(bytes) {
            *to = *from;
        }
        u64::from_le_bytes(word)
    };
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let (blocks, rest) = text.as_chunks::<16>();
    let mut state = length ^ SECOND;
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        if let [low, high] = words {
            state = fold(
                u64::from_le_bytes(*low) ^ state,
                u64::from_le_bytes(*high) ^ FIRST,
            );
        }
    }
    let (low, high) = rest.split_at_checked(8).unwrap_or((rest, &[]));
    fold(fold(word(low) ^ state, word(high) ^ FIRST) ^ length, SECOND)
}
