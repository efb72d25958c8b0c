//! A future within a span.

use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;
use tracing::Span;

pin_project! {
    /// As tracing's own, but small where nobody listens: what verifies a request is one allocation,
    /// and a few bytes more are beyond what allocators hand out quickly.
    pub(super) struct Within<F> {
        #[pin]
        inner: F,
        span: Option<Box<Span>>,
    }
}

impl<F> Within<F> {
    pub(super) fn new(span: Span, inner: F) -> Self {
        let span = (!span.is_none()).then(|| Box::new(span));
        Self { inner, span }
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.span.as_deref().map(Span::enter);
        this.inner.poll(context)
    }
}
