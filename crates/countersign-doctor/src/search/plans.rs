//! The plans for the parameters: those of one deviation are kept, those of more come and go.

use core::ops::ControlFlow;
use std::collections::HashMap;
use std::rc::Rc;

use super::budget::Budget;
use super::cost::{self, Cost, Histogram};
use super::render::Renderer;
use super::rule::{Deviate, Dimension, Out, Rule};
use super::rules::table;
use super::state::Plan;
use super::subject::Subject;
use super::table::{Row, Step, fingerprint, fits};

/// One deviation from the root's plan.
pub(crate) struct First {
    pub(crate) plan: Plan,
    pub(crate) step: Step,
    pub(crate) row: usize,
    pub(crate) cost: Cost,
    pub(crate) print: u64,
    /// Whether it has a parameter that the root's plan has not.
    has_new: bool,
}

/// How a plan came about, short enough to be kept for many: a first deviation, and the how-manieth
/// state of which row on top of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    pub(crate) first: Option<u32>,
    pub(crate) then: [Option<(u16, u16)>; 2],
}

impl Path {
    pub(crate) const ROOT: Self = Self {
        first: None,
        then: [None; 2],
    };

    /// Of how many deviations it is.
    pub(crate) fn depth(&self) -> usize {
        usize::from(self.first.is_some())
            .saturating_add(self.then.iter().filter(|step| step.is_some()).count())
    }
}

/// A plan on the way, with the text it gives.
pub(crate) struct Visit<'v> {
    /// Not yet encoded for the base string.
    pub(crate) text: &'v [u8],
    pub(crate) print: u64,
    pub(crate) path: Path,
    pub(crate) cost: Cost,
}

/// The plans of a root.
pub(crate) struct Plans {
    pub(crate) root: Plan,
    pub(crate) rows: Vec<Row>,
    /// Which rows change nothing in the root's text.
    inert: Vec<bool>,
    /// Whether two parameters have one name.
    has_twins: bool,
    /// The likeliest first.
    pub(crate) firsts: Vec<First>,
    /// The text of the root's plan.
    pub(crate) print: u64,
    /// Whether a text was seen, and the cheapest way to it.
    seen: HashMap<u64, (Cost, Path)>,
    pub(crate) is_cut: bool,
}

/// More plans of one deviation are not kept.
const FIRSTS: usize = 8000;
/// More pairs in all of them are not kept.
const PAIRS: usize = 1 << 19;
/// More texts are not remembered; behind that, some are tried twice.
const SEEN: usize = 220_000;

/// Whether deviations of this dimension keep the set of parameters.
fn is_spelling(dimension: Dimension) -> bool {
    matches!(
        dimension,
        Dimension::Order
            | Dimension::NameEncoding
            | Dimension::ValueEncoding
            | Dimension::WholeEncoding
    )
}

/// What a rule makes of a plan; none if the rule is for another part.
fn deviate(rule: &Rule, subject: &Subject<'_>, plan: &Plan) -> Option<Out<Plan>> {
    let Deviate::Parameters(apply) = rule.deviate else {
        return None;
    };
    let mut out = Out::default();
    apply(subject, plan, &mut out);
    Some(out)
}

/// Which plans a walk shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// Each text once, and none that a smaller depth has.
    Texts,
    /// Every way to every text.
    Ways,
}

/// How far a walk goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) depth: usize,
    /// Only plans that cost more.
    pub(crate) above: Option<Cost>,
    /// Only plans that cost no more.
    pub(crate) upto: Cost,
    pub(crate) show: Show,
}

impl Bounds {
    fn holds(&self, cost: Cost) -> bool {
        cost <= self.upto && self.above.is_none_or(|above| cost > above)
    }
}

impl Plans {
    pub(crate) fn new(root: Plan) -> Self {
        let mut text = Vec::new();
        Renderer::default().write(&root, &mut text);
        let print = fingerprint(&text);
        let mut names: Vec<&[u8]> = root.pairs.iter().map(|pair| pair.name.as_slice()).collect();
        names.sort_unstable();
        let has_twins = names
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a == b));
        Self {
            has_twins,
            root,
            print,
            rows: Vec::new(),
            inert: Vec::new(),
            firsts: Vec::new(),
            seen: HashMap::from([(print, (0, Path::ROOT))]),
            is_cut: false,
        }
    }

    /// Makes sure that the plans of one deviation are there.
    pub(crate) fn grow(&mut self, subject: &Subject<'_>) {
        if !self.rows.is_empty() {
            return;
        }
        let mut made = Vec::new();
        for rule in table() {
            let Some(out) = deviate(rule, subject, &self.root) else {
                continue;
            };
            let cost = cost::of(rule.prior, out.states.len());
            made.push((self.rows.len(), cost, out));
            self.rows.push(Row { rule, cost });
            self.inert.push(true);
        }
        made.sort_by_key(|(_, cost, _)| *cost);
        let mut renderer = Renderer::default();
        let mut text = Vec::new();
        let mut pairs: usize = 0;
        for (row, cost, out) in made {
            let Some(rule) = self.rows.get(row).map(|row| row.rule) else {
                continue;
            };
            for (plan, detail) in out.states {
                if plan.is_same(&self.root) {
                    continue;
                }
                pairs = pairs.saturating_add(plan.pairs.len());
                if self.firsts.len() >= FIRSTS || pairs > PAIRS {
                    self.is_cut = true;
                    return;
                }
                renderer.write(&plan, &mut text);
                let print = fingerprint(&text);
                let path = Path {
                    first: u32::try_from(self.firsts.len()).ok(),
                    ..Path::ROOT
                };
                let mut old = self.root.pairs.iter();
                let has_new = !plan
                    .pairs
                    .iter()
                    .all(|pair| old.any(|one| Rc::ptr_eq(one, pair)));
                if print != self.print
                    && let Some(is_inert) = self.inert.get_mut(row)
                {
                    *is_inert = false;
                }
                self.seen.entry(print).or_insert((cost, path));
                self.firsts.push(First {
                    plan,
                    step: Step { rule, detail },
                    row,
                    cost,
                    print,
                    has_new,
                });
            }
        }
    }

    /// Whether a row can matter on top of a first deviation. An encoding or an order that changes
    /// nothing in the parameters as they are changes nothing in fewer of them, either.
    fn matters(&self, first: &First, position: usize) -> bool {
        let Some(row) = self.rows.get(position) else {
            return false;
        };
        let is_inert = |at: usize| self.inert.get(at).copied().unwrap_or_default();
        let of_first = first.step.rule.dimension;
        let of_row = row.rule.dimension;
        match (is_spelling(of_first), is_spelling(of_row)) {
            // In most requests, no two names are equal: values do not decide the order.
            (true, true) => {
                !(is_inert(first.row) && is_inert(position))
                    && (of_first != Dimension::Order && of_row != Dimension::Order
                        || !is_inert(first.row) && !is_inert(position)
                        || of_row == Dimension::NameEncoding
                        || of_first == Dimension::NameEncoding
                        || self.has_twins)
            }
            (false, true) => first.has_new || !is_inert(position),
            (true, false) => true,
            (false, false) => first.print != self.print || first.has_new,
        }
    }

    /// How many plans of this depth there are of each cost; from the second depth on roughly.
    pub(crate) fn histogram(&self, depth: usize) -> Histogram {
        let singles = || Histogram::of(self.firsts.iter().map(|first| first.cost));
        match depth {
            0 => Histogram::of(core::iter::once(0)),
            1 => singles(),
            _ => {
                let mut states = vec![0_u64; self.rows.len()];
                for first in &self.firsts {
                    if let Some(count) = states.get_mut(first.row) {
                        *count = count.saturating_add(1);
                    }
                }
                let mut pairs = Histogram::of(core::iter::empty());
                for (at, row) in self.rows.iter().enumerate() {
                    let some = states.get(at).copied().unwrap_or_default();
                    for (later, other) in self.rows.iter().enumerate().skip(at) {
                        if some > 0 && fits(row.rule.dimension, other.rule.dimension) {
                            let others = states.get(later).copied().unwrap_or_default();
                            pairs.add(
                                row.cost.saturating_add(other.cost),
                                some.saturating_mul(others),
                            );
                        }
                    }
                }
                if depth == 2 {
                    return pairs;
                }
                // Each set of three comes three times this way; some are not combined.
                let mut triples = Histogram::of(core::iter::empty());
                triples.add_products(&pairs, &singles());
                triples.divided(3)
            }
        }
    }

    /// The cost up to which there are about so many plans of this depth.
    pub(crate) fn upto(&self, depth: usize, count: u64) -> Cost {
        self.histogram(depth).threshold(count).0
    }

    /// What one deviation costs here.
    pub(crate) fn cost_of(&self, step: &Step) -> Cost {
        self.rows
            .iter()
            .find(|row| core::ptr::eq(row.rule, step.rule))
            .map_or(Cost::MAX, |row| row.cost)
    }

    /// Whether this is the way by which a text is tried; the others to the same text are kept out.
    fn owns(&mut self, visit: &Visit<'_>) -> bool {
        if let Some((cost, path)) = self.seen.get_mut(&visit.print) {
            if *path == visit.path {
                return true;
            }
            if path.depth() == visit.path.depth() && visit.cost < *cost {
                (*cost, *path) = (visit.cost, visit.path);
            }
            return false;
        }
        if self.seen.len() < SEEN {
            self.seen.insert(visit.print, (visit.cost, visit.path));
        }
        true
    }

    /// Goes through the plans of some depth, writes each and shows it.
    pub(crate) fn walk(
        &mut self,
        subject: &Subject<'_>,
        bounds: Bounds,
        budget: &Budget,
        visit: &mut dyn FnMut(&Visit<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut walk = Walk {
            subject,
            bounds,
            budget,
            visit,
            renderer: Renderer::default(),
            text: Vec::new(),
        };
        match bounds.depth {
            0 => {
                let root = self.root.clone();
                walk.show(self, &root, Path::ROOT, 0)
            }
            1 => walk.firsts(self),
            _ => walk.more(self),
        }
    }

    /// The deviations on a path, made again.
    pub(crate) fn steps(&self, subject: &Subject<'_>, path: Path) -> Option<(Plan, Vec<Step>)> {
        let Some(first) = path.first else {
            return Some((self.root.clone(), Vec::new()));
        };
        let first = self.firsts.get(usize::try_from(first).ok()?)?;
        let mut plan = first.plan.clone();
        let mut steps = vec![first.step.clone()];
        for (row, state) in path.then.into_iter().flatten() {
            let row = self.rows.get(usize::from(row))?;
            let out = deviate(row.rule, subject, &plan)?;
            let (next, detail) = out.states.into_iter().nth(usize::from(state))?;
            plan = next;
            steps.push(Step {
                rule: row.rule,
                detail,
            });
        }
        Some((plan, steps))
    }
}

struct Walk<'w> {
    subject: &'w Subject<'w>,
    bounds: Bounds,
    budget: &'w Budget,
    visit: &'w mut dyn FnMut(&Visit<'_>) -> ControlFlow<()>,
    renderer: Renderer,
    text: Vec<u8>,
}

impl Walk<'_> {
    fn show(&mut self, plans: &mut Plans, plan: &Plan, path: Path, cost: Cost) -> ControlFlow<()> {
        self.renderer.write(plan, &mut self.text);
        let visit = Visit {
            print: fingerprint(&self.text),
            text: &self.text,
            path,
            cost,
        };
        if self.bounds.show == Show::Ways || plans.owns(&visit) {
            (self.visit)(&visit)
        } else {
            ControlFlow::Continue(())
        }
    }

    fn firsts(&mut self, plans: &mut Plans) -> ControlFlow<()> {
        for at in 0..plans.firsts.len() {
            let Some(first) = plans.firsts.get(at) else {
                break;
            };
            let cost = first.cost;
            if !self.bounds.holds(cost) {
                continue;
            }
            let plan = first.plan.clone();
            let path = Path {
                first: u32::try_from(at).ok(),
                ..Path::ROOT
            };
            self.show(plans, &plan, path, cost)?;
        }
        ControlFlow::Continue(())
    }

    fn more(&mut self, plans: &mut Plans) -> ControlFlow<()> {
        for at in 0..plans.firsts.len() {
            let Some(first) = plans.firsts.get(at) else {
                break;
            };
            if first.cost > self.bounds.upto {
                break;
            }
            let (plan, dimension, row, cost) = (
                first.plan.clone(),
                first.step.rule.dimension,
                first.row,
                first.cost,
            );
            let path = Path {
                first: u32::try_from(at).ok(),
                ..Path::ROOT
            };
            self.onto(plans, &plan, &[dimension], row, path, cost)?;
        }
        ControlFlow::Continue(())
    }

    /// Applies all rows from `from` on to a plan.
    fn onto(
        &mut self,
        plans: &mut Plans,
        plan: &Plan,
        dimensions: &[Dimension],
        from: usize,
        path: Path,
        cost: Cost,
    ) -> ControlFlow<()> {
        let is_last = dimensions.len().saturating_add(1) >= self.bounds.depth;
        for position in from..plans.rows.len() {
            let Some(row) = plans.rows.get(position) else {
                break;
            };
            let cost = cost.saturating_add(row.cost);
            let dimension = row.rule.dimension;
            if cost > self.bounds.upto
                || is_last && !self.bounds.holds(cost)
                || !dimensions.iter().all(|one| fits(*one, dimension))
                || path
                    .first
                    .and_then(|at| plans.firsts.get(usize::try_from(at).ok()?))
                    .is_some_and(|first| !plans.matters(first, position))
            {
                continue;
            }
            let Some(out) = deviate(row.rule, self.subject, plan) else {
                continue;
            };
            for (state, (next, _)) in out.states.iter().enumerate() {
                self.budget.make(next.pairs.len())?;
                if next.is_same(plan) {
                    continue;
                }
                let mut path = path;
                let place = path.then.iter_mut().find(|step| step.is_none());
                if let (Some(place), Ok(position), Ok(state)) =
                    (place, u16::try_from(position), u16::try_from(state))
                {
                    *place = Some((position, state));
                }
                if is_last {
                    self.show(plans, next, path, cost)?;
                } else {
                    let dimensions: Vec<_> =
                        dimensions.iter().copied().chain([dimension]).collect();
                    self.onto(plans, next, &dimensions, position, path, cost)?;
                }
            }
        }
        ControlFlow::Continue(())
    }
}
