//! A disk as a trace of system calls left it: what was written, and what of it was synced.

use std::collections::BTreeMap;
use std::path::Path;

/// What a disk writes at once.
const SECTOR: usize = 512;

/// One system call that matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Call {
    /// A file below the directory, made if it was not there.
    Made(String),
    Write {
        file: String,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: String,
        length: usize,
    },
    Sync(String),
    /// Names that were made or removed are durable.
    SyncDirectory,
    Unlink(String),
    /// What the process said.
    Said(String),
}

/// The calls of a trace of `strace -f -xx`, in the order in which they were over. Of files elsewhere
/// there are none.
pub(super) fn calls(trace: &str, directory: &Path) -> Vec<Call> {
    let mut reader = Reader {
        directory: directory.to_str().unwrap().to_owned(),
        open: BTreeMap::new(),
        position: BTreeMap::new(),
        calls: Vec::new(),
    };
    let mut begun: BTreeMap<&str, String> = BTreeMap::new();
    for line in trace.lines() {
        let (process, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        if let Some(start) = call.strip_suffix("<unfinished ...>") {
            begun.insert(process, start.trim_end().to_owned());
        } else if call.starts_with("<... ") {
            let (_, rest) = call.split_once("resumed>").unwrap();
            let whole = begun.remove(process).unwrap() + rest;
            reader.take(&whole);
        } else {
            reader.take(call);
        }
    }
    reader.calls
}

struct Reader {
    directory: String,
    /// The files that are open, by number.
    open: BTreeMap<i64, String>,
    /// Where the next write goes, where that was asked.
    position: BTreeMap<i64, usize>,
    calls: Vec<Call>,
}

/// The bytes between the first quotes, each written as `\xNN`.
fn quoted(text: &str) -> Vec<u8> {
    let hex = text.split('"').nth(1).unwrap_or_default();
    assert!(!text.contains("\"..."), "a string that was cut off");
    hex.split("\\x")
        .skip(1)
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

/// The numbers behind the last quote: `, 24, 45352)` is 24 and 45352.
fn numbers(arguments: &str) -> Vec<usize> {
    let (_, behind) = arguments.rsplit_once('"').unwrap_or(("", arguments));
    behind
        .split(',')
        .filter_map(|number| number.trim().parse().ok())
        .collect()
}

impl Reader {
    fn take(&mut self, call: &str) {
        let Some((name, rest)) = call.split_once('(') else {
            return;
        };
        let Some((arguments, result)) = rest.rsplit_once(") = ").or_else(|| rest.rsplit_once(')'))
        else {
            return;
        };
        let result = result.trim_start_matches([' ', '=']);
        let Ok(result) = result.split(' ').next().unwrap().parse::<i64>() else {
            return;
        };
        if result < 0 {
            return;
        }
        let number = || arguments.split(',').next().unwrap().parse::<i64>().unwrap();
        match name {
            "openat" => {
                let path = String::from_utf8(quoted(arguments)).unwrap();
                self.open.remove(&result);
                self.position.insert(result, 0);
                let Some(below) = path.strip_prefix(&self.directory) else {
                    return;
                };
                let file = below.trim_start_matches('/').to_owned();
                if arguments.contains("O_CREAT") {
                    self.calls.push(Call::Made(file.clone()));
                }
                self.open.insert(result, file);
            }
            "close" => {
                self.open.remove(&number());
            }
            "lseek" => {
                let position = usize::try_from(result).unwrap();
                self.position.insert(number(), position);
            }
            "unlink" => {
                let path = String::from_utf8(quoted(arguments)).unwrap();
                if let Some(below) = path.strip_prefix(&self.directory) {
                    let file = below.trim_start_matches('/').to_owned();
                    self.calls.push(Call::Unlink(file));
                }
            }
            "write" if number() == 1 => {
                let said = String::from_utf8(quoted(arguments)).unwrap();
                self.calls.push(Call::Said(said.trim().to_owned()));
            }
            _ => {
                let Some(file) = self.open.get(&number()).cloned() else {
                    return;
                };
                self.change(name, file, arguments, number(), result);
            }
        }
    }

    fn change(&mut self, name: &str, file: String, arguments: &str, number: i64, result: i64) {
        let length = usize::try_from(result).unwrap();
        let call = match name {
            "write" | "pwrite64" => {
                let bytes = quoted(arguments);
                assert_eq!(bytes.len(), length, "written in part");
                let at = match name {
                    "pwrite64" => numbers(arguments)[1],
                    _ => {
                        let position = self.position.get_mut(&number).unwrap();
                        let at = *position;
                        *position += length;
                        at
                    }
                };
                Call::Write { file, at, bytes }
            }
            "ftruncate" => {
                let length = arguments.rsplit_once(", ").unwrap().1.parse().unwrap();
                Call::Truncate { file, length }
            }
            "fsync" | "fdatasync" if file.is_empty() => Call::SyncDirectory,
            "fsync" | "fdatasync" => Call::Sync(file),
            _ => return,
        };
        self.calls.push(call);
    }
}

#[derive(Default)]
struct File {
    durable: Vec<u8>,
    /// In order, what was done since.
    since: Vec<Call>,
    is_linked: bool,
    is_linked_durably: bool,
}

/// What is left of what was not synced.
#[derive(Debug, Clone, Copy)]
pub(super) enum Left {
    Nothing,
    All,
    /// Any of it, sector by sector, in whatever order the disk had.
    Some(u64),
}

#[derive(Default)]
pub(super) struct Disk(BTreeMap<String, File>);

fn apply(content: &mut Vec<u8>, call: &Call, keeps: &mut dyn FnMut() -> bool) {
    match call {
        Call::Write { at, bytes, .. } => {
            for (number, sector) in bytes.chunks(SECTOR).enumerate() {
                if keeps() {
                    let from = at + number * SECTOR;
                    let to = from + sector.len();
                    content.resize(content.len().max(to), 0);
                    content[from..to].copy_from_slice(sector);
                }
            }
        }
        Call::Truncate { length, .. } if keeps() => content.resize(*length, 0),
        _ => {}
    }
}

impl Disk {
    pub(super) fn take(&mut self, call: &Call) {
        match call {
            Call::Made(file) => self.0.entry(file.clone()).or_default().is_linked = true,
            Call::Unlink(file) => {
                if let Some(file) = self.0.get_mut(file) {
                    file.is_linked = false;
                }
            }
            Call::Write { file, .. } | Call::Truncate { file, .. } => {
                self.0
                    .entry(file.clone())
                    .or_default()
                    .since
                    .push(call.clone());
            }
            Call::Sync(file) => {
                let file = self.0.entry(file.clone()).or_default();
                for call in core::mem::take(&mut file.since) {
                    apply(&mut file.durable, &call, &mut || true);
                }
            }
            Call::SyncDirectory => {
                for file in self.0.values_mut() {
                    file.is_linked_durably = file.is_linked;
                }
            }
            Call::Said(_) => {}
        }
    }

    /// Writes down what the disk has when the power comes back.
    pub(super) fn write(&self, directory: &Path, left: Left) {
        let mut state = match left {
            Left::Some(seed) => seed,
            Left::Nothing | Left::All => 0,
        };
        let mut keeps = || match left {
            Left::Nothing => false,
            Left::All => true,
            Left::Some(_) => {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                state >> 62 != 0
            }
        };
        for (name, file) in &self.0 {
            // What processes share in memory is no part of it.
            if name.ends_with("-shm") || name.contains('/') {
                continue;
            }
            let is_there = match file.is_linked == file.is_linked_durably {
                true => file.is_linked,
                false if keeps() => file.is_linked,
                false => file.is_linked_durably,
            };
            if !is_there {
                continue;
            }
            let mut content = file.durable.clone();
            for call in &file.since {
                apply(&mut content, call, &mut keeps);
            }
            std::fs::write(directory.join(name), content).unwrap();
        }
    }
}
