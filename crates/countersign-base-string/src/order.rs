//! The order of the base string, as indices: no parameter is moved, and nothing is encoded.

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::Parameter;

/// The first eight bytes of an encoded name, and the parameter's index.
pub(crate) type Key = (u64, usize);

/// Room for keys: on the stack for the few parameters of most requests.
pub(crate) struct Keys {
    few: [Key; FEW],
    many: Vec<Key>,
}

const FEW: usize = 16;

impl Keys {
    pub(crate) const fn new() -> Self {
        Self {
            few: [(0, 0); FEW],
            many: Vec::new(),
        }
    }

    /// The keys of those parameters that `chosen` picks, in the order of the base string.
    ///
    /// Prefixes decide nearly always; ties fall to the whole names and values. Equal pairs are
    /// interchangeable, so an unstable sort will do.
    #[inline]
    pub(crate) fn sorted<'k, 'a>(
        &'k mut self,
        parameters: &[Parameter<'a>],
        chosen: impl Fn(&Parameter<'a>) -> bool,
    ) -> &'k [Key] {
        if parameters.len() <= FEW {
            let mut len: usize = 0;
            for (index, parameter) in parameters.iter().enumerate() {
                if chosen(parameter)
                    && let Some((sorted, [free, ..])) = self.few.split_at_mut_checked(len)
                {
                    *free = insert(sorted, (parameter.prefix, index));
                    len = len.wrapping_add(1);
                }
            }
            let keys = self.few.get_mut(..len).unwrap_or_default();
            sort_ties(keys, parameters);
            keys
        } else {
            self.many.clear();
            self.many.reserve(parameters.len());
            for (index, parameter) in parameters.iter().enumerate() {
                if chosen(parameter) {
                    self.many.push((parameter.prefix, index));
                }
            }
            sort(&mut self.many, parameters);
            &self.many
        }
    }
}

/// Inserts a key by its prefix into those that are sorted; gives back the last one. Most come in
/// their order.
#[inline]
fn insert(sorted: &mut [Key], key: Key) -> Key {
    let mut carried = key;
    if sorted.last().is_some_and(|last| last.0 > key.0) {
        for slot in sorted {
            if slot.0 > carried.0 {
                core::mem::swap(slot, &mut carried);
            }
        }
    }
    carried
}

/// First by the prefixes alone, which is quick and nearly always enough, then whatever shares one.
#[inline]
fn sort(keys: &mut [Key], parameters: &[Parameter<'_>]) {
    if !keys.is_sorted_by_key(|(prefix, _)| *prefix) {
        keys.sort_unstable_by_key(|(prefix, _)| *prefix);
    }
    sort_ties(keys, parameters);
}

/// Sorts those that share a prefix.
#[inline]
fn sort_ties(keys: &mut [Key], parameters: &[Parameter<'_>]) {
    if keys.is_sorted_by(|a, b| a.0 < b.0) {
        return;
    }
    for run in keys.chunk_by_mut(|a, b| a.0 == b.0) {
        if run.len() > 1 {
            run.sort_unstable_by(|a, b| compare(parameters, a, b));
        }
    }
}

fn compare(parameters: &[Parameter<'_>], a: &Key, b: &Key) -> Ordering {
    match (parameters.get(a.1), parameters.get(b.1)) {
        (Some(a), Some(b)) => a.compare(b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}
