//! See `countersign_fuzz::cgi_env`.

#![cfg_attr(fuzzing, no_main)]

countersign_fuzz::target!(cgi_env);
