//! Going through the plans of some depth: in batches of texts that are made from one.

use core::ops::ControlFlow;

use super::batch::{Batch, Bounds, Show};
use super::budget::Budget;
use super::cost::Cost;
use super::desk::Desk;
use super::first::Path;
use super::plans::{Plans, deviate, surcharge};
use super::root::Root;
use super::rule::Dimension;
use super::shape::{Base, Change, common};
use super::subject::Subject;
use super::table::fits;

/// A batch of more octets is shown before it is full.
const FULL: usize = 1 << 19;

/// So many plans that are left out count as one that is made.
const CHEAP: usize = 16;

/// What is done with each batch.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(&Batch) -> ControlFlow<()>;

impl Plans {
    /// Goes through the plans of some depth, writes each and shows it.
    pub(crate) fn walk(
        &mut self,
        subject: &Subject<'_>,
        bounds: Bounds,
        budget: &Budget,
        visit: Visit<'_>,
    ) -> ControlFlow<()> {
        let mut walk = Walk {
            subject,
            bounds,
            budget,
            visit,
            batch: Batch::default(),
            change: Change::default(),
            desk: Desk::default(),
            found: 0,
        };
        match bounds.depth {
            0 => walk.root(self),
            1 => walk.firsts(self),
            2 => walk.pairs(self),
            _ => walk.triples(self),
        }
    }
}

pub(super) struct Walk<'w> {
    subject: &'w Subject<'w>,
    pub(super) bounds: Bounds,
    pub(super) budget: &'w Budget,
    visit: Visit<'w>,
    batch: Batch,
    pub(super) change: Change,
    desk: Desk,
    /// How many texts the row at hand made.
    found: usize,
}

/// What plans are made from.
pub(super) struct Ground<'g> {
    pub(super) base: &'g Base,
    /// The first deviations in it.
    pub(super) firsts: &'g [usize],
    /// The dimension of one that was applied to them.
    pub(super) also: Option<Dimension>,
    pub(super) cost: Cost,
}

pub(super) fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Walk<'_> {
    /// Shows what is in the batch.
    pub(super) fn flush(&mut self) -> ControlFlow<()> {
        if self.batch.sketches.is_empty() {
            return ControlFlow::Continue(());
        }
        self.batch.sketches.sort_by_key(|one| one.cost);
        let shown = (self.visit)(&self.batch);
        self.batch.text.clear();
        self.batch.sketches.clear();
        shown
    }

    pub(super) fn begin(&mut self, base: &[u8]) {
        self.batch.base.clear();
        self.batch.base.extend_from_slice(base);
    }

    fn push(
        &mut self,
        start: usize,
        common: usize,
        cost: Cost,
        path: Path,
        print: u64,
    ) -> ControlFlow<()> {
        self.batch.push(start, common, cost, path, print);
        if self.batch.text.len() >= FULL {
            self.flush()
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Whether a text is shown.
    fn wants(&self, plans: &mut Plans, print: u64, path: Path) -> bool {
        match self.bounds.show {
            Show::Texts => plans.owns(print, path),
            Show::Ways(wanted) => print == wanted,
        }
    }

    /// Lays a plan down and takes it into the batch, unless another way to its text is tried.
    fn lay(
        &mut self,
        plans: &mut Plans,
        plan: &super::state::Plan,
        cost: Cost,
        path: Path,
    ) -> ControlFlow<()> {
        let print = self.desk.lay(plan, plans.root.join);
        if !self.wants(plans, print, path) {
            return ControlFlow::Continue(());
        }
        self.found = self.found.saturating_add(1);
        let start = self.batch.text.len();
        let plain = self.desk.plain();
        (plans.texts.wrap)(plain, plain, &mut self.batch.text);
        let new = self.batch.text.get(start..).unwrap_or_default();
        let common = common(&self.batch.base, new);
        self.push(start, common, cost, path, print)
    }

    fn root(&mut self, plans: &mut Plans) -> ControlFlow<()> {
        let root = plans.root.clone();
        self.lay(plans, &root, 0, Path::Root)?;
        self.flush()
    }

    fn firsts(&mut self, plans: &mut Plans) -> ControlFlow<()> {
        if let Some(singles) = plans
            .singles
            .as_ref()
            .filter(|_| self.bounds.show == Show::Texts)
        {
            return (self.visit)(singles);
        }
        for at in 0..plans.firsts.len() {
            let Some(first) = plans.firsts.get(at) else {
                break;
            };
            if self.bounds.holds(first.cost) {
                let (plan, cost) = (first.plan.clone(), first.cost);
                self.lay(plans, &plan, cost, Path::One(short(at)))?;
            }
        }
        self.flush()
    }

    fn pairs(&mut self, plans: &mut Plans) -> ControlFlow<()> {
        plans.ready();
        let shape = plans.shape.take();
        let shown = (0..plans.firsts.len()).try_for_each(|at| {
            let Some(first) = plans.firsts.get(at) else {
                return ControlFlow::Continue(());
            };
            let cost = first.cost.saturating_add(surcharge(2));
            if cost > self.bounds.upto {
                return ControlFlow::Break(Err(()));
            }
            self.pairs_with(plans, shape.as_ref(), at, cost)
                .map_break(Ok)
        });
        plans.shape = shape;
        match shown {
            ControlFlow::Break(Ok(())) => ControlFlow::Break(()),
            _ => self.flush(),
        }
    }

    /// All pairs with one first deviation.
    fn pairs_with(
        &mut self,
        plans: &mut Plans,
        shape: Option<&(Root, Base)>,
        at: usize,
        cost: Cost,
    ) -> ControlFlow<()> {
        let base = plans.base(shape, at, &mut self.change);
        if let Some(base) = &base {
            self.begin(&base.text);
            let ground = Ground {
                base,
                firsts: &[at],
                also: None,
                cost,
            };
            let mark = plans.texts.mark();
            let shown = self.scan(plans, shape, &ground, at, |other| {
                Path::Two(short(at), other)
            });
            plans.texts.forget(mark);
            shown?;
        }
        self.applied(plans, at, &mut |walk, plans, plan, _, cost, path| {
            if walk.bounds.holds(cost) {
                walk.lay(plans, plan, cost, path)
            } else {
                ControlFlow::Continue(())
            }
        })?;
        self.flush()
    }

    /// Puts each first deviation that comes after `last` onto a base.
    pub(super) fn scan(
        &mut self,
        plans: &mut Plans,
        shape: Option<&(Root, Base)>,
        ground: &Ground<'_>,
        last: usize,
        path: impl Fn(u32) -> Path,
    ) -> ControlFlow<()> {
        let Some((root, _)) = shape else {
            return ControlFlow::Continue(());
        };
        let mut passed = 0_usize;
        for at in 0..plans.firsts.len() {
            let Some(first) = plans.firsts.get(at) else {
                break;
            };
            let cost = ground.cost.saturating_add(first.cost);
            if cost > self.bounds.upto {
                break;
            }
            passed = passed.saturating_add(1);
            if passed >= CHEAP {
                self.budget.pass(1)?;
                passed = 0;
            }
            if !self.bounds.holds(cost)
                || !plans.is_after(last, at)
                || ground
                    .also
                    .is_some_and(|also| !fits(also, first.step.rule.dimension))
                || !ground.firsts.iter().all(|one| {
                    plans
                        .firsts
                        .get(*one)
                        .is_some_and(|one| plans.go_together(one, first))
                })
            {
                continue;
            }
            let Plans { firsts, texts, .. } = &mut *plans;
            let Some(delta) = firsts.get(at).and_then(|first| first.delta.as_ref()) else {
                continue;
            };
            if !ground.base.change(root, delta, texts, &mut self.change) {
                continue;
            }
            let path = path(short(at));
            let start = self.batch.text.len();
            let (common, print);
            if self.change.is_standard() {
                print = self.change.print();
                if !self.wants(plans, print, path) {
                    continue;
                }
                common = ground
                    .base
                    .write(&mut self.change, &plans.texts, &mut self.batch.text);
            } else {
                (common, print) = ground.base.arrange(
                    root,
                    &self.change,
                    &plans.texts,
                    &mut self.desk,
                    &mut self.batch.text,
                );
                if !self.wants(plans, print, path) {
                    let octets = self.batch.text.len().saturating_sub(start);
                    self.batch.text.truncate(start);
                    self.budget.write(octets)?;
                    continue;
                }
            }
            self.push(start, common, cost, path, print)?;
        }
        ControlFlow::Continue(())
    }

    /// Applies rows to a first deviation where that makes another thing of it than of the root.
    #[expect(clippy::type_complexity, reason = "what is done with each, said once")]
    pub(super) fn applied(
        &mut self,
        plans: &mut Plans,
        at: usize,
        each: &mut dyn FnMut(
            &mut Self,
            &mut Plans,
            &super::state::Plan,
            Dimension,
            Cost,
            Path,
        ) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(first) = plans.firsts.get(at).filter(|_| plans.applies) else {
            return ControlFlow::Continue(());
        };
        let (plan, from) = (first.plan.clone(), first.row);
        let of_first = first.cost.saturating_add(surcharge(self.bounds.depth));
        for position in from..plans.rows.len() {
            let Some((row, first)) = plans.rows.get(position).zip(plans.firsts.get(at)) else {
                break;
            };
            let cost = of_first.saturating_add(row.cost);
            let rule = row.rule;
            if cost > self.bounds.upto
                || self.bounds.depth == 2 && !self.bounds.holds(cost)
                || self.bounds.show == Show::Texts && plans.is_barren(at, position)
                || !plans.is_due(first, position)
            {
                continue;
            }
            self.found = 0;
            self.budget.pass(1)?;
            let Some(out) = deviate(rule, self.subject, &plan) else {
                continue;
            };
            for (state, (next, _)) in out.states.iter().enumerate() {
                self.budget.make(next.pairs.len())?;
                if next.is_same(&plan) {
                    continue;
                }
                let (Ok(row), Ok(state)) = (u16::try_from(position), u16::try_from(state)) else {
                    continue;
                };
                let path = Path::Applied(short(at), row, state);
                each(self, plans, next, rule.dimension, cost, path)?;
            }
            if self.bounds.depth == 2 && self.bounds.show == Show::Texts && self.found == 0 {
                plans.note_barren(at, position);
            }
        }
        ControlFlow::Continue(())
    }
}

impl Plans {
    /// A first deviation spelt out.
    pub(super) fn base(
        &mut self,
        shape: Option<&(Root, Base)>,
        at: usize,
        change: &mut Change,
    ) -> Option<Base> {
        let (root, base) = shape?;
        let delta = self.firsts.get(at)?.delta.as_ref()?;
        base.with(root, delta, &mut self.texts, change)
    }
}
