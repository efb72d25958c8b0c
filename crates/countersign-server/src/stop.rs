//! When a service is told to stop.

use std::io;

/// What told the process to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopSignal {
    /// SIGINT, as by Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

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
pub fn stop_signal() -> io::Result<impl Future<Output = ()> + Send> {
    let told = watch()?;
    Ok(async {
        told.await;
    })
}

#[cfg(unix)]
fn watch() -> io::Result<impl Future<Output = StopSignal> + Send> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => StopSignal::Terminate,
            _ = interrupt.recv() => StopSignal::Interrupt,
        }
    })
}

#[cfg(not(unix))]
fn watch() -> io::Result<impl Future<Output = StopSignal> + Send> {
    Ok(async {
        // Without a signal the process runs until it is ended.
        if tokio::signal::ctrl_c().await.is_err() {
            core::future::pending::<()>().await;
        }
        StopSignal::Interrupt
    })
}

/// Ready once the process is told to stop after this call: for who was told so before. Where signals
/// can't be watched it never is.
///
/// ```no_run
/// # async fn serve(server: countersign_server::Server) -> std::io::Result<()> {
/// let stop = countersign_server::stop_signal()?;
/// let cut_off = server.run_until(stop, countersign_server::stop_signal_again).await;
/// # let _ = cut_off;
/// # Ok(())
/// # }
/// ```
pub fn stop_signal_again() -> impl Future<Output = StopSignal> + Send {
    let again = watch();
    async {
        match again {
            Ok(again) => again.await,
            Err(_) => core::future::pending().await,
        }
    }
}
