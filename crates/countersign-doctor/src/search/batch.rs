//! Plans on the way, in batches of texts that are made from one.

use super::cost::Cost;
use super::first::Path;
use super::shape::common;

/// Which plans a walk shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// Each text once, and none that a smaller depth has.
    Texts,
    /// Every way to the text of this number.
    Ways(u64),
}

/// How far a walk goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) depth: usize,
    /// Only plans that cost more.
    pub(crate) above: Option<Cost>,
    /// Only plans that cost no more.
    pub(crate) upto: Cost,
    pub(crate) show: Show,
}

impl Bounds {
    pub(super) fn holds(&self, cost: Cost) -> bool {
        cost <= self.upto && self.above.is_none_or(|above| cost > above)
    }
}

/// A plan on the way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sketch {
    start: usize,
    end: usize,
    /// How many octets of its text are those of the batch's base.
    pub(crate) common: usize,
    pub(crate) cost: Cost,
    pub(crate) path: Path,
    pub(crate) print: u64,
}

/// Plans on the way, with the texts they give as they stand in a base string.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The text that the others are made from.
    pub(crate) base: Vec<u8>,
    pub(crate) text: Vec<u8>,
    /// The likeliest first.
    pub(crate) sketches: Vec<Sketch>,
}

impl Batch {
    /// Takes in the text that begins at `start`.
    pub(crate) fn push(&mut self, start: usize, common: usize, cost: Cost, path: Path, print: u64) {
        self.sketches.push(Sketch {
            start,
            end: self.text.len(),
            common,
            cost,
            path,
            print,
        });
    }

    /// The same with every text in another writing.
    pub(crate) fn written(&self, write: fn(&[u8], &mut Vec<u8>)) -> Self {
        let mut other = Self {
            base: Vec::new(),
            // What is encoded again grows by less than that, if seldom by more.
            text: Vec::with_capacity(self.text.len().saturating_mul(2)),
            sketches: Vec::with_capacity(self.sketches.len()),
        };
        write(&self.base, &mut other.base);
        for sketch in &self.sketches {
            let start = other.text.len();
            write(self.text(sketch), &mut other.text);
            let text = other.text.get(start..).unwrap_or_default();
            let common = common(&other.base, text);
            other.push(start, common, sketch.cost, sketch.path, sketch.print);
        }
        other
    }

    pub(crate) fn text(&self, sketch: &Sketch) -> &[u8] {
        self.text.get(sketch.start..sketch.end).unwrap_or_default()
    }

    /// Those that cost more than `above` and no more than `upto`.
    pub(crate) fn between(&self, above: Option<Cost>, upto: Cost) -> &[Sketch] {
        let start = above.map_or(0, |above| {
            self.sketches.partition_point(|one| one.cost <= above)
        });
        let end = self.sketches.partition_point(|one| one.cost <= upto);
        self.sketches.get(start..end).unwrap_or_default()
    }
}
