//! The checks that need neither a store nor a key.

use std::borrow::Cow;

use countersign_base_string::{
    Authorization, AuthorizationErrorKind, HeaderLeniencies, Parameters, ParametersError, Place,
    Request,
};
use countersign_clock::{UnixTime, Verdict};
use countersign_signature::body_hash::Streamed;

use crate::body::BodyCoverage;
use crate::check::{CheckId, Trail};
use crate::claims::Claims;
use crate::pipeline::Admitted;
use crate::policy::Policy;
use crate::refusal::{Cause, Refusal};

/// The parameters that RFC 5849 section 3.1 requires; the last two may be left out with PLAINTEXT.
const REQUIRED: [(&str, bool); 5] = [
    ("oauth_consumer_key", true),
    ("oauth_signature_method", true),
    ("oauth_signature", true),
    ("oauth_timestamp", false),
    ("oauth_nonce", false),
];

const PLAINTEXT: &str = "PLAINTEXT";

/// Room for those of most requests.
const USUAL_PARAMETERS: usize = 12;

/// The longest nonce accepted, in characters.
const NONCE_LIMIT: usize = 255;

/// A request after all checks that need neither a store nor a key.
///
/// All of them have been run, whichever failed, so that an operator sees the whole picture;
/// [`Examination::admit`] decides by the first failure in the order of the pipeline.
#[derive(Debug)]
pub struct Examination<'a> {
    state: Box<State<'a>>,
}

/// What is known of a request. It goes on from stage to stage, and so lies on the heap.
#[derive(Debug)]
pub(crate) struct State<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) policy: &'a Policy,
    pub(crate) now: UnixTime,
    pub(crate) parameters: Option<Parameters<'a>>,
    pub(crate) claims: Claims<'a>,
    pub(crate) timestamp: Option<UnixTime>,
    pub(crate) trail: Trail,
    /// How the body is covered, once that was checked.
    pub(crate) body: Option<BodyCoverage>,
    /// The hash that a body read later must have.
    pub(crate) due: Option<Box<Streamed>>,
    verdict: Option<Verdict>,
    failures: Vec<Cause>,
}

/// Runs every check that needs neither a store nor a key.
///
/// ```
/// use countersign_base_string::{Request, Uri};
/// use countersign_clock::UnixTime;
/// use countersign_verify::{Policy, examine};
///
/// let uri = Uri::parse("https://photos.example.net/photos?file=vacation.jpg")?;
/// let request = Request::new("GET", uri)?.with_authorization(
///     "OAuth oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_signature_method=\"HMAC-SHA1\", \
///      oauth_timestamp=\"137131202\", oauth_signature=\"AAAA\"",
/// );
/// let policy = Policy::default();
/// let examination = examine(&request, UnixTime::from_seconds(137_131_200), &policy);
/// let refusal = examination.admit().unwrap_err();
/// assert_eq!(refusal.cause().to_string(), "required parameters are missing: oauth_nonce");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn examine<'a>(request: &'a Request<'a>, now: UnixTime, policy: &'a Policy) -> Examination<'a> {
    let mut state = Box::new(State {
        request,
        policy,
        now,
        parameters: None,
        claims: Claims::default(),
        timestamp: None,
        trail: Trail::default(),
        body: None,
        due: None,
        verdict: None,
        failures: Vec::new(),
    });
    state.read();
    Examination { state }
}

/// A scheme ends with a blank (RFC 9110 section 11.4): what ends otherwise is not this scheme, as
/// one that is spelt otherwise is not.
fn is_other_scheme(error: &ParametersError) -> bool {
    matches!(
        error,
        ParametersError::Authorization(error)
            if matches!(error.kind(), AuthorizationErrorKind::MissingBlank { .. })
    )
}

impl<'a> Examination<'a> {
    /// What the request claims of itself; empty when it can't be read.
    #[must_use]
    pub fn claims(&self) -> &Claims<'a> {
        &self.state.claims
    }

    /// The parameters of the request, unless it can't be read.
    #[must_use]
    pub fn parameters(&self) -> Option<&Parameters<'a>> {
        self.state.parameters.as_ref()
    }

    /// How the timestamp stands to the window, where it is readable and inside.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        self.state.verdict.as_ref()
    }

    /// Every failure found.
    #[must_use]
    pub fn failures(&self) -> &[Cause] {
        &self.state.failures
    }

    /// What each check came to so far.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        &self.state.trail
    }

    /// Goes on to the checks that need keys and stores.
    ///
    /// # Errors
    ///
    /// The first failure in the order of the pipeline.
    pub fn admit(self) -> Result<Admitted<'a>, Refusal> {
        let state = self.state;
        if let Some(first) = state.failures.iter().min_by_key(|cause| cause.check()) {
            return Err(Refusal::new(first.clone(), state.trail));
        }
        match &state.parameters {
            Some(_) => Ok(Admitted::new(state)),
            None => Err(Refusal::new(Cause::NotOAuth, state.trail)),
        }
    }
}

impl<'a> State<'a> {
    fn fail(&mut self, cause: Cause) {
        self.trail.failed(cause.check());
        self.failures.push(cause);
    }

    /// Two fields are one too many as soon as one of them is OAuth's; a field beyond the limit is
    /// a matter of limits in the first place.
    fn is_ambiguous(&self) -> Option<usize> {
        let limit = self.policy.limits().header_bytes();
        let fields = || self.request.authorizations();
        let found = fields().count();
        (found > 1
            && fields().all(|field| field.len() <= limit)
            && fields().any(Authorization::is_oauth))
        .then_some(found)
    }

    fn read(&mut self) {
        if let Some(found) = self.is_ambiguous() {
            self.trail.passed(CheckId::Limits);
            self.fail(Cause::AuthorizationTwice { found });
            return;
        }
        // Read where they stay.
        let parameters = self
            .parameters
            .insert(Parameters::with_capacity(USUAL_PARAMETERS));
        let limits = self.policy.limits();
        if let Err(error) =
            parameters.extend_from_request(self.request, limits, HeaderLeniencies::NONE)
        {
            self.parameters = None;
            if !error.is_limit() {
                self.trail.passed(CheckId::Limits);
            }
            self.fail(if is_other_scheme(&error) {
                Cause::NotOAuth
            } else {
                Cause::Unreadable(error)
            });
            return;
        }
        self.trail.passed(CheckId::Limits);
        let reading = self.claims.read(parameters);
        if !reading.any() {
            self.parameters = None;
            self.fail(Cause::NotOAuth);
            return;
        }
        let duplicated: Vec<String> = if reading.is_distinct() {
            Vec::new()
        } else {
            let names = parameters.duplicates().into_iter();
            names.map(Cow::into_owned).collect()
        };
        // The raw base string has nothing of a form: whoever holds one signature could choose them.
        let is_unsigned =
            self.policy.is_raw_protocol() && reading.places().any(|place| place == Place::Body);
        let is_split = reading.is_split() && !self.policy.allows_split_placement();
        let misplaced = (is_unsigned || is_split).then(|| reading.places().collect());
        if reading.not_utf8.is_empty() {
            self.trail.passed(CheckId::Grammar);
        } else {
            self.fail(Cause::NotUtf8 {
                names: reading.not_utf8,
            });
        }
        match misplaced {
            Some(places) => self.fail(Cause::Placement { places }),
            None => self.trail.passed(CheckId::Placement),
        }
        if duplicated.is_empty() {
            self.trail.passed(CheckId::Duplicates);
        } else {
            self.fail(Cause::Duplicated { names: duplicated });
        }
        self.check_required();
        self.check_version();
        self.check_syntax();
        self.check_window();
    }

    fn check_required(&mut self) {
        let plaintext = self.claims.signature_method() == Some(PLAINTEXT);
        let mut absent = Vec::new();
        for ((name, always), value) in REQUIRED.into_iter().zip([
            self.claims.consumer_key(),
            self.claims.signature_method(),
            self.claims.signature(),
            self.claims.timestamp(),
            self.claims.nonce(),
        ]) {
            // An empty timestamp or nonce is not absent but malformed, whatever the method.
            let missing = if always {
                value.is_none_or(str::is_empty)
            } else {
                value.is_none() && !plaintext
            };
            if missing {
                absent.push(name);
            }
        }
        if absent.is_empty() {
            self.trail.passed(CheckId::Required);
        } else {
            self.fail(Cause::Absent { names: absent });
        }
    }

    fn check_version(&mut self) {
        match self.claims.version() {
            None => self.trail.not_applicable(CheckId::Version),
            Some("1.0") => self.trail.passed(CheckId::Version),
            Some(_) => self.fail(Cause::Version),
        }
    }

    fn check_syntax(&mut self) {
        let before = self.failures.len();
        if let Some(timestamp) = self.claims.timestamp() {
            match UnixTime::parse_timestamp(timestamp) {
                Ok(time) => self.timestamp = Some(time),
                Err(error) => self.fail(Cause::TimestampSyntax(error)),
            }
        }
        let visible = |value: &str| {
            let graphic = |all, byte: u8| all & byte.is_ascii_graphic();
            value.bytes().fold(true, graphic)
        };
        let mut malformed = Vec::new();
        if let Some(nonce) = self.claims.nonce()
            && (nonce.is_empty() || nonce.len() > NONCE_LIMIT || !visible(nonce))
        {
            malformed.push(("oauth_nonce", "1 to 255 visible ASCII characters"));
        }
        if self
            .claims
            .verifier()
            .is_some_and(|verifier| !visible(verifier))
        {
            malformed.push(("oauth_verifier", "visible ASCII characters"));
        }
        for (name, value) in [
            ("oauth_consumer_key", self.claims.consumer_key()),
            ("oauth_token", self.claims.token()),
            ("oauth_session_handle", self.claims.session_handle()),
            ("oauth_callback", self.claims.callback()),
        ] {
            if value.is_some_and(holds_control) {
                malformed.push((name, "text without control characters"));
            }
        }
        for (name, expected) in malformed {
            self.fail(Cause::Malformed { name, expected });
        }
        if self.failures.len() == before {
            self.trail.passed(CheckId::Syntax);
        }
    }

    fn check_window(&mut self) {
        let Some(timestamp) = self.timestamp else {
            self.trail.not_applicable(CheckId::Window);
            return;
        };
        let window = self.policy.window();
        let verdict = window.check(timestamp, self.now);
        if matches!(verdict, Verdict::Accepted { .. }) {
            self.trail.passed(CheckId::Window);
        } else {
            let range = window.acceptable(self.now);
            self.fail(Cause::TimestampRefused { verdict, range });
        }
        self.verdict = Some(verdict);
    }
}

/// Most values are visible ASCII, which is told without reading characters.
fn holds_control(value: &str) -> bool {
    let visible = |all, byte: u8| all & (byte.wrapping_sub(0x20) < 0x5f);
    !value.bytes().fold(true, visible) && value.contains(char::is_control)
}
