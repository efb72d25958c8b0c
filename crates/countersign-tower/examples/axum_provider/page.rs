//! The page where the user decides. A real one knows who the user is, by a login; this one asks.
//! A real one also guards its form against requests that other pages make, and against frames.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State as Extracted};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use countersign_provider::{Approver, AuthorizeError};
use serde::Deserialize;

use crate::app::{AppProvider, Clock};

#[derive(Clone)]
pub(crate) struct State {
    pub(crate) provider: Arc<AppProvider>,
    pub(crate) clock: Clock,
}

#[derive(Deserialize)]
pub(crate) struct Question {
    oauth_token: String,
}

#[derive(Deserialize)]
pub(crate) struct Decision {
    oauth_token: String,
    user: String,
    organisation: String,
    role: String,
    /// `approve` or `deny`.
    decision: String,
}

/// `GET /oauth/Authorize?oauth_token=…`
pub(crate) async fn ask(
    Extracted(state): Extracted<State>,
    Query(question): Query<Question>,
) -> Response {
    let now = (state.clock)();
    match state.provider.pending(&question.oauth_token, now).await {
        Ok(pending) => Html(format!(
            "<!doctype html><title>Connect</title><h1>Connect {}?</h1>\
             <form method=\"post\"><input type=\"hidden\" name=\"oauth_token\" value=\"{}\">\
             <p><label>User <input name=\"user\"></label>\
             <p><label>Organisation <input name=\"organisation\"></label>\
             <p><label>Role <input name=\"role\" value=\"standard\"></label>\
             <p><button name=\"decision\" value=\"approve\">Connect</button> \
             <button name=\"decision\" value=\"deny\">No</button></form>",
            escaped(&pending.consumer_name),
            escaped(&question.oauth_token),
        ))
        .into_response(),
        Err(error) => failed(&error),
    }
}

/// `POST /oauth/Authorize`
pub(crate) async fn answer(
    Extracted(state): Extracted<State>,
    Form(decision): Form<Decision>,
) -> Response {
    let now = (state.clock)();
    let (provider, token) = (&state.provider, &decision.oauth_token);
    if decision.decision == "approve" {
        let by = Approver::new(&decision.user, &decision.organisation, &decision.role);
        match provider.approve(token, by, now).await {
            Ok(approval) => match approval.redirect {
                Some(callback) => Redirect::to(&callback).into_response(),
                None => Html(format!(
                    "<!doctype html><title>Connected</title><p>Type this code into the \
                     application: <b id=\"verifier\">{}</b>",
                    escaped(approval.verifier.expose_secret())
                ))
                .into_response(),
            },
            Err(error) => failed(&error),
        }
    } else {
        match provider.deny(token, now).await {
            Ok(Some(callback)) => Redirect::to(&callback).into_response(),
            Ok(None) => Html("<!doctype html><title>No</title><p>Not connected.").into_response(),
            Err(error) => failed(&error),
        }
    }
}

fn failed(error: &AuthorizeError) -> Response {
    let status = match error {
        AuthorizeError::Closed(_) | AuthorizeError::Unknown => StatusCode::NOT_FOUND,
        AuthorizeError::Role => StatusCode::FORBIDDEN,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let text = format!("<!doctype html><title>Not connected</title><p>{error}");
    (status, Html(text)).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
