//! The plans for the parameters: those of one deviation are kept, those of more come and go.

use super::batch::Batch;
use super::cost::{Cost, Histogram};
use super::delta::Marks;
use super::fast::FastMap;
use super::first::{First, Path};
use super::root::Root;
use super::rule::{Deviate, Out, Rule};
use super::shape::Base;
use super::state::{Plan, Wrap};
use super::subject::Subject;
use super::table::{Row, fits};
use super::texts::Texts;

/// The plans of a root.
pub(crate) struct Plans {
    pub(crate) root: Plan,
    pub(crate) rows: Vec<Row>,
    pub(crate) texts: Texts,
    /// The root spelt out; none where it has too many parameters.
    pub(crate) shape: Option<(Root, Base)>,
    /// Which rows change nothing in the root's text.
    pub(super) inert: Vec<bool>,
    /// What the deviations of each row differ in.
    pub(super) marks: Vec<Marks>,
    /// Whether two parameters have one name.
    pub(super) has_twins: bool,
    /// The likeliest first.
    pub(crate) firsts: Vec<First>,
    /// Their texts, each once; none where they are too large to be kept.
    pub(crate) singles: Option<Batch>,
    /// More texts are not remembered; behind that, some are tried twice.
    most: usize,
    /// Whether rules are applied to what others made, where that makes another thing of it.
    pub(crate) applies: bool,
    /// Whether it is known what orders make of the root.
    is_ready: bool,
    /// The text of the root's plan.
    pub(crate) print: u64,
    /// The texts of up to two deviations that were seen, and the way to each.
    pub(super) seen: FastMap<Path>,
    /// How many texts the deviations gave, and how many deviations these are.
    pub(super) fresh: (u64, u64),
    /// The same of all pairs, once that is known.
    pairs: Option<(u64, u64)>,
    /// Which rows made nothing new of which first deviation, once all was gone through.
    barren: FastMap<()>,
    /// Texts of three deviations that were seen a while ago, by their numbers.
    recent: Vec<u64>,
    pub(crate) is_cut: bool,
}

/// What plans of two and of three deviations cost on top of those: to go through them takes work beside
/// what their texts take, which the same number of deviations in other parts does not. A text of two
/// takes half as long again as one of those, a text of three six times as long: eight is twice as long.
/// A little more is counted than that: elsewhere a budget goes further.
const IN_ONE_PART: [Cost; 4] = [0, 0, 6, 28];

/// What plans of so many deviations cost beside these.
pub(crate) fn surcharge(depth: usize) -> Cost {
    IN_ONE_PART.get(depth).copied().unwrap_or_default()
}

/// So many texts are remembered of what the rule says, and of what a deviation in several parts
/// makes.
pub(crate) const SEEN: usize = 220_000;
pub(crate) const SEEN_BESIDE: usize = 28_000;
/// So many texts of three deviations are remembered, the last ones of each number.
const RECENT: usize = 1 << 16;

/// What a rule makes of a plan; none if the rule is for another part.
pub(crate) fn deviate(rule: &Rule, subject: &Subject<'_>, plan: &Plan) -> Option<Out<Plan>> {
    let Deviate::Parameters(apply) = rule.deviate else {
        return None;
    };
    let mut out = Out::default();
    apply(subject, plan, &mut out);
    Some(out)
}

fn application(first: usize, row: usize) -> u64 {
    let number = |place: usize| u64::try_from(place).unwrap_or(u64::MAX);
    number(first) << 16 | number(row)
}

impl Plans {
    pub(crate) fn new(root: Plan, wrap: Wrap, most: usize) -> Self {
        Self {
            has_twins: false,
            root,
            print: 0,
            texts: Texts::new(wrap),
            shape: None,
            rows: Vec::new(),
            inert: Vec::new(),
            marks: Vec::new(),
            firsts: Vec::new(),
            singles: Some(Batch::default()),
            most,
            applies: true,
            is_ready: false,
            seen: FastMap::default(),
            fresh: (0, 0),
            pairs: None,
            barren: FastMap::default(),
            recent: Vec::new(),
            is_cut: false,
        }
    }

    /// Forgets all but the root.
    pub(crate) fn release(&mut self) {
        let applies = self.applies;
        *self = Self::new(self.root.clone(), self.texts.wrap, self.most);
        self.applies = applies;
    }

    /// Looks up what orders make of the root, which helps to put two deviations together.
    pub(crate) fn ready(&mut self) {
        let Some((root, _)) = self.shape.as_ref().filter(|_| !self.is_ready) else {
            return;
        };
        self.is_ready = true;
        for first in &mut self.firsts {
            if let Some(sorting) = first.delta.as_mut().and_then(|delta| delta.order.as_mut()) {
                sorting.of_root = root.arranged(sorting.order, &self.texts);
            }
        }
    }

    /// How many texts of this depth there are of each cost; from the second depth on roughly: the
    /// part of the pairs that gives a new text is known once they were gone through, and three go
    /// together where each two of them do.
    pub(crate) fn histogram(&self, depth: usize) -> Histogram {
        let of_pairs = self.pairs.unwrap_or((1, 1));
        let part = |counts: Histogram, (texts, plans): (u64, u64)| counts.part(texts, plans);
        let counts = self.count(depth).shifted(surcharge(depth));
        match depth {
            1 => part(counts, self.fresh),
            2 => part(counts, of_pairs),
            3 => part(part(counts, of_pairs), of_pairs),
            _ => counts,
        }
    }

    /// Takes note of how many texts the pairs gave, all of which were gone through.
    pub(crate) fn note_pairs(&mut self) {
        let known = |texts: usize| u64::try_from(texts).unwrap_or(u64::MAX);
        let of_pairs = known(self.seen.len()).saturating_sub(self.fresh.0.saturating_add(1));
        let plans = self.count(2).upto(Cost::MAX);
        self.pairs = (plans > 0).then_some((of_pairs, plans));
    }

    fn count(&self, depth: usize) -> Histogram {
        let singles = || Histogram::of(self.firsts.iter().map(|first| first.cost));
        match depth {
            0 => Histogram::of(core::iter::once(0)),
            1 => singles(),
            _ => {
                // Each set comes in every order this way.
                let mut sets = singles();
                for of_set in 2..=depth {
                    let mut larger = Histogram::default();
                    larger.add_products(&sets, &singles());
                    sets = larger.divided(u64::try_from(of_set).unwrap_or(u64::MAX));
                }
                sets
            }
        }
    }

    /// The cost up to which there are about so many plans of this depth.
    pub(crate) fn upto(&self, depth: usize, count: u64) -> Cost {
        let counts = self.count(depth).shifted(surcharge(depth));
        counts.threshold(count).0
    }

    /// Whether this is the way by which a text is tried; the others to the same text are kept out.
    pub(crate) fn owns(&mut self, print: u64, path: Path) -> bool {
        if let Some(owner) = self.seen.get(&print) {
            return *owner == path;
        }
        if path.depth() <= 2 {
            if self.seen.len() < self.most {
                self.seen.insert(print, path);
            }
            return true;
        }
        if self.recent.is_empty() {
            self.recent.resize(RECENT, 0);
        }
        let at = usize::try_from(print).unwrap_or_default() & RECENT.saturating_sub(1);
        match self.recent.get_mut(at) {
            Some(known) if *known == print => false,
            Some(known) => {
                *known = print;
                true
            }
            None => true,
        }
    }

    /// Notes that a row makes nothing new of a first deviation.
    pub(crate) fn note_barren(&mut self, first: usize, row: usize) {
        if self.barren.len() < self.most {
            self.barren.insert(application(first, row), ());
        }
    }

    /// Whether a row is known to make nothing new of a first deviation.
    pub(crate) fn is_barren(&self, first: usize, row: usize) -> bool {
        self.barren.contains_key(&application(first, row))
    }

    /// Whether a text is another plan's.
    pub(crate) fn is_others(&self, print: u64, path: Path) -> bool {
        self.seen.get(&print).is_some_and(|owner| *owner != path)
    }

    /// Forgets the texts of three deviations: they are gone through again.
    pub(crate) fn begin(&mut self) {
        self.recent.fill(0);
    }
}
