//! Something done with what a future gives.

use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

pin_project! {
    /// Gives what `then` makes of what `future` gives.
    ///
    /// An async block that waits for a future it was given has room for it twice, and moves it from the
    /// one to the other: with several of them around each request that is more than all the rest.
    #[must_use = "futures do nothing unless they are polled"]
    pub(crate) struct Then<F, G> {
        #[pin]
        future: F,
        then: Option<G>,
    }
}

/// See [`Then`].
pub(crate) const fn then<F, G, T>(future: F, then: G) -> Then<F, G>
where
    F: Future,
    G: FnOnce(F::Output) -> T,
{
    Then {
        future,
        then: Some(then),
    }
}

impl<F, G, T> Future for Then<F, G>
where
    F: Future,
    G: FnOnce(F::Output) -> T,
{
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let this = self.project();
        let output = ready!(this.future.poll(context));
        // Nobody polls a future that is over.
        this.then
            .take()
            .map_or(Poll::Pending, |then| Poll::Ready(then(output)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_done_once_the_future_is_ready() {
        let (sender, receiver) = tokio::sync::oneshot::channel::<u32>();
        let mut doubled = core::pin::pin!(then(receiver, |sent| {
            sent.map(|number| number.saturating_mul(2))
        }));
        let mut context = Context::from_waker(core::task::Waker::noop());
        assert!(doubled.as_mut().poll(&mut context).is_pending());
        sender.send(21).unwrap();
        assert_eq!(doubled.await, Ok(42));
    }

    #[test]
    fn there_is_room_for_the_future_once() {
        let large = || core::future::ready([0_u8; 1024]);
        let nested = then(then(large(), |bytes| bytes), |bytes| bytes.len());
        let size = size_of_val(&nested);
        assert!(size < size_of_val(&large()) + 64, "{size}");
    }
}
