//! The token of a request's profile: renewed when its time is over or the provider says so, and given
//! up when only the user can help.

use core::cell::{Cell, RefCell};
use std::sync::Arc;

use countersign_client::connections::{ConnectionError, Current, Loss, Used, Verdict};
use countersign_client::{Credentials, Next};
use countersign_clock::system;
use countersign_problem::Found;
use countersign_token::Refusal;

use super::exchange::Exchange;
use crate::connections::{Kept, Last, adopt, rescue};
use crate::exit::{Failure, in_full};
use crate::output;
use crate::profile::{Name, Profiles};

/// The connection that a request's token is of.
pub(super) struct Connected<'k> {
    kept: &'k Kept,
    profiles: &'k Profiles,
    name: &'k Name,
    /// The token that signed last.
    used: RefCell<Arc<Current>>,
    has_asked: Cell<bool>,
    /// Whether its newest token is not in the store.
    is_unstored: Cell<bool>,
}

/// Asks the user to authorise again.
pub(crate) fn prompt(name: &Name, loss: &Loss) -> String {
    format!(
        "{name} is no longer connected ({}). {}\nnext: countersign token authorize --profile {name}; if something else was wrong, and is mended: countersign token reinstate --profile {name}",
        loss.cause,
        loss.advice()
    )
}

impl<'k> Connected<'k> {
    /// The token to sign with first. None if there is no such connection.
    pub(super) fn begin(
        kept: &'k Kept,
        (profiles, name): (&'k Profiles, &'k Name),
    ) -> Result<Option<(Self, Credentials)>, Failure> {
        let found = stored(kept, name);
        let is_unstored = is_unstored((kept, profiles, name));
        let Some(current) = found? else {
            return Ok(None);
        };
        tell_renewed(kept);
        let credentials = kept.credentials(&current)?;
        let connected = Self {
            kept,
            profiles,
            name,
            used: RefCell::new(current),
            has_asked: Cell::new(false),
            is_unstored: Cell::new(is_unstored),
        };
        Ok(Some((connected, credentials)))
    }

    /// Another token to try it with, after an answer that spoke against this one.
    pub(super) fn another(
        &self,
        next: &Next,
        found: Option<Found>,
    ) -> Result<Option<Credentials>, Failure> {
        let verdict = match next {
            Next::Renew => Verdict::Expired,
            Next::Reread => Verdict::Refused(refusal(found)),
            _ => return Ok(None),
        };
        // Somebody may have written one into the profile meanwhile.
        if let Err(failure) = adopt(self.profiles, self.name) {
            // The provider's answer is worth more.
            output::note(&failure.to_string());
        }
        let Some(current) = self.report(verdict) else {
            return Ok(None);
        };
        tell_renewed(self.kept);
        let credentials = self.kept.credentials(&current)?;
        self.used.replace(current);
        Ok(Some(credentials))
    }

    /// Notes what the last answer says of the token.
    pub(super) fn settle(&self, exchange: &Exchange) {
        let mut attempts = exchange.attempts();
        if attempts.speaks_for_the_token(&exchange.response) {
            drop(self.report(Verdict::Worked));
            return;
        }
        if attempts.next(&exchange.response, system::now()) == Next::Reread {
            drop(self.report(Verdict::Refused(refusal(exchange.problem()))));
        }
    }

    /// Whether the newest token could not be stored, which was told.
    pub(super) const fn is_unstored(&self) -> bool {
        self.is_unstored.get()
    }

    fn report(&self, verdict: Verdict) -> Option<Arc<Current>> {
        let used = Arc::clone(&self.used.borrow());
        let told = self.kept.report(Used::of(&used), verdict);
        if !self.is_unstored.get() {
            let unstored = is_unstored((self.kept, self.profiles, self.name));
            self.is_unstored.set(unstored);
        }
        match told {
            Ok(another) => another,
            Err(ConnectionError::NeedsReauthorisation(loss)) => {
                if !self.has_asked.replace(true) {
                    output::note(&prompt(self.name, &loss));
                }
                None
            }
            Err(ConnectionError::NotRenewable | ConnectionError::Unknown) => None,
            Err(error) => {
                let why = why(self.kept, &error);
                output::note(&match verdict {
                    Verdict::Expired => format!("the token was not renewed: {why}"),
                    Verdict::Worked | Verdict::Refused(_) => {
                        format!("what the answer says of the token could not be noted: {why}")
                    }
                });
                None
            }
        }
    }
}

/// The token of a connection, renewed if its time is over. None if there is no such connection.
pub(crate) fn stored(kept: &Kept, name: &Name) -> Result<Option<Arc<Current>>, Failure> {
    match kept.token() {
        Ok(current) => Ok(Some(current)),
        // What its time is, the provider knows better.
        Err(ConnectionError::NotRenewable) => kept.current(),
        Err(ConnectionError::Unknown) => Ok(None),
        Err(ConnectionError::NeedsReauthorisation(loss)) => {
            Err(Failure::Credentials(prompt(name, &loss)))
        }
        Err(error) => Err(Failure::Work(format!(
            "the time of the token is over, and it was not renewed: {}",
            why(kept, &error)
        ))),
    }
}

/// Whether the token that came of a renewal could not be stored. It is brought into safety before it is
/// used, and told of: what comes of the request is shown all the same.
fn is_unstored((kept, profiles, name): (&Kept, &Profiles, &Name)) -> bool {
    match rescue(profiles, name, kept) {
        Ok(place) => place.told(name).is_some_and(|told| {
            output::note(&format!("error: {told}"));
            true
        }),
        Err(failure) => {
            output::error(&failure);
            true
        }
    }
}

/// How the provider refused a token.
pub(crate) fn refusal(found: Option<Found>) -> Refusal {
    let code = found.map(|found| found.problem.code().clone());
    let refusal = code.and_then(|code| Refusal::of(&code));
    refusal.unwrap_or(Refusal::TokenRejected)
}

fn tell_renewed(kept: &Kept) {
    if let Some(Last::Answered(_)) = kept.last() {
        output::note("the token was renewed");
    }
}

/// Why there is no newer token, with what came of the renewal.
pub(crate) fn why(kept: &Kept, error: &ConnectionError) -> String {
    match kept.last() {
        Some(Last::Unanswered(failure)) => format!("{error}: {failure}"),
        _ => in_full(error),
    }
}
