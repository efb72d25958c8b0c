//! What verifying costs on the way to an upstream.
//!
//! `plain` passes on the same bytes with a proof that was made once; `layer` verifies them over
//! memory stores; `service` is the whole service, whose nonces are synced to a file.

use super::load::{self, By, Side};
use super::{ROUNDS, median, verdict};

/// Least part of the rate without verifying.
const PART: f64 = 0.80;
/// Most seconds that verifying may add to the 99th percentile.
const MORE: f64 = 0.001;
const TURNS: usize = 150;

pub(crate) fn measure() -> bool {
    let url = format!("http://{}", load::upstream());
    let mut sides =
        ["plain", "layer", "service"].map(|name| Side::start(name, By::One, ("UPSTREAM", &url)));
    let mut all_ok = true;
    let mut rates = [0.0; 3];
    for (number, limit) in [(1, Some(PART)), (2, None)] {
        let mut rounds: [Vec<f64>; 5] = Default::default();
        for round in 0..=ROUNDS {
            let (plain, verified) = (sides[0].saturate(TURNS), sides[number].saturate(TURNS));
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
    all_ok
}
