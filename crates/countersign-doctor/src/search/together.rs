//! Which deviations make sense together.

use super::first::First;
use super::plans::Plans;
use super::rule::Dimension;
use super::table::fits;

/// Whether deviations of this dimension keep the set of parameters.
const fn is_spelling(dimension: Dimension) -> bool {
    matches!(
        dimension,
        Dimension::Order
            | Dimension::NameEncoding
            | Dimension::ValueEncoding
            | Dimension::WholeEncoding
    )
}

impl Plans {
    /// Whether a row can matter on top of a first deviation. An encoding or an order that changes
    /// nothing in the parameters as they are changes nothing in fewer of them, either.
    pub(crate) fn matters(&self, first: &First, position: usize) -> bool {
        let Some(row) = self.rows.get(position) else {
            return false;
        };
        let is_inert = |at: usize| self.inert.get(at).copied().unwrap_or_default();
        let of_first = first.step.rule.dimension;
        let of_row = row.rule.dimension;
        match (is_spelling(of_first), is_spelling(of_row)) {
            // In most requests, no two names are equal: values do not decide the order.
            (true, true) => {
                !(is_inert(first.row) && is_inert(position))
                    && (of_first != Dimension::Order && of_row != Dimension::Order
                        || !is_inert(first.row) && !is_inert(position)
                        || of_row == Dimension::NameEncoding
                        || of_first == Dimension::NameEncoding
                        || self.has_twins)
            }
            (false, true) => first.has_new || !is_inert(position),
            (true, false) => true,
            (false, false) => first.print != self.print || first.has_new,
        }
    }

    /// Whether a row has to be applied to a first deviation: what it makes of the root does not tell
    /// what it makes of that.
    pub(crate) fn is_due(&self, first: &First, position: usize) -> bool {
        let Some((row, marks)) = self.rows.get(position).zip(self.marks.get(position)) else {
            return false;
        };
        let is_inert = self.inert.get(position).copied().unwrap_or_default();
        let of_row = row.rule.dimension;
        let is_new = match of_row {
            // What an encoder makes of characters that the root has not.
            Dimension::NameEncoding | Dimension::ValueEncoding => first.is_novel,
            Dimension::Order => {
                is_inert && (first.has_new || is_spelling(first.step.rule.dimension))
            }
            Dimension::WholeEncoding => is_inert && first.has_new,
            _ => is_inert,
        };
        fits(first.step.rule.dimension, of_row)
            && self.matters(first, position)
            && (is_new
                || first
                    .delta
                    .as_ref()
                    .is_none_or(|delta| delta.marks.collide(marks)))
    }

    /// Whether a first deviation is put onto another one, and not the other way round: the one that
    /// shows earlier in the text is the ground, so that more of the text stays as it is.
    pub(crate) fn is_after(&self, ground: usize, other: usize) -> bool {
        let place = |at: usize| self.firsts.get(at).map(|first| (first.common, at));
        place(other) > place(ground)
    }

    /// Whether two first deviations make sense together.
    pub(crate) fn go_together(&self, one: &First, other: &First) -> bool {
        let (early, late) = if one.row <= other.row {
            (one, other)
        } else {
            (other, one)
        };
        let is_same_again = |echo: &First, beside: &First| {
            echo.is_echo
                && !self.has_twins
                && !beside.has_new
                && beside.step.rule.dimension != Dimension::NameEncoding
                && beside
                    .delta
                    .as_ref()
                    .is_some_and(|delta| !delta.marks.is_renamed)
        };
        fits(early.step.rule.dimension, late.step.rule.dimension)
            && self.matters(early, late.row)
            && !is_same_again(one, other)
            && !is_same_again(other, one)
    }
}
