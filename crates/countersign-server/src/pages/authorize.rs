//! Asking a user, and what becomes of the answer (RFC 5849 section 2.2).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use countersign_encoding::encode;
use countersign_provider::Approver;
use http::StatusCode;

use crate::login::still_stands;
use crate::pages::consent::{Question, consent};
use crate::pages::fault::Fault;
use crate::pages::posted::{Asked, Posted};
use crate::pages::respond::{page, see_other};
use crate::pages::view::{CodePage, DeniedPage};
use crate::pages::visitor::Visitor;
use crate::pages::{AUTHORIZE, LOGIN};
use crate::records::{Mark, User};
use crate::service::Service;

/// `GET`: puts the question.
pub(crate) async fn ask(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Asked(fields): Asked,
) -> Result<Response, Fault> {
    let token = fields.one("oauth_token")?.ok_or(Fault::NoToken)?;
    let question = question(&service, token).await?;
    let response = match visitor.user() {
        Some(user) => consent(&service, &visitor, user, &question, None).await?,
        None => see_other(&carrying(LOGIN, Some(token))),
    };
    Ok(visitor.keep(&service, response))
}

/// `POST`: takes the answer.
pub(crate) async fn decide(
    State(service): State<Arc<Service>>,
    Posted {
        visitor, fields, ..
    }: Posted,
) -> Result<Response, Fault> {
    let token = fields.one("oauth_token")?.ok_or(Fault::NoToken)?;
    let Some((user, mark)) = &visitor.login else {
        return Ok(see_other(&carrying(LOGIN, Some(token))));
    };
    match (fields.one("decision")?, fields.one("organisation")?) {
        (Some("deny"), _) => deny(&service, &visitor, token).await,
        (Some("allow"), Some(organisation)) => {
            let answer = Answer {
                token,
                user,
                mark: *mark,
                organisation,
            };
            allow(&service, &visitor, answer).await
        }
        (Some("allow"), None) => {
            let question = question(&service, token).await?;
            let error = Some("Choose the organisation that the application may act for.");
            consent(&service, &visitor, user, &question, error).await
        }
        _ => Err(Fault::Form),
    }
}

/// The page with the question that the visitor came for.
pub(crate) fn carrying(path: &str, token: Option<&str>) -> String {
    match token {
        Some(token) => format!("{path}?oauth_token={}", encode(token)),
        None => path.to_owned(),
    }
}

/// Where a user goes who has logged in: to the question, or to what is connected.
pub(crate) fn after_login(token: Option<&str>) -> String {
    match token {
        Some(_) => carrying(AUTHORIZE, token),
        None => crate::pages::APPS.to_owned(),
    }
}

async fn question<'a>(service: &Service, token: &'a str) -> Result<Question<'a>, Fault> {
    let pending = service.provider().pending(token, service.now()).await?;
    Ok(Question { token, pending })
}

async fn deny(service: &Service, visitor: &Visitor, token: &str) -> Result<Response, Fault> {
    let question = question(service, token).await?;
    let redirect = service.provider().deny(token, service.now()).await?;
    Ok(match redirect {
        Some(location) => see_other(&location),
        None => page(
            StatusCode::OK,
            &DeniedPage {
                frame: visitor.frame(service, None),
                application: &question.pending.consumer_name,
            },
        ),
    })
}

/// Yes, by whom and for what.
struct Answer<'a> {
    token: &'a str,
    user: &'a User,
    mark: Mark,
    organisation: &'a str,
}

async fn allow(
    service: &Service,
    visitor: &Visitor,
    answer: Answer<'_>,
) -> Result<Response, Fault> {
    let Answer {
        token,
        user,
        organisation,
        ..
    } = answer;
    let question = question(service, token).await?;
    let role = user.role(organisation).ok_or(Fault::Role)?;
    let approver = Approver::new(&user.name, organisation, role);
    let provider = service.provider();
    let approval = provider.approve(token, approver, service.now()).await?;
    // Until here nobody knows the verifier, and without it nothing comes of the approval.
    if !still_stands(service, user, answer.mark, organisation).await? {
        return Err(Fault::Role);
    }
    Ok(match &approval.redirect {
        Some(location) => see_other(location),
        None => page(
            StatusCode::OK,
            &CodePage {
                frame: visitor.frame(service, None),
                application: &question.pending.consumer_name,
                organisation,
                code: approval.verifier.expose_secret(),
            },
        ),
    })
}
