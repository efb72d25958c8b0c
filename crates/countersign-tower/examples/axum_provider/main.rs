//! A small provider on axum and tokio, with stores in memory: three applications, the token
//! endpoints, a page where the user decides, and one resource.
//!
//! `cargo run -p countersign-tower --example axum_provider --features axum,system-clock,tokio`
//!
//! It is an example: whoever opens its page may say who they are.

#![expect(clippy::print_stdout, reason = "an example tells what to do next")]

#[allow(dead_code, reason = "a server like this ends grants too; the tests do")]
mod app;
mod page;

use std::sync::Arc;

use app::{App, Inputs};
use countersign_provider::{NoAudit, Origin, Settings};
use countersign_tower::system_clock;

const ADDRESS: &str = "127.0.0.1:3000";

#[tokio::main]
async fn main() -> Result<(), Box<dyn core::error::Error + Send + Sync>> {
    let app = App::new(Inputs {
        origin: Origin::parse(&format!("http://{ADDRESS}"))?,
        settings: Settings::default(),
        clock: Arc::new(system_clock),
        audit: NoAudit::new(),
    })
    .await?;
    println!("listening on http://{ADDRESS}");
    println!("public consumer: {} {}", app::PUBLIC, app::PUBLIC_SECRET);
    println!(
        "private consumer: {}, partner consumer: {}",
        app::PRIVATE,
        app::PARTNER
    );
    let listener = tokio::net::TcpListener::bind(ADDRESS).await?;
    axum::serve(listener, app.router()).await?;
    Ok(())
}
