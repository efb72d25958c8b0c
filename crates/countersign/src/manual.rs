//! The manual: how to do things, why the defaults are what they are, and what keeps them so.
//!
//! | page | for |
//! |---|---|
//! | [`how_to`] | signing, verifying, explaining, step by step, with code that is tested |
//! | [`reports`] | five refused requests and what the doctor says of them, for people who do not know OAuth |
//! | [`defaults`] | what is accepted and refused unless told otherwise, and why |
//! | [`security`] | past vulnerabilities of OAuth 1.0a libraries and what answers each of them here |
//! | [`attacks`] | hostile requests, what each of them is told, and the test that sends it |
//! | [`faults`] | what goes wrong while tokens are renewed, what a client comes to, and the test of it |
//! | [`architecture`] | the crates, their layers, and the rules that hold between them |
//! | [`features`] | what is here, what is not, and what will not be |
//! | [`changelog`] | what changed |

#[cfg_attr(feature = "full", doc = include_str!("manual/how_to.md"))]
#[cfg_attr(
    not(feature = "full"),
    doc = "How to do things; see the documentation with the feature `full`."
)]
pub mod how_to {}

#[doc = include_str!("manual/reports.md")]
pub mod reports {}

#[doc = include_str!("manual/defaults.md")]
pub mod defaults {}

#[doc = include_str!("manual/security.md")]
pub mod security {}

#[doc = include_str!("manual/attacks.md")]
pub mod attacks {}

#[doc = include_str!("manual/faults.md")]
pub mod faults {}

#[doc = include_str!("manual/architecture.md")]
pub mod architecture {}

#[doc = include_str!("manual/features.md")]
pub mod features {}

#[doc = include_str!("../CHANGELOG.md")]
pub mod changelog {}
