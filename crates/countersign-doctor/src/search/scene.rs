//! A base string to deviate from: the one by the rule, or one that a rule changes in URI and
//! parameters at once.

use std::borrow::Cow;

use super::cost::{self, Cost};
use super::plans::Plans;
use super::rule::{Deviate, Out};
use super::rules::table;
use super::state::{Pieces, Plan, UriParts};
use super::subject::Subject;
use super::table::{Row, Step, Table, rows};

/// A base string to deviate from, and what rules make of its parts.
pub(crate) struct Scene {
    /// What it took to come here.
    pub(crate) steps: Vec<Step>,
    pub(crate) methods: Table<Vec<u8>>,
    pub(crate) uris: Table<UriParts>,
    pub(crate) plans: Plans,
    method_rows: Vec<Row>,
    uri_rows: Vec<Row>,
}

/// A rule that puts the parts together in another way.
pub(crate) struct Structure {
    pub(crate) step: Step,
    pub(crate) cost: Cost,
    pub(crate) write: fn(&Pieces<'_>, &mut Vec<u8>),
}

impl Scene {
    /// The scene by the rule, and those at one deviation.
    pub(crate) fn all(subject: &Subject<'_>) -> Vec<Self> {
        let uris = || core::iter::once(&subject.uri).chain(&subject.other_uri);
        let mut scenes = vec![Self::new(
            subject,
            Vec::new(),
            uris().cloned().collect(),
            subject.plan.clone(),
        )];
        for rule in table() {
            let Deviate::Base(deviate) = rule.deviate else {
                continue;
            };
            for uri in uris() {
                let mut out = Out::default();
                deviate(subject, uri, &subject.plan, &mut out);
                for ((uri, plan), detail) in out.states {
                    let step = Step { rule, detail };
                    scenes.push(Self::new(subject, vec![step], vec![uri], plan));
                }
            }
        }
        scenes
    }

    fn new(subject: &Subject<'_>, steps: Vec<Step>, uris: Vec<UriParts>, plan: Plan) -> Self {
        let method = subject.method.to_ascii_uppercase().into_bytes();
        Self {
            steps,
            method_rows: rows(subject, &method),
            uri_rows: rows(subject, uris.first().unwrap_or(&subject.uri)),
            methods: Table::new([method]),
            uris: Table::new(uris),
            plans: Plans::new(plan),
        }
    }

    /// Makes sure that the parts of this depth are there.
    pub(crate) fn grow(&mut self, subject: &Subject<'_>, depth: usize) {
        self.methods.grow(&self.method_rows, subject, depth);
        self.uris.grow(&self.uri_rows, subject, depth);
        if depth > 0 {
            self.plans.grow(subject);
        }
    }

    /// How many deviations it took to come here.
    pub(crate) fn depth(&self) -> usize {
        self.steps.len()
    }

    pub(crate) fn cost(&self) -> Cost {
        self.steps
            .iter()
            .map(|step| cost::of(step.rule.prior, 1))
            .fold(0, Cost::saturating_add)
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.methods.is_cut || self.uris.is_cut || self.plans.is_cut
    }
}

impl Structure {
    /// All of them.
    pub(crate) fn all() -> Vec<Self> {
        table()
            .filter_map(|rule| match rule.deviate {
                Deviate::Structure(write) => Some(Self {
                    step: Step {
                        rule,
                        detail: Cow::Borrowed(""),
                    },
                    cost: cost::of(rule.prior, 1),
                    write,
                }),
                _ => None,
            })
            .collect()
    }
}

/// The base string of three parts, put together by the rule or by a structure.
pub(crate) fn put_together(structure: Option<&Structure>, pieces: &Pieces<'_>, out: &mut Vec<u8>) {
    out.clear();
    match structure {
        Some(structure) => (structure.write)(pieces, out),
        None => {
            countersign_encoding::encode_into(pieces.method, out);
            out.push(b'&');
            countersign_encoding::encode_into(pieces.uri, out);
            out.push(b'&');
            countersign_encoding::encode_into(pieces.parameters, out);
        }
    }
}
