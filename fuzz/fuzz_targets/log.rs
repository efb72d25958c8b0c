//! See `countersign_fuzz::log`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(log);
