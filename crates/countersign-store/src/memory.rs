//! Bounded stores in memory. They forget everything when the process ends.

mod connection;
mod consumer;
mod nonce;
mod token;

pub use connection::MemoryConnectionStore;
pub use consumer::MemoryConsumerStore;
pub use nonce::{Forgotten, KeptNonce, MemoryNonceStore, NonceLimits, Start};
pub use token::{MemoryTokenStore, TokenLimits};

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

// The guards are taken also after a panic elsewhere: nothing here panics half way through a change.

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
