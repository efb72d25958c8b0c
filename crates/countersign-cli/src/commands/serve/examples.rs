//! An application of each kind to try the service with, and a user.
//!
//! Their keys are made at the first start, put into files that only their owner can read, and kept.

use std::path::{Path, PathBuf};

use countersign_clock::system;
use countersign_key::{Secret, SecureRandom as _};
use countersign_server::{
    Config, ConsumerEntry, ConsumerEntryKind, Membership, UserEntry, hash_password,
};
use countersign_signature::OsRandom;

use crate::commands::cert::{generate, issue, subject, write};
use crate::exit::Failure;
use crate::input;

/// Where the keys are put.
pub(super) const DIRECTORY: &str = "countersign-demo";

/// The organisation of the private application and of the user.
pub(super) const ORGANISATION: &str = "Demo Company";

/// The user's name.
pub(super) const USER: &str = "demo";

const DAYS: u32 = 365;
const BITS: usize = 2048;
const SECRET_BYTES: usize = 16;

/// One application.
#[derive(Debug, Clone, Copy)]
pub(super) struct Example {
    /// Its consumer key.
    pub(super) key: &'static str,
    name: &'static str,
    kind: ConsumerEntryKind,
    /// What it is, for people.
    pub(super) words: &'static str,
}

/// An application of each kind.
pub(super) const EXAMPLES: [Example; 3] = [
    Example {
        key: "demo-public",
        name: "Demo: public",
        kind: ConsumerEntryKind::Public,
        words: "public   HMAC   tokens live 30 minutes",
    },
    Example {
        key: "demo-private",
        name: "Demo: private",
        kind: ConsumerEntryKind::Private,
        words: "private  RSA    needs no flow",
    },
    Example {
        key: "demo-partner",
        name: "Demo: partner",
        kind: ConsumerEntryKind::Partner,
        words: "partner  RSA    renews its tokens",
    },
];

/// The applications' keys, on disk.
#[derive(Debug)]
pub(super) struct Examples {
    directory: PathBuf,
}

impl Examples {
    /// Makes what is missing.
    pub(super) fn ready(directory: &Path) -> Result<Self, Failure> {
        let examples = Self {
            directory: directory.to_owned(),
        };
        make_directory(directory)?;
        examples.secret("demo.password")?;
        for example in &EXAMPLES {
            examples.make(example)?;
        }
        Ok(examples)
    }

    /// The keys file of an application, for `--keys`.
    pub(super) fn keys(&self, example: &Example) -> PathBuf {
        self.file(&format!("{}.toml", example.key))
    }

    /// The file with the user's password.
    pub(super) fn password(&self) -> PathBuf {
        self.file("demo.password")
    }

    /// Adds them to a configuration.
    pub(super) fn register(&self, config: &mut Config) -> Result<(), Failure> {
        for example in &EXAMPLES {
            let mut entry = ConsumerEntry::new(example.key, example.kind);
            entry.name = Some(example.name.to_owned());
            entry.two_legged = true;
            match example.kind {
                ConsumerEntryKind::Public => {
                    entry.secret_file = Some(self.file("demo-public.secret"));
                }
                _ => entry.certificates = vec![self.certificate(example)],
            }
            if example.kind == ConsumerEntryKind::Private {
                entry.organisation = Some(ORGANISATION.to_owned());
            } else {
                entry.callbacks = vec!["oob".to_owned()];
            }
            config.consumer.push(entry);
        }
        let password = input::read_text(&self.password())?;
        let password = Secret::new(password.trim_end_matches('\n'));
        let hash = hash_password(&password).map_err(|error| Failure::work(&error))?;
        let places = vec![Membership::new(ORGANISATION, "standard")];
        config.user.push(UserEntry::new(USER, hash, places));
        Ok(())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn certificate(&self, example: &Example) -> PathBuf {
        self.file(&format!("{}.cer.pem", example.key))
    }

    fn make(&self, example: &Example) -> Result<(), Failure> {
        let keys = self.keys(example);
        let key = example.key;
        if keys.exists() {
            return self.is_whole(example);
        }
        let text = if example.kind == ConsumerEntryKind::Public {
            let secret = self.secret("demo-public.secret")?;
            let secret = secret.expose_secret();
            Secret::new(format!(
                "consumer_key = \"{key}\"\nconsumer_secret = \"{secret}\"\n"
            ))
        } else {
            self.key_pair(example)?;
            let token = match example.kind {
                // Its consumer key is its token.
                ConsumerEntryKind::Private => format!("token = \"{key}\"\n"),
                _ => String::new(),
            };
            Secret::new(format!(
                "consumer_key = \"{key}\"\n{token}private_key = \"{key}.key.pem\"\n\
                 certificate = \"{key}.cer.pem\"\n"
            ))
        };
        // Last, as it says that the others are there.
        write::private_key(&keys, text.expose_secret().as_bytes())
    }

    /// Whether the files that were made with a keys file are still there.
    fn is_whole(&self, example: &Example) -> Result<(), Failure> {
        let files = if example.kind == ConsumerEntryKind::Public {
            vec![self.file("demo-public.secret")]
        } else {
            let private = self.file(&format!("{}.key.pem", example.key));
            vec![private, self.certificate(example)]
        };
        match files.iter().find(|file| !file.exists()) {
            None => Ok(()),
            Some(lost) => Err(Failure::Work(format!(
                "expected {}, found none; remove the directory {} to have all keys in it made anew",
                lost.display(),
                self.directory.display()
            ))),
        }
    }

    fn key_pair(&self, example: &Example) -> Result<(), Failure> {
        let private = self.file(&format!("{}.key.pem", example.key));
        let key = if private.exists() {
            crate::keys_file::read_private_key(&private, None)?
        } else {
            let key = generate::rsa(BITS)?;
            write::private_key(&private, key.to_pkcs8_pem().expose_secret())?;
            key
        };
        let name = subject::common_name(example.key)?;
        let (pem, _) = issue::self_signed(&key, name, system::now(), DAYS)?;
        write::certificate(&self.certificate(example), &pem, true)
    }

    /// A random secret in a file of its own, made if it is not there.
    fn secret(&self, name: &str) -> Result<Secret, Failure> {
        let path = self.file(name);
        if !path.exists() {
            let mut bytes = [0; SECRET_BYTES];
            OsRandom::new()
                .fill(&mut bytes)
                .map_err(|error| Failure::work(&error))?;
            let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let text = Secret::new(text);
            write::private_key(&path, text.expose_secret().as_bytes())?;
        }
        input::read_text(&path).map(|text| Secret::new(text.trim_end()))
    }
}

fn make_directory(path: &Path) -> Result<(), Failure> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| Failure::File {
        path: path.to_owned(),
        source,
    })
}
