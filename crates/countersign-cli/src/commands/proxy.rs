//! `countersign proxy`: signs what other tools send.

mod block;
mod body;
mod connect;
mod door;
mod line;
mod pass;
mod refusal;
mod relay;
mod signing;
#[cfg(unix)]
mod socket;
mod tokens;
mod upstream;

use core::net::{Ipv4Addr, SocketAddr};
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use countersign_client::Client;
use countersign_key::Secret;
use countersign_server::{Connections, Listener, stop_signal, stop_signal_again};
use tokio::net::TcpListener;

use crate::commands::request::own::may_be_own;
use crate::commands::request::{adopted, client};
use crate::commands::serve::log;
use crate::connections::Kept;
use crate::credentials::{self, Credentials};
use crate::exit::{Exit, Failure, Outcome};
use crate::keys_file::{KeySet, Place as Placement};
use crate::output::{self, Format};
use crate::profile::{Name, Profile, Profiles};
use block::{Facts, Place, Shown};
use body::Room;
use door::Door;
use line::Log;
use pass::Pass;
use relay::Relay;
use signing::Signing;
use tokens::{Connected, Tokens};
use upstream::Upstream;

/// How many connections are served at once.
const CONNECTIONS: usize = 128;

/// How many requests are signed at once, which for large ones takes memory.
const THREADS: usize = 4;

/// How long a request's head may take.
const HEAD: Duration = Duration::from_secs(10);

/// How long requests that are under way may take once it is to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// How long what nobody waits for any more is waited for then: a renewal can go on by another process,
/// and looking up a name comes to nothing.
const LEFT_BEHIND: Duration = Duration::from_millis(500);

/// How long an answer to a renewal may take once requests were cut off.
const CUT_OFF: Duration = Duration::from_millis(500);

const AFTER: &str = "\
Examples:
  countersign proxy --profile acme --upstream https://api.example.com
  countersign proxy --profile acme --unix ~/.run/acme.sock
  countersign proxy --keys keys.toml --upstream https://api.example.com \\
    --listen 127.0.0.1:8080 --token-file proxy.token

A tool that can't sign sends plain HTTP here; each request is signed and sent to
the one upstream, path and query byte for byte, and the answer passed back. On a
loopback address the tool has to show the token that is printed at the start: best
as user name (http://TOKEN@127.0.0.1:8080/, curl -u TOKEN:), as user name of its
proxy for http:// addresses, or in the header X-Countersign-Token, which some tools
send on to wherever a redirect leads. A Unix socket needs none: it is for this user
alone, in a directory of mode 0700.

Refused are other Host headers than this machine's names, requests that web pages
of another origin cause, absolute addresses elsewhere, CONNECT, TRACE, and requests
with an Authorization header of their own. Nothing is ever passed on unsigned. Answers
of the proxy itself have a header Proxy-Status.

A refused timestamp is corrected by what the answer discloses and the request
signed and sent once more, a used nonce of a request that changes nothing
replaced, an expired token renewed if the profile can. Redirects are passed back;
those within the upstream lead to the proxy.

Exit codes: 0 stopped as asked, 2 usage, 3 it could not start, or a renewed token
could not be stored, which then stands in the profile's own file; 4 credentials are
missing.";

/// Sign what other tools send: a local proxy to one API.
///
/// Stops at Ctrl-C or SIGTERM, after the requests that are under way, for which it waits 10 s at
/// most; told twice, at once.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Proxy {
    #[command(flatten)]
    credentials: Credentials,
    /// Where requests go: scheme, host and port; otherwise those of the profile's base_url.
    #[arg(long, value_name = "URL")]
    upstream: Option<String>,
    /// The loopback address to listen on; otherwise 127.0.0.1 with a free port.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// A Unix socket to listen on instead.
    #[cfg(unix)]
    #[arg(long, value_name = "PATH", conflicts_with_all = ["listen", "token_file"])]
    unix: Option<PathBuf>,
    /// A token that stays, in a file of mode 0600; otherwise each run makes another.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A further name that tools have for this machine (Host header).
    #[arg(long, value_name = "HOST")]
    allow_host: Vec<String>,
    /// HMAC-SHA1, RSA-SHA256 ...; otherwise that of the keys.
    #[arg(long, value_name = "NAME")]
    signature_method: Option<String>,
    /// Drop an Authorization header that the tool sends, and sign in its place.
    #[arg(long)]
    replace_authorization: bool,
    /// Let http:// lead to another machine, where everyone on the way can read it.
    #[arg(long)]
    plain_http: bool,
    /// The largest body of a request.
    #[arg(long, value_name = "MIB", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    max_body: u16,
    /// For how many seconds to wait until the upstream begins its answer, from connecting to it on;
    /// it includes sending the body.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    timeout: u32,
    /// Log the names of headers and parameters too, never their values.
    #[arg(long)]
    log_requests: bool,
    /// How the start and the log are printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Proxy {
    pub(crate) fn run(&self) -> Outcome {
        log::start_with_frames(self.format);
        output::notes_to(line::note);
        let listen = self.listen()?;
        let (keys, profile) = self.keys()?;
        let upstream = Arc::new(self.upstream(&keys)?);
        if let Some(listen) = listen.filter(|listen| upstream.is_at(*listen)) {
            return Err(Failure::Usage(format!(
                "upstream: {listen} is where this proxy would listen"
            )));
        }
        let ready = Ready {
            signer: client::client(&keys, self.signature_method.as_deref())?,
            profile: profile.as_ref().map(|(_, profile)| profile.name.clone()),
            keys,
            upstream,
        };
        let fixed = client::with_token(ready.signer.clone(), &ready.keys)?;
        let origin = ready.upstream.origin().clone();
        let believes = profile
            .as_ref()
            .is_none_or(|(_, profile)| may_be_own(&profile.written, &origin));
        if !believes {
            tracing::warn!(
                "{origin} is at none of the profile's addresses, so what it says of the token counts for nothing"
            );
        }
        let connected = match profile {
            None => None,
            Some((profiles, profile)) => {
                make_store(&profiles);
                Kept::open(&profiles, &profile, &ready.signer)?
                    .map(|kept| Connected::new(kept, profiles, profile.name))
                    .transpose()?
            }
        };
        let tokens = Tokens::new(fixed, connected);
        let signing = Signing::new(tokens, origin, believes);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads.min(THREADS))
            .enable_all()
            .build()
            .map_err(|error| Failure::work(&error))?;
        let ended = runtime.block_on(async {
            #[cfg(unix)]
            if let Some(path) = &self.unix {
                return self.serve_unix(path, &ready, signing).await;
            }
            self.serve_tcp(listen, &ready, signing).await
        });
        runtime.shutdown_timeout(LEFT_BEHIND);
        ended
    }

    /// The keys, and the profile that they are of; another one that is put in use later is none of
    /// this proxy's.
    fn keys(&self) -> Result<(KeySet, Option<(Profiles, Profile)>), Failure> {
        let Some((profiles, profile)) = self.credentials.profile()? else {
            return Ok((self.credentials.read()?, None));
        };
        let name = profile.name.clone();
        let profile = adopted(&profiles, profile)?;
        credentials::check(&profile)?;
        let again = profiles.read(&name)?;
        Ok((credentials::load(profile)?, Some((profiles, again))))
    }

    /// The address asked for. Whoever reaches it may have requests signed, so it is on this machine.
    fn listen(&self) -> Result<Option<SocketAddr>, Failure> {
        match self.listen {
            Some(listen) if !listen.ip().is_loopback() => Err(Failure::Usage(format!(
                "--listen {listen}: expected a loopback address, such as 127.0.0.1:8080; for another machine or a container share a --unix socket, or forward a port (ssh -L)"
            ))),
            listen => Ok(listen),
        }
    }

    fn upstream(&self, keys: &KeySet) -> Result<Upstream, Failure> {
        match (&self.upstream, &keys.facts.base_url) {
            (Some(url), _) => Upstream::parse(url, self.plain_http),
            (None, Some(url)) => Upstream::of_base_url(url, self.plain_http),
            (None, None) => Err(Failure::Usage(
                "no upstream: give --upstream https://HOST, or a profile with a base_url"
                    .to_owned(),
            )),
        }
    }

    async fn serve_tcp(
        &self,
        listen: Option<SocketAddr>,
        ready: &Ready,
        signing: Signing,
    ) -> Outcome {
        let pass = match &self.token_file {
            Some(path) => Pass::read(path)?,
            None => Pass::drawn()?,
        };
        let listen = listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let listener = TcpListener::bind(listen).await.map_err(in_use(listen))?;
        let address = listener.local_addr().map_err(in_use(listen))?;
        let shown = match &self.token_file {
            Some(path) => Shown::File(path.clone()),
            None => Shown::Token(Secret::new(pass.expose())),
        };
        let door = self.door(&ready.upstream, Some(address), Some(pass))?;
        let relay = self.relay(door, signing, ready)?;
        let facts = self.facts(Place::Tcp(address), shown, ready, &relay);
        self.serve(listener, &facts, relay, || {}).await
    }

    #[cfg(unix)]
    async fn serve_unix(&self, path: &std::path::Path, ready: &Ready, signing: Signing) -> Outcome {
        let door = self.door(&ready.upstream, None, None)?;
        let relay = self.relay(door, signing, ready)?;
        let (socket, listener) = socket::Socket::claim(path)?;
        let listener =
            tokio::net::UnixListener::from_std(listener).map_err(|error| Failure::work(&error))?;
        let place = Place::Unix(socket.path().to_owned());
        let facts = self.facts(place, Shown::Nothing, ready, &relay);
        self.serve(listener, &facts, relay, || drop(socket)).await
    }

    fn door(
        &self,
        upstream: &Arc<Upstream>,
        listen: Option<SocketAddr>,
        pass: Option<Pass>,
    ) -> Result<Door, Failure> {
        let door = Door::new(Arc::clone(upstream), &self.allow_host, listen, pass)?;
        Ok(if self.replace_authorization {
            door.replacing_authorization()
        } else {
            door
        })
    }

    fn relay(&self, door: Door, signing: Signing, ready: &Ready) -> Result<Relay, Failure> {
        let upstream = Arc::clone(&ready.upstream);
        let keys = self.credentials.keys.as_ref();
        Ok(Relay {
            door,
            connections: connect::connections(&upstream)?,
            room: Room::new(self.max_body),
            patience: Duration::from_secs(self.timeout.into()),
            log: Log {
                upstream: upstream.origin().to_string(),
                keys: keys.map(|path| path.display().to_string()),
                profile: ready.profile.as_ref().map(ToString::to_string),
                details: self.log_requests,
                cuts_off: AtomicBool::new(false),
            },
            signing,
            upstream,
        })
    }

    fn facts(&self, place: Place, shown: Shown, ready: &Ready, relay: &Relay) -> Facts {
        let Ready { keys, signer, .. } = ready;
        let path = match (&self.upstream, &keys.facts.base_url) {
            (None, Some(url)) => url.parse().map(|url: http::Uri| url.path().to_owned()),
            _ => Ok("/".to_owned()),
        };
        Facts {
            place,
            shown,
            upstream: relay.upstream.origin().to_string(),
            path: path.unwrap_or_else(|_| "/".to_owned()),
            profile: relay.log.profile.clone(),
            consumer: signer.consumer().key().to_owned(),
            has_token: keys.token.as_ref().is_some_and(|token| !token.is_empty()),
            method: signer.method_name(),
            placement: Placement::from(signer.placement()).as_str(),
            names: relay.door.names().map(ToOwned::to_owned).collect(),
            max_body: self.max_body,
            timeout: self.timeout,
        }
    }

    /// Tells what there is and answers requests until it is to stop; `closed` is called when nobody
    /// new is let in.
    async fn serve<L: Listener>(
        &self,
        listener: L,
        facts: &Facts,
        relay: Relay,
        closed: impl FnOnce(),
    ) -> Outcome {
        // Watched before it says that it is ready: a signal right after that ends it in order too.
        let stop = stop_signal().map_err(|error| Failure::work(&error))?;
        match self.format {
            Format::Text => output::data(&block::text(facts))?,
            Format::Json => output::line(&block::json(facts))?,
        }
        let tokens = Arc::clone(&relay.signing.tokens);
        let tending = tokio::spawn(Arc::clone(&tokens).tend());
        let relay = Arc::new(relay);
        let asked = Arc::clone(&relay);
        let answer = move |request, _peer| Arc::clone(&asked).answer(request);
        let connections = Connections::new(answer, HEAD, CONNECTIONS);
        tokio::select! {
            () = connections.accept(&listener) => {}
            () = stop => {}
        }
        let mut again = core::pin::pin!(stop_signal_again());
        drop(listener);
        closed();
        let mut patience = DRAIN;
        let enough = async {
            tokio::select! {
                () = tokio::time::sleep(DRAIN) => {}
                _ = again.as_mut() => {}
            }
            relay.log.cuts_off.store(true, Ordering::Relaxed);
        };
        if !connections.end_before(enough).await {
            patience = CUT_OFF;
            tracing::warn!("requests were cut off");
        }
        tending.abort();
        let is_hurried = patience != DRAIN;
        tokio::select! {
            ended = tokens.end(patience) => ended?,
            _ = again, if !is_hurried => tokens.end(CUT_OFF).await?,
        }
        Ok(Exit::Yes)
    }
}

/// What is known before anybody listens.
struct Ready {
    keys: KeySet,
    signer: Client,
    profile: Option<Name>,
    upstream: Arc<Upstream>,
}

/// Where the token will be that the user may authorise while the proxy runs. Where nothing can be
/// written nobody will.
fn make_store(profiles: &Profiles) {
    if let Ok(None) = profiles.shelf() {
        let made = profiles
            .change()
            .and_then(|change| change.shelf().map(drop));
        drop(made);
    }
}

fn in_use(listen: SocketAddr) -> impl Fn(std::io::Error) -> Failure {
    move |error| Failure::Work(format!("{listen}: {error}"))
}
