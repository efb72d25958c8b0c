//! Names and passwords that an application sends for its users (xAuth).

use core::future::Future;
use core::pin::Pin;
use std::sync::Arc;

use countersign_key::Secret;
use countersign_provider::{Authenticate, Login, Settings};

use crate::login::{Gate, settled};
use crate::records::User;

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
    fn place(&self, user: &User) -> Option<Login> {
        let mut places = user
            .organisations
            .iter()
            .filter(|place| self.settings.may_connect(&place.role));
        match (places.next(), places.next()) {
            (Some(place), None) => Some(Login::new(
                user.name.as_str(),
                place.name.as_str(),
                place.role.as_str(),
            )),
            _ => None,
        }
    }
}

impl Authenticate for Xauth {
    fn authenticate<'a>(
        &'a self,
        username: &'a str,
        password: &'a Secret,
    ) -> Pin<Box<dyn Future<Output = Option<Login>> + Send + 'a>> {
        Box::pin(async move {
            let password = Secret::new(password.expose_secret());
            match self.gate.log_in(username, password, None).await {
                Ok(found) => {
                    let login = self.place(&found.user)?;
                    settled::trading(found, &login.organisation);
                    Some(login)
                }
                Err(error) => {
                    tracing::info!(outcome = error.name(), "xauth");
                    None
                }
            }
        })
    }
}
