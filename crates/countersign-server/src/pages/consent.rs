//! The page where a user decides.

use axum::response::Response;
use countersign_clock::UnixTime;
use countersign_provider::{OUT_OF_BAND, Pending};
use countersign_store::{ConsumerKind, ConsumerStore as _, Grant, StoreError, TokenStore as _};
use countersign_token::{Expiry, SessionState};
use http::StatusCode;

use crate::pages::fault::Fault;
use crate::pages::respond::{leading_to, page, unserved};
use crate::pages::view::{Choice, Connected, ConsentPage, When, span};
use crate::pages::visitor::Visitor;
use crate::records::User;
use crate::refusals::Reason;
use crate::request_id;
use crate::service::Service;

/// A request for access, as it is put to a user.
pub(crate) struct Question<'a> {
    pub(crate) token: &'a str,
    pub(crate) pending: Pending,
}

/// The page; `error` says why it is shown again.
pub(crate) async fn consent(
    service: &Service,
    visitor: &Visitor,
    user: &User,
    question: &Question<'_>,
    error: Option<&'static str>,
) -> Result<Response, Fault> {
    let Question { token, pending } = question;
    let choices = choices(service, user, &pending.consumer_key).await?;
    let possible = choices.iter().any(|choice| choice.possible);
    let status = match (possible, error) {
        (false, _) => StatusCode::FORBIDDEN,
        (true, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, None) => StatusCode::OK,
    };
    let template = ConsentPage {
        frame: visitor.frame(service, Some(token)),
        application: &pending.consumer_name,
        consumer_key: &pending.consumer_key,
        lasts: lasts(service, &pending.consumer_key).await?,
        next: host_of(&pending.callback),
        choices,
        possible,
        roles: service.provider().settings().roles.join(", "),
        error,
    };
    let response = leading_to(page(status, &template), &pending.callback);
    Ok(match (possible, error) {
        (true, None) => response,
        (true, Some(_)) => unserved(response, Reason::PageForm),
        (false, _) => unserved(response, Reason::PageRole),
    })
}

async fn choices(service: &Service, user: &User, consumer_key: &str) -> Result<Vec<Choice>, Fault> {
    let settings = service.provider().settings();
    let may = |role: &str| settings.may_connect(role);
    let places = &user.organisations;
    let only_one = places.iter().filter(|place| may(&place.role)).count() == 1;
    let mut choices = Vec::with_capacity(places.len());
    for place in places {
        let possible = may(&place.role);
        // Of an organisation where the user may do nothing, nothing is told.
        let connected = if possible {
            connected(service, user, consumer_key, &place.name).await?
        } else {
            None
        };
        choices.push(Choice {
            organisation: place.name.clone(),
            role: place.role.clone(),
            possible,
            chosen: possible && only_one,
            connected,
        });
    }
    Ok(choices)
}

async fn connected(
    service: &Service,
    user: &User,
    consumer_key: &str,
    organisation: &str,
) -> Result<Option<Connected>, Fault> {
    let tokens = &service.provider().stores().tokens;
    let grant = tokens.live_grant(consumer_key, organisation).await;
    let grant = grant.map_err(store)?;
    let now = service.now();
    let live = grant.filter(|grant| is_live(service, &grant.row, now));
    Ok(live.map(|grant| Connected {
        by_this_user: grant.row.user == user.name,
        since: When::at(grant.row.given),
    }))
}

/// How long the access lasts that the application would get.
async fn lasts(service: &Service, consumer_key: &str) -> Result<String, Fault> {
    let provider = service.provider();
    let consumer = provider.stores().consumers.consumer(consumer_key).await;
    let consumer = consumer.map_err(store)?.ok_or(Fault::Unknown)?;
    let lifetimes = provider.settings().lifetimes;
    Ok(match consumer.row.kind {
        ConsumerKind::Partner => format!(
            "It can renew its access without asking you again, for {}.",
            span(lifetimes.authorisation)
        ),
        _ => format!(
            "Its access lasts {}. After that it has to ask you again.",
            span(lifetimes.access)
        ),
    })
}

/// When an authorisation is over: one that can't be renewed ends with its token.
pub(crate) fn ends(service: &Service, grant: &Grant) -> Expiry {
    if grant.renewable {
        return grant.life.expiry;
    }
    let access = service.provider().settings().lifetimes.access;
    Expiry::after(grant.life.issued, access)
}

/// Whether anything can still be done with it.
pub(crate) fn is_live(service: &Service, grant: &Grant, now: UnixTime) -> bool {
    let standing = matches!(
        grant.life.state_at(now),
        SessionState::Live | SessionState::Lapsed
    );
    standing && !ends(service, grant).is_over(now)
}

pub(crate) fn store(error: StoreError) -> Fault {
    request_id::note_failure("a page can't read the store", &error);
    Fault::Unavailable
}

/// Scheme and host of a callback, as the user is sent there; none for a code.
fn host_of(callback: &str) -> Option<&str> {
    if callback == OUT_OF_BAND {
        return None;
    }
    let after = callback.find("://").map_or(0, |at| at.saturating_add(3));
    let rest = callback.get(after..).unwrap_or_default();
    let length = rest.find(['/', '?']).unwrap_or(rest.len());
    callback.get(..after.saturating_add(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_told_the_host() {
        let cases = [
            ("oob", None),
            (
                "http://printer.example/ready",
                Some("http://printer.example"),
            ),
            ("https://a.example:8443?x=/", Some("https://a.example:8443")),
            ("https://a.example", Some("https://a.example")),
        ];
        for (callback, expected) in cases {
            assert_eq!(host_of(callback), expected, "{callback}");
        }
    }
}
