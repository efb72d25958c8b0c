//! When to stop.

/// Waits until the process is asked to end: by an interrupt from the terminal or, on Unix, by
/// `SIGTERM`.
///
/// For [`Server::run`](crate::Server::run).
pub async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                interrupted = tokio::signal::ctrl_c() => never_without_a_signal(interrupted).await,
            }
            return;
        }
    }
    never_without_a_signal(tokio::signal::ctrl_c().await).await;
}

/// A signal that can't be waited for must not end the service.
async fn never_without_a_signal(interrupted: std::io::Result<()>) {
    if interrupted.is_err() {
        core::future::pending::<()>().await;
    }
}
