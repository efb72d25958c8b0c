//! See `countersign_fuzz::provider`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(provider);
