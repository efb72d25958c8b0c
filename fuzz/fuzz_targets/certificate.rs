//! See `countersign_fuzz::certificate`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(certificate);
