//! Rules of the search: one mistake that shows in the URI and in the parameters.

use countersign_base_string::Place;

use crate::search::rule::{Deviate, Dimension, Rule};
use crate::search::state::{Plan, UriParts};

pub(super) const ROWS: &[Rule] = &[Rule {
    code: "sbs.query_in_uri",
    dimension: Dimension::Query,
    prior: 60,
    did: "left the query in the base URI, and out of the parameters",
    deviate: Deviate::Base(|subject, uri, plan, out| {
        let Some(query) = subject.query.filter(|query| !query.is_empty()) else {
            return;
        };
        let others = |plan: &Plan| Plan {
            pairs: plan
                .pairs
                .iter()
                .filter(|pair| pair.place != Place::Query)
                .cloned()
                .collect(),
            ..plan.clone()
        };
        out.push(
            (
                UriParts {
                    suffix: [b"?", query.as_bytes()].concat(),
                    ..uri.clone()
                },
                others(plan),
            ),
            "",
        );
    }),
}];
