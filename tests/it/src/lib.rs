//! One integration binary; see `tests/main.rs`.
