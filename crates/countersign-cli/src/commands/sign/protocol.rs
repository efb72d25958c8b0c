//! The protocol parameters: from the keys file, the options, and --oauth.

use countersign_base_string::ProtocolParameters;
use countersign_clock::UnixTime;
use countersign_signature::body_hash::Rule;
use countersign_signature::{Method, OsRandom, body_hash, nonce};

use super::request::Plan;
use super::{Sign, credentials};
use crate::dialect::Dialect;
use crate::exit::Failure;
use crate::keys_file::KeySet;
use crate::{input, output};

/// The decoded values; [`ProtocolParameters`] borrows them.
pub(super) struct Values {
    consumer_key: String,
    method_name: &'static str,
    timestamp: String,
    nonce: String,
    token: Option<String>,
    version: bool,
    body_hash: Option<String>,
    /// Whatever else --oauth names, in its order.
    more: Vec<(String, String)>,
}

const HANDLE: &str = "oauth_session_handle";

impl Values {
    pub(super) fn new(
        sign: &Sign,
        keys: &KeySet,
        (method, dialect): (&'static Method, Dialect),
        plan: &Plan,
    ) -> Result<Self, Failure> {
        let mut given = Given::read(&sign.oauth, keys)?;
        // The method has been read from it already.
        let _method = given.take("oauth_signature_method");
        let consumer_key = match given.take("oauth_consumer_key") {
            Some(key) => key,
            None => keys.consumer_key.clone().ok_or_else(|| {
                credentials::missing(
                    "consumer_key",
                    "every request",
                    "consumer_key = \"dpf43f3p2l4k3l03\"",
                )
            })?,
        };
        let timestamp = match given.either("oauth_timestamp", sign.timestamp.as_ref())? {
            Some(text) => text,
            None => countersign_clock::system::now().seconds().to_string(),
        };
        if let Err(error) = UnixTime::parse_timestamp(&timestamp) {
            output::note(&format!(
                "warning: a provider will refuse this oauth_timestamp: {error}"
            ));
        }
        let nonce = match given.either("oauth_nonce", sign.nonce.as_ref())? {
            Some(text) => text,
            None => nonce(&mut OsRandom::new()).map_err(|error| Failure::work(&error))?,
        };
        let rule = if sign.body_hash {
            Some(Rule::MethodHash)
        } else {
            dialect.body_hash(keys.facts.body_hash, plan.kind())
        };
        let hash = rule.map(|rule| body_hash::compute(rule.hash_for(method), plan.body()));
        let body_hash = given.either("oauth_body_hash", hash.as_ref())?;
        let own_version = given.has("oauth_version");
        if own_version && sign.no_version {
            return Err(twice("oauth_version"));
        }
        Ok(Self {
            consumer_key,
            method_name: dialect.method_name(),
            timestamp,
            nonce,
            token: given
                .take("oauth_token")
                .or_else(|| keys.token.clone())
                .or_else(|| dialect.no_token().map(ToOwned::to_owned)),
            version: !sign.no_version && !own_version,
            body_hash,
            more: given.0,
        })
    }

    pub(super) fn parameters(&self) -> ProtocolParameters<'_> {
        let mut parameters = ProtocolParameters::new(
            &self.consumer_key,
            self.method_name,
            &self.timestamp,
            &self.nonce,
        );
        if let Some(token) = &self.token {
            parameters = parameters.with_token(token);
        }
        if !self.version {
            parameters = parameters.without_version();
        }
        if let Some(hash) = &self.body_hash {
            parameters = parameters.with_body_hash(hash);
        }
        for (name, value) in &self.more {
            parameters = match name.as_str() {
                "oauth_callback" => parameters.with_callback(value),
                "oauth_verifier" => parameters.with_verifier(value),
                HANDLE => parameters.with_session_handle(value),
                name => parameters.with_parameter(name, value),
            };
        }
        parameters
    }
}

/// What --oauth gives, each name once.
struct Given(Vec<(String, String)>);

impl Given {
    fn read(options: &[String], keys: &KeySet) -> Result<Self, Failure> {
        let mut given = Self(Vec::new());
        for option in options {
            let (name, value) = pair(option, keys)?;
            if given.has(&name) {
                return Err(twice(&name));
            }
            given.0.push((name, value));
        }
        Ok(given)
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// From --oauth or from an option of its own; from both only if they agree.
    fn either(&mut self, name: &str, option: Option<&String>) -> Result<Option<String>, Failure> {
        match (self.take(name), option) {
            (Some(given), Some(option)) if given != *option => Err(twice(name)),
            (given, option) => Ok(given.or_else(|| option.cloned())),
        }
    }
}

/// The value that --oauth gives to `name`, without the keys file.
pub(super) fn named(options: &[String], name: &str) -> Result<Option<String>, Failure> {
    let found = options
        .iter()
        .filter_map(|option| option.split_once('='))
        .find(|(known, _)| *known == name);
    found.map(|(_, value)| from_file(value)).transpose()
}

fn pair(option: &str, keys: &KeySet) -> Result<(String, String), Failure> {
    let (name, value) = match option.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (option, None),
    };
    if !(name.starts_with("oauth_") || name.starts_with("xoauth_")) {
        return Err(Failure::Usage(format!(
            "--oauth {name}: expected a name that begins with oauth_ or xoauth_; other parameters go into the URL or --form"
        )));
    }
    if name == "oauth_signature" {
        return Err(Failure::Usage(
            "--oauth oauth_signature: the signature is what is computed here".to_owned(),
        ));
    }
    let value = match (name, value) {
        (HANDLE, Some(value)) if !value.starts_with('@') => {
            return Err(Failure::Usage(format!(
                "--oauth {HANDLE}: a session handle is a secret; write it into the keys file (session_handle) and give the name alone"
            )));
        }
        (_, Some(value)) => from_file(value)?,
        (HANDLE, None) => match &keys.session_handle {
            Some(handle) => handle.expose_secret().to_owned(),
            None => {
                return Err(credentials::missing(
                    "session_handle",
                    "a renewal",
                    "session_handle = \"ODJHMGEZNGVKMGM1NDA1NZG3ZWIWNJ\"",
                ));
            }
        },
        (_, None) => {
            return Err(Failure::Usage(format!(
                "--oauth {name}: expected NAME=VALUE"
            )));
        }
    };
    Ok((name.to_owned(), value))
}

/// `@FILE` stands for what the file holds, without the line end at its end.
pub(crate) fn from_file(value: &str) -> Result<String, Failure> {
    match value.strip_prefix('@') {
        Some(path) => {
            let text = input::read_text(path.as_ref())?;
            let line = text.strip_suffix('\n').unwrap_or(&text);
            Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
        }
        None => Ok(value.to_owned()),
    }
}

pub(super) fn twice(name: &str) -> Failure {
    Failure::Usage(format!("{name} is given twice; give it once"))
}
