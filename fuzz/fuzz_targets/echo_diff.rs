//! See `countersign_fuzz::echo_diff`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(echo_diff);
