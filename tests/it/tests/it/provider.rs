//! The provider over memory stores: what it gives out, what it refuses, and what it writes down.

mod flow;
mod lifecycle;
mod refusals;
mod renewal;
mod seed;
mod terse;
mod world;
