//! Deviations put together are what the rules make one after the other, and are tried as that.

use core::ops::ControlFlow;
use std::collections::HashMap;

use countersign_signature::Hash;
use countersign_signature::trial::Trial;

use super::with_subject;
use crate::search::batch::{Bounds, Show};
use crate::search::budget::Budget;
use crate::search::cost::Cost;
use crate::search::engine::Engine;
use crate::search::first::Path;
use crate::search::form::Form;
use crate::search::scene::{Scene, Structure, put_together, unwrapped};
use crate::search::state::Pieces;
use crate::search::subject::Subject;

/// Repeated and empty names, reserved characters and others than ASCII, a form.
const RICH: &str = "POST /a%20b/c?b5=%3D%253D&a3=a&c%40=&a2=r%20b&a3=2%20q&e HTTP/1.1\r\n\
    Host: example.com:8080\r\nContent-Type: application/x-www-form-urlencoded\r\n\
    Authorization: OAuth realm=\"x\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", \
    oauth_token=\"nnch734d00sl2jdk\", oauth_signature_method=\"HMAC-SHA1\", \
    oauth_timestamp=\"137131202\", oauth_nonce=\"chapoH\", \
    oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"\r\n\r\nc2=&a3=J%C3%BCrgen!~&z=1";

const PLAIN: &str = "GET /photos?file=vacation.jpg&size=original HTTP/1.1\r\n\
    Host: photos.example.net\r\nAuthorization: OAuth oauth_consumer_key=\"dpf43f3p2l4k3l03\", \
    oauth_token=\"nnch734d00sl2jdk\", oauth_signature_method=\"HMAC-SHA1\", \
    oauth_timestamp=\"137131202\", oauth_nonce=\"chapoH\", \
    oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"\r\n\r\n";

fn wrapped(scene: &Scene, plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    (scene.wrap)(plain, plain, &mut out);
    out
}

/// Walks to some depth and traces each path that was shown.
fn trace_all(raw: &str, depth: usize, upto: u16, most: u64) -> usize {
    with_subject(raw, |subject| {
        let mut count = 0_usize;
        for mut scene in Scene::all(subject) {
            scene.grow(subject, 1, Cost::MAX);
            let mut shown: Vec<(Path, u64, Vec<u8>)> = Vec::new();
            let bounds = Bounds {
                depth,
                above: None,
                upto,
                show: Show::Texts,
            };
            let budget = Budget::new(most);
            let _ = scene.plans.walk(subject, bounds, &budget, &mut |batch| {
                assert!(batch.sketches.is_sorted_by_key(|one| one.cost));
                for sketch in &batch.sketches {
                    let text = batch.text(sketch);
                    assert_eq!(text[..sketch.common], batch.base[..sketch.common]);
                    shown.push((sketch.path, sketch.print, text.to_vec()));
                    budget.try_one(text.len(), 0)?;
                }
                ControlFlow::Continue(())
            });
            let mut texts: HashMap<u64, Vec<u8>> = HashMap::new();
            for (path, print, text) in shown {
                let (plain, chain) = scene.plans.trace(subject, path).unwrap();
                let steps = chain.steps;
                assert_eq!(steps.len(), path.depth());
                assert_eq!(
                    String::from_utf8_lossy(&wrapped(&scene, &plain)),
                    String::from_utf8_lossy(&text),
                    "{path:?}: {:?}",
                    steps
                        .iter()
                        .map(|step| (step.rule.did, &step.detail))
                        .collect::<Vec<_>>()
                );
                let known = texts.entry(print).or_insert_with(|| text.clone());
                assert_eq!(*known, text, "one number for two texts");
                count = count.saturating_add(1);
            }
        }
        count
    })
}

#[test]
fn single_deviations_are_traced() {
    assert!(trace_all(RICH, 1, u16::MAX, 20_000) > 800);
    assert!(trace_all(PLAIN, 1, u16::MAX, 20_000) > 300);
}

#[test]
fn pairs_are_traced() {
    assert!(trace_all(RICH, 2, 80, 4_000) > 4_000);
    assert!(trace_all(PLAIN, 2, u16::MAX, 4_000) > 4_000);
}

#[test]
fn triples_are_traced() {
    assert!(trace_all(RICH, 3, 130, 3_000) > 1_000);
    assert!(trace_all(PLAIN, 3, 110, 3_000) > 1_000);
}

#[test]
fn a_text_is_shown_once_and_at_its_smallest_depth() {
    with_subject(PLAIN, |subject| {
        let mut scene = Scene::all(subject).swap_remove(0);
        scene.grow(subject, 1, Cost::MAX);
        let budget = Budget::new(60_000);
        let mut seen: HashMap<Vec<u8>, Path> = HashMap::new();
        let mut again = 0;
        for depth in 0..=2 {
            let bounds = Bounds {
                depth,
                above: None,
                upto: u16::MAX,
                show: Show::Texts,
            };
            let _ = scene.plans.walk(subject, bounds, &budget, &mut |batch| {
                for sketch in &batch.sketches {
                    let text = batch.text(sketch).to_vec();
                    again += usize::from(seen.insert(text, sketch.path).is_some());
                    budget.try_one(1, 0)?;
                }
                ControlFlow::Continue(())
            });
        }
        assert!(seen.len() > 10_000);
        // One number stands for an order by the rule; other orders may come to the same text.
        assert!(again * 50 < seen.len(), "{again} of {}", seen.len());
    });
}

#[test]
fn without_a_key_encoders_go_for_everything_too() {
    with_subject(RICH, |subject| {
        let with_key = Scene::all(subject).len();
        let subject = Subject {
            key: None,
            ..subject.clone()
        };
        let without = Scene::all(&subject).len();
        assert!(
            without > 10 && without <= with_key,
            "{without} of {with_key}"
        );
    });
}

#[test]
fn heads_and_tails_are_those_of_the_structures() {
    let mut without = Vec::new();
    for structure in Structure::all() {
        for (method, uri, parameters) in [
            (&b"GET"[..], &b"https://a/b%20c"[..], &b"a=%2520b&c=d~"[..]),
            (b"POST", b"http://x:8080/", b"oauth_x=&y=z"),
        ] {
            let pieces = Pieces {
                method,
                uri,
                parameters,
            };
            let mut whole = Vec::new();
            let wrap = crate::search::Spell::RULE.write;
            put_together(Some(structure), &pieces, wrap, &mut whole);
            let Some(form) = &structure.form else {
                without.push(structure.step.rule.did);
                continue;
            };
            let encoded = wrapped_by_the_rule(parameters);
            let middle = match form.kind {
                crate::search::form::Kind::Plain => parameters.to_vec(),
                crate::search::form::Kind::Encoded => encoded.clone(),
                crate::search::form::Kind::Twice => wrapped_by_the_rule(&encoded),
            };
            let mut head = Vec::new();
            form.head(structure.write, [method, uri], &mut head)
                .unwrap();
            assert_eq!(
                String::from_utf8_lossy(&[&head[..], &middle, &form.tail].concat()),
                String::from_utf8_lossy(&whole),
                "{}",
                structure.step.rule.did
            );
            assert_eq!(unwrapped(&encoded), parameters);
        }
    }
    without.dedup();
    // Parameters before the URI or not at all, around them something that is part of the text, or
    // the whole in base64.
    assert!(without.len() < 10, "{without:?}");
    assert_eq!(Form::of(|_, out| out.push(b'x')), None);
}

fn wrapped_by_the_rule(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    (crate::search::Spell::RULE.write)(text, text, &mut out);
    out
}

#[test]
fn memory_is_given_back_and_made_again() {
    with_subject(RICH, |subject| {
        let mut scene = Scene::all(subject).swap_remove(1);
        scene.grow(subject, 2, Cost::MAX);
        let (plans, uris) = (scene.plans.firsts.len(), scene.uris.entries.len());
        scene.release();
        assert_eq!(scene.plans.firsts.len(), 0);
        assert_eq!(scene.uris.entries.len(), 1);
        scene.grow(subject, 2, Cost::MAX);
        assert_eq!(
            (scene.plans.firsts.len(), scene.uris.entries.len()),
            (plans, uris)
        );
    });
}

#[test]
fn a_hit_whose_text_gives_another_signature_is_no_explanation() {
    with_subject(PLAIN, |subject| {
        let hash = Hash::Sha1;
        let digest = Trial::plain(hash).finish(b"GET&");
        let groups = crate::search::target::groups(
            &countersign_signature::Signature::from_bytes(digest.as_bytes()).to_text(),
            Some(countersign_signature::Method::HMAC_SHA1),
            true,
            &[],
        );
        let mut engine = Engine::new(subject, groups, 10);
        engine.run();
        engine.grow_keys(0);
        engine.hits.push(crate::search::engine::Hit {
            scene: 0,
            choice: crate::search::prefix::Choice {
                method: 0,
                uri: 0,
                key: 0,
            },
            path: Path::Root,
            print: 0,
            structure: None,
            group: 0,
            target: 0,
            depth: 0,
        });
        assert!(engine.outcome().explanations.is_empty());
    });
}
