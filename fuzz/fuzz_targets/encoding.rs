//! See `countersign_fuzz::encoding`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(encoding);
