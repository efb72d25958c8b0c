//! What is searched for: the digests that the received signature can be read as.

use countersign_key::RsaPublicKey;
use countersign_signature::recover::{Recovered, RecoveredPss, recover};
use countersign_signature::{Digest, Hash, KeyKind, Method, Signature};

use super::cost::{self, Cost};
use super::rule::{Deviate, Rule};
use super::rules::table;
use super::table::Step;

/// What a candidate's digest is compared with.
#[derive(Debug, Clone)]
enum Aim {
    /// An HMAC, or the digest inside an RSA signature.
    Digest(Digest),
    Pss(RecoveredPss),
}

/// One reading of the received signature.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    aim: Aim,
    pub(crate) steps: Vec<Step>,
    pub(crate) cost: Cost,
}

impl Target {
    #[inline]
    pub(crate) fn is_hit(&self, digest: &Digest) -> bool {
        match &self.aim {
            // One word tells nearly all apart.
            Aim::Digest(wanted) => first(wanted) == first(digest) && wanted == digest,
            Aim::Pss(pss) => pss.matches_digest(digest),
        }
    }

    /// How many deviations it takes to read it so.
    pub(crate) fn depth(&self) -> usize {
        self.steps.len()
    }
}

#[inline]
fn first(digest: &Digest) -> Option<&[u8; 8]> {
    digest.as_bytes().first_chunk()
}

/// Targets that candidates of one kind are compared with.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) hash: Hash,
    /// Whether it is an HMAC.
    pub(crate) is_keyed: bool,
    pub(crate) targets: Vec<Target>,
}

impl Group {
    /// For a text that is compared as it is: the one target takes no deviation.
    pub(crate) fn of_text(hash: Hash) -> Self {
        Self {
            hash,
            is_keyed: false,
            targets: vec![Target {
                aim: Aim::Digest(hash.digest(b"")),
                steps: Vec::new(),
                cost: 0,
            }],
        }
    }
}

/// The octets that a signature text can stand for, as spelt or by a misspelling.
fn readings(text: &str) -> Vec<(Vec<u8>, Vec<Step>)> {
    let mut readings = Vec::new();
    if let Ok(signature) = Signature::parse_base64(text) {
        readings.push((signature.as_bytes().to_vec(), Vec::new()));
    }
    for rule in table() {
        if let Deviate::Signature(read) = rule.deviate
            && let Some(octets) = read(text)
            && readings.iter().all(|(known, _)| *known != octets)
        {
            readings.push((octets, vec![step(rule, "")]));
        }
    }
    readings
}

fn step(rule: &'static Rule, detail: impl Into<std::borrow::Cow<'static, str>>) -> Step {
    Step {
        rule,
        detail: detail.into(),
    }
}

/// The step of a signer that used this hash and kind of key although `declared` was declared.
fn other_hash(hash: Hash, kind: &str, declared: Option<&Method>) -> Option<Step> {
    let rule =
        table().find(|rule| matches!(rule.deviate, Deviate::Hash(other) if other == hash))?;
    let declared = declared.map_or("another method", Method::name);
    Some(step(
        rule,
        format!("{kind} with {hash} was used, {declared} is declared"),
    ))
}

/// All readings of `text`, for the method declared and for others that its length fits.
pub(crate) fn groups(
    text: &str,
    declared: Option<&'static Method>,
    has_secrets: bool,
    keys: &[&RsaPublicKey],
) -> Vec<Group> {
    let mut groups = Vec::new();
    for (octets, steps) in readings(text) {
        if has_secrets
            && let Some(hash) = Hash::ALL
                .into_iter()
                .find(|hash| hash.len() == octets.len())
        {
            let is_declared = declared.is_some_and(|method| {
                method.kind() == KeyKind::Secret && method.hash() == Some(hash)
            });
            if let Some(digest) = Digest::from_bytes(hash, &octets) {
                let change = (!is_declared).then(|| other_hash(hash, "HMAC", declared));
                push(&mut groups, hash, true, Aim::Digest(digest), &steps, change);
            }
        }
        let is_rsa = declared.is_some_and(|method| method.kind() == KeyKind::Rsa);
        for key in keys {
            let (hash, aim) = match recover(key, &octets) {
                Ok(Recovered::Digest(found)) => {
                    (found.digest().hash(), Aim::Digest(*found.digest()))
                }
                Ok(Recovered::Pss(pss)) => (pss.hash(), Aim::Pss(pss)),
                _ => continue,
            };
            // What is inside an RSA signature is read, not searched for: its hash is a fact.
            let change = (!is_rsa).then(|| other_hash(hash, "RSA", declared));
            push(&mut groups, hash, false, aim, &steps, change);
        }
    }
    groups
}

/// Adds a target. `change` is the step that another method than the declared one takes, or none
/// within if there is no such rule.
fn push(
    groups: &mut Vec<Group>,
    hash: Hash,
    is_keyed: bool,
    aim: Aim,
    steps: &[Step],
    change: Option<Option<Step>>,
) {
    let mut steps = steps.to_vec();
    match change {
        Some(Some(step)) => steps.push(step),
        Some(None) => return,
        None => {}
    }
    let target = Target {
        cost: steps
            .iter()
            .map(|step| cost::of(step.rule.prior, 1))
            .fold(0, Cost::saturating_add),
        aim,
        steps,
    };
    match groups
        .iter_mut()
        .find(|group| group.hash == hash && group.is_keyed == is_keyed)
    {
        Some(group) => group.targets.push(target),
        None => groups.push(Group {
            hash,
            is_keyed,
            targets: vec![target],
        }),
    }
}
