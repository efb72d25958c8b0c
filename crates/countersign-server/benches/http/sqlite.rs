//! The whole service over a filled store in SQLite: `axum` is the same handler without it.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::time::Instant;

use super::filled;
use super::load::{By, CONSUMERS};
use super::side::{Side, costs};
use super::{ROUNDS, median, verdict};

/// Least part of the rate without verifying, unless the disk allows less.
const PART: f64 = 0.50;
/// Requests in flight: as many may share one sync.
const IN_FLIGHT: usize = 256;
const REQUESTS: usize = 5_120;
/// Most seconds from the start of the process until it listens.
const START: f64 = 1.0;
/// Most bytes that are resident.
const RESIDENT: u64 = 250 * 1024 * 1024;

pub(crate) fn measure() -> bool {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    filled::fill(path);
    let store = path.to_str().unwrap();
    let start = || Side::start("sqlite", IN_FLIGHT, By::Busy, ("STORE", store));
    // Each ends by being killed, so that nothing is put in order before the next.
    let mut times: [Vec<f64>; 2] = Default::default();
    for _ in 0..ROUNDS {
        let side = start();
        times[0].push(side.started.as_secs_f64());
        times[1].push(side.spent());
    }
    let [time, spent] = times.map(median);
    let ok_start = time < START;
    println!(
        "start    {:>6.0} ms  limit {:.0} ms  on a processor {:.0} ms  {}",
        time * 1e3,
        START * 1e3,
        spent * 1e3,
        verdict(ok_start)
    );
    let mut side = start();
    let ok_rate = rate(&mut side, path);
    let ok_memory = memory(&mut side);
    ok_start && ok_rate && ok_memory
}

fn rate(side: &mut Side, directory: &Path) -> bool {
    let mut plain = Side::start("axum", IN_FLIGHT, By::Busy, ("STORE", ""));
    let mut rounds: [Vec<f64>; 6] = Default::default();
    for round in 0..=ROUNDS {
        let [without, with] = costs(&mut plain, side, REQUESTS);
        let disk = IN_FLIGHT as f64 / sync_time(directory);
        let figures = [
            without.rate(),
            with.rate(),
            with.rate() / without.rate(),
            without.each() / with.each(),
            with.each(),
            disk,
        ];
        if round > 0 {
            for (all, figure) in rounds.iter_mut().zip(figures) {
                all.push(figure);
            }
        }
    }
    let [without, with, ratio, on_processor, spent, disk] = rounds.map(median);
    // Other work on the machine flatters the one, and waiting for the disk the other.
    let ok = ratio.min(on_processor) >= PART || with >= disk;
    println!(
        "sqlite   rate {with:>6.0}/s  axum {without:>6.0}/s  ratio {ratio:.3}  limit {PART:.2} or \
         the disk's {disk:.0}/s  on a processor {on_processor:.3}, {:.1} us each  {}",
        spent * 1e6,
        verdict(ok)
    );
    ok
}

/// The median time of one fdatasync after writing one page into a file that has its full length.
fn sync_time(directory: &Path) -> f64 {
    const SYNCS: usize = 200;
    let mut file = File::create(directory.join("sync")).unwrap();
    let bytes = [7; 4096];
    file.write_all(&bytes.repeat(SYNCS)).unwrap();
    file.sync_all().unwrap();
    file.rewind().unwrap();
    let times = (0..SYNCS).map(|_| {
        file.write_all(&bytes).unwrap();
        let start = Instant::now();
        file.sync_data().unwrap();
        start.elapsed().as_secs_f64()
    });
    median(times.collect())
}

/// What is resident once every application asked something.
fn memory(side: &mut Side) -> bool {
    let before = side.resident();
    side.sent_by(By::All);
    side.connect();
    side.saturate(CONSUMERS as usize);
    let resident = side.resident();
    let ok = resident < RESIDENT;
    let mebibytes = |bytes: u64| bytes / 1024 / 1024;
    println!(
        "memory   {:>6} MiB  limit {} MiB  before every consumer asked {} MiB  {}",
        mebibytes(resident),
        mebibytes(RESIDENT),
        mebibytes(before),
        verdict(ok)
    );
    ok
}
