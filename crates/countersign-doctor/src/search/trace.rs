//! From a path to the text it stands for, and what was done.

use super::cost::Cost;
use super::delta::Delta;
use super::desk::Desk;
use super::first::{First, Path};
use super::plans::{Plans, deviate};
use super::shape::{Base, Change};
use super::state::Plan;
use super::subject::Subject;
use super::table::{Chain, Step};

impl Plans {
    /// The deviations on a path, made again, in the order of a signer's work, and the text they
    /// give, not yet as it stands in a base string.
    pub(crate) fn trace(&mut self, subject: &Subject<'_>, path: Path) -> Option<(Vec<u8>, Chain)> {
        let mut text = Vec::new();
        let lay = |plan: &Plan| {
            let mut desk = Desk::default();
            desk.lay(plan, plan.join);
            desk.plain().to_vec()
        };
        let (numbers, applied) = match path {
            Path::Root => return Some((lay(&self.root), Chain::default())),
            Path::One(a) => {
                let first = self.first(a)?;
                let chain = Chain {
                    steps: vec![first.step.clone()],
                    cost: first.cost,
                };
                return Some((lay(&first.plan), chain));
            }
            Path::Two(a, b) => (vec![a, b], None),
            Path::Three(a, b, c) => (vec![a, b, c], None),
            Path::Applied(a, row, state) => (vec![a], Some((row, state))),
            Path::AppliedAnd(a, row, state, c) => (vec![a, c], Some((row, state))),
        };
        let mut steps: Vec<(usize, Step)> = Vec::new();
        let mut cost: Cost = 0;
        for number in &numbers {
            let first = self.first(*number)?;
            steps.push((first.row, first.step.clone()));
            cost = cost.saturating_add(first.cost);
        }
        let mut begun = None;
        if let Some((row, state)) = applied {
            let first = self.first(*numbers.first()?)?;
            let of_row = self.rows.get(usize::from(row))?;
            let rule = of_row.rule;
            cost = cost.saturating_add(of_row.cost);
            let out = deviate(rule, subject, &first.plan)?;
            let (plan, detail) = out.states.into_iter().nth(usize::from(state))?;
            steps.push((usize::from(row), Step { rule, detail }));
            begun = Some(plan);
        }
        steps.sort_by_key(|(row, _)| *row);
        let steps = steps.into_iter().map(|(_, step)| step).collect();
        match begun {
            Some(plan) if numbers.len() == 1 => text = lay(&plan),
            begun => {
                let Self {
                    shape,
                    texts,
                    firsts,
                    ..
                } = self;
                let (root, base) = shape.as_ref()?;
                let mut change = Change::default();
                let mut deltas = Vec::new();
                let mut numbers = numbers.as_slice();
                if let Some(plan) = begun {
                    deltas.push(Delta::of(root, &plan, texts));
                    numbers = numbers.get(1..)?;
                }
                for number in numbers {
                    let first = firsts.get(usize::try_from(*number).ok()?)?;
                    deltas.push(first.delta.clone()?);
                }
                let mut made: Option<Base> = None;
                for delta in &deltas {
                    made = Some(made.as_ref().unwrap_or(base).with(
                        root,
                        delta,
                        texts,
                        &mut change,
                    )?);
                }
                made?.plain(root, texts, &mut text);
            }
        }
        Some((text, Chain { steps, cost }))
    }

    fn first(&self, number: u32) -> Option<&First> {
        self.firsts.get(usize::try_from(number).ok()?)
    }
}
