//! Bounded stores in memory. They forget everything when the process ends.

mod nonce;

pub use nonce::{KeptNonce, MemoryNonceStore, NonceLimits, Start};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The guard, also after a panic elsewhere: nothing here panics half way through a change.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
