//! Running the built command.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Panics unless the exit code is this one.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout: {}\nstderr: {}",
            self.out, self.err
        );
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// Runs `countersign` with these arguments in `directory`, without a terminal.
pub(crate) fn run_in(directory: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    run_with(directory, arguments, input, &[])
}

pub(crate) fn run_with(
    directory: &Path,
    arguments: &[&str],
    input: &[u8],
    variables: &[(&str, &str)],
) -> Ran {
    let mut child = start(directory, arguments, variables);
    // A command that reads nothing may have ended already.
    let _ignored = child.stdin.take().expect("a pipe").write_all(input);
    ended(arguments, child)
}

/// What a started command came to.
#[track_caller]
pub(crate) fn ended(arguments: &[&str], child: Child) -> Ran {
    let done = child.wait_with_output().expect("the command ends");
    let ran = Ran {
        code: done.status.code().expect("no signal"),
        out: String::from_utf8(done.stdout).expect("text"),
        err: String::from_utf8(done.stderr).expect("text"),
    };
    crate::valid::holds_for(arguments, &ran);
    ran
}

/// Starts `countersign`, with pipes to it.
pub(crate) fn start(directory: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(arguments)
        .current_dir(directory)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        // Whoever runs the tests may have profiles of their own.
        .env_remove("COUNTERSIGN_PROFILE")
        .env("COUNTERSIGN_CONFIG_DIR", NO_PROFILES)
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts")
}

/// Where no test looks for profiles unless it says so.
const NO_PROFILES: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/no-profiles");

/// Runs it anywhere, with nothing on standard input.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    run_in(Path::new("."), arguments, b"")
}

/// A directory of files that only their owner can read.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, content).expect("written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
                .expect("permissions");
        }
        path
    }

    #[cfg(feature = "service")]
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("text")
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        run_in(self.path(), arguments, b"")
    }

    pub(crate) fn feed(&self, arguments: &[&str], input: &[u8]) -> Ran {
        run_in(self.path(), arguments, input)
    }
}

/// The keys of RFC 5849 section 1.2.
pub(crate) const KEYS: &str = "\
consumer_key = \"dpf43f3p2l4k3l03\"
consumer_secret = \"kd94hf93k423kf44\"
token = \"nnch734d00sl2jdk\"
token_secret = \"pfkkdhi9sl3r4s00\"
";

/// A directory with those keys in `keys.toml`.
pub(crate) fn with_keys() -> Files {
    let files = Files::new();
    files.write("keys.toml", KEYS);
    files
}
