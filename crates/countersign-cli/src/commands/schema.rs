//! `countersign schema`: the JSON Schema of a document that another command prints.

use clap::Args;

use crate::exit::{Exit, Outcome};
use crate::output;

const AFTER: &str = "\
Examples:
  countersign schema doctor > doctor-1.json
  countersign schema profile

Exit codes: 0 printed, 2 usage.";

/// The schemas that there are.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Document {
    /// What `admin … --format json` prints: countersign/admin/1.
    Admin,
    /// What `doctor --format json` prints: countersign/doctor/1.
    Doctor,
    /// What the commands below `profile` print: countersign/profile/1.
    Profile,
    /// What `profile presets --format json` prints: countersign/presets/1.
    Presets,
    /// What `request --format json` prints: countersign/request/1.
    Request,
    /// What the commands below `token` print: countersign/token/1.
    Token,
}

impl Document {
    const fn schema(self) -> &'static str {
        match self {
            Self::Admin => include_str!("../../schema/admin-1.json"),
            Self::Doctor => include_str!("../../schema/doctor-1.json"),
            Self::Profile => include_str!("../../schema/profile-1.json"),
            Self::Presets => include_str!("../../schema/presets-1.json"),
            Self::Request => include_str!("../../schema/request-1.json"),
            Self::Token => include_str!("../../schema/token-1.json"),
        }
    }
}

/// Print the JSON Schema (draft 2020-12) of a command's JSON document.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Schema {
    /// The command whose document is described.
    #[arg(value_enum, value_name = "COMMAND")]
    document: Document,
}

impl Schema {
    pub(crate) fn run(&self) -> Outcome {
        output::data(self.document.schema())?;
        Ok(Exit::Yes)
    }
}
