//! When a service is told to stop.

use std::io;

/// Ready once the process is told to stop: by SIGTERM or SIGINT, elsewhere than on Unix by Ctrl-C.
///
/// The signals are watched from this call on, so that none is missed before the future is polled.
///
/// ```no_run
/// # async fn serve(server: countersign_server::Server) -> std::io::Result<()> {
/// let stop = countersign_server::stop_signal()?;
/// server.run(stop).await;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The system does not let the process watch signals.
#[cfg(unix)]
pub fn stop_signal() -> io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ready once the process is told to stop by Ctrl-C.
///
/// # Errors
///
/// None here; where there are signals, they may not be watched.
#[cfg(not(unix))]
pub fn stop_signal() -> io::Result<impl Future<Output = ()> + Send> {
    Ok(async {
        // Without a signal the process runs until it is ended.
        if tokio::signal::ctrl_c().await.is_err() {
            core::future::pending::<()>().await;
        }
    })
}
