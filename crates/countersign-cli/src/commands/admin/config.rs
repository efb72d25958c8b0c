//! The configuration of the service.

use std::path::Path;

use countersign_server::Config;

use crate::exit::Failure;

/// What is read where no file is named, if it is there.
const DEFAULT: &str = "countersign.toml";

/// Reads the file that is named, else the one of the working directory, else the defaults.
pub(super) fn read(path: Option<&Path>) -> Result<Config, Failure> {
    let path = match path {
        None if !Path::new(DEFAULT).exists() => return Ok(Config::default()),
        None => Path::new(DEFAULT),
        Some(path) => path,
    };
    Config::read(path).map_err(|error| Failure::work(&error))
}
