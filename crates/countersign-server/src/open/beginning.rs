//! The files that a service keeps between two starts, and what a start finds of them.

use std::path::PathBuf;

use countersign_signature::OsRandom;
use countersign_store::seal::Sealer;

use super::{Inputs, StartError};
use crate::config::Config;
use crate::records::{Records, RecordsError};
use crate::seal_keys;

/// What a service keeps between two starts.
pub(super) struct Files {
    pub(super) store: PathBuf,
    key: PathBuf,
    pub(super) records: PathBuf,
}

impl Files {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            store: config.resolve(&config.store.path),
            key: config.resolve(&config.store.key_file()),
            records: config.resolve(&config.store.records_file()),
        }
    }

    /// The sealing keys, made where there is no store yet: before everything else, as their file may
    /// be anywhere.
    pub(super) fn sealer(&self) -> Result<Sealer, StartError> {
        if !self.store.exists() && !self.key.exists() {
            seal_keys::create(&self.key, &mut OsRandom::new())?;
        }
        Ok(seal_keys::read(&self.key)?)
    }

    pub(super) fn records(&self) -> Result<Records, StartError> {
        Records::open(&self.records).map_err(|error| match error {
            RecordsError::Missing { path } => StartError::LostRecords {
                records: path,
                store: self.store.clone(),
            },
            error => error.into(),
        })
    }
}

/// What a start begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// Nothing: all files are made.
    First,
    /// What there was.
    Again,
    /// What there is, and what is lost is made.
    AfterLoss,
}

impl Beginning {
    pub(super) fn of(files: &Files, inputs: &Inputs) -> Result<Self, StartError> {
        if inputs.after_loss {
            return Ok(Self::AfterLoss);
        }
        if files.store.exists() {
            return Ok(Self::Again);
        }
        let beside = [&files.key, &files.records];
        match beside.into_iter().find(|it| it.exists()) {
            None => Ok(Self::First),
            Some(beside) => Err(StartError::Lost {
                store: files.store.clone(),
                beside: beside.clone(),
            }),
        }
    }
}
