//! The shape of public APIs that no lint of the compiler sees.

use crate::layers::LAYERS;
use crate::tidy::files::{File, line_of};
use crate::tidy::{Finding, Repo};

/// Crates whose verification gives proof and never `bool`.
const PROOF: &[&str] = &[
    "countersign-provider",
    "countersign-signature",
    "countersign-verify",
];

/// The crate of the signature methods, which are values and never global state.
const METHODS: &str = "countersign-signature";

/// The one error of a failed verification.
const MISMATCH: &str = "SignatureMismatch";

/// What a global provider would be made of.
const STATE: &[&str] = &[
    "Atomic",
    "LazyCell",
    "LazyLock",
    "Mutex",
    "OnceCell",
    "OnceLock",
    "RwLock",
    "static mut",
    "thread_local!",
];

/// The method that proves nothing about a request.
const DANGEROUS: &str = "plaintext";

/// A public function: where it starts, its name, and its text up to the body.
#[derive(Debug)]
pub(super) struct Function<'c> {
    pub(super) offset: usize,
    pub(super) name: &'c str,
    pub(super) signature: &'c str,
}

/// The `pub fn`s of some code.
pub(super) fn public_functions(code: &str) -> Vec<Function<'_>> {
    code.match_indices("pub ")
        .filter_map(|(offset, _)| {
            let mut rest = code.get(offset + "pub ".len()..)?;
            for word in ["const ", "async ", "unsafe "] {
                rest = rest.strip_prefix(word).unwrap_or(rest);
            }
            let rest = rest.strip_prefix("fn ")?;
            let name = rest.get(..rest.find(|c: char| !c.is_alphanumeric() && c != '_')?)?;
            let mut depth = 0_i32;
            let end = rest.find(|c: char| {
                depth += match c {
                    '(' | '[' => 1,
                    ')' | ']' => -1,
                    _ => 0,
                };
                depth == 0 && (c == '{' || c == ';')
            });
            Some(Function {
                offset,
                name,
                signature: rest.get(..end.unwrap_or(rest.len()))?,
            })
        })
        .collect()
}

pub(super) fn verification_is_no_bool(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in sources_of(repo, PROOF) {
        let code = &file.shipped;
        for function in public_functions(code) {
            let verifies = ["verify", "check", "is_valid"]
                .iter()
                .any(|w| function.name.contains(w));
            let gives_bool = function
                .signature
                .rsplit("->")
                .next()
                .is_some_and(|result| result.split_whitespace().next() == Some("bool"));
            if verifies && gives_bool {
                let message = format!("`{}` gives a bool where proof is due", function.name);
                findings.push(Finding::new(
                    &file.path,
                    line_of(code, function.offset),
                    message,
                ));
            }
        }
    }
    findings
}

/// A newtype that anyone can build or change validates nothing.
pub(super) fn tuple_fields(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in repo.library_sources() {
        let code = &file.shipped;
        for (offset, _) in code.match_indices("pub struct ") {
            let rest = code.get(offset..).unwrap_or_default();
            let end = rest.find(['{', ';']).unwrap_or(rest.len());
            let head = rest.get(..end).unwrap_or_default();
            if head
                .split_once('(')
                .is_some_and(|(_, fields)| has_public_field(fields))
            {
                let message = "a public tuple field: make it private";
                findings.push(Finding::new(&file.path, line_of(code, offset), message));
            }
        }
    }
    findings
}

/// `pub(crate)` and `pub(super)` stay inside.
fn has_public_field(fields: &str) -> bool {
    fields.match_indices("pub").any(|(at, _)| {
        let rest = fields.get(at + "pub".len()..).unwrap_or_default();
        rest.starts_with(char::is_whitespace)
    })
}

/// A foreign error in `From` makes its crate's version part of our API.
pub(super) fn foreign_from(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in repo.library_sources() {
        let code = &file.shipped;
        let places = code
            .match_indices("From<")
            .map(|(at, word)| (at, at + word.len()))
            .chain(
                code.match_indices("#[from]")
                    .map(|(at, word)| (at, at + word.len())),
            );
        for (offset, from) in places {
            let path = code.get(from..).unwrap_or_default().trim_start();
            let Some((root, _)) = path.split_once("::") else {
                continue;
            };
            if is_foreign(root) && is_public_from(code, offset) {
                let message =
                    format!("From<{root}::…>: wrap it, a foreign type is no part of the API");
                findings.push(Finding::new(&file.path, line_of(code, offset), message));
            }
        }
    }
    findings
}

/// An `impl` or an attribute; a bound such as `T: From<…>` is none.
fn is_public_from(code: &str, offset: usize) -> bool {
    let before = code.get(..offset).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    code.get(offset..)
        .is_some_and(|rest| rest.starts_with("#[from]"))
        || line.trim_start().starts_with("impl")
}

fn is_foreign(root: &str) -> bool {
    let root = root.trim_start_matches(['&', ' ']);
    LAYERS
        .iter()
        .flat_map(|row| row.external)
        .any(|package| package.replace('-', "_") == root)
}

pub(super) fn global_state(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in sources_of(repo, &[METHODS]) {
        let code = &file.shipped;
        for word in STATE {
            for (offset, _) in code.match_indices(word) {
                let message = format!("`{word}`: methods and keys are values, not global state");
                findings.push(Finding::new(&file.path, line_of(code, offset), message));
            }
        }
    }
    findings
}

/// The mismatch says nothing, so that no answer can tell why.
pub(super) fn opaque_mismatch(repo: &Repo) -> Vec<Finding> {
    let declaration = format!("pub struct {MISMATCH}");
    let mut found = false;
    let mut findings = Vec::new();
    for file in sources_of(repo, &[METHODS]) {
        for (offset, _) in file.code.match_indices(&declaration) {
            found = true;
            let rest = file
                .code
                .get(offset + declaration.len()..)
                .unwrap_or_default();
            let empty = [";", "(());", " {}"]
                .iter()
                .any(|end| rest.starts_with(end));
            if !empty {
                let message = format!("{MISMATCH} has a field");
                findings.push(Finding::new(
                    &file.path,
                    line_of(&file.code, offset),
                    message,
                ));
            }
        }
    }
    if !found {
        findings.push(Finding::new(METHODS, 0, format!("no `{declaration}`")));
    }
    findings
}

/// PLAINTEXT can't be chosen without saying that it is dangerous.
pub(super) fn danger_in_the_name(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in sources_of(repo, &["countersign", METHODS, "countersign-verify"]) {
        let code = &file.shipped;
        for function in public_functions(code) {
            let named = function.name.contains(DANGEROUS);
            let asks = function.name.starts_with("is_");
            if named && !asks && !function.name.contains("dangerous") {
                let message = format!("`{}` is to start with `dangerous_`", function.name);
                findings.push(Finding::new(
                    &file.path,
                    line_of(code, function.offset),
                    message,
                ));
            }
        }
    }
    findings
}

fn sources_of<'r>(repo: &'r Repo, crates: &'r [&str]) -> impl Iterator<Item = &'r File> {
    repo.library_sources()
        .filter(|file| file.crate_name().is_some_and(|name| crates.contains(&name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(text: &str) -> Repo {
        Repo::of(&[("crates/countersign-signature/src/a.rs", text)])
    }

    #[test]
    fn functions_are_found_whole() {
        let code = "pub fn a<T>(x: [u8; 4],\n y: T) -> bool\nwhere T: X {\n}\npub const fn b();\nfn c() {}";
        let found = public_functions(code);
        let names: Vec<_> = found.iter().map(|f| f.name).collect();
        assert_eq!(names, ["a", "b"]);
        assert!(found[0].signature.ends_with("where T: X "));
    }

    #[test]
    fn verification_gives_proof() {
        let count = |code| verification_is_no_bool(&signature(code)).len();
        assert_eq!(count("pub fn verify(&self) -> bool { true }"), 1);
        assert_eq!(
            count("pub fn is_valid_now(\n a: u8,\n) -> bool\n where A: B {}"),
            1
        );
        assert_eq!(
            count("pub fn verify(&self) -> Result<(), SignatureMismatch> {}"),
            0
        );
        assert_eq!(count("pub fn is_empty(&self) -> bool {}"), 0);
        assert_eq!(count("fn check(&self) -> bool {}"), 0);
        let elsewhere = Repo::of(&[(
            "crates/countersign-key/src/a.rs",
            "pub fn check() -> bool {}",
        )]);
        assert!(verification_is_no_bool(&elsewhere).is_empty());
    }

    #[test]
    fn newtypes_are_closed() {
        let count = |code| tuple_fields(&signature(code)).len();
        assert_eq!(count("pub struct A(pub String);"), 1);
        assert_eq!(count("pub struct A<'a>(u8, pub &'a str);"), 1);
        assert_eq!(
            count("pub struct A(String);\npub struct B(pub(crate) u8);"),
            0
        );
        assert_eq!(count("pub struct A { x: fn(u8) }"), 0);
    }

    #[test]
    fn foreign_errors_stay_inside() {
        let count = |code| foreign_from(&signature(code)).len();
        assert_eq!(count("impl From<rsa::Error> for SignError {}"), 1);
        assert_eq!(count("A(#[from] base64::DecodeError),"), 1);
        assert_eq!(count("impl From<core::str::Utf8Error> for E {}"), 0);
        assert_eq!(count("impl From<crate::Hash> for E {}"), 0);
        assert_eq!(count("impl From<DecodeError> for E {}"), 0);
    }

    #[test]
    fn there_is_no_global_state() {
        assert_eq!(
            global_state(&signature("static A: OnceLock<u8> = OnceLock::new();")).len(),
            2
        );
        assert_eq!(global_state(&signature("static mut A: u8 = 0;")).len(), 1);
        assert!(
            global_state(&signature("pub static HMAC_SHA1: Method = Method::row();")).is_empty()
        );
    }

    #[test]
    fn the_mismatch_is_opaque() {
        for good in [
            "pub struct SignatureMismatch;",
            "pub struct SignatureMismatch(());",
        ] {
            assert!(opaque_mismatch(&signature(good)).is_empty(), "{good}");
        }
        for bad in [
            "pub struct SignatureMismatch { at: usize }",
            "pub struct SignatureMismatch(u8);",
            "",
        ] {
            assert_eq!(opaque_mismatch(&signature(bad)).len(), 1, "{bad}");
        }
    }

    #[test]
    fn plaintext_is_called_dangerous() {
        let count = |code| danger_in_the_name(&signature(code)).len();
        assert_eq!(count("pub fn dangerous_with_plaintext(self) -> Self {}"), 0);
        assert_eq!(count("pub fn is_plaintext(&self) -> bool {}"), 0);
        assert_eq!(count("pub fn plaintext(key: &K) -> Self {}"), 1);
        assert_eq!(count("pub fn with_plaintext(self) -> Self {}"), 1);
    }
}
