//! How a provider behaves.

use countersign_base_string::Limits;
use countersign_token::RenewalMode;
use countersign_verify::Policy;

/// How much a refused caller is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Answers {
    /// The true problem, with advice and companions: what Problem Reporting is for.
    #[default]
    Explicit,
    /// Until a signature verifies, one answer for everything that would tell which consumer keys
    /// and tokens exist.
    Terse,
}

/// How long things live, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lifetimes {
    /// Temporary credentials.
    pub temporary: u32,
    /// Access tokens of three-legged flows.
    pub access: u32,
    /// A whole authorisation of a partner application, whatever is renewed.
    pub authorisation: u32,
    /// How long the secret of a dead token is kept at least, so that a rightly signed caller is
    /// told what became of it.
    pub dead: u32,
}

impl Default for Lifetimes {
    /// 10 minutes, 30 minutes, 365 days, 30 days.
    fn default() -> Self {
        Self {
            temporary: 600,
            access: 1_800,
            authorisation: 365 * 86_400,
            dead: 30 * 86_400,
        }
    }
}

/// How much one application may leave behind in the stores, where rows are kept for as long as
/// [`Lifetimes::dead`] says. What is beyond is refused for a while: 429, `consumer_key_refused`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quotas {
    /// Temporary credentials of one application, whatever became of them. Requests at the same time
    /// may each find room for one more.
    pub temporary: u32,
    /// Access tokens of one grant that is renewed: so many at once, and one more for each lifetime
    /// of an access token that has passed since the grant was given.
    pub renewals: u32,
}

impl Default for Quotas {
    /// 25,000 and 10,000.
    fn default() -> Self {
        Self {
            temporary: 25_000,
            renewals: 10_000,
        }
    }
}

/// How a provider behaves; the default is the seed's API.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// What a request must be like: limits, window, methods, body hash.
    pub policy: Policy,
    /// How much a refused caller is told.
    pub answers: Answers,
    /// What becomes of a renewal with a token that was replaced.
    pub renewal: RenewalMode,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// How much one application may leave behind.
    pub quotas: Quotas,
    /// The roles whose users may connect an application; a grant ends when its user has none of
    /// them any more. Compared without regard to the case of letters.
    pub roles: Vec<String>,
    /// The realm of challenges.
    pub realm: Option<String>,
}

/// Narrower than the defaults of the base string: what a provider on the open net should read.
fn limits() -> Limits {
    Limits::default()
        .with_parameters(1_000)
        .with_header_bytes(8 * 1024)
        .with_query_bytes(64 * 1024)
        .with_body_bytes(1024 * 1024)
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            policy: Policy::default().with_limits(limits()),
            answers: Answers::default(),
            renewal: RenewalMode::Strict,
            lifetimes: Lifetimes::default(),
            quotas: Quotas::default(),
            roles: vec!["standard".to_owned(), "financial adviser".to_owned()],
            realm: None,
        }
    }
}

impl Settings {
    /// Whether users with this role may connect applications.
    #[must_use]
    pub fn may_connect(&self, role: &str) -> bool {
        self.roles
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(role))
    }
}
