//! `countersign profile`: credentials by name, with what their provider wants.

mod add;
mod check;
mod import;
#[cfg(feature = "keyring")]
mod keyring;
mod list;
mod presets;
mod remove;
mod set;
mod show;
mod status;
mod view;

#[cfg(feature = "network")]
pub(crate) use view::masked;

use clap::{Args, Subcommand};

use crate::exit::Outcome;

const AFTER: &str = "\
Examples:
  countersign profile presets
  countersign profile add shop --preset magento --fill host=shop.example --keys keys.toml
  countersign profile use shop
  countersign profile status
  countersign sign --profile shop https://shop.example/rest/V1/products

Profiles stand in COUNTERSIGN_CONFIG_DIR, else in countersign below XDG_CONFIG_HOME
or ~/.config (macOS: ~/Library/Application Support, Windows: %APPDATA%), each in a
file that only its owner can read. One that others can read is not used.
With `profile keyring on` what is secret in them is sealed, and the keyring of the
system has the key.";

/// Keep credentials by name, with what their provider wants; nothing here shows a secret.
#[derive(Args, Debug)]
#[command(after_help = AFTER, arg_required_else_help = true)]
pub(crate) struct Profile {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Add(Box<add::Add>),
    Import(Box<import::Import>),
    #[cfg(feature = "keyring")]
    Keyring(keyring::Keyring),
    List(list::List),
    Use(set::Use),
    Show(show::Show),
    Status(status::Status),
    Remove(remove::Remove),
    Presets(presets::Presets),
}

impl Profile {
    pub(crate) fn run(&self) -> Outcome {
        match &self.command {
            Command::Add(add) => add.run(),
            Command::Import(import) => import.run(),
            #[cfg(feature = "keyring")]
            Command::Keyring(keyring) => keyring.run(),
            Command::List(list) => list.run(),
            Command::Use(set) => set.run(),
            Command::Show(show) => show.run(),
            Command::Status(status) => status.run(),
            Command::Remove(remove) => remove.run(),
            Command::Presets(presets) => presets.run(),
        }
    }
}
