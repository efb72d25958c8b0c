//! Every client with every method and placement that it offers, one line a cell.

use countersign_provider::Settings;
use countersign_signature::Hash;
use countersign_test_support::vectors::{self, InteropException};
use countersign_verify::BodyHashWith;

use super::cell::{self, Ask, Outcome};
use super::clients::{Client, NODE, PYTHON};
use super::server::Server;
use crate::peer::{self, Peer};

/// The lines to print, and what should not be in them.
struct Matrix {
    exceptions: Vec<InteropException>,
    used: Vec<bool>,
    cells: usize,
    wrong: Vec<String>,
}

impl Matrix {
    fn new() -> Self {
        let exceptions = vectors::interop_exceptions();
        Self {
            used: vec![false; exceptions.len()],
            exceptions,
            cells: 0,
            wrong: Vec::new(),
        }
    }

    /// Every cell of a client.
    fn run(&mut self, peer: &mut Peer, server: &Server, client: &Client) {
        for method in client.methods {
            for (placement, asks) in client.placements {
                let outcomes =
                    cell::run(peer, &server.origin, client.name, method, placement, asks);
                self.tell([client.name, method, placement], &outcomes);
            }
        }
    }

    fn tell(&mut self, cell: [&str; 3], outcomes: &[(Ask, Outcome)]) {
        let [client, method, placement] = cell;
        self.cells += 1;
        let mut fine = Vec::new();
        let mut notes = Vec::new();
        for (ask, outcome) in outcomes {
            let name = ask.name();
            let listed = self.exceptions.iter().position(|row| {
                row.client == client
                    && [
                        (&row.methods, method),
                        (&row.placements, placement),
                        (&row.requests, name),
                    ]
                    .iter()
                    .all(|(listed, name)| listed.iter().any(|one| one == name))
            });
            match (ask, listed, outcome) {
                (Ask::WrongSecret, None, Err(problem)) if problem == "signature_invalid" => {
                    fine.push(name);
                }
                (Ask::WrongSecret, ..) => notes.push(format!("WRONG {name}: {outcome:?}")),
                (_, None, Ok(())) => fine.push(name),
                (_, None, Err(problem)) => notes.push(format!("WRONG {name}: {problem}")),
                (_, Some(row), Ok(())) => {
                    self.used[row] = true;
                    notes.push(format!("WRONG {name}: listed as an exception, and works"));
                }
                (_, Some(row), Err(problem)) => {
                    self.used[row] = true;
                    let row = &self.exceptions[row];
                    notes.push(if problem.starts_with(&row.answer) {
                        format!("{name}: {problem}: {} ({})", row.wrong, row.section)
                    } else {
                        format!("WRONG {name}: {problem}, not {}", row.answer)
                    });
                }
            }
        }
        let head = format!("{client:<18} {method:<12} {placement:<7}");
        let tail = if notes.is_empty() { "" } else { "; " };
        println!("{head} ok: {}{tail}{}", fine.join(" "), notes.join("; "));
        let wrong = notes.iter().filter(|note| note.starts_with("WRONG"));
        self.wrong
            .extend(wrong.map(|note| format!("{head} {note}")));
    }

    /// Rows about these clients that no cell met.
    fn unused(&self, clients: &[Client]) -> Vec<String> {
        let rows = self.exceptions.iter().zip(&self.used);
        rows.filter(|(row, used)| !**used && clients.iter().any(|one| one.name == row.client))
            .map(|(row, _)| format!("no cell for the exception {row:?}"))
            .collect()
    }
}

#[test]
fn foreign_clients_reach_the_example() {
    let server = Server::start(Settings::default());
    let mut matrix = Matrix::new();
    let drivers = [
        ("Python clients", peer::python("peers.py"), PYTHON),
        ("Node clients", peer::node("peers.js"), NODE),
    ];
    for (who, command, clients) in drivers {
        match command.and_then(Peer::start) {
            Err(missing) => peer::skip(who, &missing),
            Ok(mut peer) => {
                for client in clients {
                    matrix.run(&mut peer, &server, client);
                }
                let unused = matrix.unused(clients);
                matrix.wrong.extend(unused);
            }
        }
    }
    println!("{} cells, {} wrong", matrix.cells, matrix.wrong.len());
    assert!(matrix.wrong.is_empty(), "{}", matrix.wrong.join("\n"));
}

#[test]
fn an_option_takes_the_body_hash_of_oauthlib() {
    let peer = peer::python("peers.py").and_then(Peer::start);
    let mut peer = match peer {
        Err(missing) => return peer::skip("Python clients", &missing),
        Ok(peer) => peer,
    };
    let mut settings = Settings::default();
    settings.policy = settings
        .policy
        .with_body_hash_made_with(BodyHashWith::Always(Hash::Sha1));
    let server = Server::start(settings);
    let asks = [Ask::HashedJson];
    for method in ["HMAC-SHA256", "RSA-SHA256"] {
        let outcomes = cell::run(
            &mut peer,
            &server.origin,
            "requests-oauthlib",
            method,
            "header",
            &asks,
        );
        let hashed = outcomes.iter().find(|(ask, _)| *ask == Ask::HashedJson);
        assert_eq!(hashed, Some(&(Ask::HashedJson, Ok(()))), "{method}");
    }
}
