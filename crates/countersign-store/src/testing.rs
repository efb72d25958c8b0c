//! What shows that a store keeps its contracts (feature `testing`).

mod block_on;

pub use block_on::block_on;
