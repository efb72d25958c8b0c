//! Every page is whole, belongs to a code and stands once.

use std::collections::BTreeSet;

use super::pages;
use crate::code::{codes, row};

#[test]
fn every_code_has_a_page() {
    let without: Vec<&str> = codes()
        .filter(|row| row.page().is_none())
        .map(|row| row.code.as_str())
        .collect();
    assert!(without.is_empty(), "no page for {without:?}");
}

#[test]
fn every_page_belongs_to_a_code_and_stands_once() {
    let mut seen = BTreeSet::new();
    for page in pages() {
        assert!(row(page.code).is_some(), "{} is no code", page.code);
        assert!(seen.insert(page.code), "{} has two pages", page.code);
    }
}

#[test]
fn every_page_is_whole() {
    for page in pages() {
        for text in [page.recognise, page.wrong, page.right] {
            assert!(!text.trim().is_empty(), "{}", page.code);
        }
        assert_ne!(page.wrong, page.right, "{}", page.code);
        assert!(page.recognise.ends_with('.'), "{}", page.code);
        for fix in page.fixes {
            assert!(!fix.language.is_empty(), "{}", page.code);
            assert!(!fix.text.is_empty(), "{}", page.code);
        }
    }
}
