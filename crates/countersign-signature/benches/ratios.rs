//! How long our work takes, as a ratio to the same work of others.
//!
//! Machines have slow phases, so the two sides take turns in short rounds and the fastest round of
//! each counts. "Peer helped" is the peer with its parameters sorted beforehand and its key kept,
//! which its users do not get. Prints a line per piece of work and fails if a ratio is above its
//! limit. An argument picks the lines whose names contain it: `cargo bench -p countersign-signature
//! --all-features --bench ratios -- sign`.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first fault"
)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "no input from outside"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use core::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

#[allow(dead_code, reason = "each benchmark uses its part")]
mod rsa_work;
#[allow(dead_code, reason = "each benchmark uses its part")]
mod work;

/// One comparison.
struct Line {
    name: &'static str,
    /// Highest ratio of ours to theirs.
    limit: f64,
    /// How often each side does its work in one turn: some tens of microseconds in all.
    calls: u32,
    rounds: u32,
}

impl Line {
    const fn short(name: &'static str, limit: f64, calls: u32) -> Self {
        Self {
            name,
            limit,
            calls,
            rounds: 3000,
        }
    }

    const fn long(name: &'static str, limit: f64, rounds: u32) -> Self {
        Self {
            name,
            limit,
            calls: 1,
            rounds,
        }
    }

    /// Measures and prints; whether the ratio is within the limit. Lines that are not asked for
    /// are.
    fn compare<J>(&self, job: &mut J, ours: impl Fn(&mut J), theirs: impl Fn(&mut J)) -> bool {
        // Cargo passes options of its own; any other argument is a part of the names to measure.
        let mut wanted = std::env::args()
            .skip(1)
            .filter(|word| !word.starts_with('-'))
            .peekable();
        if wanted.peek().is_some() && !wanted.any(|word| self.name.contains(&word)) {
            return true;
        }
        let (mut our_best, mut their_best) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..self.rounds {
            our_best = our_best.min(self.turn(job, &ours));
            their_best = their_best.min(self.turn(job, &theirs));
        }
        let ratio = our_best / their_best;
        let ok = ratio <= self.limit;
        let verdict = match (self.limit.is_finite(), ok) {
            (false, _) => String::new(),
            (true, true) => format!("  limit {:.2}  ok", self.limit),
            (true, false) => format!("  limit {:.2}  MISSED", self.limit),
        };
        println!(
            "{:<28} ours {our_best:>10.0} ns  peer {their_best:>10.0} ns  ratio {ratio:.3}{verdict}",
            self.name,
        );
        ok
    }

    /// Nanoseconds per call.
    #[expect(clippy::disallowed_methods, reason = "measuring time is the purpose")]
    fn turn<J>(&self, job: &mut J, work: impl Fn(&mut J)) -> f64 {
        let start = Instant::now();
        for _ in 0..self.calls {
            work(job);
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(self.calls)
    }
}

fn main() -> ExitCode {
    let results = [encoding(), requests(), rsa()].concat();
    match results.iter().filter(|ok| !**ok).count() {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn encoding() -> Vec<bool> {
    let line = |name, limit, text: String| {
        let mut job = (text, Vec::new(), String::new());
        Line::short(name, limit, 16).compare(
            &mut job,
            |(text, out, _)| {
                out.clear();
                countersign_encoding::encode_into(black_box(text.as_bytes()), out);
                black_box(out);
            },
            |(text, _, out)| {
                out.clear();
                let text = black_box(text.as_bytes());
                out.extend(percent_encoding::percent_encode(text, &work::RESERVED));
                black_box(out);
            },
        )
    };
    vec![
        line("encode-1k-mixed", 0.22, work::mixed_text()),
        line("encode-1k-unreserved", 0.85, work::ascii_text()),
    ]
}

/// No limit: printed to be known.
const NONE: f64 = f64::INFINITY;

fn requests() -> Vec<bool> {
    use work::Job;
    let mut example = Job::x_example();
    let mut hundred = Job::hundred();
    let ours = |job: &mut Job| {
        black_box(black_box(job).ours());
    };
    let from_wire = |job: &mut Job| {
        black_box(black_box(job).ours_from_wire());
    };
    let theirs = |job: &mut Job| {
        black_box(black_box(job).peer());
    };
    let theirs_kept = |job: &mut Job| {
        black_box(black_box(job).peer_kept());
    };
    let verify = |job: &mut Job| black_box(job).verify();
    vec![
        Line::short("sign-x-example", 0.45, 32).compare(&mut example, ours, theirs),
        Line::short("sign-x-example: from wire", NONE, 32).compare(&mut example, from_wire, theirs),
        Line::short("sign-x-example: peer helped", NONE, 32).compare(
            &mut example,
            ours,
            theirs_kept,
        ),
        Line::short("sign-100-parameters", 0.60, 4).compare(&mut hundred, ours, theirs),
        Line::short("sign-100: from wire", NONE, 4).compare(&mut hundred, from_wire, theirs),
        Line::short("sign-100: peer helped", NONE, 4).compare(&mut hundred, ours, theirs_kept),
        Line::short("verify-x-example", 0.75, 32).compare(&mut example, verify, theirs),
    ]
}

fn rsa() -> Vec<bool> {
    type Work = rsa_work::RsaWork;
    let mut job = Work::new();
    let sign = |job: &mut Work| drop(black_box(job.sign()));
    let mut lines = vec![
        Line::long("rsa-2048-sign", 1.03, 150).compare(&mut job, sign, |job| {
            drop(black_box(job.bare_sign()));
        }),
        Line::long("rsa-2048-verify", 1.03, 3000).compare(
            &mut job,
            Work::verify,
            Work::bare_verify,
        ),
        Line::long("rsa-2048-recover", 1.03, 3000).compare(&mut job, Work::recover, |job| {
            drop(black_box(job.bare_recover()));
        }),
    ];
    #[cfg(feature = "openssl")]
    lines.extend([
        Line::long("openssl-2048-sign", 0.15, 150).compare(
            &mut job,
            |job| drop(black_box(job.sign_openssl())),
            sign,
        ),
        Line::long("openssl-2048-verify", 0.35, 3000).compare(
            &mut job,
            Work::verify_openssl,
            Work::verify,
        ),
    ]);
    lines
}
