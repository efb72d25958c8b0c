//! See `countersign_fuzz::authorization`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(authorization);
