//! What verifying costs on the way to an upstream.
//!
//! `plain` passes on the same bytes with a proof that was made once; `layer` verifies them over
//! memory stores; `service` is the whole service, whose nonces are synced to a file.

use super::load::{self, By};
use super::side::{Side, costs, slowest};
use super::{ROUNDS, median, verdict};

/// Least part of the rate without verifying.
const PART: f64 = 0.80;
/// Most seconds that verifying may add to the 99th percentile.
const MORE: f64 = 0.001;
const IN_FLIGHT: usize = 32;
const REQUESTS: usize = 960;

pub(crate) fn measure() -> bool {
    let url = format!("http://{}", load::upstream());
    let start = |name| Side::start(name, IN_FLIGHT, By::One, ("UPSTREAM", &url));
    let mut plain_side = start("plain");
    let mut sides = ["layer", "service"].map(start);
    let mut all_ok = true;
    let mut rates = [0.0; 2];
    for (number, limit) in [Some(PART), None].into_iter().enumerate() {
        let mut rounds: [Vec<f64>; 5] = Default::default();
        for round in 0..=ROUNDS {
            let [plain, verified] = costs(&mut plain_side, &mut sides[number], REQUESTS);
            let figures = [
                1.0 / plain.each(),
                1.0 / verified.each(),
                plain.each() / verified.each(),
                verified.rate() / plain.rate(),
                verified.rate(),
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
    for (number, limit) in [Some(MORE), None].into_iter().enumerate() {
        let half = rates[number] / 2.0;
        let mut rounds: [Vec<f64>; 2] = Default::default();
        for _ in 0..ROUNDS {
            let figures = slowest(&mut plain_side, &mut sides[number], half);
            for (all, figure) in rounds.iter_mut().zip(figures) {
                all.push(figure);
            }
        }
        let [plain, verified] = rounds.map(median);
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
