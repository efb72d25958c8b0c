#![doc = include_str!("../README.md")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::arithmetic_side_effects,
    reason = "a developer's tool: it prints, reads the environment, measures sections and counts lines"
)]

mod args;
mod bench;
mod ci;
mod dist;
mod features;
mod fuzz;
mod layers;
mod manifest;
mod process;
mod setup;
mod soak;
mod tidy;
mod tools;
mod vectors;
mod workspace;

use std::process::ExitCode;

use args::Command;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let command = match args::parse(&words) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("xtask: {message}\n\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Help => {
            println!("{}", args::USAGE);
            Ok(())
        }
        Command::Ci { strict, sections } => ci::run(strict, &sections),
        Command::Tidy => tidy::run(&workspace::Workspace::load()?),
        Command::Bench { groups } => bench::run(&workspace::Workspace::load()?, &groups),
        Command::Dist => dist::run(&workspace::Workspace::load()?),
        Command::Fuzz(action) => fuzz::run(&workspace::Workspace::load()?, &action),
        Command::Soak => soak::run(&workspace::Workspace::load()?),
        Command::Vectors { list } => vectors::run(&workspace::Workspace::load()?, list),
        Command::Setup => setup::command(&workspace::Workspace::load()?),
    }
}
