//! What verifying costs on the way through the gateway, and its limits.
//!
//! Form posts signed with HMAC-SHA1, each with a fresh nonce, go through a gateway in a process of
//! its own to an upstream on the loopback address. `plain` passes on the same bytes with a proof
//! that was made once; `layer` verifies them over memory stores; `service` is the whole service,
//! whose nonces are synced to a file. `rate` is requests a second on a processor, by the time that
//! the process was on one; `p99` is by the clock on the wall, at half the rate that the verified
//! side can do at most, and tells little on a machine that has other things to do. The sides take
//! turns and the median of five rounds counts; a ratio is that of two rounds in a row. Fails if a line is beyond its limit:
//! `cargo bench -p countersign-server --bench gateway`.

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

mod load;
mod sides;

use std::process::ExitCode;

use load::Side;

/// Least part of the rate without verifying.
const PART: f64 = 0.80;
/// Most seconds that verifying may add to the 99th percentile.
const MORE: f64 = 0.001;
const ROUNDS: usize = 5;

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn verdict(ok: bool) -> &'static str {
    if ok { "ok" } else { "MISSED" }
}

fn main() -> ExitCode {
    if let Some(side) = std::env::args().skip_while(|word| word != "--side").nth(1) {
        sides::serve(&side);
        return ExitCode::SUCCESS;
    }
    if !std::path::Path::new("/proc/self/schedstat").exists() {
        println!("gateway: not known on this system");
        return ExitCode::SUCCESS;
    }
    let upstream = load::upstream();
    let mut sides = ["plain", "layer", "service"].map(|name| Side::start(name, upstream));
    let mut all_ok = true;
    let mut rates = [0.0; 3];
    for (number, limit) in [(1, Some(PART)), (2, None)] {
        let mut rounds: [Vec<f64>; 5] = Default::default();
        for round in 0..=ROUNDS {
            let (plain, verified) = (sides[0].saturate(), sides[number].saturate());
            let figures = [
                1.0 / plain.0,
                1.0 / verified.0,
                plain.0 / verified.0,
                verified.1 / plain.1,
                verified.1,
            ];
            // The first round is for connections and caches.
            if round > 0 {
                for (all, figure) in rounds.iter_mut().zip(figures) {
                    all.push(figure);
                }
            }
        }
        let [plain, verified, ratio, wall, rate] = rounds.map(median);
        rates[number] = rate;
        let ok = limit.is_none_or(|limit| ratio >= limit);
        all_ok &= ok;
        println!(
            "{:<8} rate {verified:>6.0}/s  plain {plain:>6.0}/s  ratio {ratio:.3}  limit {}  \
             on the wall {wall:.3}  {}",
            sides[number].name,
            limit.map_or_else(|| "none".to_owned(), |limit| format!("{limit:.2}")),
            verdict(ok),
        );
    }
    for (number, limit) in [(1, Some(MORE)), (2, None)] {
        let half = rates[number] / 2.0;
        let mut slowest: [Vec<f64>; 2] = Default::default();
        for _ in 0..ROUNDS {
            slowest[0].push(sides[0].p99(half));
            slowest[1].push(sides[number].p99(half));
        }
        let [plain, verified] = slowest.map(median);
        let more = verified - plain;
        let ok = limit.is_none_or(|limit| more <= limit);
        all_ok &= ok;
        println!(
            "{:<8} p99 {:>6.0} us  plain {:>6.0} us  more {:>6.0} us  at {half:.0}/s  limit {}  {}",
            sides[number].name,
            verified * 1e6,
            plain * 1e6,
            more * 1e6,
            limit.map_or_else(
                || "none".to_owned(),
                |limit| format!("{:.0} us", limit * 1e6)
            ),
            verdict(ok),
        );
    }
    if all_ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
