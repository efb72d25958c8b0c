//! The manual's page of faults names tests that there are.

use std::fs;
use std::path::Path;

/// The names between back quotes that look like those of tests.
fn named(page: &str) -> Vec<&str> {
    page.split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| {
            name.len() > 20 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
        .collect()
}

fn sources(directory: &Path, text: &mut String) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

const HEADS: [&str; 2] = [
    "#[test]\nfn ",
    "#[tokio::test(flavor = \"multi_thread\")]\nasync fn ",
];

#[test]
fn each_test_that_the_page_of_faults_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("../countersign/src/manual/faults.md")).unwrap();
    let mut text = String::new();
    for directory in [
        "src",
        "tests",
        "../countersign-store-sqlite/tests",
        "../countersign-server/tests",
        "../../tests/it/tests",
    ] {
        sources(&root.join(directory), &mut text);
    }
    let is_test = |name: &str| {
        let mut heads = HEADS.iter();
        heads.any(|head| text.contains(&format!("{head}{name}()")))
    };
    let named = named(&page);
    assert!(named.len() > 15, "{named:?}");
    for name in named {
        assert!(is_test(name), "{name} is no test");
    }
    // And each test of a row is named.
    for head in HEADS {
        let head = format!("{head}f");
        let rows = text.split(&head).skip(1);
        for row in rows.filter(|row| row.starts_with(|c: char| c.is_ascii_digit())) {
            let name = format!("f{}", row.split_once('(').unwrap().0);
            assert!(page.contains(&format!("`{name}`")), "{name} has no row");
        }
    }
    assert!(!is_test("f99_no_such_test_in_the_repository"));
}
