//! See `countersign_fuzz::token`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(token);
