//! Faults, and specimens that have some.

use super::faults;
use super::request::{Request, Sent};
use super::signer::{Plan, Signature};
use crate::random::FixedRandom;

/// A mistake that real programs make.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// The class that the doctor should name.
    pub code: &'static str,
    /// What the program does, in words.
    pub what: &'static str,
    /// How common it is among its like.
    pub weight: usize,
    /// What it does to the signer.
    pub(crate) hook: fn(&mut Plan, &Request, &mut FixedRandom) -> Option<()>,
}

pub(super) const fn fault(
    code: &'static str,
    weight: usize,
    what: &'static str,
    hook: fn(&mut Plan, &Request, &mut FixedRandom) -> Option<()>,
) -> Fault {
    Fault {
        code,
        what,
        weight,
        hook,
    }
}

/// A request that was signed by a program with faults.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// What its program does wrong.
    pub faults: Vec<Fault>,
    /// The request.
    pub request: Request,
    /// As sent.
    pub sent: Sent,
    /// What was signed and how.
    pub signature: Signature,
}

/// Every fault, in the order in which a signer would come to commit them.
pub fn all() -> impl Iterator<Item = &'static Fault> {
    faults::TABLES.iter().copied().flatten()
}

/// The base string with one fault, if it differs from the right one.
pub fn base_string_with(
    fault: &Fault,
    request: &Request,
    random: &mut FixedRandom,
) -> Option<String> {
    let seed = random.next();
    let (_, broken) = with_some(request, &[fault], 1, seed)?;
    (broken.base_string != super::signature(request).base_string).then_some(broken.base_string)
}

/// How many requests are tried before other faults are drawn.
const TRIES: usize = 400;

/// A specimen with `count` faults, by their weights.
///
/// Drawn again are: a fault that changes nothing in the request drawn, and a combination that is
/// the same as some of its faults alone, because they cancel or one of them covers another.
pub fn draw(random: &mut FixedRandom, count: usize) -> Specimen {
    loop {
        let chosen = choose(random, count);
        for _ in 0..TRIES {
            let request = super::request(random);
            let seed = random.next();
            if let Some(signature) = break_with(&request, &chosen, seed) {
                return Specimen {
                    faults: chosen.into_iter().copied().collect(),
                    sent: request.send(&signature.encoded),
                    signature,
                    request,
                };
            }
        }
    }
}

fn choose(random: &mut FixedRandom, count: usize) -> Vec<&'static Fault> {
    let table: Vec<&'static Fault> = all().collect();
    let total: usize = table.iter().map(|fault| fault.weight).sum();
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < count {
        let mut rest = random.below(total);
        let at = table.iter().position(|fault| {
            let here = rest < fault.weight;
            rest = rest.saturating_sub(fault.weight);
            here
        });
        let at = at.expect("below the sum");
        if !chosen.contains(&at) {
            chosen.push(at);
        }
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|at| table[at]).collect()
}

/// A request drawn from this sequence with exactly this fault, if it changes anything there.
#[cfg(test)]
pub(super) fn with(fault: &Fault, random: &mut FixedRandom) -> Option<Signature> {
    let request = super::request(random);
    break_with(&request, &[fault], random.next())
}

/// The signature with all the faults, if it differs from that with any fewer of them.
fn break_with(request: &Request, faults: &[&Fault], seed: u64) -> Option<Signature> {
    let every = (1_usize << faults.len()) - 1;
    let broken = with_some(request, faults, every, seed)?;
    for some in 0..every {
        if with_some(request, faults, some, seed).is_none_or(|fewer| fewer.0 == broken.0) {
            return None;
        }
    }
    Some(broken.1)
}

/// What is received, and the signature, with those faults whose bit is set.
fn with_some(
    request: &Request,
    faults: &[&Fault],
    some: usize,
    seed: u64,
) -> Option<(String, Signature)> {
    let mut plan = Plan::right(request);
    for (at, fault) in faults.iter().enumerate() {
        // Each fault makes the same choices whatever its company.
        let mut random = FixedRandom::new(seed.wrapping_add(u64::try_from(at).expect("few")));
        if some >> at & 1 == 1 {
            (fault.hook)(&mut plan, request, &mut random)?;
        }
    }
    let signature = plan.sign();
    Some((request.received(&signature.encoded), signature))
}
