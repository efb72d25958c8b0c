//! Parameters that were sorted by another order than RFC 5849's.

use core::cmp::Ordering;

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::state::{Order, Piece, Plan};

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 38,
        did: "sorted the parameters before encoding them",
        deviate: Deviate::Parameters(|_, plan, out| {
            if decides(plan, |byte| !countersign_encoding::is_unreserved(byte)) {
                push(plan, by_raw, "by name and value", out);
                push(plan, by_raw_name, "by name only", out);
                push(plan, by_raw_joined, "as name=value", out);
                push(plan, by_utf16, "by UTF-16 units", out);
                push(plan, by_raw_value, "the values of equal names only", out);
            }
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 34,
        did: "sorted the joined texts name=value instead of names first",
        deviate: Deviate::Parameters(|_, plan, out| {
            if prefixes(plan) {
                push(plan, by_joined, "", out);
                push(plan, by_concatenated, "without '=' between them", out);
            }
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 30,
        did: "sorted in natural order, where 2 comes before 10",
        deviate: Deviate::Parameters(|_, plan, out| {
            if prefixes(plan) || decides(plan, |byte| byte.is_ascii_digit()) {
                push(plan, naturally, "names and values", out);
                push(plan, naturally_by_name, "names only", out);
                push(plan, naturally_joined, "as name=value", out);
                push(plan, naturally_without_case, "ignoring letter case", out);
            }
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 20,
        did: "sorted by name only and left equal names in the order in which they were sent",
        deviate: Deviate::Parameters(|_, plan, out| {
            if plan.has_repeats() {
                push(plan, by_name, "", out);
            }
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 10,
        did: "sorted names upwards and the values of equal names downwards or in reverse",
        deviate: Deviate::Parameters(|_, plan, out| {
            if plan.has_repeats() {
                push(plan, values_down, "downwards", out);
                push(plan, values_reversed, "in reverse order of arrival", out);
            }
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 20,
        did: "sorted nested parameters name[...] level by level",
        deviate: Deviate::Parameters(|_, plan, out| {
            let bracketed = |pair: &crate::search::Pair| pair.name.contains(&b'[');
            if plan.pairs.iter().any(|pair| bracketed(pair)) {
                push(
                    plan,
                    by_top_level,
                    "only the names before the bracket, members as sent",
                    out,
                );
                push(plan, by_level, "every level, indexes as numbers", out);
                push(plan, by_level_as_text, "every level, indexes as text", out);
            }
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 14,
        did: "sorted without regard to letter case",
        deviate: Deviate::Parameters(|_, plan, out| {
            if decides(plan, |byte| byte.is_ascii_uppercase()) {
                push(plan, without_case, "names and values", out);
                push(plan, names_without_case, "names", out);
            }
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 8,
        did: "sorted by the alphabet of a language instead of by bytes",
        deviate: Deviate::Parameters(|_, plan, out| {
            push(plan, by_language, "punctuation before letters", out);
            push(plan, by_language_skipping, "ignoring punctuation", out);
            push(plan, by_language_raw, "before encoding", out);
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 5,
        did: "sorted downwards",
        deviate: Deviate::Parameters(|_, plan, out| {
            push(plan, downwards, "names and values", out);
            push(plan, names_downwards, "names, and values upwards", out);
            push(
                plan,
                |pieces| pieces.reverse(),
                "the order of arrival, reversed",
                out,
            );
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 5,
        did: "sorted by value",
        deviate: Deviate::Parameters(|_, plan, out| {
            push(plan, by_value, "", out);
            push(plan, by_value_raw, "before encoding", out);
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 3,
        did: "sorted by the length of names",
        deviate: Deviate::Parameters(|_, plan, out| push(plan, by_length, "", out)),
    },
];

fn push(plan: &Plan, order: Order, detail: &'static str, out: &mut Out<Plan>) {
    let state = Plan {
        order,
        ..plan.clone()
    };
    out.push(state, detail);
}

/// Whether such an octet can decide an order: in a name, or in a value of a repeated name.
fn decides(plan: &Plan, like: impl Fn(u8) -> bool) -> bool {
    let holds = |text: &[u8]| text.iter().any(|byte| like(*byte));
    plan.pairs.iter().any(|pair| holds(&pair.name))
        || (plan.has_repeats() && plan.pairs.iter().any(|pair| holds(&pair.value)))
}

/// Whether a name is the beginning of another one.
fn prefixes(plan: &Plan) -> bool {
    let mut names: Vec<&[u8]> = plan.pairs.iter().map(|pair| pair.name.as_slice()).collect();
    names.sort_unstable();
    names
        .windows(2)
        .any(|two| matches!(two, [a, b] if a != b && b.starts_with(a)))
}

fn by_raw(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| (&a.pair.name, &a.pair.value).cmp(&(&b.pair.name, &b.pair.value)));
}

fn by_raw_name(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| {
        a.pair
            .name
            .cmp(&b.pair.name)
            .then_with(|| a.value.cmp(b.value))
    });
}

/// Encoded names, raw values.
fn by_raw_value(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| {
        a.name
            .cmp(b.name)
            .then_with(|| a.pair.value.cmp(&b.pair.value))
    });
}

fn by_raw_joined(pieces: &mut [Piece<'_>]) {
    fn text<'p>(piece: &Piece<'p>) -> impl Iterator<Item = &'p u8> {
        piece.pair.name.iter().chain(b"=").chain(&piece.pair.value)
    }
    pieces.sort_by(|a, b| text(a).cmp(text(b)));
}

/// As strings of JavaScript, Java and C# compare.
fn by_utf16(pieces: &mut [Piece<'_>]) {
    fn units(text: &[u8]) -> Vec<u16> {
        String::from_utf8_lossy(text).encode_utf16().collect()
    }
    pieces.sort_by_cached_key(|piece| (units(&piece.pair.name), units(&piece.pair.value)));
}

fn by_joined(pieces: &mut [Piece<'_>]) {
    fn text<'p>(piece: &Piece<'p>) -> impl Iterator<Item = &'p u8> {
        piece.name.iter().chain(b"=").chain(piece.value)
    }
    pieces.sort_by(|a, b| text(a).cmp(text(b)));
}

fn by_concatenated(pieces: &mut [Piece<'_>]) {
    fn text<'p>(piece: &Piece<'p>) -> impl Iterator<Item = &'p u8> {
        piece.name.iter().chain(piece.value)
    }
    pieces.sort_by(|a, b| text(a).cmp(text(b)));
}

fn by_name(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| a.name.cmp(b.name));
}

fn values_down(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| a.name.cmp(b.name).then_with(|| b.value.cmp(a.value)));
}

fn values_reversed(pieces: &mut [Piece<'_>]) {
    pieces.reverse();
    by_name(pieces);
}

fn downwards(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| (&b.name, &b.value).cmp(&(&a.name, &a.value)));
}

fn names_downwards(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| b.name.cmp(a.name).then_with(|| a.value.cmp(b.value)));
}

fn by_value(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| (&a.value, &a.name).cmp(&(&b.value, &b.name)));
}

fn by_value_raw(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| (&a.pair.value, &a.pair.name).cmp(&(&b.pair.value, &b.pair.name)));
}

fn by_length(pieces: &mut [Piece<'_>]) {
    pieces
        .sort_by(|a, b| (a.name.len(), &a.name, &a.value).cmp(&(b.name.len(), &b.name, &b.value)));
}

fn lower(text: &[u8]) -> impl Iterator<Item = u8> {
    text.iter().map(u8::to_ascii_lowercase)
}

fn without_case(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| {
        let names = lower(a.name).cmp(lower(b.name));
        names.then_with(|| lower(a.value).cmp(lower(b.value)))
    });
}

fn names_without_case(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| {
        let names = lower(a.name).cmp(lower(b.name));
        names.then_with(|| a.value.cmp(b.value))
    });
}

fn naturally(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| natural(a.name, b.name).then_with(|| natural(a.value, b.value)));
}

fn naturally_by_name(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| natural(a.name, b.name).then_with(|| a.value.cmp(b.value)));
}

fn naturally_joined(pieces: &mut [Piece<'_>]) {
    pieces.sort_by_cached_key(|piece| Natural([piece.name, b"=".as_slice(), piece.value].concat()));
}

fn naturally_without_case(pieces: &mut [Piece<'_>]) {
    pieces.sort_by_cached_key(|piece| {
        (
            Natural(piece.name.to_ascii_lowercase()),
            Natural(piece.value.to_ascii_lowercase()),
        )
    });
}

/// A text that compares naturally.
#[derive(PartialEq, Eq)]
struct Natural(Vec<u8>);

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        natural(&self.0, &other.0).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Natural order: runs of digits compare as numbers, and digit by digit where one of them begins
/// with a zero.
fn natural(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        match (a.split_first(), b.split_first()) {
            (None, None) => return Ordering::Equal,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some((x, _)), Some((y, _))) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (left, after_left) = a.split_at(digits(a));
                let (right, after_right) = b.split_at(digits(b));
                let is_fraction = *x == b'0' || *y == b'0';
                let order = if is_fraction {
                    left.cmp(right)
                } else {
                    (left.len(), left).cmp(&(right.len(), right))
                };
                if order.is_ne() {
                    return order;
                }
                (a, b) = (after_left, after_right);
            }
            (Some((x, after_x)), Some((y, after_y))) => {
                if x != y {
                    return x.cmp(y);
                }
                (a, b) = (after_x, after_y);
            }
        }
    }
}

/// How many digits `text` begins with.
fn digits(text: &[u8]) -> usize {
    text.iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len())
}

/// The levels of `name[a][b]`.
fn levels(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| *byte == b'[')
        .map(|level| level.strip_suffix(b"]").unwrap_or(level))
}

fn by_top_level(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| {
        let top = levels(&a.pair.name)
            .next()
            .cmp(&levels(&b.pair.name).next());
        // Members of one array stay as they are, and so do equal names.
        top
    });
}

fn by_level(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| compare_levels(&a.pair.name, &b.pair.name, numerically));
}

fn by_level_as_text(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| {
        compare_levels(&a.pair.name, &b.pair.name, <[u8]>::cmp).then_with(|| a.value.cmp(b.value))
    });
}

fn compare_levels(a: &[u8], b: &[u8], compare: fn(&[u8], &[u8]) -> Ordering) -> Ordering {
    let (mut a, mut b) = (levels(a), levels(b));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(x), Some(y)) => {
                let order = compare(x, y);
                if order.is_ne() {
                    return order;
                }
            }
        }
    }
}

/// Numbers as numbers, and before texts.
fn numerically(a: &[u8], b: &[u8]) -> Ordering {
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    match (is_number(a), is_number(b)) {
        (true, true) => (a.len(), a).cmp(&(b.len(), b)),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.cmp(b),
    }
}

fn by_language(pieces: &mut [Piece<'_>]) {
    pieces.sort_by_cached_key(|piece| (collated(piece.name, true), collated(piece.value, true)));
}

fn by_language_skipping(pieces: &mut [Piece<'_>]) {
    pieces.sort_by_cached_key(|piece| (collated(piece.name, false), collated(piece.value, false)));
}

fn by_language_raw(pieces: &mut [Piece<'_>]) {
    pieces.sort_by_cached_key(|piece| {
        (
            collated(&piece.pair.name, true),
            collated(&piece.pair.value, true),
        )
    });
}

/// A key that sorts as languages do: letters without regard to case first, small before capital
/// where all else is equal; punctuation before digits, or not at all.
fn collated(text: &[u8], with_punctuation: bool) -> (Vec<u8>, Vec<u8>) {
    /// The order of Unicode's default collation for ASCII punctuation.
    const PUNCTUATION: &[u8] = b"_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
    let primary = |byte: &u8| -> Option<u8> {
        if byte.is_ascii_alphanumeric() || !byte.is_ascii() {
            Some(
                byte.to_ascii_lowercase()
                    .saturating_add(100)
                    .max(b'0'.saturating_add(100)),
            )
        } else if with_punctuation {
            let at = PUNCTUATION.iter().position(|known| known == byte);
            Some(
                at.and_then(|at| u8::try_from(at).ok())
                    .map_or(0, |at| at.saturating_add(1)),
            )
        } else {
            None
        }
    };
    let tertiary = text.iter().map(|byte| u8::from(byte.is_ascii_uppercase()));
    (
        text.iter().filter_map(primary).collect(),
        tertiary.collect(),
    )
}
