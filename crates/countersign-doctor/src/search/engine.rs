//! The search for a digest: all candidates of one deviation, then of two, then the likelier ones of
//! more.

use core::ops::ControlFlow;

use countersign_signature::Digest;

use super::budget::Budget;
use super::cost::{Cost, Histogram};
use super::plans::{Bounds, Path, Show, Visit};
use super::prefix::{Choice, Parts, Prefix, Prefixes};
use super::scene::{Scene, Structure, put_together};
use super::state::{KeyParts, Pieces};
use super::subject::Subject;
use super::table::{Row, Table, rows};
use super::target::{Group, Target};

/// More deviations at once are not looked for.
pub(crate) const DEEPEST: usize = 4;

/// All plans, methods, URIs and keys of up to so many deviations are tried; beyond, the likelier
/// ones.
const COMPLETE: usize = 2;

/// The likeliest candidates of a depth, which are tried before the others of it.
const LIKELY: u64 = 30_000;

/// With less than this left, no depth beyond [`COMPLETE`] is begun: its keys, URIs and methods alone
/// take as much work as so many candidates, and no budget bounds that.
const WORTH_IT: u64 = 50_000;

/// More hits are not followed up: they are ways to the same few texts.
const HITS: usize = 64;

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
    pub(crate) structures: Vec<Structure>,
    pub(crate) keys: Option<Table<KeyParts>>,
    key_rows: Vec<Row>,
    pub(crate) groups: Vec<Group>,
    pub(crate) hits: Vec<Hit>,
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
            keys: subject.key.clone().map(|key| Table::new([key])),
            key_rows: subject
                .key
                .as_ref()
                .map_or_else(Vec::new, |key| rows(subject, key)),
            groups,
            hits: Vec::new(),
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
            keys.grow(&self.key_rows, self.subject, depth);
        }
    }

    /// Tries the candidates of one depth.
    fn level(&mut self, depth: usize) -> ControlFlow<()> {
        let parts = depth.min(COMPLETE);
        self.grow_keys(parts);
        let mut prefixes = Vec::new();
        let mut counts = Histogram::of(core::iter::empty());
        for (at, scene) in self.scenes.iter_mut().enumerate() {
            let Some(local) = depth.checked_sub(scene.depth()) else {
                continue;
            };
            scene.grow(self.subject, local.min(COMPLETE));
            for (number, group) in self.groups.iter().enumerate() {
                let mut list = Prefixes::default();
                let parts = Parts {
                    methods: &scene.methods,
                    uris: &scene.uris,
                    keys: self.keys.as_ref().filter(|_| group.is_keyed),
                };
                list.grow(parts, group.hash, local);
                count(scene, &list, &self.structures, local, &mut counts);
                prefixes.push((at, number, list));
            }
        }
        // The last depth gets what the others leave.
        let share = match depth {
            0..=COMPLETE => self.budget.left(),
            3 => self.budget.left().saturating_sub(self.budget.left() >> 3),
            _ => self.budget.left(),
        };
        let (all, cut) = counts.threshold(share);
        let (likely, is_more) = counts.threshold(LIKELY);
        let mut rounds = vec![Round {
            depth,
            above: None,
            upto: likely.min(all),
        }];
        if is_more && likely < all {
            rounds.push(Round {
                depth,
                above: Some(likely),
                upto: all,
            });
        }
        for round in rounds {
            for (scene, group, list) in &prefixes {
                self.round(*scene, *group, list, round)?;
            }
            if self.hits.iter().any(|hit| hit.depth <= depth) {
                return ControlFlow::Continue(());
            }
        }
        let is_whole = !cut
            && !prefixes.iter().any(|(_, _, list)| list.is_cut)
            && !self.scenes.iter().any(Scene::is_cut)
            && depth <= COMPLETE;
        self.is_cut |= !is_whole;
        if !self.is_cut {
            self.complete = Some(depth);
        }
        ControlFlow::Continue(())
    }

    /// Tries the candidates of one scene against one group of targets.
    fn round(&mut self, at: usize, group: usize, list: &Prefixes, round: Round) -> ControlFlow<()> {
        let Some((scene, targets)) = self.scenes.get_mut(at).zip(self.groups.get(group)) else {
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
        let Scene {
            plans,
            methods,
            uris,
            ..
        } = scene;
        let mut trier = Trier {
            list,
            parts: Parts {
                methods,
                uris,
                keys: None,
            },
            structures: &self.structures,
            budget: &self.budget,
            targets: &targets.targets,
            encoded: Vec::new(),
            whole: Vec::new(),
            uri: Vec::new(),
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
            plans.walk(self.subject, bounds, &self.budget, &mut |visit| {
                trier.standard(visit, rest, above, upto)?;
                if let Some(rest) = rest.checked_sub(1) {
                    trier.structures(visit, rest, above, upto)?;
                }
                ControlFlow::Continue(())
            })?;
        }
        ControlFlow::Continue(())
    }
}

/// How many candidates of each cost there are in a scene.
fn count(
    scene: &Scene,
    list: &Prefixes,
    structures: &[Structure],
    local: usize,
    counts: &mut Histogram,
) {
    let structures = Histogram::of(structures.iter().map(|structure| structure.cost));
    for of_plan in 0..=local.min(3) {
        let rest = local.saturating_sub(of_plan);
        let mut fronts = list.histogram(rest);
        if let Some(rest) = rest.checked_sub(1) {
            fronts.add_products(&structures, &list.histogram(rest));
        }
        counts.add_products(&scene.plans.histogram(of_plan), &fronts);
    }
}

/// What hits of a round have in common.
#[derive(Debug, Clone, Copy)]
struct Mark {
    scene: usize,
    group: usize,
    depth: usize,
}

/// Puts prefixes and structures around the text of a plan.
struct Trier<'t> {
    list: &'t Prefixes,
    parts: Parts<'t>,
    structures: &'t [Structure],
    budget: &'t Budget,
    targets: &'t [Target],
    encoded: Vec<u8>,
    whole: Vec<u8>,
    uri: Vec<u8>,
    hits: &'t mut Vec<Hit>,
    mark: Mark,
}

impl Trier<'_> {
    fn standard(
        &mut self,
        visit: &Visit<'_>,
        rest: usize,
        above: Option<Cost>,
        upto: Cost,
    ) -> ControlFlow<()> {
        let Some(upto) = upto.checked_sub(visit.cost) else {
            return ControlFlow::Continue(());
        };
        let above = above.and_then(|above| above.checked_sub(visit.cost));
        let prefixes = self.list.between(rest, above, upto);
        if prefixes.is_empty() {
            return ControlFlow::Continue(());
        }
        self.encoded.clear();
        countersign_encoding::encode_into(visit.text, &mut self.encoded);
        for prefix in prefixes {
            self.budget.try_one(self.encoded.len())?;
            let digest = prefix.trial.finish(&self.encoded);
            self.compare(&digest, visit, prefix, None);
        }
        ControlFlow::Continue(())
    }

    fn structures(
        &mut self,
        visit: &Visit<'_>,
        rest: usize,
        above: Option<Cost>,
        upto: Cost,
    ) -> ControlFlow<()> {
        let structures = self.structures;
        for (number, structure) in structures.iter().enumerate() {
            let cost = visit.cost.saturating_add(structure.cost);
            let Some(upto) = upto.checked_sub(cost) else {
                continue;
            };
            let above = above.and_then(|above| above.checked_sub(cost));
            for prefix in self.list.between(rest, above, upto) {
                let Some((method, uri)) = self
                    .parts
                    .methods
                    .entries
                    .get(prefix.choice.method)
                    .zip(self.parts.uris.entries.get(prefix.choice.uri))
                else {
                    continue;
                };
                let Some(key) = self.list.key(prefix.choice) else {
                    continue;
                };
                self.uri.clear();
                uri.state.write(&mut self.uri);
                let pieces = Pieces {
                    method: &method.state,
                    uri: &self.uri,
                    parameters: visit.text,
                };
                put_together(Some(structure), &pieces, &mut self.whole);
                self.budget.try_one(self.whole.len())?;
                let digest = key.finish(&self.whole);
                self.compare(&digest, visit, prefix, Some(number));
            }
        }
        ControlFlow::Continue(())
    }

    #[inline]
    fn compare(
        &mut self,
        digest: &Digest,
        visit: &Visit<'_>,
        prefix: &Prefix,
        structure: Option<usize>,
    ) {
        for (number, target) in self.targets.iter().enumerate() {
            if target.is_hit(digest) && self.hits.len() < HITS {
                self.hits.push(Hit {
                    scene: self.mark.scene,
                    choice: prefix.choice,
                    path: visit.path,
                    print: visit.print,
                    structure,
                    group: self.mark.group,
                    target: number,
                    depth: self.mark.depth.saturating_add(target.depth()),
                });
            }
        }
    }
}
