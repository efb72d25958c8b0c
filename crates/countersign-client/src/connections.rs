//! Connections that never lose a token: one record each, renewed by one process at a time.
