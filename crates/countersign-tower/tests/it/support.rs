//! A provider over memory stores, a client that signs, and bodies that misbehave.

mod body;
mod client;
mod site;
mod stores;

pub(crate) use body::{Step, TestBody};
pub(crate) use client::{Client, FORM, JSON, ORIGIN, Unsigned};
pub(crate) use site::{Answer, CONSUMER, Events, NOW, SECRET, Setup};
pub(crate) use stores::FailingNonces;
