//! Child processes: no input, `CI=true`, and a line that says what runs.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

/// What a captured child left behind.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) ok: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A `Command` in `dir` that asks nobody anything.
pub(crate) fn command(program: impl AsRef<OsStr>, dir: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(dir)
        .stdin(Stdio::null())
        .env("CI", "true");
    // What `cargo run` tells this process about itself is false for its children.
    for (name, _) in std::env::vars_os() {
        let Some(name) = name.to_str() else { continue };
        let about_us = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ];
        if about_us.iter().any(|prefix| name.starts_with(prefix))
            || ["CARGO", "OUT_DIR", "RUST_RECURSION_COUNT"].contains(&name)
        {
            command.env_remove(name);
        }
    }
    command
}

/// `cargo`, by the name that rustup's `+toolchain` works with.
///
/// What incremental builds keep is larger than the build and of no use to one that runs once, and
/// so is what debuggers read.
pub(crate) fn cargo(dir: &Path, words: &[&str]) -> Command {
    let mut command = command("cargo", dir);
    command
        .args(words)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "none");
    command
}

/// Runs with the output shown as it comes.
pub(crate) fn show(mut command: Command) -> Result<(), String> {
    announce(&command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{}` ended with {status}", short(&line(&command)))),
        Err(error) => Err(format!("`{}` did not start: {error}", line(&command))),
    }
}

/// Runs with the output kept and not shown.
pub(crate) fn capture(mut command: Command) -> Result<Captured, String> {
    match command.output() {
        Ok(output) => Ok(Captured {
            ok: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }),
        Err(error) => Err(format!("`{}` did not start: {error}", line(&command))),
    }
}

/// Runs with the output shown as it comes and kept.
pub(crate) fn tee(mut command: Command) -> Result<Captured, String> {
    announce(&command);
    let typed = line(&command);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{typed}` did not start: {error}"))?;
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let errors = thread::spawn(move || copy(stderr, &mut std::io::stderr()));
    let stdout = copy(stdout, &mut std::io::stdout());
    let stderr = errors.join().unwrap_or_default();
    let status = child
        .wait()
        .map_err(|error| format!("`{typed}`: {error}"))?;
    Ok(Captured {
        ok: status.success(),
        stdout,
        stderr,
    })
}

/// True when the program can be started and answers with success.
pub(crate) fn answers(program: impl AsRef<OsStr>, words: &[&str]) -> bool {
    let mut command = command(program, Path::new("."));
    command
        .args(words)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

/// Enough of a command to know it by; all of it was announced.
fn short(line: &str) -> String {
    const LENGTH: usize = 60;
    match line.char_indices().nth(LENGTH) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line.to_owned(),
    }
}

fn announce(command: &Command) {
    println!("$ {}", line(command));
}

fn copy(from: Option<impl Read>, to: &mut impl Write) -> String {
    let mut kept = String::new();
    let Some(from) = from else { return kept };
    let mut reader = BufReader::new(from);
    let mut bytes = Vec::new();
    while reader
        .read_until(b'\n', &mut bytes)
        .is_ok_and(|count| count > 0)
    {
        // A closed terminal must not stop the child.
        let _ = to.write_all(&bytes).and_then(|()| to.flush());
        kept.push_str(&String::from_utf8_lossy(&bytes));
        bytes.clear();
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_run_in_ci_and_know_nothing_of_this_program() {
        let command = cargo(Path::new("."), &["--version"]);
        let environment: Vec<_> = command.get_envs().collect();
        assert!(environment.contains(&(OsStr::new("CI"), Some(OsStr::new("true")))));
        assert!(environment.contains(&(OsStr::new("CARGO_MANIFEST_DIR"), None)));
        assert!(capture(command).unwrap().stdout.starts_with("cargo "));
    }

    #[test]
    fn failures_name_the_command() {
        let failed = show(cargo(Path::new("."), &["no-such-command"])).unwrap_err();
        assert!(
            failed.starts_with("`cargo no-such-command` ended with"),
            "{failed}"
        );
        let missing = capture(command("no-such-program-anywhere", Path::new("."))).unwrap_err();
        assert!(
            missing.starts_with("`no-such-program-anywhere` did not start"),
            "{missing}"
        );
    }

    #[test]
    fn a_long_command_is_shortened() {
        assert_eq!(short("cargo fmt"), "cargo fmt");
        assert_eq!(short(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
    }

    #[test]
    fn output_is_kept_line_by_line() {
        let mut shown = Vec::new();
        assert_eq!(copy(Some(&b"a\nb"[..]), &mut shown), "a\nb");
        assert_eq!(shown, b"a\nb");
        assert_eq!(copy(None::<&[u8]>, &mut shown), "");
    }
}
