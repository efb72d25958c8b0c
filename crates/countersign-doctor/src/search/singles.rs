//! Making the plans of one deviation.

use std::rc::Rc;

use super::batch::Batch;
use super::cost::{self, Cost};
use super::delta::{Delta, Marks, SLOTS};
use super::desk::Desk;
use super::first::{First, Path, characters};
use super::plans::Plans;
use super::root::Root;
use super::rule::{Deviate, Dimension, Out};
use super::rules::table;
use super::shape::{Base, Change, common};
use super::state::{Plan, Scope};
use super::subject::Subject;
use super::table::{Row, Step};

/// More plans of one deviation are not kept.
const FIRSTS: usize = 8000;
/// More pairs in all of them are not kept.
const PAIRS: usize = 1 << 18;
/// More octets of texts are not kept.
const OCTETS: usize = 4 << 20;
/// More octets of the texts of one deviation are not kept.
const KEPT: usize = 1 << 20;

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
            .zip(root.pairs.iter())
            .filter(|(one, other)| !Rc::ptr_eq(one, other))
            .count()
    };
    let is_one = !Rc::ptr_eq(&plan.pairs, &root.pairs)
        && plan.pairs.len() == root.pairs.len()
        && changed() == 1;
    of(plan.names.on)
        .max(of(plan.values.on))
        .max(if is_one { 2 } else { 0 })
}

impl Plans {
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
        let mut desk = Desk::default();
        self.print = desk.lay(&self.root, self.root.join);
        self.seen.insert(self.print, Path::Root);
        self.has_twins = self.root.has_repeats();
        let mut made = Vec::new();
        let mut states = 0_usize;
        let mut of_rule = Out::default();
        for rule in table() {
            let Deviate::Parameters(apply) = rule.deviate else {
                continue;
            };
            apply(subject, &self.root, &mut of_rule);
            let of_row = of_rule.states.len();
            let cost = cost::of(rule.prior, of_row);
            states = states.saturating_add(of_row);
            let row = self.rows.len();
            of_rule
                .states
                .sort_by_key(|(plan, _)| narrowness(&self.root, plan));
            for (number, (plan, detail)) in of_rule.states.drain(..).enumerate() {
                if !plan.is_same(&self.root) {
                    let cost = cost::of_state(rule.prior, of_row, number);
                    made.push(Some((row, rule, cost, plan, detail)));
                }
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
        let mut change = Change::default();
        let of_root = characters(self.root.pairs.iter());
        let mut pairs: usize = 0;
        for (_, at) in order {
            let Some((row, rule, cost, plan, detail)) = made.get_mut(at).and_then(Option::take)
            else {
                continue;
            };
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
            let has_new = !Rc::ptr_eq(&plan.pairs, &self.root.pairs)
                && !plan
                    .pairs
                    .iter()
                    .all(|pair| old.any(|one| Rc::ptr_eq(one, pair)));
            let is_echo = self.seen.len() == known
                && matches!(rule.dimension, Dimension::Order | Dimension::WholeEncoding);
            let is_novel = has_new
                && match self.shape.as_ref().zip(delta.as_ref()) {
                    Some(((root, _), delta)) => {
                        let others = delta.others().filter(|id| !root.has(*id));
                        characters(others.filter_map(|id| self.texts.pair(id)))
                    }
                    None => characters(plan.pairs.iter()),
                }
                .exceed(&of_root);
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
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        self.fresh = (
            count(self.seen.len().saturating_sub(1)),
            count(self.firsts.len()),
        );
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
}
