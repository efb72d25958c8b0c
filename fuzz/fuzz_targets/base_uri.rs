//! See `countersign_fuzz::base_uri`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(base_uri);
