//! How parameters are put in order and together.

use crate::zoo::fault::{Fault, fault};
use crate::zoo::signer::{Plan, Structure};
use crate::zoo::sorting::Sorting;

/// The faults of order and structure.
pub(in crate::zoo) const TABLE: &[Fault] = &[
    fault(
        "sbs.order",
        2,
        "parameters are signed as they come",
        |plan, _, _| sort(plan, Sorting::Arrival),
    ),
    fault(
        "sbs.order",
        1,
        "parameters are signed as they come, the protocol's last",
        |plan, _, _| sort(plan, Sorting::ProtocolLast),
    ),
    fault(
        "sbs.order",
        2,
        "parameters are sorted before they are encoded",
        |plan, _, _| sort(plan, Sorting::Decoded),
    ),
    fault(
        "sbs.order",
        2,
        "texts name=value are sorted",
        |plan, _, _| sort(plan, Sorting::Joined),
    ),
    fault(
        "sbs.order",
        2,
        "names are sorted naturally: item2 before item10",
        |plan, _, _| sort(plan, Sorting::Natural),
    ),
    fault(
        "sbs.order",
        2,
        "parameters are sorted by name alone",
        |plan, _, _| sort(plan, Sorting::NameOnly),
    ),
    fault(
        "sbs.order",
        1,
        "the items of an array stay as they come",
        |plan, _, _| sort(plan, Sorting::ArrayKept),
    ),
    fault(
        "sbs.structure",
        1,
        "parameters are joined by commas",
        |plan, _, _| {
            plan.separator = ",";
            Some(())
        },
    ),
    fault("sbs.structure", 1, "the method is missing", |plan, _, _| {
        shape(plan, Structure::WithoutMethod)
    }),
    fault(
        "sbs.structure",
        1,
        "everything is one encoded block",
        |plan, _, _| shape(plan, Structure::OneBlock),
    ),
    fault(
        "sbs.structure",
        1,
        "the three parts are joined by commas",
        |plan, _, _| shape(plan, Structure::Commas),
    ),
];

fn sort(plan: &mut Plan, sorting: Sorting) -> Option<()> {
    let free = plan.sorting == Sorting::Rfc;
    plan.sorting = sorting;
    free.then_some(())
}

fn shape(plan: &mut Plan, structure: Structure) -> Option<()> {
    let free = plan.structure == Structure::Rfc;
    plan.structure = structure;
    free.then_some(())
}
