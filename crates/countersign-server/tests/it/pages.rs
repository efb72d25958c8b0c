//! The pages, as a browser without scripts sees them.

mod connected;
mod decided;
mod forged;
mod framed;
mod logged_in;
mod people;
mod xauth;
