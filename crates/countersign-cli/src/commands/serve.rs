//! `countersign serve`: a provider on embedded storage, in one command.

mod block;
mod examples;
pub(crate) mod log;

use core::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use countersign_server::{
    Config, EXAMPLE_CONFIG, Inputs, Server, StartError, StopSignal, stop_signal, stop_signal_again,
};

use crate::exit::{Exit, Failure, Outcome};
use crate::output::{self, Format};

/// What is read if no configuration is named.
const CONFIG: &str = "countersign.toml";

const AFTER: &str = "\
Examples:
  countersign serve
  countersign serve --config /etc/countersign/countersign.toml
  countersign serve --example-config > countersign.toml

Without a configuration it listens on the loopback address, keeps everything in
./countersign.db, and registers an application of each kind, whose keys it puts
into ./countersign-demo.

Exit codes: 0 stopped as asked, 1 told again to stop before it was done, or 130 if by
Ctrl-C, 2 the configuration can't be used, 3 it could not start.";

/// Run an OAuth 1.0a provider: token endpoints, and /echo to try them.
///
/// Stops at Ctrl-C or SIGTERM, after the requests that are under way; told twice, at once.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Serve {
    /// The configuration (TOML); otherwise ./countersign.toml, if there is one.
    #[arg(long, short, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address to listen on, in place of the configuration's.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// The address for metrics and readiness, in place of the configuration's.
    #[arg(long, value_name = "ADDRESS:PORT")]
    admin_listen: Option<SocketAddr>,
    /// The store or the file of users was lost, or a copy was put back: make what is lost, and
    /// refuse what may have been accepted before.
    #[arg(long)]
    after_loss: bool,
    /// Print a configuration with every key, its default and what it is for, and do nothing else.
    #[arg(long)]
    example_config: bool,
    /// How the start and the log are printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Serve {
    pub(crate) fn run(&self) -> Outcome {
        if self.example_config {
            output::data(EXAMPLE_CONFIG)?;
            return Ok(Exit::Yes);
        }
        log::start(self.format);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::work(&error))?;
        let ended = runtime.block_on(self.serve());
        if !matches!(ended, Ok(Exit::Yes)) {
            // Nothing is waited for any more.
            runtime.shutdown_background();
        }
        ended
    }

    async fn serve(&self) -> Outcome {
        let (config, examples) = self.config()?;
        let mut inputs = Inputs::default();
        inputs.after_loss = self.after_loss;
        let server = Server::open(config, inputs)
            .await
            .map_err(|error| refused(&error))?;
        let facts = server.facts();
        // Watched before it says that it is ready: a signal right after that ends it in order too.
        let stop = stop_signal().map_err(|error| Failure::work(&error))?;
        match self.format {
            Format::Text => output::data(&block::text(facts, examples.as_ref())?)?,
            Format::Json => output::line(&block::json(facts, examples.as_ref()))?,
        }
        Ok(match server.run_until(stop, stop_signal_again).await {
            None => Exit::Yes,
            Some(StopSignal::Interrupt) => Exit::Interrupted,
            Some(_) => Exit::No,
        })
    }

    fn config(&self) -> Result<(Config, Option<examples::Examples>), Failure> {
        let named = self
            .config
            .clone()
            .or_else(|| Some(PathBuf::from(CONFIG)).filter(|path| path.exists()));
        let (mut config, examples) = match named {
            Some(path) => (read(&path)?, None),
            None => {
                let mut config = Config::default();
                let examples = examples::Examples::ready(Path::new(examples::DIRECTORY))?;
                examples.register(&mut config)?;
                (config, Some(examples))
            }
        };
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        if let Some(listen) = self.admin_listen {
            config.server.admin_listen = listen;
        }
        Ok((config, examples))
    }
}

pub(crate) fn read(path: &Path) -> Result<Config, Failure> {
    Config::read(path).map_err(|error| Failure::Usage(crate::exit::in_full(&error)))
}

/// What the configuration says is the command line's matter, everything else the machine's.
fn refused(error: &StartError) -> Failure {
    if error.is_misuse() {
        Failure::Usage(crate::exit::in_full(error))
    } else {
        Failure::work(error)
    }
}
