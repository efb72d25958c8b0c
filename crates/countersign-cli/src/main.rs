#![doc = include_str!("../README.md")]

mod ask;
mod cli;
mod commands;
#[cfg(feature = "network")]
mod connections;
mod credentials;
mod dialect;
mod exit;
mod input;
mod keys_file;
mod local;
#[cfg(feature = "network")]
mod network;
mod output;
mod profile;
#[cfg(feature = "network")]
mod seal_keys;
mod text;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::exit::Exit;

/// The service keeps what a request needs while others wait for the same sync. The allocator of the
/// system has its quick path for only a few blocks of a size at once.
#[cfg(feature = "service")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match commands::run(&cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::error(&error);
            error.exit().into()
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
