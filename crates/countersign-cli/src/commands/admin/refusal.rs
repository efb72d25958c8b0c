//! `countersign admin refusal`: which requests the service refused.

use clap::{Args, Subcommand};
use countersign_server::{Config, RecordsError, RefusalReader, RefusalRecord};
use serde_json::{Value, json};

use super::Trouble;
use super::report::{Report, table};
use crate::exit::{Failure, in_full};

const AFTER: &str = "\
Examples:
  countersign admin refusal list
  countersign admin refusal list --consumer photo-printer --limit 100
  countersign doctor --id 7ZK3M9Q0T4X2A

Exit codes: 0 done, 2 usage, 3 could not run.";

/// Look at which requests the service refused; `doctor --id` explains one of them.
#[derive(Args, Debug)]
#[command(after_help = AFTER, arg_required_else_help = true)]
pub(super) struct Refusal {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List what was refused, the newest first.
    #[command(after_help = AFTER)]
    List {
        /// Only those of one application.
        #[arg(long, value_name = "KEY")]
        consumer: Option<String>,
        /// How many at most.
        #[arg(long, value_name = "NUMBER", default_value_t = 20)]
        limit: usize,
    },
}

impl Refusal {
    pub(super) fn run(&self, config: &Config) -> Result<Report, Trouble> {
        let Command::List { consumer, limit } = &self.command;
        let failed = |error: RecordsError| Failure::Work(in_full(&error));
        let file = config.resolve(&config.store.records_file());
        let reader = RefusalReader::open(&file).map_err(failed)?;
        let found = reader.newest(consumer.as_deref(), *limit).map_err(failed)?;
        let lines: Vec<_> = found.iter().map(line).collect();
        let rows: Vec<_> = found.iter().map(row).collect();
        Ok(Report::new(table(&lines, "No refusals are kept.")).with("refusals", rows)?)
    }
}

fn line(record: &RefusalRecord) -> [String; 6] {
    [
        record.id.clone(),
        record.at.rfc3339(),
        record.status.to_string(),
        record.problem.clone().unwrap_or_default(),
        record.cause.clone(),
        record.consumer.clone().unwrap_or_default(),
    ]
}

fn row(record: &RefusalRecord) -> Value {
    json!({
        "id": record.id,
        "at": record.at.seconds(),
        "endpoint": record.endpoint,
        "method": record.method,
        "consumer": record.consumer,
        "status": record.status,
        "problem": record.problem,
        "cause": record.cause,
        "detail": record.detail,
    })
}
