//! The page of each finding code: how to recognise the cause, wrong and right side by side, and the
//! fix per language.

mod account;
mod encoding;
mod header;
mod key;
mod set;
mod signature;
mod uri;

use crate::code::CodeRow;

/// How to recognise a cause, what it looks like, and how to mend it.
///
/// ```
/// let row = countersign_doctor::row("enc.plus_space").unwrap();
/// let page = row.page().unwrap();
/// assert_eq!(page.right, "q%3Dred%2520shoes");
/// assert!(page.fixes.iter().any(|fix| fix.language == "PHP"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Page {
    /// The code.
    pub code: &'static str,
    /// How to tell this cause from others, by what is at hand.
    pub recognise: &'static str,
    /// What it looks like when it is wrong: a line or two of a request, a base string, a program
    /// or an answer.
    pub wrong: &'static str,
    /// The same when it is right; for a state at the provider, what to see there.
    pub right: &'static str,
    /// What to write instead, by language, library or server; empty where it is the same in all.
    pub fixes: &'static [Fix],
}

/// What to write in one language, library or server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// The language, library or server: `PHP`, `nginx`.
    pub language: &'static str,
    /// What to write there.
    pub text: &'static str,
}

impl CodeRow {
    /// The page of this code.
    #[must_use]
    pub fn page(&self) -> Option<&'static Page> {
        pages().find(|page| page.code == self.code.as_str())
    }
}

/// All pages, grouped by family.
pub fn pages() -> impl Iterator<Item = &'static Page> {
    TABLES.into_iter().flatten()
}

const TABLES: [&[Page]; 7] = [
    set::PAGES,
    uri::PAGES,
    encoding::PAGES,
    signature::PAGES,
    key::PAGES,
    header::PAGES,
    account::PAGES,
];

/// Builds a page; keeps the tables readable.
const fn page(
    code: &'static str,
    recognise: &'static str,
    wrong: &'static str,
    right: &'static str,
    fixes: &'static [Fix],
) -> Page {
    Page {
        code,
        recognise,
        wrong,
        right,
        fixes,
    }
}

const fn fix(language: &'static str, text: &'static str) -> Fix {
    Fix { language, text }
}

#[cfg(test)]
mod tests;
