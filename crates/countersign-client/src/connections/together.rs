//! Many futures, some at once, without a runtime.

use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;

/// Runs all of them to their ends, `limit` at once, and each is only made when its turn comes; what
/// they gave, in order.
pub(super) async fn some_at_once<F: Future + Unpin>(
    limit: usize,
    futures: impl Iterator<Item = F>,
) -> Vec<F::Output> {
    let mut waiting = futures.enumerate();
    let mut running: Vec<(usize, F)> = Vec::new();
    let mut done = Vec::new();
    poll_fn(|context| {
        loop {
            let free = limit.max(1).saturating_sub(running.len());
            running.extend(waiting.by_ref().take(free));
            if running.is_empty() {
                return Poll::Ready(());
            }
            let before = running.len();
            running.retain_mut(|(number, future)| match Pin::new(future).poll(context) {
                Poll::Ready(output) => {
                    done.push((*number, output));
                    false
                }
                Poll::Pending => true,
            });
            if running.len() == before {
                return Poll::Pending;
            }
        }
    })
    .await;
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, output)| output).collect()
}
