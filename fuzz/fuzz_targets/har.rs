//! See `countersign_fuzz::har`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(har);
