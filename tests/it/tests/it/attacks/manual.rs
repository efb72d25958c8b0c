//! The manual's table of attacks names every row and only tests that exist.

use std::path::Path;

/// The functions of all sources below a directory, in one text.
fn sources(directory: &Path, text: &mut String) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|end| end == "rs") {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_attack_is_in_the_manual_with_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = root.join("../../crates/countersign/src/manual/attacks.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut code = String::new();
    for directory in [
        "tests",
        "benches",
        "../../crates/countersign-client/src",
        "../../crates/countersign-reqwest/tests",
        "../../crates/countersign-server/tests",
    ] {
        sources(&root.join(directory), &mut code);
    }
    for number in 1..=60 {
        let row = format!("| H{number:02} |");
        let line = page.lines().find(|line| line.starts_with(&row));
        let line = line.unwrap_or_else(|| panic!("no row {row}"));
        let names = line.trim_end_matches('|').rsplit('|').next().unwrap();
        for name in names.split(',') {
            let name = name.trim().trim_matches('`');
            assert!(name.starts_with(&format!("h{number:02}_")), "{line}");
            assert!(code.contains(&format!("fn {name}(")), "{name}");
        }
    }
    // And no test that the page does not know.
    for name in code
        .split("fn h")
        .skip(1)
        .filter_map(|rest| rest.split('(').next())
    {
        if name.len() > 3 && name.as_bytes()[2] == b'_' && name.as_bytes()[0].is_ascii_digit() {
            assert!(page.contains(&format!("`h{name}`")), "h{name}");
        }
    }
}
