//! `countersign clock`: this machine's clock, and a server's beside it.

#[cfg(feature = "network")]
mod comparison;
#[cfg(feature = "network")]
mod fetch;
mod mend;
mod report;

use clap::Args;

use crate::exit::{Exit, Outcome};
use crate::output;
use crate::output::Format;

const AFTER: &str = "\
Examples:
  countersign clock
  countersign clock https://api.example.com
  countersign clock --limit 60 --format json https://api.example.com

Exit codes: 0 within the limit, 1 further off, 2 usage, 3 no answer, or one without
a Date.";

/// Show this machine's clock, or compare it with a server's.
///
/// One HEAD request without credentials is sent; the Date of the answer is the server's time.
/// Providers refuse timestamps that are more than 300 seconds off.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Clock {
    /// How many seconds off are too many.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    limit: u32,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The server; https unless it says http.
    #[arg(value_name = "URL")]
    url: Option<String>,
}

impl Clock {
    pub(crate) fn run(&self) -> Outcome {
        let Some(url) = &self.url else {
            let now = countersign_clock::system::now();
            match self.format {
                Format::Json => output::json(&report::own_document(now))?,
                Format::Text => output::data(&report::own(now))?,
            }
            return Ok(Exit::Yes);
        };
        self.compare(url)
    }

    #[cfg(not(feature = "network"))]
    fn compare(&self, _url: &str) -> Outcome {
        Err(crate::exit::Failure::Work(
            "this countersign was built without the feature network; compare with the Date of an answer by countersign doctor --response FILE"
                .to_owned(),
        ))
    }

    #[cfg(feature = "network")]
    fn compare(&self, url: &str) -> Outcome {
        let url = if url.contains("://") {
            url.to_owned()
        } else {
            format!("https://{url}")
        };
        let found = fetch::compare(&url)?;
        let is_within = found.estimate.offset_seconds().unsigned_abs() <= u64::from(self.limit);
        match self.format {
            Format::Json => {
                output::json(&comparison::document(&url, &found, self.limit, is_within))?;
            }
            Format::Text => {
                output::data(&comparison::text(&url, &found, self.limit, is_within))?;
            }
        }
        Ok(if is_within { Exit::Yes } else { Exit::No })
    }
}
