//! The contract of [`TokenStore`].

mod change;
mod find;
mod keep;
mod subject;

use crate::testing::conformance::report::{Check, always, run};
use crate::testing::conformance::{Factory, Failures, Report};
use crate::token::TokenStore;

/// Checks a store of tokens.
///
/// # Errors
///
/// [`Failures`] names each check that failed.
pub fn tokens<F: Factory<Store: TokenStore>>(factory: &F) -> Result<Report, Failures> {
    let check = |name, wanted, run| Check { name, wanted, run };
    run(
        factory,
        &[
            check("tokens.kept_as_written", always, keep::as_written::<F>),
            check(
                "tokens.compare_and_set_temporary",
                always,
                change::temporary::<F>,
            ),
            check("tokens.compare_and_set_grant", always, change::grant::<F>),
            check("tokens.access_is_only_added", always, change::access::<F>),
            check("tokens.nothing_twice", always, change::twice::<F>),
            check("tokens.whole_or_not_at_all", always, change::whole::<F>),
            check("tokens.one_live_grant", always, change::one_live::<F>),
            check(
                "tokens.one_of_many_changes_wins",
                always,
                change::parallel::<F>,
            ),
            check(
                "tokens.one_of_many_grants_lives",
                always,
                change::parallel_live::<F>,
            ),
            check("tokens.never_stale", always, find::never_stale::<F>),
            check("tokens.live_grant_is_found", always, find::live::<F>),
            check("tokens.temporary_are_counted", always, find::count::<F>),
            check("tokens.selection", always, find::selection::<F>),
            check("tokens.pages_in_order", always, find::pages::<F>),
            check("tokens.forgets_what_is_due", always, keep::forget::<F>),
            check(
                "tokens.full_refuses_new_rows",
                |promises| promises.limits,
                keep::full::<F>,
            ),
            check(
                "tokens.restart",
                |promises| promises.durable,
                keep::restart::<F>,
            ),
            check(
                "tokens.handles_share",
                |promises| promises.shared,
                keep::handles::<F>,
            ),
        ],
    )
}
