use std::collections::HashSet;

use crate::{codes, row};

#[test]
fn every_row_is_complete_and_every_code_stands_once() {
    let mut seen = HashSet::new();
    for line in codes() {
        let code = line.code.as_str();
        assert!(seen.insert(code), "{code} twice");
        assert!(
            !line.title.is_empty() && !line.title.ends_with('.'),
            "{code}: title"
        );
        assert!(line.meaning.ends_with('.'), "{code}: meaning");
        assert!(!line.remedies.is_empty(), "{code}: remedies");
        assert!(!line.rule.is_empty(), "{code}: rule");
        // A constant table may have several addresses: rows are told apart by what they say.
        assert!(row(code).is_some_and(|found| found.title == line.title));
    }
    assert!(seen.len() > 80, "{} codes", seen.len());
    assert!(row("enc.unheard_of").is_none());
}
