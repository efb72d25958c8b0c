//! The contracts of the stores as checks that every store must pass.
//!
//! A [`Factory`] makes the store under test and says what it promises; [`nonces`], [`consumers`],
//! [`tokens`] and [`connections`] run every check that these promises allow. Checks may run on many threads, so
//! each starts from a store of its own.
//!
//! ```
//! use countersign_clock::UnixTime;
//! use countersign_store::testing::conformance::{Factory, Promises, Settings, tokens};
//! use countersign_store::{MemoryTokenStore, StoreError, TokenLimits};
//!
//! struct InMemory;
//!
//! impl Factory for InMemory {
//!     type Store = MemoryTokenStore;
//!
//!     fn promises(&self) -> Promises {
//!         Promises::volatile().with_limits()
//!     }
//!
//!     fn fresh(&self, settings: &Settings) -> Result<MemoryTokenStore, StoreError> {
//!         let limits = TokenLimits::default()
//!             .with_temporary(settings.rows)
//!             .with_grants(settings.rows)
//!             .with_access(settings.rows);
//!         Ok(MemoryTokenStore::with_limits(limits))
//!     }
//! }
//!
//! let report = tokens(&InMemory)?;
//! assert!(report.passed().contains(&"tokens.compare_and_set_grant"));
//! # Ok::<(), countersign_store::testing::conformance::Failures>(())
//! ```

mod connections;
mod consumers;
mod factory;
mod nonces;
mod parallel;
mod report;
mod tokens;

pub use connections::connections;
pub use consumers::consumers;
pub use factory::{Factory, Promises, Settings};
pub use nonces::nonces;
pub use report::{Failure, Failures, Report};
pub use tokens::tokens;
