//! See `countersign_fuzz::base_string`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(base_string);
