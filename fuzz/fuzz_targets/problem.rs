//! See `countersign_fuzz::problem`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(problem);
