//! The search for a digest: all candidates of one deviation, then of two, then the likelier ones of
//! more.

use core::ops::ControlFlow;

use super::batch::{Bounds, Show};
use super::budget::Budget;
use super::cost::{Cost, Histogram};
use super::first::Path;
use super::plans::Plans;
use super::prefix::{self, Choice, Parts, Prefixes};
use super::scene::{Scene, Structure};
use super::state::{KeyParts, Spell};
use super::subject::Subject;
use super::table::{STATES, Table};
use super::target::Group;
use super::trier::{Mark, Trier};

/// More deviations at once are not looked for.
pub(crate) const DEEPEST: usize = 4;

/// All plans, methods, URIs and keys of up to so many deviations are tried; beyond, the likelier
/// ones.
const COMPLETE: usize = 2;

/// Methods, URIs and keys of up to so many deviations are kept.
const KEPT: usize = 3;

/// The likeliest candidates of a depth, which are tried before the others of it.
const LIKELY: u64 = 30_000;

/// What part of the budget the likelier ones of a deeper depth get at first: most explanations are
/// among them, and end the search early.
const FIRST: u64 = 2;

/// With less than this part of the budget left, no more rounds are begun.
const ENOUGH: u64 = 10;

/// With less than this left, no depth beyond [`COMPLETE`] is begun: its keys, URIs and methods alone
/// take as much work as so many candidates, and no budget bounds that.
const WORTH_IT: u64 = 50_000;

/// How many candidates more are expected to take what is left, when the last round took so much for
/// so many: what is expected of a depth is rough.
fn as_before(left: u64, expected: u64, took: u64) -> u64 {
    let more = u128::from(left)
        .saturating_mul(expected.into())
        .div_ceil(took.max(1).into());
    let more = u64::try_from(more).unwrap_or(u64::MAX);
    more.clamp(left / 2, left.saturating_mul(4))
}

/// A candidate whose digest is a target's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub(crate) scene: usize,
    pub(crate) choice: Choice,
    pub(crate) path: Path,
    pub(crate) print: u64,
    pub(crate) structure: Option<usize>,
    pub(crate) group: usize,
    pub(crate) target: usize,
    pub(crate) depth: usize,
}

/// A search under way.
pub(crate) struct Engine<'s> {
    pub(crate) subject: &'s Subject<'s>,
    pub(crate) budget: Budget,
    pub(crate) scenes: Vec<Scene>,
    pub(crate) structures: &'static [Structure],
    pub(crate) keys: Option<Table<KeyParts>>,
    pub(crate) groups: Vec<Group>,
    pub(crate) hits: Vec<Hit>,
    /// The base string that is looked for, where it is one and not a signature.
    pub(crate) printed: Option<Vec<u8>>,
    /// All candidates of up to so many deviations were tried.
    pub(crate) complete: Option<usize>,
    is_cut: bool,
}

/// Which candidates of a depth a round tries, by their cost.
#[derive(Debug, Clone, Copy)]
struct Round {
    depth: usize,
    above: Option<Cost>,
    upto: Cost,
}

impl<'s> Engine<'s> {
    pub(crate) fn new(subject: &'s Subject<'s>, groups: Vec<Group>, budget: u64) -> Self {
        Self {
            subject,
            budget: Budget::new(budget),
            scenes: Scene::all(subject),
            structures: Structure::all(),
            keys: subject
                .key
                .clone()
                .map(|key| Table::new([key], Spell::RULE.write, STATES)),
            groups,
            hits: Vec::new(),
            printed: None,
            complete: None,
            is_cut: false,
        }
    }

    /// Searches depth by depth until one explains, or the budget is spent.
    pub(crate) fn run(&mut self) {
        for depth in 0..=DEEPEST {
            let is_deep = depth > COMPLETE;
            if is_deep && self.budget.left() < WORTH_IT {
                self.budget.end();
            }
            if self.budget.is_spent() {
                break;
            }
            let ended = self.level(depth);
            let found = self.hits.iter().any(|hit| hit.depth <= depth);
            if ended.is_break() || found {
                break;
            }
        }
    }

    /// The keys of this depth.
    pub(crate) fn grow_keys(&mut self, depth: usize) {
        if let Some(keys) = &mut self.keys {
            keys.grow(self.subject, depth, Cost::MAX);
        }
    }

    /// Tries the candidates of one depth.
    fn level(&mut self, depth: usize) -> ControlFlow<()> {
        self.grow_keys(depth.min(KEPT));
        let counts = self.counts(depth);
        // The last depth gets what the others leave.
        let reserve = if depth == 3 {
            self.budget.left() >> 5
        } else {
            0
        };
        let mut left = self.budget.left().saturating_sub(reserve);
        let enough = left / ENOUGH;
        let mut above = None;
        let mut share = if depth <= COMPLETE {
            LIKELY
        } else {
            left / FIRST
        };
        loop {
            let (upto, is_more) = counts.threshold(share);
            let before = above.map_or(0, |above| counts.upto(above));
            self.rounds(Round { depth, above, upto })?;
            if self.hits.iter().any(|hit| hit.depth <= depth) {
                return ControlFlow::Continue(());
            }
            if !is_more {
                break;
            }
            let old = left;
            left = self.budget.left().saturating_sub(reserve);
            // To go through the likelier ones again in search of the others takes time, too.
            if depth > COMPLETE && left < enough.max(WORTH_IT) {
                break;
            }
            above = Some(upto);
            let done = counts.upto(upto);
            share = if depth > COMPLETE {
                let expected = done.saturating_sub(before);
                let took = old.saturating_sub(left);
                done.saturating_add(as_before(left, expected, took))
            } else {
                u64::MAX
            };
            if counts.threshold(share).0 <= upto {
                share = counts.upto(upto.saturating_add(1));
            }
        }
        if depth == COMPLETE {
            for scene in &mut self.scenes {
                scene.plans.note_pairs();
            }
        }
        self.is_cut |= depth > COMPLETE
            || self.scenes.iter().any(Scene::is_cut)
            || self.keys.as_ref().is_some_and(|keys| keys.is_cut);
        if !self.is_cut {
            self.complete = Some(depth);
        }
        ControlFlow::Continue(())
    }

    /// Tries the candidates of all scenes against all targets.
    fn rounds(&mut self, round: Round) -> ControlFlow<()> {
        // The first one has by far the most, and gets what the others leave.
        for scene in (0..self.scenes.len()).rev() {
            for group in 0..self.groups.len() {
                self.round(scene, group, round)?;
            }
            // One beside the first is not worth its memory while others are tried.
            if round.depth > COMPLETE
                && scene > 0
                && !self.hits.iter().any(|hit| hit.scene == scene)
                && let Some(scene) = self.scenes.get_mut(scene)
            {
                scene.release();
            }
        }
        ControlFlow::Continue(())
    }

    /// How many candidates of each cost there are. Scenes other than the first are not made for
    /// that; they are like it.
    fn counts(&mut self, depth: usize) -> Histogram {
        let mut counts = Histogram::default();
        let structures = Histogram::of(self.structures.iter().map(|one| one.cost));
        let mut others: Vec<(usize, Cost)> = Vec::new();
        for scene in self.scenes.iter().skip(1) {
            others.push((scene.depth(), scene.cost()));
        }
        let Some(scene) = self.scenes.first_mut() else {
            return counts;
        };
        scene.grow(self.subject, depth.min(KEPT), Cost::MAX);
        let mut memo: Vec<Option<Histogram>> = vec![None; depth.saturating_add(1)];
        for group in &self.groups {
            let parts = Parts {
                methods: &scene.methods,
                uris: &scene.uris,
                keys: self.keys.as_ref().filter(|_| group.is_keyed),
            };
            memo.fill(None);
            for (steps, cost) in core::iter::once((0, 0)).chain(others.iter().copied()) {
                let Some(local) = depth.checked_sub(steps) else {
                    continue;
                };
                let Some(slot) = memo.get_mut(local) else {
                    continue;
                };
                let own =
                    slot.get_or_insert_with(|| count(&scene.plans, parts, &structures, local));
                counts.merge(&own.clone().shifted(cost));
            }
        }
        counts
    }

    /// Tries the candidates of one scene against one group of targets.
    fn round(&mut self, at: usize, group: usize, round: Round) -> ControlFlow<()> {
        let Some((scene, group_of)) = self.scenes.get_mut(at).zip(self.groups.get(group)) else {
            return ControlFlow::Continue(());
        };
        let steps = scene.depth();
        let (Some(local), Some(upto)) = (
            round.depth.checked_sub(steps),
            round.upto.checked_sub(scene.cost()),
        ) else {
            return ControlFlow::Continue(());
        };
        let above = round
            .above
            .and_then(|above| above.checked_sub(scene.cost()));
        // What a scene beside the first can't use in this round is not made: it is forgotten after it.
        let needed = if steps > 0 { upto } else { Cost::MAX };
        scene.grow(self.subject, local.min(KEPT), needed);
        let is_plain = core::ptr::fn_addr_eq(scene.wrap, Spell::RULE.write);
        let Scene {
            plans,
            methods,
            uris,
            wrap,
            keys,
            ..
        } = scene;
        let parts = Parts {
            methods,
            uris,
            keys: keys
                .as_ref()
                .or(self.keys.as_ref())
                .filter(|_| group_of.is_keyed),
        };
        let structures = if is_plain { self.structures } else { &[] };
        let list = Prefixes::new(parts, structures, group_of.hash, local, upto);
        let mut trier = Trier {
            list: &list,
            parts,
            structures: self.structures,
            budget: &self.budget,
            targets: &group_of.targets,
            wrap: *wrap,
            whole: Vec::new(),
            uri: Vec::new(),
            plain: None,
            twice: None,
            hits: &mut self.hits,
            mark: Mark {
                scene: at,
                group,
                depth: round.depth,
            },
        };
        for of_plan in 0..=local.min(3) {
            let rest = local.saturating_sub(of_plan);
            let bounds = Bounds {
                depth: of_plan,
                above: above.filter(|_| rest == 0),
                upto,
                show: Show::Texts,
            };
            plans.walk(self.subject, bounds, &self.budget, &mut |batch| {
                trier.standard(batch, rest, above, upto)?;
                match rest.checked_sub(1) {
                    Some(rest) if is_plain => trier.structures(batch, rest, above, upto),
                    _ => ControlFlow::Continue(()),
                }
            })?;
        }
        ControlFlow::Continue(())
    }
}

/// How many candidates of each cost there are in a scene.
fn count(plans: &Plans, parts: Parts<'_>, structures: &Histogram, local: usize) -> Histogram {
    let mut counts = Histogram::default();
    for of_plan in 0..=local.min(3) {
        let rest = local.saturating_sub(of_plan);
        let mut fronts = prefix::count(parts, rest);
        if let Some(rest) = rest.checked_sub(1) {
            fronts.add_products(structures, &prefix::count(parts, rest));
        }
        counts.add_products(&plans.histogram(of_plan), &fronts);
    }
    counts
}
