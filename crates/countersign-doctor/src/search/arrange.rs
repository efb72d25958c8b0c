//! Writing what a change makes of a base.

use super::delta::Sorting;
use super::desk::{Desk, SEQUENCE, is_by_the_rule};
use super::fast::fold;
use super::root::{Item, Root, arrival, key, pieces};
use super::shape::{Base, Change, common, write};
use super::texts::Texts;

impl Base {
    /// Writes what a change makes of a text in the order of the rule behind what is in `out`, and
    /// says how many octets of it are those of [`Base::text`].
    pub(crate) fn write(&self, change: &mut Change, texts: &Texts, out: &mut Vec<u8>) -> usize {
        let begin = out.len();
        let Change {
            removed,
            added,
            events,
            ..
        } = change;
        if added.len() > 1 {
            added.sort_by(|a, b| key(a, texts).cmp(&key(b, texts)));
        }
        events.clear();
        for (number, item) in added.iter().enumerate() {
            let rank = self
                .items
                .partition_point(|own| key(own, texts) < key(item, texts));
            events.push((rank, Some(number)));
        }
        events.extend(removed.iter().map(|rank| (*rank, None)));
        // What comes stands before what is there.
        events.sort_by_key(|(rank, number)| (*rank, number.is_none(), *number));
        let ampersand = |out: &mut Vec<u8>| {
            if out.len() > begin {
                out.extend_from_slice(&texts.ampersand);
            }
        };
        let run = |from: usize, to: usize, out: &mut Vec<u8>| {
            if let Some(((start, _), (_, end))) = self
                .spans
                .get(from)
                .zip(to.checked_sub(1).and_then(|last| self.spans.get(last)))
                && from < to
            {
                ampersand(out);
                out.extend_from_slice(self.text.get(*start..*end).unwrap_or_default());
            }
        };
        let mut from = 0;
        for (rank, number) in &*events {
            run(from, *rank, out);
            match number.and_then(|number| added.get(number)) {
                Some(item) => {
                    ampersand(out);
                    write(item, texts, out);
                    from = *rank;
                }
                None => from = rank.saturating_add(1),
            }
        }
        run(from, self.items.len(), out);
        common(&self.text, out.get(begin..).unwrap_or_default())
    }

    /// The same in another order, or joined in another way; gives the number of the text, too.
    pub(crate) fn arrange(
        &self,
        root: &Root,
        change: &Change,
        texts: &Texts,
        desk: &mut Desk,
        out: &mut Vec<u8>,
    ) -> (usize, u64) {
        let begin = out.len();
        if let (
            Some(Sorting {
                of_root: Some(slots),
                ..
            }),
            None,
            false,
        ) = (&change.order, change.join, change.is_renamed)
        {
            let print = self.line_up(change, slots, texts, out);
            let common = common(&self.text, out.get(begin..).unwrap_or_default());
            return (common, print);
        }
        let items = self.changed(root, change);
        let mut pieces = pieces(&items, texts);
        let order = change.order.as_ref().map(|sorting| sorting.order);
        order.unwrap_or(root.plan.order)(&mut pieces);
        let print = match change.join {
            Some(join) => {
                let print = desk.join(&pieces, join, root.plan.join);
                (texts.wrap)(&desk.plain, &desk.plain, out);
                print
            }
            None => {
                let ordered = pieces.iter().filter_map(|piece| items.get(piece.at));
                for (at, item) in ordered.clone().enumerate() {
                    if at > 0 {
                        out.extend_from_slice(&texts.ampersand);
                    }
                    write(item, texts, out);
                }
                if is_by_the_rule(&pieces) {
                    change.sum
                } else {
                    ordered.fold(SEQUENCE, |print, item| fold(print, item.print))
                }
            }
        };
        let common = common(&self.text, out.get(begin..).unwrap_or_default());
        (common, print)
    }

    /// Writes the parameters in an order that is known: where those of the root stand in it.
    fn line_up(&self, change: &Change, slots: &[usize], texts: &Texts, out: &mut Vec<u8>) -> u64 {
        let begin = out.len();
        let mut print = SEQUENCE;
        let mut is_by_the_rule = true;
        let mut last = None;
        for slot in slots {
            let Some((at, own)) = self
                .places
                .get(*slot)
                .copied()
                .flatten()
                .and_then(|at| Some((at, self.items.get(at)?)))
            else {
                continue;
            };
            let item = if change.removed.contains(&at) {
                let other = change.added.iter().find(|item| item.slot == *slot);
                let Some(other) = other else { continue };
                other
            } else {
                own
            };
            is_by_the_rule &= last <= Some(at);
            last = Some(at);
            if out.len() > begin {
                out.extend_from_slice(&texts.ampersand);
            }
            write(item, texts, out);
            print = fold(print, item.print);
        }
        if is_by_the_rule { change.sum } else { print }
    }

    /// The base itself, in whatever order and however joined: written over `out`, not yet as it
    /// stands in a base string.
    pub(crate) fn plain(&self, root: &Root, texts: &Texts, out: &mut Vec<u8>) {
        let mut items = self.items.clone();
        items.sort_by_key(arrival);
        let mut pieces = pieces(&items, texts);
        let order = self.order.as_ref().map(|sorting| sorting.order);
        order.unwrap_or(root.plan.order)(&mut pieces);
        out.clear();
        self.join.unwrap_or(root.plan.join)(&pieces, out);
    }
}
