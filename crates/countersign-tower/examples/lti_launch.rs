//! A tool that learning platforms launch by LTI 1.1: a form that the browser posts, signed with
//! HMAC-SHA1 and no token.
//!
//! `cargo run -p countersign-tower --example lti_launch --features axum,system-clock,tokio`

#![expect(clippy::print_stdout, reason = "an example tells what to do next")]

use std::sync::Arc;

use axum::Form;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::post;
use countersign_key::{Secret, SecureRandom as _};
use countersign_provider::{Origin, Provider, Settings, SignedBody, Stores};
use countersign_signature::OsRandom;
use countersign_store::{
    Consumer, ConsumerKind, Credential, Expected, FingerprintKey, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, Start,
};
use countersign_tower::extract::Verified;
use countersign_tower::{Routes, Site, system_clock, tokio_timer};
use serde::Deserialize;

const ADDRESS: &str = "127.0.0.1:3001";
const KEY: &str = "example-platform";
const SECRET: &str = "an example's secret";

/// What a platform says of a launch; it says more.
#[derive(Deserialize)]
struct Launch {
    lti_message_type: String,
    user_id: Option<String>,
    roles: Option<String>,
    context_title: Option<String>,
}

/// A form is signed parameter by parameter, so that nothing of the launch was changed on the way.
async fn launch(verified: Verified<SignedBody>, Form(launch): Form<Launch>) -> Response {
    if launch.lti_message_type != "basic-lti-launch-request" {
        return (StatusCode::BAD_REQUEST, "expected a basic launch request").into_response();
    }
    let said = |value: &Option<String>| escaped(value.as_deref().unwrap_or("(not said)"));
    Html(format!(
        "<!doctype html><title>Tool</title><p>Launched by {}, for user {} with the roles {} in {}.",
        escaped(verified.consumer_key()),
        said(&launch.user_id),
        said(&launch.roles),
        said(&launch.context_title),
    ))
    .into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn core::error::Error>> {
    let mut bytes = [0; 16];
    OsRandom::new().fill(&mut bytes)?;
    let key = FingerprintKey::from_bytes(bytes);
    let mut settings = Settings::default();
    settings.realm = Some("Tool".to_owned());
    // Nonces in memory are forgotten with the process, and key and secret stay the same: after a
    // restart a launch of the last five minutes could be replayed. A real tool keeps its nonces, or
    // says `Start::AfterLoss`.
    let window = *settings.policy.window();
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens: MemoryTokenStore::default(),
        nonces: MemoryNonceStore::new(key.clone(), window, Start::FirstStart),
    };
    let provider = Provider::new(stores, settings, key, OsRandom::new())?;

    let secret = Credential::Secret(Arc::new(Secret::new(SECRET)));
    let mut platform = Consumer::new(KEY, ConsumerKind::Public, secret);
    // A launch has no token.
    platform.may_use_two_legged = true;
    platform.methods = vec!["HMAC-SHA1".to_owned()];
    provider
        .register(Expected::Absent, platform, system_clock())
        .await?;

    let rules = Routes::from(provider.route("launch"));
    let origin = Origin::parse(&format!("http://{ADDRESS}"))?;
    let site = Site::new(provider, origin, system_clock, tokio_timer);
    let app = axum::Router::new()
        .route("/launch", post(launch))
        .layer(site.verify_layer(rules));
    println!("launch http://{ADDRESS}/launch with the key {KEY} and the secret {SECRET:?}");
    let listener = tokio::net::TcpListener::bind(ADDRESS).await?;
    axum::serve(listener, app).await?;
    Ok(())
}
