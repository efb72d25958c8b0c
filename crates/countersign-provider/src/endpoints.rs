//! The endpoints that give out tokens (RFC 5849 section 2), and the page between them.

mod authorize;
mod exchange;
mod renew;
mod temporary;
mod token;
mod xauth;

pub use authorize::{Approval, Approver, AuthorizeError, Pending};
pub use xauth::{Authenticate, Login, LoginFuture, LoginUnavailable};

/// How often a change is tried again when the rows changed under it.
pub(crate) const TRIES: usize = 16;
