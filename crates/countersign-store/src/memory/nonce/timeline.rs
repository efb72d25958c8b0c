//! Values by a number that rises with time.

use std::collections::VecDeque;

/// Sorted by number. Mostly there is a value for each number from the first on, so that a place is
/// guessed from the distance to the first; where there are gaps it is searched for.
#[derive(Debug)]
pub(super) struct Timeline<T> {
    entries: VecDeque<(i64, T)>,
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
        }
    }
}

impl<T: Default> Timeline<T> {
    pub(super) fn first(&self) -> Option<i64> {
        self.entries.front().map(|(number, _)| *number)
    }

    pub(super) fn pop_first(&mut self) -> Option<T> {
        self.entries.pop_front().map(|(_, value)| value)
    }

    pub(super) fn get(&self, number: i64) -> Option<&T> {
        let at = self.place(number).ok()?;
        self.entries.get(at).map(|(_, value)| value)
    }

    /// `None` does not happen.
    pub(super) fn get_or_default(&mut self, number: i64) -> Option<&mut T> {
        let at = self.place(number).unwrap_or_else(|at| {
            self.entries.insert(at, (number, T::default()));
            at
        });
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    fn place(&self, number: i64) -> Result<usize, usize> {
        let distance = number.wrapping_sub(self.first().unwrap_or(number));
        let guess = usize::try_from(distance).unwrap_or(usize::MAX);
        match self.entries.get(guess) {
            Some((found, _)) if *found == number => Ok(guess),
            _ => self
                .entries
                .binary_search_by_key(&number, |(number, _)| *number),
        }
    }
}
