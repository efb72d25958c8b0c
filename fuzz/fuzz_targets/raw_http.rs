//! See `countersign_fuzz::raw_http`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(raw_http);
