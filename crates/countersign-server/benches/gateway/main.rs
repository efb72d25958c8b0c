//! What verifying costs on the way through the gateway, and its limits.
//!
//! Form posts signed with HMAC-SHA1, each with a fresh nonce, go through a gateway in a process of
//! its own to an upstream on the loopback address. `plain` passes on the same bytes with a proof
//! that was made once; `layer` verifies them over memory stores; `service` is the whole service,
//! whose nonces are synced to a file. `rate` is requests a second on a processor, by the time that
//! the process was on one; `p99` is by the clock on the wall, at half the rate that the verified
//! side can do at most, and tells little on a machine that has other things to do. The sides take
//! turns and the median of five rounds counts. Fails if a line is beyond its limit:
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
    let mut costs: [Vec<f64>; 3] = Default::default();
    let mut rates: [Vec<f64>; 3] = Default::default();
    for round in 0..=ROUNDS {
        for (number, side) in sides.iter_mut().enumerate() {
            let (cost, rate) = side.saturate();
            // The first round is for connections and caches.
            if round > 0 {
                costs[number].push(cost);
                rates[number].push(rate);
            }
        }
    }
    let costs = costs.map(median);
    let rates = rates.map(median);
    let mut all_ok = true;
    for (number, limit) in [(1, Some(PART)), (2, None)] {
        let ratio = costs[0] / costs[number];
        let ok = limit.is_none_or(|limit| ratio >= limit);
        all_ok &= ok;
        println!(
            "{:<8} rate {:>6.0}/s  plain {:>6.0}/s  ratio {ratio:.3}  limit {}  on the wall {:.3}  {}",
            sides[number].name,
            1.0 / costs[number],
            1.0 / costs[0],
            limit.map_or_else(|| "none".to_owned(), |limit| format!("{limit:.2}")),
            rates[number] / rates[0],
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
