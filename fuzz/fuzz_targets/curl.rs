//! See `countersign_fuzz::curl`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(curl);
