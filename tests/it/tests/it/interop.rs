//! Clients of others at work against the example's server, over a socket.

mod cell;
mod clients;
mod curl;
mod matrix;
mod server;
