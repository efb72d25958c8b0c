//! What the service does a second, how long it takes to start and what it keeps in memory, and the
//! limits of all that.
//!
//! Form posts signed with HMAC-SHA1, each with a fresh nonce, go over the loopback address to a
//! process of its own, on the first processor where `taskset` is there; so this is to run on another
//! one, as `cargo xtask bench http` has it. Each connection sends its next request when it has its
//! answer. `rate` is requests a second by the clock on the wall where nothing else is said; `on a
//! processor` by the time that the process was on one, which other work on the machine changes less.
//! A round is some turns of each side, one after the other, and a ratio is that of one round; the
//! first round is for caches, and the median of five counts. Fails if a line is beyond its limit:
//! `cargo bench -p countersign-server --bench http`. An argument, `sqlite` or `gateway`, picks a part.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a benchmark measures time, has no input from outside and may stop at the first fault"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

#[cfg(target_os = "linux")]
mod filled;
#[cfg(target_os = "linux")]
mod gateway;
#[cfg(target_os = "linux")]
mod load;
#[cfg(target_os = "linux")]
mod side;
#[cfg(target_os = "linux")]
mod sides;
#[cfg(target_os = "linux")]
mod sqlite;

use std::process::ExitCode;

/// The one of the command, on every side.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;

/// A name, and what measures and says whether all is within its limits.
#[cfg(target_os = "linux")]
type Part = (&'static str, fn() -> bool);

#[cfg(target_os = "linux")]
const PARTS: [Part; 2] = [("sqlite", sqlite::measure), ("gateway", gateway::measure)];

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn verdict(ok: bool) -> &'static str {
    if ok { "ok" } else { "MISSED" }
}

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    if let Some(side) = std::env::args().skip_while(|word| word != "--side").nth(1) {
        sides::serve(&side);
        return ExitCode::SUCCESS;
    }
    // Cargo passes options of its own; any other argument is a part of what to measure.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    // All are measured, so that one miss does not hide another.
    let all_ok: Vec<bool> = PARTS
        .into_iter()
        .filter(|(name, _)| is_wanted(name))
        .map(|(_, measure)| measure())
        .collect();
    if !all_ok.is_empty() && all_ok.into_iter().all(|ok| ok) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Elsewhere nobody tells how long a process was on a processor.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("http: not known on this system");
    ExitCode::SUCCESS
}
