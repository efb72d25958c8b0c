//! What was refused, for whoever wraps the layer.

use core::fmt;
use std::sync::Arc;

use bytes::Bytes;
use countersign_provider::Refusal;
use http::request::Parts;

/// A refused request and the true cause, in the extensions of the answer.
///
/// For a log, or for something that explains refusals. The answer itself tells the sender no more
/// than it may know; what is here is for the operator, and holds what the sender sent.
///
/// ```
/// use countersign_tower::Refused;
///
/// fn log<B>(response: &http::Response<B>) {
///     if let Some(refused) = response.extensions().get::<Refused>() {
///         eprintln!("{}: {}", refused.head().uri.path(), refused.refusal().cause().name());
///     }
/// }
/// # log(&http::Response::new(()));
/// ```
#[derive(Clone)]
pub struct Refused {
    inner: Arc<Inner>,
}

struct Inner {
    refusal: Refusal,
    head: Parts,
    body: Option<Bytes>,
}

impl Refused {
    pub(crate) fn new(refusal: Refusal, head: Parts, body: Option<Bytes>) -> Self {
        Self {
            inner: Arc::new(Inner {
                refusal,
                head,
                body,
            }),
        }
    }

    /// Why, and what the sender was told.
    #[must_use]
    pub fn refusal(&self) -> &Refusal {
        &self.inner.refusal
    }

    /// The head of the request, as it came.
    #[must_use]
    pub fn head(&self) -> &Parts {
        &self.inner.head
    }

    /// Its body, where it was read before the refusal.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.inner.body.as_ref()
    }
}

/// The head holds signatures, tokens and, with PLAINTEXT, secrets: it is not shown.
impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused")
            .field("refusal", &self.inner.refusal)
            .finish_non_exhaustive()
    }
}
