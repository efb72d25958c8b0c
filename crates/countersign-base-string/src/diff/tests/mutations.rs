//! Single changes to a base string, and texts of any kind.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use countersign_encoding::encode;
use proptest::prelude::*;

use super::with;
use crate::diff::{Difference, Side, Spelling, diff};

fn encoded() -> impl Strategy<Value = String> {
    "[a-c /+%é!]{1,5}".prop_map(|text| encode(&text).into_owned())
}

/// One change to a list of pairs, and the name of what it is.
#[derive(Debug, Clone)]
enum Mutation {
    Drop,
    Double,
    Exchange,
    Rename,
    Revalue,
    EncodeAgain,
    LowerCase,
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop::sample::select(vec![
        Mutation::Drop,
        Mutation::Double,
        Mutation::Exchange,
        Mutation::Rename,
        Mutation::Revalue,
        Mutation::EncodeAgain,
        Mutation::LowerCase,
    ])
}

proptest! {
    #[test]
    fn every_single_mutation_is_found(
        mut pairs in prop::collection::vec((encoded(), encoded()), 1..8),
        place in any::<prop::sample::Index>(),
        mutation in mutation(),
    ) {
        pairs.sort();
        let place = place.index(pairs.len());
        let mut mutated = pairs.clone();
        match mutation {
            Mutation::Drop => { mutated.remove(place); }
            Mutation::Double => mutated.insert(place, pairs[place].clone()),
            Mutation::Exchange => mutated.swap(0, place),
            Mutation::Rename => mutated[place].0.push('z'),
            Mutation::Revalue => mutated[place].1.push('z'),
            Mutation::EncodeAgain => mutated[place].1 = encode(&mutated[place].1).into_owned(),
            Mutation::LowerCase => mutated[place].1 = mutated[place].1.to_ascii_lowercase(),
        }
        let text = |pairs: &[(String, String)]| {
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
            with(&pairs)
        };
        let (ours, theirs) = (text(&pairs), text(&mutated));
        let found = diff(&ours, &theirs).unwrap();
        prop_assert_eq!(found.is_empty(), pairs == mutated);
        let right = found.iter().all(|difference| match (&mutation, difference) {
            (Mutation::Drop, Difference::ParameterMissing { .. } | Difference::Repeated { .. })
            | (Mutation::Double, Difference::Repeated { .. })
            | (Mutation::Exchange, Difference::Order { .. })
            | (Mutation::Revalue, Difference::ParameterValue { .. })
            | (Mutation::EncodeAgain, Difference::Encoding { spelling: Spelling::Layers { more: Side::Theirs, by: 1 }, .. })
            | (Mutation::LowerCase, Difference::Encoding { spelling: Spelling::LowerCaseHex { side: Side::Theirs }, .. }) => true,
            (Mutation::Rename, Difference::ParameterMissing { .. } | Difference::ParameterExtra { .. }) => true,
            // With names that occur several times, a change of one pair has more than one reading.
            _ => pairs.iter().filter(|(name, _)| *name == pairs[place].0).count() > 1
                || matches!(mutation, Mutation::Rename | Mutation::Drop),
        });
        prop_assert!(right, "{:?} gave {:?}", mutation, found);
    }

    #[test]
    fn any_two_texts_compare(
        ours in "(GET)?[&%a-c0-9A-F=/:+ ]{0,40}",
        theirs in "(GET)?[&%a-c0-9A-F=/:+ ]{0,40}",
    ) {
        let (ours, theirs) = (format!("{ours}&"), format!("{theirs}&"));
        let found = diff(&ours, &theirs).unwrap();
        prop_assert_eq!(found.is_empty(), ours == theirs);
        for difference in found {
            prop_assert!(!difference.to_string().is_empty());
        }
    }
}
