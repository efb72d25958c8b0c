//! F10: many processes with one expired connection.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use core::time::Duration;

use countersign_client::connections::{Connections, Settings};

use crate::kill::{Tcp, variable};
use crate::provider::{LIFE, Mode, Provider, listen, number};
use crate::support::{Clock, NOW, Process, block_on, id, open};

/// Set for one of the processes: the store, and where the provider listens.
const PATH: &str = "COUNTERSIGN_STAMPEDE_STORE";
const PORT: &str = "COUNTERSIGN_STAMPEDE_PORT";

const PROCESSES: usize = 64;

#[test]
fn child() {
    let (Some(path), Some(port)) = (variable(PATH), variable(PORT)) else {
        return;
    };
    let clock = Clock::at(NOW.saturating_add(i64::from(LIFE)));
    let exchange = Tcp::new(port.parse().unwrap(), None);
    // Looks every 50 milliseconds.
    let settings = Settings::default()
        .with_polling(Duration::from_secs(5), Duration::from_secs(100_000))
        .with_lease_seconds(100_000);
    let connections = Connections::new(open(Path::new(&path)), exchange, clock, settings);
    let known = block_on(connections.read(&id("a"))).unwrap();
    println!("knows {}", number(&known.credentials));
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    let token = block_on(connections.token(&id("a"))).unwrap();
    println!("has {}", number(&token.credentials));
}

struct Running {
    child: Child,
    lines: Box<dyn Iterator<Item = String>>,
}

impl Running {
    /// What it says next that begins so.
    fn says(&mut self, word: &str) -> Option<String> {
        self.lines.find_map(|line| {
            let at = line.find(word)?;
            line.get(at + word.len()..)
                .map(|rest| rest.trim().to_owned())
        })
    }
}

#[test]
fn f10_of_many_processes_one_renews_and_all_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = Process::new(open(&path), &provider, &clock);
    process.connect("a", &clock);
    let port = listen(&provider);
    let mut running: Vec<_> = (0..PROCESSES)
        .map(|_| {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["stampede::child", "--exact", "--nocapture"])
                .env(PATH, &path)
                .env(PORT, port.to_string())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            Running {
                child,
                lines: Box::new(lines.map_while(Result::ok)),
            }
        })
        .collect();
    for one in &mut running {
        assert_eq!(one.says("knows ").as_deref(), Some("1"));
    }
    let begin = Instant::now();
    for one in &mut running {
        one.child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    for one in &mut running {
        assert_eq!(one.says("has ").as_deref(), Some("2"));
    }
    println!("{PROCESSES} processes in {:?}", begin.elapsed());
    for one in &mut running {
        assert!(one.child.wait().unwrap().success());
    }
    assert_eq!((provider.requests(), provider.renewals("a")), (1, 1));
}
