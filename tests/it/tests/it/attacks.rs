//! Hostile requests H01 to H58, each over HTTP; the manual's page `attacks` lists them, and those
//! against clients, H59 and H60.

mod accounts;
mod bodies;
mod certificates;
mod flow;
mod framing;
mod manual;
mod methods;
mod parameters;
mod replay;
mod rsa;
mod signatures;
mod tokens;
mod window;

use crate::http_world::Answer;

/// The names that an answer lists under `oauth_parameters_absent` or `oauth_parameters_rejected`.
fn names(answer: &Answer, list: &str) -> Vec<String> {
    let listed = answer.parameter(list).unwrap_or_default();
    listed
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default().to_owned())
        .collect()
}
