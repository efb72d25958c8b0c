//! The pages, as a browser without scripts sees them.

mod before_an_api;
mod connected;
mod decided;
mod forged;
mod framed;
mod logged_in;
mod people;
mod xauth;
