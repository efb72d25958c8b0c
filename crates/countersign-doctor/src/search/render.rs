//! From a plan to the text of the parameters, in buffers that are used again.

use std::rc::Rc;

use super::state::{Piece, Plan, Scope, Spell};
use super::subject::Pair;

/// Buffers for writing one plan after the other.
#[derive(Debug, Default)]
pub(crate) struct Renderer {
    pieces: Vec<Piece>,
    spare: Vec<Piece>,
}

impl Renderer {
    /// Writes the normalised parameters of `plan` over what is in `out`, not yet encoded for the
    /// base string.
    pub(crate) fn write(&mut self, plan: &Plan, out: &mut Vec<u8>) {
        self.spare.append(&mut self.pieces);
        for pair in &plan.pairs {
            let mut piece = match self.spare.pop() {
                Some(mut piece) => {
                    piece.name.clear();
                    piece.value.clear();
                    piece.pair = Rc::clone(pair);
                    piece
                }
                None => Piece {
                    name: Vec::new(),
                    value: Vec::new(),
                    pair: Rc::clone(pair),
                },
            };
            plan.names
                .put(pair, &pair.name, &pair.raw_name, &mut piece.name);
            plan.values
                .put(pair, &pair.value, &pair.raw_value, &mut piece.value);
            self.pieces.push(piece);
        }
        (plan.order)(&mut self.pieces);
        out.clear();
        (plan.join)(&self.pieces, out);
    }
}

impl Spell {
    #[inline]
    fn put(&self, pair: &Pair, decoded: &[u8], raw: &[u8], out: &mut Vec<u8>) {
        if self.on.holds(pair) {
            (self.write)(decoded, raw, out);
        } else {
            countersign_encoding::encode_into(decoded, out);
        }
    }
}

impl Scope {
    /// Whether `pair` is one of those it goes for.
    #[inline]
    pub(crate) fn holds(self, pair: &Pair) -> bool {
        match self {
            Self::All => true,
            Self::Protocol => pair.is_protocol(),
            Self::Application => !pair.is_protocol(),
            Self::In(place) => pair.place == place,
            Self::Only(id) => pair.id == Some(id),
        }
    }
}
