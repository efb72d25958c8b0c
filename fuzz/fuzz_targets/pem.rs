//! See `countersign_fuzz::pem`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(pem);
