//! The rules of the doctor, as rows of a table. Adding a rule is adding a row.

mod answer;
mod body;
mod credentials;
mod echo;
mod environment;
mod form;
mod header;
mod names;
pub(crate) mod nonce;
mod provider;
mod redirect;
mod rsa;
mod search;
mod signature;
mod spelling;
mod step;
mod time;

use crate::context::Context;
use crate::notebook::Notebook;

/// One rule: reads the context, writes checks and findings down.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) run: fn(&Context<'_>, &mut Notebook),
}

/// All rules, in the order in which their checks are shown. Rules about the provider's words come
/// last: evidence from the request ranks above them.
pub(crate) const TABLE: &[Rule] = &[
    Rule { run: form::run },
    Rule { run: names::run },
    Rule { run: header::run },
    Rule {
        run: credentials::run,
    },
    Rule { run: time::run },
    Rule { run: nonce::run },
    Rule { run: body::run },
    Rule { run: spelling::run },
    Rule {
        run: signature::run,
    },
    Rule { run: rsa::run },
    Rule { run: search::run },
    Rule { run: echo::run },
    Rule { run: provider::run },
    Rule {
        run: environment::run,
    },
    Rule { run: step::run },
    Rule { run: redirect::run },
    Rule { run: answer::run },
];
