//! See `countersign_fuzz::doctor`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(doctor);
