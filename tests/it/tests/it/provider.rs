//! The provider over stores in memory and in a file: what it gives out, what it refuses, and what it writes down.

mod audited;
mod evenly;
mod flow;
mod killed;
mod lifecycle;
mod quotas;
mod refusals;
mod renewal;
mod seed;
mod sqlite;
mod terse;
mod unwritten;
mod world;
mod xauth;
