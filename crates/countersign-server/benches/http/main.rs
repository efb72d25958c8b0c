//! What the service does a second, how long it takes to start and what it keeps in memory, and the
//! limits of all that.
//!
//! Form posts signed with HMAC-SHA1, each with a fresh nonce, go over the loopback address to a
//! process of its own, on the first processor where `taskset` is there; so this is to run on another
//! one, as `cargo xtask bench http` has it. `rate` is requests a second by the clock on the wall
//! where nothing else is said; `on a processor` by the time that the process was on one, which other
//! work on the machine changes less. The sides take turns, the first round is for connections and
//! caches, and the median of five counts; a ratio is that of two rounds in a row. Fails if a line is
//! beyond its limit: `cargo bench -p countersign-server --bench http`.

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
mod sides;
#[cfg(target_os = "linux")]
mod sqlite;

use std::process::ExitCode;

/// The one of the command, on every side.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;

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
    // All are measured, so that one miss does not hide another.
    let all_ok = [sqlite::measure(), gateway::measure()];
    if all_ok.into_iter().all(|ok| ok) {
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
