//! Names and passwords that an application sends for its users (xAuth).

use std::sync::Arc;

use countersign_key::Secret;
use countersign_provider::{Authenticate, Login, LoginFuture, LoginUnavailable, Settings};

use crate::login::{Gate, LoginError};
use crate::records::User;
use crate::request_id::{self, Known};

/// Lets names and passwords of xAuth in by the same gate as the page.
pub(crate) struct Xauth {
    gate: Arc<Gate>,
    settings: Settings,
}

impl Xauth {
    pub(crate) const fn new(gate: Arc<Gate>, settings: Settings) -> Self {
        Self { gate, settings }
    }

    /// The one organisation for which the user may connect applications. A request of xAuth can't
    /// name one; with several nobody could say which was meant.
    fn place(&self, user: &User) -> Result<Login, Known> {
        let mut places = user
            .organisations
            .iter()
            .filter(|place| self.settings.may_connect(&place.role));
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(Login::new(
                user.name.as_str(),
                place.name.as_str(),
                place.role.as_str(),
            )),
            (None, _) => Err(Known::NoRole),
            (Some(_), Some(_)) => Err(Known::SeveralOrganisations),
        }
    }
}

impl Authenticate for Xauth {
    fn authenticate<'a>(&'a self, username: &'a str, password: &'a Secret) -> LoginFuture<'a> {
        Box::pin(async move {
            let password = Secret::new(password.expose_secret());
            let outcome = self.gate.log_in(username, password, None).await;
            if let Err(error) = &outcome {
                tracing::info!(id = request_id::shown(), outcome = error.name(), "xauth");
            }
            match outcome {
                // The caller is answered as with a wrong password, and the operator is told.
                Ok(found) => Ok(self.place(&found.user).map_err(request_id::note).ok()),
                Err(LoginError::Wrong) => Ok(None),
                Err(LoginError::Later(retry_after)) => Err(LoginUnavailable::Later { retry_after }),
                Err(LoginError::Unavailable) => Err(LoginUnavailable::Failed),
            }
        })
    }

    /// The password is not hashed a second time: the place is what can be lost.
    fn still<'a>(&'a self, login: &'a Login) -> LoginFuture<'a> {
        Box::pin(async move {
            let user = self.gate.user(&login.user).await;
            let user = user.map_err(|error| {
                tracing::error!(id = request_id::shown(), %error, "nobody can trade a password");
                LoginUnavailable::Failed
            })?;
            let role = user
                .as_ref()
                .and_then(|user| user.role(&login.organisation));
            Ok(role.map(|role| Login::new(&*login.user, &*login.organisation, role)))
        })
    }
}

#[cfg(test)]
mod tests;
