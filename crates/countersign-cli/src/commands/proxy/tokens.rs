//! Which token signs: that of a keys file as it is, that of a profile as its connection has it.

mod tend;

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_client::connections::{ConnectionError, Current, Used, Verdict};
use countersign_client::{Credentials, Next};
use countersign_problem::harmless;
use countersign_token::{Generation, Refusal as TokenRefusal};
use tokio::time::Instant;

use super::refusal::Refusal;
use crate::commands::request::token::{stored, why};
use crate::connections::{Kept, adopt};
use crate::exit::Failure;
use crate::profile::{Name, Profiles};

/// For so long a token that never worked is not renewed again.
const FRESH: Duration = Duration::from_secs(60);

/// What signs a request, and which of its connection's tokens that is.
#[derive(Clone, Debug)]
pub(super) struct Signer {
    pub(super) credentials: Arc<Credentials>,
    generation: Option<Generation>,
}

impl Signer {
    fn of(&self, generation: Generation) -> Used<'_> {
        Used::new(generation, self.credentials.token().unwrap_or_default())
    }
}

/// The token of the moment.
pub(super) struct Tokens {
    fixed: Signer,
    connected: Option<Connected>,
}

/// The connection of a profile. Whoever asks it waits for stores and providers.
pub(super) struct Connected {
    kept: Kept,
    profiles: Mutex<Profiles>,
    name: Name,
    /// Credentials are made once for each token.
    made: Mutex<Option<Signer>>,
    /// The last one that took another's place here.
    newest: Mutex<Option<(Generation, Instant)>>,
    /// What is noted of it once need not be noted again.
    worked: Mutex<Option<Generation>>,
    /// Whether the store had it once. What was taken out of there since signs nothing more.
    was_there: AtomicBool,
}

impl Connected {
    pub(super) fn new(kept: Kept, profiles: Profiles, name: Name) -> Result<Self, Failure> {
        let was_there = AtomicBool::new(kept.current()?.is_some());
        Ok(Self {
            kept,
            profiles: Mutex::new(profiles),
            name,
            made: Mutex::new(None),
            newest: Mutex::new(None),
            worked: Mutex::new(None),
            was_there,
        })
    }

    /// Its token, renewed if its time is over; none if it never was in the store.
    fn current(&self) -> Result<Option<Signer>, Failure> {
        // What is at hand would sign on though it was taken out of the store.
        let current = match self.kept.current() {
            Ok(None) => None,
            Ok(Some(_)) | Err(_) => stored(&self.kept, &self.name)?,
        };
        let was_there = self
            .was_there
            .fetch_or(current.is_some(), Ordering::Relaxed);
        if current.is_none() && was_there {
            let name = &self.name;
            return Err(Failure::Credentials(format!(
                "the token of {name} was removed\nnext: countersign token authorize --profile {name}"
            )));
        }
        current.map(|current| self.signer(&current)).transpose()
    }

    fn signer(&self, current: &Current) -> Result<Signer, Failure> {
        let mut made = lock(&self.made);
        if let Some(known) = &*made
            && known.generation == Some(current.generation)
            && known.credentials.token() == Some(current.credentials.token.expose_secret())
        {
            return Ok(known.clone());
        }
        let signer = Signer {
            credentials: Arc::new(self.kept.credentials(current)?),
            generation: Some(current.generation),
        };
        // What a renewal was answered has its secrets too.
        self.kept.forget_answer();
        if made.is_some() {
            *lock(&self.newest) = Some((current.generation, Instant::now()));
        }
        *made = Some(signer.clone());
        Ok(signer)
    }

    /// Another token, after an answer that spoke against this one.
    fn another(&self, used: &Signer, verdict: Verdict) -> Result<Option<Signer>, Failure> {
        // Somebody may have written one into the profile meanwhile.
        drop(adopt(&lock(&self.profiles), &self.name)?);
        let Some(generation) = used.generation else {
            return self.current();
        };
        if verdict == Verdict::Expired && self.is_fresh(generation) {
            return Err(Failure::Work(
                "it was renewed a moment ago, and did not work even once".to_owned(),
            ));
        }
        match self.kept.report(used.of(generation), verdict) {
            Ok(Some(current)) => self.signer(&current).map(Some),
            Ok(None)
            | Err(
                ConnectionError::NeedsReauthorisation(_)
                | ConnectionError::NotRenewable
                | ConnectionError::Unknown,
            ) => Ok(None),
            Err(error) => Err(Failure::Work(why(&self.kept, &error))),
        }
    }

    /// Whether it is new, and never worked: another one would be called expired too.
    fn is_fresh(&self, generation: Generation) -> bool {
        let is_new = lock(&self.newest)
            .is_some_and(|(newest, since)| newest == generation && since.elapsed() < FRESH);
        is_new && *lock(&self.worked) != Some(generation)
    }

    fn worked(&self, used: &Signer, generation: Generation) {
        let noted = self.kept.report(used.of(generation), Verdict::Worked);
        if noted.is_ok() {
            *lock(&self.worked) = Some(generation);
        }
    }
}

impl Tokens {
    /// Those of a connection, else these credentials.
    pub(super) fn new(fixed: Credentials, connected: Option<Connected>) -> Self {
        Self {
            fixed: Signer {
                credentials: Arc::new(fixed),
                generation: None,
            },
            connected,
        }
    }

    /// What to sign with now.
    pub(super) async fn current(self: &Arc<Self>) -> Result<Signer, Refusal> {
        let found = self.ask(Connected::current).await;
        match found {
            Ok(signer) => Ok(signer.unwrap_or_else(|| self.fixed.clone())),
            Err(failure) => Err(Refusal::NotSigned(failure.to_string())),
        }
    }

    /// What to sign with once more, if what was used has a successor.
    pub(super) async fn another(
        self: &Arc<Self>,
        used: &Signer,
        next: &Next,
        refusal: TokenRefusal,
    ) -> Option<Signer> {
        let verdict = match next {
            Next::Renew => Verdict::Expired,
            _ => Verdict::Refused(refusal),
        };
        let before = used.clone();
        let found = self.ask(move |connected| connected.another(&before, verdict));
        match found.await {
            Ok(other) => {
                other.filter(|other| other.credentials.token() != used.credentials.token())
            }
            Err(failure) => {
                let cause = failure.to_string();
                tracing::warn!(cause = %harmless(&cause), "no other token is to be had");
                None
            }
        }
    }

    /// A request was served: the token is good, and the one before it is needed no more.
    pub(super) fn worked(self: &Arc<Self>, used: &Signer) {
        let (Some(connected), Some(generation)) = (&self.connected, used.generation) else {
            return;
        };
        if *lock(&connected.worked) == Some(generation) {
            return;
        }
        let (this, used) = (Arc::clone(self), used.clone());
        // The answer does not wait for it.
        let _noted = tokio::task::spawn_blocking(move || {
            if let Some(connected) = &this.connected {
                connected.worked(&used, generation);
            }
        });
    }

    /// Asks the connection, if there is one, on a thread that may wait.
    async fn ask(
        self: &Arc<Self>,
        ask: impl FnOnce(&Connected) -> Result<Option<Signer>, Failure> + Send + 'static,
    ) -> Result<Option<Signer>, Failure> {
        if self.connected.is_none() {
            return Ok(None);
        }
        let this = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || match &this.connected {
            Some(connected) => ask(connected),
            None => Ok(None),
        });
        asked.await.map_err(|error| Failure::work(&error))?
    }
}

/// Who panicked left a value that is whole.
fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
