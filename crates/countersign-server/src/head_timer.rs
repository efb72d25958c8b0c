//! The time that a request's head may take, of one connection.
//!
//! hyper makes a new timer for each head. To put each of them among all that tokio watches, and to
//! take it out again a moment later, is a good part of what such a timer costs; so there is one for
//! a connection, which is put off only when it has come.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use hyper::rt::{Sleep, Timer};
use hyper_util::rt::TokioTimer;
use tokio::time;

type Shared = Arc<Mutex<Option<Pin<Box<time::Sleep>>>>>;

/// The timer of one connection, which waits for one thing at a time.
#[derive(Debug, Default)]
pub(crate) struct HeadTimer(Shared);

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        TokioTimer::new().sleep(duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Until {
            deadline: deadline.into(),
            shared: Arc::clone(&self.0),
        })
    }

    fn now(&self) -> Instant {
        TokioTimer::new().now()
    }
}

#[derive(Debug)]
struct Until {
    deadline: time::Instant,
    shared: Shared,
}

impl Sleep for Until {}

impl Future for Until {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline;
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let sleep = shared.get_or_insert_with(|| Box::pin(time::sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        // It may be the one of a head before.
        loop {
            ready!(sleep.as_mut().poll(context));
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn in_seconds(timer: &HeadTimer, seconds: u32) -> Pin<Box<dyn Sleep>> {
        timer.sleep_until(timer.now() + SECOND * seconds)
    }

    async fn is_pending_for(sleep: &mut Pin<Box<dyn Sleep>>, time: Duration) -> bool {
        time::timeout(time, sleep).await.is_err()
    }

    #[tokio::test(start_paused = true)]
    async fn each_comes_at_its_own_time() {
        let timer = HeadTimer::default();
        for seconds in [3, 1, 5, 5, 2] {
            // One that is given up before it comes, as most are.
            let mut given_up = in_seconds(&timer, 10);
            assert!(is_pending_for(&mut given_up, SECOND).await);
            drop(given_up);
            let before = timer.now();
            in_seconds(&timer, seconds).await;
            let took = timer.now() - before;
            assert!(took >= SECOND * seconds, "{took:?} of {seconds}");
            assert!(
                took < SECOND * seconds + SECOND / 10,
                "{took:?} of {seconds}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_comes_while_another_is_awaited_only_puts_it_off() {
        let timer = HeadTimer::default();
        drop(in_seconds(&timer, 2));
        let mut first = in_seconds(&timer, 2);
        assert!(is_pending_for(&mut first, SECOND).await);
        drop(first);
        // The timer from before comes in one second.
        let mut second = in_seconds(&timer, 4);
        assert!(is_pending_for(&mut second, SECOND * 3).await);
        assert!(!is_pending_for(&mut second, SECOND * 2).await);
    }
}
