//! What shows that a store keeps its contracts (feature `testing`).

mod block_on;
pub mod conformance;

pub use block_on::block_on;
