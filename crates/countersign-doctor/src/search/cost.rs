//! How rare a deviation is, as a number that adds up: eight for each halving of its prior.

/// Adds up over the deviations of one explanation; the lower, the likelier.
pub(crate) type Cost = u16;

/// More than any explanation costs.
pub(crate) const LIMIT: usize = 512;

/// Eight times the binary logarithm of `number`, at least 0.
fn eighths(number: usize) -> usize {
    let whole = number.max(1).ilog2();
    let power = 1_usize.checked_shl(whole).unwrap_or(usize::MAX);
    let rest = number.saturating_sub(power).saturating_mul(8);
    let whole = usize::try_from(whole).unwrap_or(usize::MAX);
    whole
        .saturating_mul(8)
        .saturating_add(rest.checked_shr(power.ilog2()).unwrap_or(0))
}

/// The cost of one of the `states` that a rule of this prior makes: which one of them it was must
/// be guessed too, but the likelier ones are not known, so it counts half.
pub(crate) fn of(prior: u16, states: usize) -> Cost {
    let rarity = 25_600_usize
        .checked_div(prior.clamp(1, 100).into())
        .unwrap_or_default();
    let cost = eighths(rarity)
        .saturating_sub(eighths(256))
        .saturating_add(eighths(states) / 2);
    Cost::try_from(cost.min(LIMIT / 4)).unwrap_or(Cost::MAX)
}

/// The cost of the how-manieth of the `states` that a rule makes: rules make the likelier ones first,
/// as what goes for all parameters before what goes for one.
pub(crate) fn of_state(prior: u16, states: usize, at: usize) -> Cost {
    let rarity = usize::from(of(prior, 1));
    let cost = rarity
        .saturating_add(eighths(states) / 4)
        .saturating_add(eighths(at.saturating_add(1)) / 2);
    Cost::try_from(cost.min(LIMIT / 4)).unwrap_or(Cost::MAX)
}

/// How many candidates there are of each cost, as far as there are any: most costs are low.
#[derive(Debug, Clone, Default)]
pub(crate) struct Histogram(Vec<u64>);

impl Histogram {
    pub(crate) fn of(costs: impl Iterator<Item = Cost>) -> Self {
        let mut histogram = Self::default();
        for cost in costs {
            histogram.add(cost, 1);
        }
        histogram
    }

    pub(crate) fn add(&mut self, cost: Cost, count: u64) {
        let cost = usize::from(cost);
        self.reach(cost.saturating_add(1));
        if let Some(slot) = self.0.get_mut(cost) {
            *slot = slot.saturating_add(count);
        }
    }

    /// Makes room for so many costs, as far as they are counted at all.
    fn reach(&mut self, costs: usize) {
        let costs = costs.min(LIMIT);
        if costs > self.0.len() {
            self.0.resize(costs, 0);
        }
    }

    /// The same, each costing so much more.
    pub(crate) fn shifted(mut self, by: Cost) -> Self {
        let by = usize::from(by).min(LIMIT);
        self.0.splice(0..0, core::iter::repeat_n(0, by));
        self.0.truncate(LIMIT);
        self
    }

    /// A part of each count, but nothing becomes none.
    pub(crate) fn divided(mut self, by: u64) -> Self {
        for slot in &mut self.0 {
            *slot = slot.div_ceil(by.max(1));
        }
        self
    }

    /// So many in `whole` of each count, rounded up.
    pub(crate) fn part(mut self, some: u64, whole: u64) -> Self {
        for slot in &mut self.0 {
            let (all, some) = (u128::from(*slot), u128::from(some));
            let part = all.saturating_mul(some).div_ceil(whole.max(1).into());
            *slot = u64::try_from(part).unwrap_or(u64::MAX);
        }
        self
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.reach(other.0.len());
        for (slot, more) in self.0.iter_mut().zip(&other.0) {
            *slot = slot.saturating_add(*more);
        }
    }

    /// Adds the products of two sets of parts.
    pub(crate) fn add_products(&mut self, a: &Self, b: &Self) {
        self.reach(a.0.len().saturating_add(b.0.len()));
        for (left, some) in a.0.iter().enumerate().filter(|(_, count)| **count > 0) {
            for (right, others) in b.0.iter().enumerate().filter(|(_, count)| **count > 0) {
                if let Some(slot) = self.0.get_mut(left.saturating_add(right)) {
                    *slot = slot.saturating_add(some.saturating_mul(*others));
                }
            }
        }
    }

    /// How many candidates there are up to this cost.
    pub(crate) fn upto(&self, cost: Cost) -> u64 {
        self.0
            .iter()
            .take(usize::from(cost).saturating_add(1))
            .fold(0, |sum, some| sum.saturating_add(*some))
    }

    /// The highest cost up to which there are no more than `count` candidates, and whether that
    /// leaves some out.
    pub(crate) fn threshold(&self, count: u64) -> (Cost, bool) {
        let mut sum = 0_u64;
        for (cost, some) in self.0.iter().enumerate() {
            sum = sum.saturating_add(*some);
            if sum > count {
                let cost = Cost::try_from(cost).unwrap_or(Cost::MAX);
                return (cost.saturating_sub(1), true);
            }
        }
        (Cost::MAX, false)
    }
}
