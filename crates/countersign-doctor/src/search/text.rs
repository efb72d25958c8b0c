//! The search for a base string that a side printed: its three parts are looked up one by one.

use core::ops::ControlFlow;

use countersign_signature::Hash;

use super::batch::{Batch, Bounds, Show, Sketch};
use super::budget::Budget;
use super::cost::Cost;
use super::engine::{Engine, Hit};
use super::explain::Outcome;
use super::prefix::Choice;
use super::scene::{put_together, unwrapped};
use super::state::{Pieces, Spell};
use super::subject::Subject;
use super::table::Table;
use super::target::Group;

/// Plans of more deviations are not looked for.
const PLANS: usize = 3;

/// Explains a base string.
pub(crate) fn text(subject: &Subject<'_>, text: &str, budget: u64) -> Outcome {
    let mut engine = Engine::new(subject, vec![Group::of_text(Hash::Sha256)], budget);
    engine.printed = Some(text.as_bytes().to_vec());
    for depth in 0..=PLANS {
        if engine.look_up(text, depth).is_break() || !engine.hits.is_empty() {
            break;
        }
        engine.complete = Some(depth.min(2));
    }
    engine.outcome()
}

/// The three parts between the outer `&`.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (method, rest) = text.split_once('&')?;
    let (uri, parameters) = rest.split_once('&')?;
    (!parameters.contains('&')).then_some((method, uri, parameters))
}

impl Engine<'_> {
    /// Looks for the text with so many deviations in all.
    fn look_up(&mut self, text: &str, depth: usize) -> ControlFlow<()> {
        for at in 0..self.scenes.len() {
            self.look_up_in(at, text, depth)?;
        }
        ControlFlow::Continue(())
    }

    fn look_up_in(&mut self, at: usize, text: &str, depth: usize) -> ControlFlow<()> {
        let subject = self.subject;
        let Some((scene, local)) = self
            .scenes
            .get_mut(at)
            .and_then(|scene| Some((depth.checked_sub(scene.depth())?, scene)))
            .map(|(local, scene)| (scene, local))
        else {
            return ControlFlow::Continue(());
        };
        scene.grow(subject, local.min(2), Cost::MAX);
        let split = split(text).and_then(|(method, uri, parameters)| {
            let method = scene.methods.place(method.as_bytes())?;
            let uri = scene.uris.place(uri.as_bytes())?;
            let rest = local.checked_sub(method.1)?.checked_sub(uri.1)?;
            Some((method.0, uri.0, rest, parameters))
        });
        let mut hits = Vec::new();
        let mut hit = |choice, sketch: &Sketch, structure| {
            hits.push(Hit {
                scene: at,
                choice,
                path: sketch.path,
                print: sketch.print,
                structure,
                group: 0,
                target: 0,
                depth,
            });
        };
        if let Some((method, uri, of_plan, parameters)) = split
            && of_plan <= PLANS
        {
            let choice = Choice {
                method,
                uri,
                key: 0,
            };
            walk(scene, subject, of_plan, &self.budget, &mut |batch| {
                for sketch in &batch.sketches {
                    let encoded = batch.text(sketch);
                    self.budget.try_one(encoded.len(), 0)?;
                    if encoded == parameters.as_bytes() {
                        hit(choice, sketch, None);
                    }
                }
                ControlFlow::Continue(())
            })?;
        }
        // Put together in another way: with one more deviation at most, the parts are tried whole.
        let Some(rest) = local
            .checked_sub(1)
            .filter(|rest| *rest <= 1 && core::ptr::fn_addr_eq(scene.wrap, Spell::RULE.write))
        else {
            self.hits.extend(hits);
            return ControlFlow::Continue(());
        };
        let mut whole = Vec::new();
        let mut uri = Vec::new();
        for of_plan in 0..=rest {
            let choices = choices(&scene.methods, &scene.uris, rest.saturating_sub(of_plan));
            let texts: Vec<_> = choices
                .iter()
                .filter_map(|choice| {
                    let method = scene.methods.entries.get(choice.method)?;
                    let uri = scene.uris.entries.get(choice.uri)?;
                    Some((*choice, method.state.clone(), uri.state.clone()))
                })
                .collect();
            let wrap = scene.wrap;
            walk(scene, subject, of_plan, &self.budget, &mut |batch| {
                for sketch in &batch.sketches {
                    let plain = unwrapped(batch.text(sketch));
                    for (number, structure) in self.structures.iter().enumerate() {
                        for (choice, method, parts) in &texts {
                            uri.clear();
                            parts.write(&mut uri);
                            let pieces = Pieces {
                                method,
                                uri: &uri,
                                parameters: &plain,
                            };
                            put_together(Some(structure), &pieces, wrap, &mut whole);
                            self.budget.try_one(whole.len(), 0)?;
                            if whole == text.as_bytes() {
                                hit(*choice, sketch, Some(number));
                            }
                        }
                    }
                }
                ControlFlow::Continue(())
            })?;
        }
        self.hits.extend(hits);
        ControlFlow::Continue(())
    }
}

fn choices(
    methods: &Table<Vec<u8>>,
    uris: &Table<super::state::UriParts>,
    depth: usize,
) -> Vec<Choice> {
    (0..=depth)
        .flat_map(|of_uri| {
            uris.fresh(of_uri).flat_map(move |(uri, _)| {
                methods
                    .fresh(depth.saturating_sub(of_uri))
                    .map(move |(method, _)| Choice {
                        method,
                        uri,
                        key: 0,
                    })
            })
        })
        .collect()
}

fn walk(
    scene: &mut super::scene::Scene,
    subject: &Subject<'_>,
    depth: usize,
    budget: &Budget,
    visit: &mut dyn FnMut(&Batch) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let bounds = Bounds {
        depth,
        above: None,
        upto: match depth {
            0..=2 => Cost::MAX,
            _ => scene.plans.upto(depth, budget.left()),
        },
        show: Show::Texts,
    };
    scene.plans.walk(subject, bounds, budget, visit)
}
