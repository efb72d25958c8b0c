//! Who sent a request.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::Response;
use countersign_signature::OsRandom;
use http::request::Parts;
use http::{HeaderMap, header};

use crate::pages::cookies::SESSION;
use crate::pages::fault::Fault;
use crate::pages::own;
use crate::pages::view::Frame;
use crate::random_id::RandomId;
use crate::records::{Mark, User};
use crate::service::Service;

/// A browser, and the user in front of it if one is logged in.
pub(crate) struct Visitor {
    /// What the cookie says, or will say.
    pub(crate) id: RandomId,
    is_new: bool,
    pub(crate) login: Option<(User, Mark)>,
}

impl Visitor {
    pub(crate) async fn of(service: &Service, headers: &HeaderMap) -> Result<Self, Fault> {
        let Some(id) = SESSION.read(headers, &service.origin) else {
            return Ok(Self {
                id: RandomId::draw(&mut OsRandom::new()).map_err(|_| Fault::Unavailable)?,
                is_new: true,
                login: None,
            });
        };
        let login = match service.sessions.find(&id, service.now()) {
            None => None,
            Some(session) => {
                let now = service.records.marked(&session.user).await;
                let now = now.map_err(Fault::records)?;
                let same = now.filter(|(_, mark)| *mark == session.mark);
                if same.is_none() {
                    // Removed, or given another password: by whoever had a reason to.
                    service.sessions.end(&id);
                }
                same
            }
        };
        Ok(Self {
            id,
            is_new: false,
            login,
        })
    }

    pub(crate) fn user(&self) -> Option<&User> {
        self.login.as_ref().map(|(user, _)| user)
    }

    /// What every page shows; `token` is the question that the user came for.
    pub(crate) fn frame<'a>(&'a self, service: &'a Service, token: Option<&'a str>) -> Frame<'a> {
        Frame {
            site: service.origin.authority(),
            user: self.user().map(|user| user.name.as_str()),
            form_token: own::form_token(&self.id),
            token,
        }
    }

    /// Lets the browser keep what the forms of the answer are bound to.
    pub(crate) fn keep(&self, service: &Service, mut response: Response) -> Response {
        if let Some(cookie) = SESSION
            .set(&self.id, &service.origin)
            .filter(|_| self.is_new)
        {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl FromRequestParts<Arc<Service>> for Visitor {
    type Rejection = Fault;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Self::Rejection> {
        Self::of(service, &parts.headers).await
    }
}
