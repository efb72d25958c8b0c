//! See `countersign_fuzz::form`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(form);
