//! See `countersign_fuzz::settings`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(settings);
