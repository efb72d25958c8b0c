//! The vectors on disk, see `tests/vectors/README.md`.

use std::path::PathBuf;

use serde_json::Value;

/// One published case.
#[derive(Clone, Debug)]
pub struct Case {
    /// The name of the case and of its file.
    pub id: String,
    /// Whether the right answer is a refusal.
    pub negative: bool,
    /// Whether the expected value was recomputed.
    pub verified: bool,
    /// The departure from RFC 5849 that the published value follows.
    pub dialect: Option<String>,
    /// What goes in.
    pub input: Value,
    /// What has to come out.
    pub expected: Value,
}

impl Case {
    /// A text of the input.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<&str> {
        self.input.get(name).and_then(Value::as_str)
    }

    /// A text of the expected values.
    #[must_use]
    pub fn expected(&self, name: &str) -> Option<&str> {
        self.expected.get(name).and_then(Value::as_str)
    }

    /// Pairs of the input, in order; empty when there are none.
    #[must_use]
    pub fn params(&self) -> Vec<(String, String)> {
        pairs(self.input.get("params"))
    }
}

/// The pairs of a list of two-element lists.
#[must_use]
pub fn pairs(value: Option<&Value>) -> Vec<(String, String)> {
    let texts = |pair: &Value| {
        let text = |at: usize| {
            pair.get(at)
                .and_then(Value::as_str)
                .expect("a pair")
                .to_owned()
        };
        (text(0), text(1))
    };
    value
        .and_then(Value::as_array)
        .map_or_else(Vec::new, |list| list.iter().map(texts).collect())
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

fn read(path: &PathBuf) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every case of a kind, by name.
#[must_use]
pub fn cases(kind: &str) -> Vec<Case> {
    let directory = root().join(kind);
    let mut files = std::fs::read_dir(&directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
        .map(|entry| entry.expect("a directory entry").path())
        .collect::<Vec<_>>();
    files.sort();
    files.iter().map(|path| case(kind, path)).collect()
}

fn case(kind: &str, path: &PathBuf) -> Case {
    let document: Value = serde_json::from_str(&read(path))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let flag = |name: &str| document.get(name).and_then(Value::as_bool).unwrap_or(false);
    let id = text("id").expect("an id");
    assert_eq!(
        path.file_stem().and_then(|stem| stem.to_str()),
        Some(id),
        "the file's name"
    );
    assert_eq!(text("kind"), Some(kind), "{id}");
    assert!(
        text("source").is_some_and(|source| !source.is_empty()),
        "{id}: no source"
    );
    Case {
        id: id.to_owned(),
        negative: flag("negative"),
        verified: flag("verified"),
        dialect: text("dialect").map(str::to_owned),
        input: document.get("input").expect("an input").clone(),
        expected: document.get("expected").expect("expected values").clone(),
    }
}

/// A data set of others, such as `wycheproof/hmac_sha1_test.json`.
#[must_use]
pub fn set(path: &str) -> Value {
    serde_json::from_str(&read(&root().join(path))).expect("JSON")
}

/// A known disagreement with one published value.
#[derive(Clone, Debug)]
pub struct Exception {
    /// The case.
    pub case: String,
    /// Its kind.
    pub kind: String,
    /// The stage that differs.
    pub stage: String,
    /// Why.
    pub reason: String,
}

/// The rows `[[exception]]` of `exceptions.toml`.
#[must_use]
pub fn exceptions() -> Vec<Exception> {
    rows("exception", |row| Exception {
        case: text(row, "case"),
        kind: text(row, "kind"),
        stage: text(row, "stage"),
        reason: text(row, "reason"),
    })
}

/// How a flag of a data set is read.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The flag, such as `MissingNull`.
    pub flag: String,
    /// What the set says.
    pub published: String,
    /// What is demanded here: `accept` or `reject`.
    pub ours: String,
    /// Why.
    pub reason: String,
}

/// The rows `[[policy]]` of `exceptions.toml`.
#[must_use]
pub fn policies() -> Vec<Policy> {
    rows("policy", |row| Policy {
        flag: text(row, "flag"),
        published: text(row, "published"),
        ours: text(row, "ours"),
        reason: text(row, "reason"),
    })
}

/// A known disagreement with another implementation.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// The other implementation.
    pub with: String,
    /// The name of the input class.
    pub class: String,
    /// Why.
    pub reason: String,
}

/// The rows `[[disagreement]]` of `exceptions.toml`.
#[must_use]
pub fn disagreements() -> Vec<Disagreement> {
    rows("disagreement", |row| Disagreement {
        with: text(row, "with"),
        class: text(row, "class"),
        reason: text(row, "reason"),
    })
}

/// What a client of others is known not to do as RFC 5849 says.
#[derive(Clone, Debug)]
pub struct InteropException {
    /// The client.
    pub client: String,
    /// The signature methods.
    pub methods: Vec<String>,
    /// Where it puts the protocol parameters: `header`, `body` or `query`.
    pub placements: Vec<String>,
    /// What it was asked to do.
    pub requests: Vec<String>,
    /// How the answer begins: a problem code, or the client's own error.
    pub answer: String,
    /// What the client does wrong.
    pub wrong: String,
    /// The section that says so.
    pub section: String,
}

/// The rows `[[exception]]` of `interop/exceptions.toml`.
#[must_use]
pub fn interop_exceptions() -> Vec<InteropException> {
    rows_of("interop/exceptions.toml", "exception", |row| {
        InteropException {
            client: text(row, "client"),
            methods: texts(row, "methods"),
            placements: texts(row, "placements"),
            requests: texts(row, "requests"),
            answer: text(row, "answer"),
            wrong: text(row, "wrong"),
            section: text(row, "section"),
        }
    })
}

fn texts(row: &toml::Table, name: &str) -> Vec<String> {
    let values = row.get(name).and_then(toml::Value::as_array);
    let values = values.unwrap_or_else(|| panic!("{name} is missing in {row:?}"));
    let text = |value: &toml::Value| value.as_str().expect("a text").to_owned();
    values.iter().map(text).collect()
}

fn text(row: &toml::Table, name: &str) -> String {
    let value = row.get(name).and_then(toml::Value::as_str);
    value
        .unwrap_or_else(|| panic!("exceptions.toml: {name} is missing in {row:?}"))
        .to_owned()
}

fn rows<T>(name: &str, make: impl Fn(&toml::Table) -> T) -> Vec<T> {
    rows_of("exceptions.toml", name, make)
}

fn rows_of<T>(file: &str, name: &str, make: impl Fn(&toml::Table) -> T) -> Vec<T> {
    let document: toml::Table = toml::from_str(&read(&root().join(file))).expect("TOML");
    let rows = document.get(name).and_then(toml::Value::as_array);
    rows.into_iter()
        .flatten()
        .map(|row| make(row.as_table().expect("a table")))
        .collect()
}
