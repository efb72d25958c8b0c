//! See `countersign_fuzz::clock`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(clock);
