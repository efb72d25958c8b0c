//! The order of parameters, right and wrong.

use core::cmp::Ordering;

use super::signer::{Pair, Source};

/// How parameters are put in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sorting {
    /// By encoded name, then by encoded value, as bytes.
    Rfc,
    /// As they come: header, query, body.
    Arrival,
    /// As they come, the protocol's last.
    ProtocolLast,
    /// By decoded name and value.
    Decoded,
    /// By the texts `name=value`.
    Joined,
    /// Numbers within names by their worth.
    Natural,
    /// By name; values as they come.
    NameOnly,
    /// By name up to the bracket; the items of an array as they come.
    ArrayKept,
}

impl Sorting {
    pub(crate) fn sort(self, pairs: &mut [Pair]) {
        match self {
            Self::Rfc => pairs.sort_by_cached_key(|p| (p.encoded_name(), p.encoded_value())),
            Self::Arrival => {}
            Self::ProtocolLast => pairs.sort_by_key(|p| p.source == Source::Protocol),
            Self::Decoded => {
                pairs.sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
            }
            Self::Joined => pairs.sort_by_cached_key(Pair::written),
            Self::Natural => pairs.sort_by(|a, b| {
                natural(&a.encoded_name(), &b.encoded_name())
                    .then_with(|| natural(&a.encoded_value(), &b.encoded_value()))
            }),
            Self::NameOnly => pairs.sort_by_cached_key(Pair::encoded_name),
            Self::ArrayKept => pairs.sort_by_cached_key(|p| {
                let stem = p.name.split('[').next().unwrap_or_default();
                p.name_spelling.encode(stem)
            }),
        }
    }
}

/// Runs of digits are compared as numbers, the rest as bytes.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let number = |text: &str| {
            let end = text.bytes().take_while(u8::is_ascii_digit).count();
            (end > 0).then(|| {
                let digits = text[..end].trim_start_matches('0');
                (digits.len(), digits.to_owned(), end)
            })
        };
        if let (Some(left), Some(right)) = (number(a), number(b)) {
            let by_worth = (left.0, &left.1).cmp(&(right.0, &right.1));
            if by_worth.is_ne() {
                return by_worth;
            }
            a = &a[left.2..];
            b = &b[right.2..];
            continue;
        }
        let (mut left, mut right) = (a.chars(), b.chars());
        match (left.next(), right.next()) {
            (Some(x), Some(y)) if x == y => {
                a = left.as_str();
                b = right.as_str();
            }
            (x, y) => return x.cmp(&y),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(sorting: Sorting, pairs: &[(&str, &str)]) -> Vec<String> {
        let mut pairs: Vec<Pair> = pairs
            .iter()
            .map(|(name, value)| Pair::decoded(Source::Query, name, value))
            .collect();
        sorting.sort(&mut pairs);
        pairs.iter().map(Pair::written).collect()
    }

    #[test]
    fn orders_differ() {
        let pairs = [
            ("a10", "1"),
            ("a2", "2"),
            ("a", "z"),
            ("a", "b"),
            ("a", "b c"),
        ];
        let order = |sorting| sorted(sorting, &pairs).join(" ");
        assert_eq!(order(Sorting::Rfc), "a=b a=b%20c a=z a10=1 a2=2");
        assert_eq!(order(Sorting::Joined), "a10=1 a2=2 a=b a=b%20c a=z");
        assert_eq!(order(Sorting::Natural), "a=b a=b%20c a=z a2=2 a10=1");
        assert_eq!(order(Sorting::NameOnly), "a=z a=b a=b%20c a10=1 a2=2");
        assert_eq!(order(Sorting::Arrival), "a10=1 a2=2 a=z a=b a=b%20c");
        let arrays = [("b[1]", "x"), ("b[0]", "y"), ("a", "")];
        assert_eq!(
            sorted(Sorting::ArrayKept, &arrays).join(" "),
            "a= b%5B1%5D=x b%5B0%5D=y"
        );
        let odd = [("~", ""), ("\u{e9}", "")];
        assert_eq!(sorted(Sorting::Rfc, &odd), ["%C3%A9=", "~="]);
        assert_eq!(sorted(Sorting::Decoded, &odd), ["~=", "%C3%A9="]);
    }
}
