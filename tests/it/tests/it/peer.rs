//! Other implementations: where they are installed, and how they are asked.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// Where `xtask setup` installs what the tests ask.
fn tools() -> PathBuf {
    std::env::var_os("COUNTERSIGN_TOOLS").map_or_else(
        || {
            let here = std::env::current_exe().expect("the path of this test");
            // <target directory>/<profile>/deps/<this test>
            here.ancestors()
                .nth(3)
                .expect("a target directory")
                .join("tools")
        },
        PathBuf::from,
    )
}

/// A script of this package, to be run by Python with the packages of the tests; or what is
/// missing.
pub(crate) fn python(script: &str) -> Result<Command, String> {
    let python = tools().join("python/bin/python");
    if !python.exists() {
        return Err(format!("{} is missing", python.display()));
    }
    let mut command = Command::new(python);
    command
        .arg(format!("{}/python/{script}", env!("CARGO_MANIFEST_DIR")))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

/// The same by Node.
pub(crate) fn node(script: &str) -> Result<Command, String> {
    let modules = tools().join("node/node_modules");
    if !modules.exists() {
        return Err(format!("{} is missing", modules.display()));
    }
    let mut command = Command::new("node");
    command
        .arg("--no-deprecation")
        .arg(format!("{}/node/{script}", env!("CARGO_MANIFEST_DIR")))
        .env("NODE_PATH", modules);
    Ok(command)
}

/// There is nobody to ask: said here, a failure where everything has to be there.
pub(crate) fn skip(who: &str, missing: &str) {
    let strict = std::env::var_os("COUNTERSIGN_STRICT").is_some_and(|value| value == "1");
    assert!(!strict, "{who}: {missing}");
    println!("SKIP {who}: {missing}");
}

/// A process that answers each line of JSON with one.
pub(crate) struct Peer {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts it; what is missing, if it ends at once because it lacks a package.
    pub(crate) fn start(mut command: Command) -> Result<Self, String> {
        let started = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", command.get_program().display()));
        let mut child = started?;
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        let questions = child.stdin.take();
        let mut peer = Self {
            child,
            questions,
            answers,
        };
        match peer.exchange(&json!({"op": "versions"})) {
            Some(versions) => println!("{versions}"),
            None => return Err("its packages are not installed".to_owned()),
        }
        Ok(peer)
    }

    pub(crate) fn ask(&mut self, question: &Value) -> Value {
        self.exchange(question).expect("an answer")
    }

    fn exchange(&mut self, question: &Value) -> Option<Value> {
        let questions = self.questions.as_mut()?;
        writeln!(questions, "{question}").ok()?;
        let mut line = String::new();
        self.answers.read_line(&mut line).ok()?;
        serde_json::from_str(&line).ok()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.questions.take());
        let _ended = self.child.wait();
    }
}
