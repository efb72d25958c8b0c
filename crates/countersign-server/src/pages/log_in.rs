//! Logging in and out.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use countersign_key::Secret;
use countersign_signature::OsRandom;
use http::{HeaderValue, StatusCode, header};

use crate::login::LoginError;
use crate::pages::LOGIN;
use crate::pages::authorize::{after_login, carrying};
use crate::pages::cookies::{KNOWN, SESSION};
use crate::pages::fault::Fault;
use crate::pages::posted::{Asked, Posted};
use crate::pages::respond::{page, see_other, unserved};
use crate::pages::view::{LogInPage, LogOutPage};
use crate::pages::visitor::Visitor;
use crate::random_id::RandomId;
use crate::refusals::Reason;
use crate::request_id;
use crate::service::Service;

/// `GET /oauth/login`
pub(crate) async fn form(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Asked(fields): Asked,
) -> Result<Response, Fault> {
    let token = fields.one("oauth_token")?;
    if visitor.user().is_some() {
        return Ok(see_other(&after_login(token)));
    }
    let response = show(&service, &visitor, token, "", None).await?;
    Ok(visitor.keep(&service, response))
}

/// `POST /oauth/login`
pub(crate) async fn log_in(
    State(service): State<Arc<Service>>,
    Posted {
        visitor,
        fields,
        headers,
    }: Posted,
) -> Result<Response, Fault> {
    let token = fields.one("oauth_token")?;
    let name = fields.one("username")?.unwrap_or_default();
    let password = Secret::new(fields.one("password")?.unwrap_or_default());
    let browser = KNOWN.read(&headers, &service.origin);
    let outcome = service.gate.log_in(name, password, browser.as_ref()).await;
    let found = match outcome {
        Ok(found) => found,
        // It is logged with its answer.
        Err(error) => return show(&service, &visitor, token, name, Some(error)).await,
    };
    let id = request_id::shown();
    tracing::info!(id, outcome = "accepted", user = found.user.name, "login");
    let draw = || RandomId::draw(&mut OsRandom::new()).map_err(|_| Fault::Unavailable);
    // New ones: those from before may be known to somebody else.
    let (session, browser) = (draw()?, draw()?);
    service.sessions.end(&visitor.id);
    let name = &found.user.name;
    service
        .sessions
        .begin(&session, name, found.mark, service.now());
    service.gate.remember(name, &browser);
    let mut response = see_other(&after_login(token));
    let cookies = [
        SESSION.set(&session, &service.origin),
        KNOWN.set(&browser, &service.origin),
    ];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `GET /oauth/logout`
pub(crate) async fn out_form(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
) -> Result<Response, Fault> {
    if visitor.user().is_none() {
        return Ok(see_other(LOGIN));
    }
    let frame = visitor.frame(&service, None);
    Ok(page(StatusCode::OK, &LogOutPage { frame }))
}

/// `POST /oauth/logout`
pub(crate) async fn log_out(
    State(service): State<Arc<Service>>,
    Posted {
        visitor, fields, ..
    }: Posted,
) -> Result<Response, Fault> {
    let token = fields.one("oauth_token")?;
    service.sessions.end(&visitor.id);
    let mut response = see_other(&carrying(LOGIN, token));
    if let Some(cookie) = SESSION.clear(&service.origin) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn show(
    service: &Service,
    visitor: &Visitor,
    token: Option<&str>,
    name: &str,
    error: Option<LoginError>,
) -> Result<Response, Fault> {
    let (status, words) = match error {
        None => (StatusCode::OK, None),
        Some(LoginError::Unavailable) => return Err(Fault::Unavailable),
        Some(LoginError::Wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Some("The user name or the password is not right.".to_owned()),
        ),
        Some(LoginError::Later(seconds)) => (
            StatusCode::TOO_MANY_REQUESTS,
            Some(format!(
                "Too many tries. Wait {}, then try again.",
                crate::pages::view::span(seconds)
            )),
        ),
    };
    let application = match token {
        None => None,
        Some(token) => match service.provider().pending(token, service.now()).await {
            Ok(pending) => Some(pending.consumer_name),
            // A guess is told of as one, whatever token came with it.
            Err(_) if error.is_some() => None,
            Err(fault) => return Err(fault.into()),
        },
    };
    let mut frame = visitor.frame(service, token);
    // Who logs in again is not logged in on this page.
    frame.user = None;
    let template = LogInPage {
        frame,
        application,
        name,
        error: words,
        wrong: error == Some(LoginError::Wrong),
    };
    let mut response = page(status, &template);
    if let Some(LoginError::Later(seconds)) = error {
        let value = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    Ok(match error {
        None => response,
        Some(LoginError::Unavailable) => unserved(response, Reason::PageUnavailable),
        Some(LoginError::Wrong) => unserved(response, Reason::LoginWrong),
        Some(LoginError::Later(_)) => unserved(response, Reason::LoginThrottled),
    })
}
