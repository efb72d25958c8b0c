//! Object-safe twins of the store traits.

mod connection;
mod consumer;
mod nonce;
mod token;

pub use connection::DynConnectionStore;
pub use consumer::DynConsumerStore;
pub use nonce::DynNonceStore;
pub use token::DynTokenStore;

use core::future::Future;
use core::pin::Pin;

/// A future on the heap, as the object-safe twins give it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[cfg(test)]
mod tests;
