//! `countersign profile keyring`: who keeps the keys that secrets are sealed by.

use clap::{Args, ValueEnum};

use super::view;
use crate::exit::{Exit, Outcome};
use crate::output::{self, Format};
use crate::profile::Profiles;

const AFTER: &str = "\
Examples:
  countersign profile keyring
  countersign profile keyring on
  countersign profile keyring off

The keyring is Keychain on macOS, the Credential Manager on Windows, and elsewhere the Secret
Service of the desktop, such as GNOME Keyring or KWallet. With `on`, tokens and what profiles
keep secret can only be read where the keyring can be, by every process of the user there.
Private keys and the files of passphrases stay the files that they are. A copy of the
configuration directory shares the item of the keyring: turned off in one of them, it is gone
for the other. Copy it after `off`, and turn it on in each.

Exit codes: 0 done, 2 usage, 3 the keyring or a file can't be used, 4 the keyring lost the key.";

/// Have the keyring of the system keep the key that secrets are sealed by, or a file.
///
/// Without on or off: say which it is.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Keyring {
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Move it there, or back into a file of mode 0600.
    #[arg(value_enum)]
    turn: Option<Turn>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Turn {
    On,
    Off,
}

impl Keyring {
    pub(super) fn run(&self) -> Outcome {
        let profiles = Profiles::open()?;
        match self.turn {
            Some(Turn::On) => profiles.change()?.use_keyring()?,
            Some(Turn::Off) => profiles.change()?.leave_keyring()?,
            None => {}
        }
        if self.format == Format::Json {
            let active = profiles.active()?;
            output::json(&view::document(&profiles, active.as_ref(), &[], None)?)?;
            return Ok(Exit::Yes);
        }
        output::data(if profiles.is_in_keyring()? {
            "keyring: on, secrets are sealed with a key that it has\n"
        } else {
            "keyring: off, secrets stand in files for their owner alone\n"
        })?;
        Ok(Exit::Yes)
    }
}
