//! From hits to explanations: every set of deviations of the smallest depth that gives the text.

use core::ops::ControlFlow;

use countersign_signature::trial::Trial;

use super::batch::{Bounds, Show};
use super::budget::Budget;
use super::cost::Cost;
use super::desk::Desk;
use super::engine::{Engine, Hit};
use super::first::Path;
use super::rule::Dimension;
use super::scene::{Scene, put_together};
use super::state::{Pieces, Spell, UriParts};
use super::subject::Subject;
use super::table::{Chain, Step};

/// More explanations are not kept: the likeliest are.
const EXPLANATIONS: usize = 24;

/// Other ways to the text of two and more deviations are looked for among so many.
const OTHER_WAYS: u64 = 30_000;

/// Deviations that hold together, and the text they give.
#[derive(Debug, Clone)]
pub(crate) struct Explanation {
    /// In the order of a signer's work: method, URI, parameters, whole, key, hash, spelling.
    pub(crate) steps: Vec<Step>,
    /// The base string with the deviations.
    pub(crate) base_string: Vec<u8>,
    /// The base string by the rule, of the same scheme.
    pub(crate) by_the_rule: Vec<u8>,
    /// The lower, the likelier.
    pub(crate) cost: Cost,
    /// Where the key deviates: its shape, without its octets.
    pub(crate) key_shape: Option<String>,
    /// Whether a key at hand gave it; otherwise a digest inside an RSA signature did.
    pub(crate) is_keyed: bool,
}

impl Explanation {
    /// How many deviations it takes.
    pub(crate) fn depth(&self) -> usize {
        self.steps.len()
    }

    /// The codes of its deviations, each once.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&'static str> = Vec::new();
        for step in &self.steps {
            if !codes.contains(&step.rule.code) {
                codes.push(step.rule.code);
            }
        }
        codes
    }

    pub(crate) fn has(&self, dimension: Dimension) -> bool {
        self.steps
            .iter()
            .any(|step| step.rule.dimension == dimension)
    }
}

/// What a search came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// All of the same smallest depth, the likeliest first; none if nothing explains.
    pub(crate) explanations: Vec<Explanation>,
    /// How many candidates were compared.
    pub(crate) tried: u64,
    /// How many octets their base strings have.
    pub(crate) octets: u64,
    /// All candidates of up to so many deviations were compared.
    pub(crate) complete: Option<usize>,
    /// Whether the budget ended the search.
    pub(crate) is_spent: bool,
}

impl Engine<'_> {
    /// What was found.
    pub(crate) fn outcome(mut self) -> Outcome {
        let depth = self.hits.iter().map(|hit| hit.depth).min();
        let hits: Vec<Hit> = self
            .hits
            .iter()
            .copied()
            .filter(|hit| Some(hit.depth) == depth)
            .collect();
        let mut explanations = Vec::new();
        let mut seen = Vec::new();
        for hit in hits {
            // Other ways to the same parameters come with the first hit.
            let mark = (
                hit.scene,
                hit.choice.method,
                hit.choice.uri,
                hit.choice.key,
                hit.print,
                hit.structure,
                hit.group,
                hit.target,
            );
            if !seen.contains(&mark) {
                seen.push(mark);
                self.explain(&hit, &mut explanations);
            }
        }
        explanations.sort_by_key(|one: &Explanation| one.cost);
        explanations.truncate(EXPLANATIONS);
        Outcome {
            explanations,
            tried: self.budget.tried(),
            octets: self.budget.octets(),
            complete: self.complete,
            is_spent: self.budget.is_spent(),
        }
    }

    fn explain(&mut self, hit: &Hit, out: &mut Vec<Explanation>) -> Option<()> {
        let paths = self.ways(hit)?;
        let scene = self.scenes.get_mut(hit.scene)?;
        let target = self.groups.get(hit.group)?.targets.get(hit.target)?;
        let is_keyed = self.groups.get(hit.group)?.is_keyed;
        let method = scene.methods.entries.get(hit.choice.method)?;
        let uri = scene.uris.entries.get(hit.choice.uri)?;
        let key = scene
            .keys
            .as_ref()
            .or(self.keys.as_ref())
            .filter(|_| is_keyed)
            .and_then(|keys| keys.entries.get(hit.choice.key));
        let none = [Chain {
            steps: Vec::new(),
            cost: 0,
        }];
        let of_keys = key.map_or(&none[..], |key| &key.chains);
        let structure = hit.structure.and_then(|at| self.structures.get(at));
        let mut plain = Vec::new();
        let mut text = Vec::new();
        let mut ways = Vec::new();
        for path in paths {
            let Some((plain, chain)) = scene.plans.trace(self.subject, path) else {
                continue;
            };
            if ways.is_empty() {
                text = plain;
            } else if text != plain {
                continue;
            }
            ways.push(chain);
        }
        uri.state.write(&mut plain);
        let mut base_string = Vec::new();
        put_together(
            structure,
            &Pieces {
                method: &method.state,
                uri: &plain,
                parameters: &text,
            },
            scene.wrap,
            &mut base_string,
        );
        // Whatever led here: the text that is shown is the one that gives the signature.
        let is_it = match &self.printed {
            Some(printed) => *printed == base_string,
            None => {
                let hash = self.groups.get(hit.group)?.hash;
                let trial = match key {
                    Some(key) => Trial::hmac(hash, &key.text),
                    None => Trial::plain(hash),
                };
                target.is_hit(&trial.finish(&base_string))
            }
        };
        if !is_it {
            return None;
        }
        let by_the_rule = by_the_rule(self.subject, scene, hit);
        let key_shape = key
            .filter(|key| key.chains.iter().any(|chain| !chain.steps.is_empty()))
            .map(|key| shape(&key.text));
        let of_scenes = match scene.ways.as_slice() {
            [] => &none[..],
            ways => ways,
        };
        for of_scene in of_scenes {
            for of_plan in &ways {
                for of_method in &method.chains {
                    for of_uri in &uri.chains {
                        for of_key in of_keys {
                            if out.len() >= EXPLANATIONS.saturating_mul(8) {
                                return Some(());
                            }
                            let parts = [of_scene, of_method, of_uri, of_plan];
                            let steps = parts
                                .into_iter()
                                .flat_map(|chain| &chain.steps)
                                .chain(structure.map(|structure| &structure.step))
                                .chain(&of_key.steps)
                                .chain(&target.steps);
                            let costs = parts.into_iter().chain([of_key]).map(|chain| chain.cost);
                            let cost = costs
                                .chain([structure.map_or(0, |one| one.cost), target.cost])
                                .fold(0, Cost::saturating_add);
                            out.push(Explanation {
                                steps: steps.cloned().collect(),
                                base_string: base_string.clone(),
                                by_the_rule: by_the_rule.clone(),
                                cost,
                                key_shape: key_shape.clone(),
                                is_keyed,
                            });
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// Every way of the hit's depth to the text of its parameters.
    fn ways(&mut self, hit: &Hit) -> Option<Vec<Path>> {
        let scene = self.scenes.get_mut(hit.scene)?;
        let mut paths = vec![hit.path];
        let bounds = |depth: usize, upto: Cost| Bounds {
            depth,
            above: None,
            upto,
            show: Show::Ways(hit.print),
        };
        let mut keep = |path: Path, print: u64| {
            if print == hit.print && paths.len() < EXPLANATIONS && !paths.contains(&path) {
                paths.push(path);
            }
        };
        match hit.path.depth() {
            0 => {}
            1 => {
                for (at, first) in scene.plans.firsts.iter().enumerate() {
                    if let Ok(at) = u32::try_from(at) {
                        keep(Path::One(at), first.print);
                    }
                }
            }
            depth => {
                let budget = Budget::new(OTHER_WAYS);
                let upto = scene.plans.upto(depth, OTHER_WAYS);
                let bounds = bounds(depth, upto);
                let _ = scene
                    .plans
                    .walk(self.subject, bounds, &budget, &mut |batch| {
                        for sketch in &batch.sketches {
                            keep(sketch.path, sketch.print);
                        }
                        ControlFlow::Continue(())
                    });
            }
        }
        Some(paths)
    }
}

/// The base string by the rule; where the scheme is open, the one of the hit's scheme.
fn by_the_rule(subject: &Subject<'_>, scene: &Scene, hit: &Hit) -> Vec<u8> {
    let scheme = scene
        .uris
        .entries
        .get(hit.choice.uri)
        .map(|entry| entry.state.scheme.to_ascii_lowercase());
    let uri = subject
        .other_uri
        .as_ref()
        .filter(|other| Some(&other.scheme) == scheme.as_ref())
        .unwrap_or(&subject.uri);
    base_string(subject, uri)
}

/// The base string by the rule.
pub(crate) fn base_string(subject: &Subject<'_>, uri: &UriParts) -> Vec<u8> {
    let mut desk = Desk::default();
    desk.lay(&subject.plan, subject.plan.join);
    let mut plain = Vec::new();
    uri.write(&mut plain);
    let mut out = Vec::new();
    put_together(
        None,
        &Pieces {
            method: subject.method.to_ascii_uppercase().as_bytes(),
            uri: &plain,
            parameters: desk.plain(),
        },
        Spell::RULE.write,
        &mut out,
    );
    out
}

/// The lengths of what stands around the `&` of a key.
pub(crate) fn shape(key: &[u8]) -> String {
    let mut parts = key.splitn(2, |octet| *octet == b'&');
    let count = |part: &[u8]| String::from_utf8_lossy(part).chars().count();
    match (parts.next(), parts.next()) {
        (Some(consumer), Some(token)) => {
            format!(
                "{} characters + & + {} characters",
                count(consumer),
                count(token)
            )
        }
        _ => format!("{} characters, no &", count(key)),
    }
}
