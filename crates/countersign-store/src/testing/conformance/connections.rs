//! The contract of [`ConnectionStore`].

mod answers;
mod change;
mod keep;
mod lease;
mod subject;

use crate::connection::ConnectionStore;
use crate::testing::conformance::report::{Check, always, run};
use crate::testing::conformance::{Factory, Failures, Report};

/// Checks a store of connections.
///
/// # Errors
///
/// [`Failures`] names each check that failed.
pub fn connections<F: Factory<Store: ConnectionStore>>(factory: &F) -> Result<Report, Failures> {
    let check = |name, wanted, run| Check { name, wanted, run };
    run(
        factory,
        &[
            check("connections.kept_as_written", always, keep::as_written::<F>),
            check("connections.compare_and_set", always, change::compare::<F>),
            check(
                "connections.generation_only_rises",
                always,
                change::only_rises::<F>,
            ),
            check(
                "connections.one_of_many_changes_wins",
                always,
                change::parallel::<F>,
            ),
            check("connections.never_stale", always, change::never_stale::<F>),
            check("connections.removed_for_good", always, change::removed::<F>),
            check("connections.made_anew_above", always, change::anew::<F>),
            check("connections.one_holder", always, lease::one_holder::<F>),
            check(
                "connections.one_of_many_takes_it",
                always,
                lease::parallel::<F>,
            ),
            check("connections.fence_guards", always, lease::fence::<F>),
            check(
                "connections.refused_lease_changes_nothing",
                always,
                lease::whole::<F>,
            ),
            check("connections.answers_are_kept", always, answers::kept::<F>),
            check(
                "connections.answers_need_no_lease",
                always,
                answers::late::<F>,
            ),
            check("connections.answers_end", always, answers::end::<F>),
            check("connections.room_for_answers", always, answers::room::<F>),
            check(
                "connections.unsettled_are_found",
                always,
                answers::unsettled::<F>,
            ),
            check("connections.history_is_bounded", always, keep::history::<F>),
            check("connections.pages_in_order", always, keep::pages::<F>),
            check(
                "connections.full_refuses_new_rows",
                |promises| promises.limits,
                keep::full::<F>,
            ),
            check(
                "connections.restart",
                |promises| promises.durable,
                keep::restart::<F>,
            ),
            check(
                "connections.handles_share",
                |promises| promises.shared,
                keep::handles::<F>,
            ),
        ],
    )
}
