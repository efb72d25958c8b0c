//! When a service is told to stop.

use core::time::Duration;
use std::io;

/// How long one signal may take to come by all its ways.
const SAME_SIGNAL: Duration = Duration::from_millis(500);

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

/// Ready once the process is told to stop again, for who was told so before this call. Where signals
/// can't be watched it never is.
///
/// What comes within the first half second is the same signal still: a terminal tells all of its
/// group, and tools that run others hand it on besides.
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
    // None ends the process meanwhile.
    let same = watch();
    let waited = tokio::time::sleep(SAME_SIGNAL);
    async move {
        waited.await;
        drop(same);
        match watch() {
            Ok(again) => again.await,
            Err(_) => core::future::pending().await,
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use core::pin::pin;
    use core::time::Duration;

    use super::*;

    fn terminate() {
        let process = std::process::id().to_string();
        let status = std::process::Command::new("kill")
            .args(["-TERM", &process])
            .status();
        assert!(status.unwrap().success());
    }

    /// Ready when the signal was seen. No time passes: a clock that is paused leaps where all wait.
    async fn terminate_and_see() {
        let mut seen = pin!(stop_signal().unwrap());
        terminate();
        loop {
            tokio::select! {
                biased;
                () = seen.as_mut() => break,
                () = tokio::task::yield_now() => {}
            }
        }
    }

    /// As of a terminal, which tells the whole group, and a tool that hands it on.
    #[tokio::test(start_paused = true)]
    async fn signals_of_one_moment_are_one() {
        terminate_and_see().await;
        let mut again = pin!(stop_signal_again());
        // Whoever waits does so from the first signal on.
        for passed in [0, 400] {
            let passed = Duration::from_millis(passed);
            let early = tokio::time::timeout(passed, again.as_mut()).await;
            assert!(early.is_err(), "{early:?}");
            terminate_and_see().await;
        }
        let same = tokio::time::timeout(Duration::from_secs(1), again.as_mut()).await;
        assert!(same.is_err(), "{same:?}");
        terminate_and_see().await;
        assert_eq!(again.await, StopSignal::Terminate);
    }
}
