//! Plans of three deviations.

use core::ops::ControlFlow;

use super::cost::Cost;
use super::delta::Delta;
use super::first::Path;
use super::plans::{Plans, surcharge};
use super::root::Root;
use super::shape::Base;
use super::walk::{Ground, Walk, short};

impl Walk<'_> {
    pub(super) fn triples(&mut self, plans: &mut Plans) -> ControlFlow<()> {
        plans.ready();
        plans.begin();
        let shape = plans.shape.take();
        let Some((root, _)) = &shape else {
            return ControlFlow::Continue(());
        };
        let shown = (0..plans.firsts.len()).try_for_each(|at| {
            let Some(first) = plans.firsts.get(at) else {
                return ControlFlow::Continue(());
            };
            // What follows is no likelier.
            if first.cost.saturating_add(surcharge(3)) > self.bounds.upto {
                return ControlFlow::Break(Err(()));
            }
            self.triples_with(plans, shape.as_ref(), root, at)
                .map_break(Ok)
        });
        plans.shape = shape;
        match shown {
            ControlFlow::Break(Ok(())) => ControlFlow::Break(()),
            _ => self.flush(),
        }
    }

    fn triples_with(
        &mut self,
        plans: &mut Plans,
        shape: Option<&(Root, Base)>,
        root: &Root,
        at: usize,
    ) -> ControlFlow<()> {
        let Some(of_first) = plans.firsts.get(at).map(|first| first.cost) else {
            return ControlFlow::Continue(());
        };
        let of_first = of_first.saturating_add(surcharge(3));
        let Some(base) = plans.base(shape, at, &mut self.change) else {
            return ControlFlow::Continue(());
        };
        let least = plans.firsts.first().map_or(0, |first| first.cost);
        for next in 0..plans.firsts.len() {
            let Some((first, second)) = plans.firsts.get(at).zip(plans.firsts.get(next)) else {
                break;
            };
            let cost = of_first.saturating_add(second.cost);
            if cost.saturating_add(least) > self.bounds.upto {
                break;
            }
            if !plans.is_after(at, next) || !plans.go_together(first, second) {
                continue;
            }
            self.budget.pass(1)?;
            let mark = plans.texts.mark();
            let shown = self.triples_of(plans, shape, root, &base, [at, next], cost);
            plans.texts.forget(mark);
            shown?;
        }
        self.applied(plans, at, &mut |walk,
                                      plans,
                                      plan,
                                      dimension,
                                      cost,
                                      path| {
            let Path::Applied(_, row, state) = path else {
                return ControlFlow::Continue(());
            };
            let mark = plans.texts.mark();
            let delta = Delta::of(root, plan, &mut plans.texts);
            let base = shape.and_then(|(root, base)| {
                base.with(root, &delta, &mut plans.texts, &mut walk.change)
            });
            let shown = base.map_or(ControlFlow::Continue(()), |base| {
                walk.begin(&base.text);
                let ground = Ground {
                    base: &base,
                    firsts: &[at],
                    also: Some(dimension),
                    cost,
                };
                walk.scan(plans, shape, &ground, at, |third| {
                    Path::AppliedAnd(short(at), row, state, third)
                })?;
                walk.flush()
            });
            plans.texts.forget(mark);
            shown
        })
    }

    /// All triples with two first deviations, the first of which is spelt out.
    fn triples_of(
        &mut self,
        plans: &mut Plans,
        shape: Option<&(Root, Base)>,
        root: &Root,
        base: &Base,
        [at, next]: [usize; 2],
        cost: Cost,
    ) -> ControlFlow<()> {
        let path = Path::Two(short(at), short(next));
        let Plans { firsts, texts, .. } = &mut *plans;
        let Some(delta) = firsts.get(next).and_then(|first| first.delta.as_ref()) else {
            return ControlFlow::Continue(());
        };
        if !base.change(root, delta, texts, &mut self.change) {
            return ControlFlow::Continue(());
        }
        if self.change.is_standard() && plans.is_others(self.change.print(), path) {
            return ControlFlow::Continue(());
        }
        let Plans { firsts, texts, .. } = &mut *plans;
        let Some(delta) = firsts.get(next).and_then(|first| first.delta.as_ref()) else {
            return ControlFlow::Continue(());
        };
        let Some(pair) = base.with(root, delta, texts, &mut self.change) else {
            return ControlFlow::Continue(());
        };
        self.budget.write(pair.text.len())?;
        self.begin(&pair.text);
        let ground = Ground {
            base: &pair,
            firsts: &[at, next],
            also: None,
            cost,
        };
        self.scan(plans, shape, &ground, next, |third| {
            Path::Three(short(at), short(next), third)
        })?;
        self.flush()
    }
}
