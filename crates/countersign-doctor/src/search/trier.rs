//! Trying the texts of plans behind each beginning and in each structure.

use core::ops::ControlFlow;

use countersign_signature::Digest;

use super::batch::{Batch, Sketch};
use super::budget::Budget;
use super::cost::Cost;
use super::engine::Hit;
use super::form::Kind;
use super::prefix::{Choice, Front, Parts, Prefixes};
use super::scene::{Structure, put_together, unwrap_into, unwrapped};
use super::state::{Pieces, Wrap};
use super::target::Target;

/// More hits are not followed up: they are ways to the same few texts.
const HITS: usize = 64;

/// What hits of a round have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) scene: usize,
    pub(super) group: usize,
    pub(super) depth: usize,
}

/// Puts prefixes and structures around the texts of plans.
pub(super) struct Trier<'t> {
    pub(super) list: &'t Prefixes<'t>,
    pub(super) parts: Parts<'t>,
    pub(super) structures: &'t [Structure],
    pub(super) budget: &'t Budget,
    pub(super) targets: &'t [Target],
    pub(super) wrap: Wrap,
    pub(super) whole: Vec<u8>,
    pub(super) uri: Vec<u8>,
    /// The batch with its parameters not encoded, and encoded twice, as far as that is needed.
    pub(super) plain: Option<Batch>,
    pub(super) twice: Option<Batch>,
    pub(super) hits: &'t mut Vec<Hit>,
    pub(super) mark: Mark,
}

/// Fewer texts behind one prefix are not worth a track.
const WORTH_A_TRACK: usize = 3;

impl Trier<'_> {
    pub(super) fn standard(
        &mut self,
        batch: &Batch,
        rest: usize,
        above: Option<Cost>,
        upto: Cost,
    ) -> ControlFlow<()> {
        let Some(least) = batch.sketches.first().map(|one| one.cost) else {
            return ControlFlow::Continue(());
        };
        let Some(most) = upto.checked_sub(least) else {
            return ControlFlow::Continue(());
        };
        self.plain = None;
        self.twice = None;
        let wants = |cost: Cost| !within(batch, above, upto, cost).is_empty();
        let (list, structures) = (self.list, self.structures);
        list.each(rest, most, &wants, &mut |front| {
            self.budget.write(front.head.len())?;
            let form = front
                .structure
                .and_then(|at| structures.get(at)?.form.as_ref());
            let Some(form) = form.filter(|form| !form.is_of_the_rule()) else {
                return self.all(batch, front, b"", above, upto);
            };
            let written = match form.kind {
                Kind::Encoded => None,
                Kind::Plain => Some(
                    self.plain
                        .take()
                        .unwrap_or_else(|| batch.written(unwrap_into)),
                ),
                Kind::Twice => Some(
                    self.twice
                        .take()
                        .unwrap_or_else(|| batch.written(countersign_encoding::encode_into)),
                ),
            };
            let of_form = written.as_ref().unwrap_or(batch);
            self.all(of_form, front, &form.tail, above, upto)?;
            match form.kind {
                Kind::Encoded => {}
                Kind::Plain => self.plain = written,
                Kind::Twice => self.twice = written,
            }
            ControlFlow::Continue(())
        })
    }

    /// Tries all texts of a batch behind one prefix, and before a tail.
    #[inline]
    fn all(
        &mut self,
        batch: &Batch,
        front: Front<'_>,
        tail: &[u8],
        above: Option<Cost>,
        upto: Cost,
    ) -> ControlFlow<()> {
        let sketches = within(batch, above, upto, front.cost);
        let track = (sketches.len() >= WORTH_A_TRACK).then(|| {
            if front.head.is_empty() {
                front.trial.along(&batch.base)
            } else {
                front.trial.after(front.head).along(&batch.base)
            }
        });
        let head = match track {
            Some(_) => &[],
            None => front.head,
        };
        let mut whole = core::mem::take(&mut self.whole);
        for sketch in sketches {
            let mut text = batch.text(sketch);
            self.budget
                .try_one(text.len().saturating_add(tail.len()), front.before)?;
            if !tail.is_empty() || !head.is_empty() {
                whole.clear();
                for part in [head, text, tail] {
                    whole.extend_from_slice(part);
                }
                text = &whole;
            }
            let digest = match &track {
                Some(track) => track.finish(text, sketch.common),
                None => front.trial.finish(text),
            };
            self.compare(&digest, sketch, front.choice, front.structure);
        }
        self.whole = whole;
        ControlFlow::Continue(())
    }

    /// Structures that are not made of a head and a tail.
    pub(super) fn structures(
        &mut self,
        batch: &Batch,
        rest: usize,
        above: Option<Cost>,
        upto: Cost,
    ) -> ControlFlow<()> {
        let structures = self.structures;
        let list = self.list;
        for (number, structure) in structures
            .iter()
            .enumerate()
            .filter(|(_, structure)| structure.form.is_none())
        {
            let Some(upto) = upto.checked_sub(structure.cost) else {
                continue;
            };
            let above = above.and_then(|above| above.checked_sub(structure.cost));
            for sketch in batch.between(None, upto) {
                let Some(upto) = upto.checked_sub(sketch.cost) else {
                    break;
                };
                let above = above.and_then(|above| above.checked_sub(sketch.cost));
                let mut plain = None;
                list.choices(rest, above, upto, &mut |choice, key| {
                    let Some((method, uri)) = self
                        .parts
                        .methods
                        .entries
                        .get(choice.method)
                        .zip(self.parts.uris.entries.get(choice.uri))
                    else {
                        return ControlFlow::Continue(());
                    };
                    self.uri.clear();
                    uri.state.write(&mut self.uri);
                    let pieces = Pieces {
                        method: &method.state,
                        uri: &self.uri,
                        parameters: plain.get_or_insert_with(|| unwrapped(batch.text(sketch))),
                    };
                    put_together(Some(structure), &pieces, self.wrap, &mut self.whole);
                    self.budget.try_one(self.whole.len(), 0)?;
                    let digest = key.finish(&self.whole);
                    self.compare(&digest, sketch, choice, Some(number));
                    ControlFlow::Continue(())
                })?;
            }
        }
        ControlFlow::Continue(())
    }

    #[inline]
    fn compare(
        &mut self,
        digest: &Digest,
        sketch: &Sketch,
        choice: Choice,
        structure: Option<usize>,
    ) {
        for (number, target) in self.targets.iter().enumerate() {
            if target.is_hit(digest) && self.hits.len() < HITS {
                self.hits.push(Hit {
                    scene: self.mark.scene,
                    choice,
                    path: sketch.path,
                    print: sketch.print,
                    structure,
                    group: self.mark.group,
                    target: number,
                    depth: self.mark.depth.saturating_add(target.depth()),
                });
            }
        }
    }
}

/// The sketches of a batch that cost so much together with a prefix.
fn within(batch: &Batch, above: Option<Cost>, upto: Cost, of_prefix: Cost) -> &[Sketch] {
    match upto.checked_sub(of_prefix) {
        Some(upto) => batch.between(above.and_then(|above| above.checked_sub(of_prefix)), upto),
        None => &[],
    }
}
