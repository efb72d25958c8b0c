//! The plans for the parameters: those of one deviation are kept, those of more come and go.

use std::rc::Rc;

use super::batch::Batch;
use super::cost::{self, Cost, Histogram};
use super::delta::{Delta, Marks, SLOTS};
use super::desk::Desk;
use super::fast::FastMap;
use super::first::{First, Path, characters};
use super::root::Root;
use super::rule::{Deviate, Dimension, Out, Rule};
use super::rules::table;
use super::shape::{Base, Change, common};
use super::state::{Plan, Scope, Wrap};
use super::subject::Subject;
use super::table::{Row, Step, fits};
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
    seen: FastMap<Path>,
    /// Which rows made nothing new of which first deviation, once all was gone through.
    barren: FastMap<()>,
    /// Texts of three deviations that were seen a while ago, by their numbers.
    recent: Vec<u64>,
    pub(crate) is_cut: bool,
}

/// More plans of one deviation are not kept.
const FIRSTS: usize = 8000;
/// More pairs in all of them are not kept.
const PAIRS: usize = 1 << 18;
/// More octets of texts are not kept.
const OCTETS: usize = 4 << 20;
/// What plans of two and of three deviations cost on top of those: there are so many that the same
/// number of them, put into other parts, leads further.
const IN_ONE_PART: [Cost; 4] = [0, 0, 4, 16];

/// What plans of so many deviations cost beside these.
pub(crate) fn surcharge(depth: usize) -> Cost {
    IN_ONE_PART.get(depth).copied().unwrap_or_default()
}

/// More octets of the texts of one deviation are not kept.
const KEPT: usize = 1 << 20;
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

/// What goes for all parameters is likelier than what goes for some, or for one.
fn narrowness(root: &Plan, plan: &Plan) -> u8 {
    let of = |scope: Scope| match scope {
        Scope::All => 0,
        Scope::Application | Scope::Protocol | Scope::In(_) => 1,
        Scope::Only(_) => 2,
    };
    let changed = || {
        plan.pairs
            .iter()
            .zip(&root.pairs)
            .filter(|(one, other)| !Rc::ptr_eq(one, other))
            .count()
    };
    let is_one = plan.pairs.len() == root.pairs.len() && changed() == 1;
    of(plan.names.on)
        .max(of(plan.values.on))
        .max(if is_one { 2 } else { 0 })
}

fn application(first: usize, row: usize) -> u64 {
    let number = |place: usize| u64::try_from(place).unwrap_or(u64::MAX);
    number(first) << 16 | number(row)
}

impl Plans {
    pub(crate) fn new(root: Plan, wrap: Wrap, most: usize) -> Self {
        let texts = Texts::new(wrap);
        let print = Desk::default().lay(&root, root.join);
        let mut names: Vec<&[u8]> = root.pairs.iter().map(|pair| pair.name.as_slice()).collect();
        names.sort_unstable();
        let has_twins = names
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a == b));
        let mut seen = FastMap::default();
        seen.insert(print, Path::Root);
        Self {
            has_twins,
            root,
            print,
            texts,
            shape: None,
            rows: Vec::new(),
            inert: Vec::new(),
            marks: Vec::new(),
            firsts: Vec::new(),
            singles: Some(Batch::default()),
            most,
            applies: true,
            is_ready: false,
            seen,
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

    /// Makes sure that the plans of one deviation are there.
    pub(crate) fn grow(&mut self, subject: &Subject<'_>) {
        if !self.rows.is_empty() {
            return;
        }
        self.shape = (self.root.pairs.len() <= SLOTS)
            .then(|| {
                let shape = Root::new(&self.root, &mut self.texts);
                let base = Base::root(&shape, &self.texts);
                (shape, base)
            })
            .filter(|_| self.texts.size() <= OCTETS);
        let mut made = Vec::new();
        let mut states = 0_usize;
        for rule in table() {
            let Some(out) = deviate(rule, subject, &self.root) else {
                continue;
            };
            let cost = cost::of(rule.prior, out.states.len());
            let of_row = out.states.len();
            states = states.saturating_add(of_row);
            let row = self.rows.len();
            let mut of_rule = out.states;
            of_rule.sort_by_key(|(plan, _)| narrowness(&self.root, plan));
            for (number, (plan, detail)) in of_rule.into_iter().enumerate() {
                let cost = cost::of_state(rule.prior, of_row, number);
                made.push(Some((row, rule, cost, plan, detail)));
            }
            self.rows.push(Row { rule, cost });
            self.inert.push(true);
            self.marks.push(Marks::default());
        }
        // Places are moved, not what is there.
        let mut order: Vec<(Cost, usize)> = made
            .iter()
            .enumerate()
            .filter_map(|(at, one)| Some((one.as_ref()?.2, at)))
            .collect();
        order.sort_unstable();
        if let (Some(singles), Some((_, base))) = (&mut self.singles, &self.shape) {
            singles.base.clone_from(&base.text);
            let octets = base.text.len().saturating_mul(states);
            singles.text.reserve(octets.min(KEPT));
            singles.sketches.reserve(states.min(FIRSTS));
        }
        self.firsts.reserve(states.min(FIRSTS));
        self.seen.reserve(states.min(FIRSTS));
        let mut desk = Desk::default();
        let mut change = Change::default();
        let of_root = characters(&self.root);
        let mut pairs: usize = 0;
        for (_, at) in order {
            let Some((row, rule, cost, plan, detail)) = made.get_mut(at).and_then(Option::take)
            else {
                continue;
            };
            if plan.is_same(&self.root) {
                continue;
            }
            pairs = pairs.saturating_add(plan.pairs.len());
            if self.firsts.len() >= FIRSTS || pairs > PAIRS || self.texts.size() > OCTETS {
                self.is_cut = true;
                return;
            }
            let delta = self
                .shape
                .as_ref()
                .map(|(root, _)| Delta::of(root, &plan, &mut self.texts));
            let Ok(at) = u32::try_from(self.firsts.len()) else {
                return;
            };
            let path = Path::One(at);
            let known = self.seen.len();
            let (common, print) =
                self.write(&plan, cost, path, delta.as_ref(), &mut desk, &mut change);
            let mut old = self.root.pairs.iter();
            let has_new = !plan
                .pairs
                .iter()
                .all(|pair| old.any(|one| Rc::ptr_eq(one, pair)));
            let is_echo = self.seen.len() == known
                && matches!(rule.dimension, Dimension::Order | Dimension::WholeEncoding);
            let is_novel = has_new && characters(&plan).exceed(&of_root);
            if print != self.print
                && let Some(is_inert) = self.inert.get_mut(row)
            {
                *is_inert = false;
            }
            if let (Some(marks), Some(delta)) = (self.marks.get_mut(row), &delta) {
                marks.merge(&delta.marks);
            }
            self.firsts.push(First {
                plan,
                step: Step { rule, detail },
                row,
                cost,
                print,
                common,
                delta,
                has_new,
                is_novel,
                is_echo,
            });
        }
    }

    /// Writes the text of a first deviation and keeps it, unless it is there already; its number.
    fn write(
        &mut self,
        plan: &Plan,
        cost: Cost,
        path: Path,
        delta: Option<&Delta>,
        desk: &mut Desk,
        change: &mut Change,
    ) -> (usize, u64) {
        let mut none = Batch::default();
        let batch = self.singles.as_mut().unwrap_or(&mut none);
        let start = batch.text.len();
        let known = match (&self.shape, delta) {
            (Some((root, base)), Some(delta))
                if base.change(root, delta, &mut self.texts, change) =>
            {
                let texts = &self.texts;
                Some(if change.is_standard() {
                    let print = change.print();
                    let is_new = !self.seen.contains_key(&print);
                    let common = if is_new {
                        base.write(change, texts, &mut batch.text)
                    } else {
                        base.text.len()
                    };
                    (common, print)
                } else {
                    base.arrange(root, change, texts, desk, &mut batch.text)
                })
            }
            _ => None,
        };
        let (common, print) = known.unwrap_or_else(|| {
            let print = desk.lay(plan, self.root.join);
            (self.texts.wrap)(desk.plain(), desk.plain(), &mut batch.text);
            let new = batch.text.get(start..).unwrap_or_default();
            (common(&batch.base, new), print)
        });
        if self.seen.contains_key(&print) {
            batch.text.truncate(start);
            return (common, print);
        }
        self.seen.insert(print, path);
        batch.push(start, common, cost, path, print);
        if batch.text.len() > KEPT {
            self.singles = None;
        }
        (common, print)
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

    /// How many plans of this depth there are of each cost; from the second depth on roughly.
    pub(crate) fn histogram(&self, depth: usize) -> Histogram {
        self.count(depth).shifted(surcharge(depth))
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
                    let mut larger = Histogram::of(core::iter::empty());
                    larger.add_products(&sets, &singles());
                    sets = larger.divided(u64::try_from(of_set).unwrap_or(u64::MAX));
                }
                sets
            }
        }
    }

    /// The cost up to which there are about so many plans of this depth.
    pub(crate) fn upto(&self, depth: usize, count: u64) -> Cost {
        self.histogram(depth).threshold(count).0
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
