//! A deviation from the root's plan, and paths of several.

use std::rc::Rc;

use super::cost::Cost;
use super::delta::Delta;
use super::state::Plan;
use super::subject::Pair;
use super::table::Step;

/// One deviation from the root's plan.
pub(crate) struct First {
    pub(crate) plan: Plan,
    pub(crate) step: Step,
    pub(crate) row: usize,
    pub(crate) cost: Cost,
    pub(crate) print: u64,
    /// How many octets of its text are those of the root's.
    pub(crate) common: usize,
    /// How it differs from the root; none where there are too many parameters to tell.
    pub(crate) delta: Option<Delta>,
    /// Whether it has a parameter that the root's plan has not.
    pub(super) has_new: bool,
    /// Whether a character comes in it that the root's plan has not.
    pub(super) is_novel: bool,
    /// Whether it is another order or joint that gives a text of the root that is there already.
    pub(super) is_echo: bool,
}

/// How a plan came about, short enough to be kept for many: by which first deviations, or by the
/// how-manieth state of which row on top of a first deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Path {
    Root,
    One(u32),
    Two(u32, u32),
    Applied(u32, u16, u16),
    Three(u32, u32, u32),
    AppliedAnd(u32, u16, u16, u32),
}

impl Path {
    /// Of how many deviations it is.
    pub(crate) const fn depth(self) -> usize {
        match self {
            Self::Root => 0,
            Self::One(_) => 1,
            Self::Two(..) | Self::Applied(..) => 2,
            Self::Three(..) | Self::AppliedAnd(..) => 3,
        }
    }
}

/// The characters of names and of values: one bit for each of ASCII, and whether there are others.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Characters {
    names: (u128, bool),
    values: (u128, bool),
}

impl Characters {
    pub(super) const fn exceed(&self, other: &Self) -> bool {
        self.names.0 & !other.names.0 & RESERVED != 0
            || self.names.1 && !other.names.1
            || self.values.0 & !other.values.0 & RESERVED != 0
            || self.values.1 && !other.values.1
    }
}

/// All but letters and digits, which every encoder leaves.
const RESERVED: u128 = {
    let mut set = u128::MAX;
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            set &= !(1 << byte);
        }
        byte += 1;
    }
    set
};

/// The characters of parameters.
pub(super) fn characters<'p>(pairs: impl Iterator<Item = &'p Rc<Pair>>) -> Characters {
    let of = |text: &[u8], (ascii, others): &mut (u128, bool)| {
        for byte in text {
            match 1_u128.checked_shl(u32::from(*byte)) {
                Some(bit) => *ascii |= bit,
                None => *others = true,
            }
        }
    };
    let mut all = Characters::default();
    for pair in pairs {
        of(&pair.name, &mut all.names);
        of(&pair.value, &mut all.values);
    }
    all
}
