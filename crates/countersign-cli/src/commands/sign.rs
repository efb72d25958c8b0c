//! `countersign sign`: signs a request offline and prints it in the form asked for.

pub(crate) mod credentials;
pub(crate) mod password;
mod print;
pub(crate) mod protocol;
mod request;
mod steps;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use countersign_base_string::is_form;
use countersign_key::SecureRandom;
use countersign_signature::{OsRandom, SignError, SignRequest, Signed};

use crate::credentials::Credentials;
use crate::dialect::Dialect;
use crate::exit::{Exit, Failure, Outcome};
use crate::keys_file::{KeySet, Place};
use crate::output;

const AFTER: &str = "\
Examples:
  countersign sign --keys keys.toml 'https://api.example.com/v1/items?q=red%20shoes'
  countersign sign --profile acme 'https://api.example.com/v1/items'
  countersign sign --keys keys.toml --as curl \\
    --form status='Hello world' https://api.example.com/v1/update
  countersign sign --keys keys.toml --method POST --oauth oauth_callback=oob \\
    https://api.example.com/oauth/request_token
  countersign sign --keys keys.toml --body order.json --body-hash \\
    --content-type application/json https://api.example.com/orders
  countersign sign --keys keys.toml --steps \\
    --timestamp 1191242096 --nonce kllo9940pd9333jh http://photos.example.net/photos

The keys file is TOML: consumer_key, consumer_secret, token, token_secret,
session_handle, private_key, certificate, passphrase_file, realm. The paths in it
are relative to it. token = \"\" sends an empty oauth_token, no token sends none.
It may also hold what a profile holds: signature_method, placement, body_hash; and
preset, by which it is signed as that provider wants it.

Method: that of the keys file or profile; without one RSA-SHA1 if there is a
private_key, else HMAC-SHA1, unless --signature-method says otherwise. PLAINTEXT only when it is named.

--oauth replaces what the keys file would send; two options that contradict each
other are a mistake. The key stays that of the keys file.

Exit codes: 0 signed, 2 usage, 3 an input can't be read or signed, 4 credentials
are missing.";

/// Sign a request, offline; nothing is sent.
///
/// Prints what to send: the Authorization header, a URL, a form, a curl command, raw HTTP or JSON.
/// Query and form are signed as they are, byte for byte.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Sign {
    #[command(flatten)]
    credentials: Credentials,
    /// The request method; otherwise GET, or POST with a form or a body.
    #[arg(long, short = 'X', value_name = "METHOD")]
    method: Option<String>,
    /// A parameter of the form body; @FILE as value takes the value from a file.
    #[arg(long, value_name = "NAME=VALUE")]
    form: Vec<String>,
    /// The body; - for standard input.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "form",
        requires = "content_type"
    )]
    body: Option<PathBuf>,
    /// The media type of the body.
    #[arg(long, value_name = "TYPE", requires = "body")]
    content_type: Option<String>,
    /// A protocol parameter, such as oauth_callback=oob; @FILE as value takes it from a file.
    /// oauth_session_handle without a value takes it from the keys file.
    #[arg(long, value_name = "NAME=VALUE")]
    oauth: Vec<String>,
    /// HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512, RSA-PSS-SHA256 or
    /// PLAINTEXT.
    #[arg(long, value_name = "NAME")]
    signature_method: Option<String>,
    /// oauth_timestamp, in seconds since 1970; otherwise now.
    #[arg(long, value_name = "UNIX_TIME")]
    timestamp: Option<String>,
    /// oauth_nonce; otherwise random.
    #[arg(long, value_name = "TEXT")]
    nonce: Option<String>,
    /// Send no oauth_version.
    #[arg(long)]
    no_version: bool,
    /// Send oauth_body_hash, made with the hash of the signature method.
    #[arg(long)]
    body_hash: bool,
    /// The realm of the Authorization header; otherwise that of the keys file.
    #[arg(long, value_name = "TEXT")]
    realm: Option<String>,
    /// What to print; query and form put the protocol parameters there. Otherwise the place that
    /// the profile names, or the header.
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form_of_output: Option<As>,
    /// Print the steps to the signature on standard error.
    #[arg(long)]
    steps: bool,
    /// The URL, percent-encoded as it will be sent.
    #[arg(value_name = "URL")]
    url: String,
}

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum As {
    /// The Authorization header.
    Header,
    /// The URL with the protocol parameters in its query.
    Query,
    /// The form body with the protocol parameters in it.
    Form,
    /// A curl command for a POSIX shell.
    Curl,
    /// The request as raw HTTP/1.1.
    Http,
    /// A JSON document, schema countersign/sign/1.
    Json,
}

impl As {
    /// What is printed where no option says it.
    fn usual(keys: &KeySet, dialect: Dialect, is_form: bool) -> Self {
        let placement = keys.facts.placement.or_else(|| dialect.placement());
        match dialect.placement_for(placement, is_form) {
            Some(Place::Query) => Self::Query,
            Some(Place::Body) => Self::Form,
            Some(Place::Header) | None => Self::Header,
        }
    }

    const fn place(self) -> countersign_base_string::Place {
        match self {
            Self::Query => countersign_base_string::Place::Query,
            Self::Form => countersign_base_string::Place::Body,
            Self::Header | Self::Curl | Self::Http | Self::Json => {
                countersign_base_string::Place::Header
            }
        }
    }
}

impl Sign {
    pub(crate) fn run(&self) -> Outcome {
        let keys = self.credentials.read()?;
        let method = credentials::method(self.asked_method()?.as_deref(), &keys)?;
        let dialect = Dialect::of(&keys.facts, method);
        // A body that is none yet becomes a form, unless the method is named, which then may have none.
        let has_none = self.form.is_empty() && self.body.is_none() && self.method.is_some();
        let is_form = !has_none && self.content_type.as_deref().is_none_or(is_form);
        let usual = || As::usual(&keys, dialect, is_form);
        let form = self.form_of_output.unwrap_or_else(usual);
        let plan = request::Plan::new(self, form)?;
        let signer = credentials::signer(method, &keys)?;
        let values = protocol::Values::new(self, &keys, (method, dialect), &plan)?;
        let protocol = values.parameters();
        let request = plan.request()?;
        let place = form.place();
        let sign = SignRequest::new(&request, &protocol).with_placement(place);
        let mut sign = dialect.sign(sign);
        let realm = self.realm(&keys, place)?.or_else(|| {
            let in_header = place == countersign_base_string::Place::Header;
            dialect.realm().filter(|_| in_header)
        });
        if let Some(realm) = realm {
            sign = sign.with_realm(realm);
        }
        let mut random = OsRandom::new();
        let random: &mut dyn SecureRandom = &mut random;
        let signed = sign.sign(&signer, Some(random)).map_err(refused)?;
        if method.is_plaintext() && plan.is_open() {
            output::note(
                "warning: PLAINTEXT sends the secrets themselves, and http lets everybody read them; use https",
            );
        }
        if self.steps {
            output::note(&steps::text(&request, &signed, &keys, method));
        }
        print(form, &plan, &signed)?;
        Ok(Exit::Yes)
    }

    /// The signature method, from whichever option names it.
    fn asked_method(&self) -> Result<Option<String>, Failure> {
        let by_parameter = protocol::named(&self.oauth, "oauth_signature_method")?;
        match (&self.signature_method, by_parameter) {
            (Some(name), Some(given)) if *name != given => {
                Err(protocol::twice("oauth_signature_method"))
            }
            (Some(name), _) => Ok(Some(name.clone())),
            (None, Some(name)) if name == "PLAINTEXT" => Err(Failure::Usage(
                "PLAINTEXT sends the secrets themselves; ask for it by --signature-method PLAINTEXT"
                    .to_owned(),
            )),
            (None, found) => Ok(found),
        }
    }

    fn realm<'a>(
        &'a self,
        keys: &'a KeySet,
        place: countersign_base_string::Place,
    ) -> Result<Option<&'a str>, Failure> {
        let in_header = place == countersign_base_string::Place::Header;
        match (&self.realm, in_header) {
            (Some(realm), true) => Ok(Some(realm)),
            (Some(_), false) => Err(Failure::Usage(
                "a realm has its place in the Authorization header only; leave --realm out"
                    .to_owned(),
            )),
            (None, true) => Ok(keys.realm.as_deref()),
            (None, false) => Ok(None),
        }
    }
}

fn print(form: As, plan: &request::Plan, signed: &Signed) -> Result<(), Failure> {
    match form {
        As::Header => output::data(&print::header(signed)),
        As::Query => output::data(&signed.url(plan.url())),
        As::Form => output::exact(&print::form(plan, signed)),
        As::Curl => output::data(&print::curl(plan, signed)?),
        As::Http => output::exact(&print::http(plan, signed)?),
        As::Json => {
            if core::str::from_utf8(plan.body()).is_err() {
                output::note("the body is no text: the document has null for it");
            }
            output::json(&print::json(plan, signed))
        }
    }
}

/// What can't be signed is a matter of the command line, but for the key and the randomness.
fn refused(error: SignError) -> Failure {
    match error {
        SignError::Signer(_) | SignError::External(_) => Failure::work(&error),
        _ => Failure::Usage(crate::exit::in_full(&error)),
    }
}
