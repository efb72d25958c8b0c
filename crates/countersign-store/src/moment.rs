//! When something was looked up.

/// A moment at which a store was known not to have changed since.
///
/// A request takes several look-ups. What was committed before the first of them was asked for is
/// what all of them have to see, and a store that makes sure of that once need not do it again: it
/// [gives the moment out](crate::ConsumerStore::consumer_at) with what it found, and gets it
/// [back](crate::TokenStore::access_since). To anybody else it means nothing, and nothing is lost by
/// [not knowing](Moment::UNKNOWN) one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moment(Option<(u64, u64)>);

impl Moment {
    /// None in particular.
    pub const UNKNOWN: Self = Self(None);

    /// A moment of the store of this number, which is of no other store in the process.
    #[must_use]
    pub const fn new(store: u64, moment: u64) -> Self {
        Self(Some((store, moment)))
    }

    /// As it was given out, if it was by the store of this number.
    #[must_use]
    pub fn of(self, store: u64) -> Option<u64> {
        let (by, moment) = self.0?;
        (by == store).then_some(moment)
    }
}
