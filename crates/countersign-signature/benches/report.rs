//! Reports by criterion: `cargo bench -p countersign-signature --all-features --bench report`.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first fault"
)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "no input from outside"
)]

use criterion::{Criterion, criterion_group, criterion_main};

#[allow(dead_code, reason = "each benchmark uses its part")]
mod rsa_work;
#[allow(dead_code, reason = "each benchmark uses its part")]
mod work;

fn encode(c: &mut Criterion) {
    let mut out = Vec::with_capacity(4096);
    for (name, text) in [
        ("mixed", work::mixed_text()),
        ("unreserved", work::ascii_text()),
    ] {
        c.bench_function(&format!("encode 1 KiB {name}"), |b| {
            b.iter(|| {
                out.clear();
                countersign_encoding::encode_into(text.as_bytes(), &mut out);
            });
        });
    }
}

fn requests(c: &mut Criterion) {
    for (name, mut job) in [
        ("X example", work::Job::x_example()),
        ("100 parameters", work::Job::hundred()),
    ] {
        c.bench_function(&format!("base string, {name}"), |b| {
            b.iter(|| job.base_string().len())
        });
        c.bench_function(&format!("sign, {name}"), |b| b.iter(|| job.ours().len()));
        c.bench_function(&format!("sign, {name}, oauth1-request"), |b| {
            b.iter(|| job.peer().len())
        });
        c.bench_function(&format!("verify, {name}"), |b| b.iter(|| job.verify()));
    }
}

fn rsa(c: &mut Criterion) {
    let mut work = rsa_work::RsaWork::new();
    c.bench_function("RSA-SHA1 sign 2048", |b| b.iter(|| work.sign()));
    c.bench_function("RSA-SHA1 verify 2048", |b| b.iter(|| work.verify()));
    c.bench_function("RSA recover 2048", |b| b.iter(|| work.recover()));
    #[cfg(feature = "openssl")]
    {
        c.bench_function("RSA-SHA1 sign 2048, OpenSSL", |b| {
            b.iter(|| work.sign_openssl())
        });
        c.bench_function("RSA-SHA1 verify 2048, OpenSSL", |b| {
            b.iter(|| work.verify_openssl())
        });
    }
}

criterion_group!(benches, encode, requests, rsa);
criterion_main!(benches);
