//! See `countersign_fuzz::client`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(client);
