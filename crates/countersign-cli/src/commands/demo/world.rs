//! The service of the demonstration, in a directory of its own, and who takes part.

use core::fmt::Write as _;
use core::time::Duration;
use std::process::Command;
use std::sync::Arc;

use countersign_key::Secret;
use countersign_server::{Config, Inputs, Server, hash_password};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use ureq::Agent;

use super::application::{Application, Signs};
use super::browser::Browser;
use super::keys::{self, Pair};
use crate::exit::Failure;

pub(super) const ORGANISATION: &str = "Demo Company";

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The service and its address.
pub(super) struct World {
    pub(super) origin: String,
    pub(super) agent: Agent,
    pub(super) password: Secret,
    public_secret: Secret,
    partner: Arc<Pair>,
    expired: Arc<Pair>,
    directory: TempDir,
    runtime: Option<Runtime>,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

/// What the service is told; the keys are in files beside it.
const CONFIG: &str = r#"
[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"

[[consumer]]
key = "photo-printer"
name = "Photo Printer"
kind = "public"
secret_file = "photo-printer.secret"
callbacks = ["oob"]

[[consumer]]
key = "payroll"
name = "Payroll"
kind = "partner"
certificates = ["payroll.cer.pem"]
callbacks = ["oob"]

[[consumer]]
key = "ledger-sync"
name = "Ledger Sync"
kind = "private"
organisation = "Demo Company"
certificates = ["ledger-sync.cer.pem"]
"#;

/// The users; each belongs to the one organisation.
pub(super) const USERS: [&str; 3] = ["ann", "ben", "cleo"];

impl World {
    pub(super) fn start() -> Result<Self, Failure> {
        let directory = tempfile::Builder::new()
            .prefix("countersign-demo-")
            .tempdir()
            .map_err(|source| Failure::File {
                path: std::env::temp_dir(),
                source,
            })?;
        let path = |name: &str| directory.path().join(name);
        let (public_secret, password) = (keys::secret()?, keys::secret()?);
        keys::put(&path("photo-printer.secret"), &public_secret)?;
        let partner = keys::pair("payroll", keys::days_ago(30), &path("payroll.cer.pem"))?;
        // Valid for a year, which was over a month ago.
        let expired = keys::pair(
            "ledger-sync",
            keys::days_ago(395),
            &path("ledger-sync.cer.pem"),
        )?;
        let hash = hash_password(&password).map_err(|error| Failure::work(&error))?;
        let mut text = CONFIG.to_owned();
        for user in USERS {
            // Writing to a String can't fail.
            let _ = write!(
                text,
                "\n[[user]]\nname = \"{user}\"\npassword_hash = \"{hash}\"\n\
                 organisations = [{{ name = \"{ORGANISATION}\", role = \"standard\" }}]\n"
            );
        }
        let file = path("countersign.toml");
        keys::put(&file, &Secret::new(text))?;
        let config = Config::read(&file).map_err(|error| Failure::work(&error))?;

        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::work(&error))?;
        let server = runtime
            .block_on(Server::open(config, Inputs::default()))
            .map_err(|error| Failure::work(&error))?;
        let origin = server.facts().signed_as.clone();
        let (stop, stopped) = oneshot::channel();
        let running = runtime.spawn(server.run(async {
            // Dropped is as good as asked.
            let _asked = stopped.await;
        }));
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        Ok(Self {
            origin,
            agent,
            password,
            public_secret,
            partner: Arc::new(partner),
            expired: Arc::new(expired),
            directory,
            runtime: Some(runtime),
            running: Some((stop, running)),
        })
    }

    /// An application that signs with HMAC; its tokens can't be renewed.
    pub(super) fn public(&self) -> Application {
        let secret = Secret::new(self.public_secret.expose_secret());
        Application::new("photo-printer", Signs::Hmac(secret))
    }

    /// An application that signs with RSA and renews its tokens.
    pub(super) fn partner(&self) -> Application {
        Application::new("payroll", rsa(&self.partner, &self.partner))
    }

    /// The same with the key of somebody else: the certificate registered is another's.
    pub(super) fn partner_with_another_key(&self) -> Application {
        Application::new("payroll", rsa(&self.expired, &self.partner))
    }

    /// An application that belongs to one organisation, and whose certificate has expired.
    pub(super) fn private(&self) -> Application {
        Application::new("ledger-sync", rsa(&self.expired, &self.expired)).with_own_key_as_token()
    }

    /// A user's browser, logged in nowhere.
    pub(super) fn browser(&self) -> Browser {
        Browser::new(self.agent.clone(), self.origin.clone())
    }

    /// An administrator gives a user another role, from another process.
    pub(super) fn change_role(&self, user: &str, role: &str) -> Result<String, Failure> {
        let program = std::env::current_exe().map_err(|error| Failure::work(&error))?;
        let config = self.directory.path().join("countersign.toml");
        let done = Command::new(program)
            .args([
                "admin",
                "user",
                "role",
                user,
                ORGANISATION,
                role,
                "--config",
            ])
            .arg(config)
            .output()
            .map_err(|error| Failure::work(&error))?;
        if done.status.success() {
            Ok(format!(
                "countersign admin user role {user} '{ORGANISATION}' '{role}'"
            ))
        } else {
            let said = String::from_utf8_lossy(&done.stderr);
            Err(Failure::Work(format!("the role can't be changed: {said}")))
        }
    }

    /// The cause that the service wrote down for the request with this id.
    #[expect(
        clippy::disallowed_methods,
        reason = "the trail is a file that another thread writes"
    )]
    pub(super) fn cause(&self, id: &str) -> Option<String> {
        let trail = self.directory.path().join("countersign-audit.log");
        let named = format!("id=\"{id}\"");
        // The line is written beside the answer.
        for _ in 0..50 {
            let text = std::fs::read_to_string(&trail).unwrap_or_default();
            let line = text.lines().find(|line| line.contains(&named));
            if let Some((_, rest)) = line.and_then(|line| line.split_once("cause=\"")) {
                return rest.split_once('"').map(|(cause, _)| cause.to_owned());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

fn rsa(with: &Arc<Pair>, registered: &Arc<Pair>) -> Signs {
    Signs::Rsa {
        with: Arc::clone(with),
        registered: Arc::clone(registered),
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let (Some(runtime), Some((stop, running))) = (self.runtime.take(), self.running.take()) {
            // It may have ended of its own accord.
            let _ended = stop.send(());
            let _ended = runtime.block_on(running);
        }
    }
}
