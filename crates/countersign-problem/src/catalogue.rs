//! One row for each code of the extension: what it means and what to do.

use core::fmt;

use crate::ProblemCode;

/// What is known of one problem code.
#[derive(Debug)]
#[non_exhaustive]
pub struct Row {
    /// The code.
    pub code: ProblemCode,
    /// What the server says with it, one sentence.
    pub meaning: &'static str,
    /// The companion parameter that goes with it.
    pub companion: Option<&'static str>,
    /// The HTTP status of our own answers.
    pub status: u16,
    /// Who answers with another status, and which.
    pub status_elsewhere: &'static [(&'static str, u16)],
    /// Who has to do something.
    pub acts: Actor,
    /// What a client may do by itself.
    pub retry: Retry,
    /// What helps, the most likely first.
    pub remedies: &'static [&'static str],
    /// Where the code is defined.
    pub source: &'static str,
}

/// Who has to act on a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Actor {
    /// Whoever runs the client's machine: clock, certificate, configuration.
    ClientOperator,
    /// Whoever writes the client.
    ClientDeveloper,
    /// Whoever registered the application with the provider.
    ApplicationOwner,
    /// The person whose data it is.
    User,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientOperator => "whoever runs the client",
            Self::ClientDeveloper => "whoever writes the client",
            Self::ApplicationOwner => "whoever registered the application",
            Self::User => "the user",
        })
    }
}

/// What a client may do by itself, at most once unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// Wait, with growing pauses or as long as `Retry-After` says, then send anew.
    BackOff,
    /// Correct the clock by what the answer discloses, sign anew, send once more.
    CorrectClockOnce,
    /// Never: the same request will be refused again.
    Never,
    /// Sign anew with another nonce, send once more.
    NewNonceOnce,
    /// Ask the user for a new authorisation.
    Reauthorise,
    /// Renew the token if there is a session handle, else ask the user again.
    Renew,
}

impl fmt::Display for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BackOff => "wait, then send it anew",
            Self::CorrectClockOnce => "correct the clock, sign anew and send it once more",
            Self::Never => "no, the same request will be refused again",
            Self::NewNonceOnce => "sign anew with another nonce and send it once more",
            Self::Reauthorise => "no, ask the user to authorise the application again",
            Self::Renew => "renew the token, or ask the user to authorise the application again",
        })
    }
}

/// The row of a code of the extension; invented codes have none (see [`ProblemCode::known`]).
///
/// ```
/// use countersign_problem::ProblemCode;
/// use countersign_problem::catalogue::{self, Retry};
///
/// let row = catalogue::row(&ProblemCode::NONCE_USED).unwrap();
/// assert_eq!((row.status, row.retry), (401, Retry::NewNonceOnce));
/// ```
#[must_use]
pub fn row(code: &ProblemCode) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.code == *code)
}

/// All 18 rows in the order of the extension.
#[must_use]
pub fn rows() -> &'static [Row] {
    &ROWS
}

const EXTENSION: &str = "OAuth Problem Reporting; RFC 5849 section 3.2 for the status";

static ROWS: [Row; 18] = [
    Row {
        code: ProblemCode::VERSION_REJECTED,
        meaning: "The oauth_version sent is not one that the provider speaks.",
        companion: Some("oauth_acceptable_versions"),
        status: 400,
        status_elsewhere: &[],
        acts: Actor::ClientDeveloper,
        retry: Retry::Never,
        remedies: &[
            "Send oauth_version=1.0, exactly so: \"1.0a\", \"1.0A\" and \"2.0\" are no versions.",
            "Or leave oauth_version out; then it must not be in the base string either.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::PARAMETER_ABSENT,
        meaning: "A parameter that this request needs did not arrive.",
        companion: Some("oauth_parameters_absent"),
        status: 400,
        status_elsewhere: &[],
        acts: Actor::ClientDeveloper,
        retry: Retry::Never,
        remedies: &[
            "Send the parameters that oauth_parameters_absent names.",
            "Asking for a request token: send oauth_callback, with the value oob if there is none.",
            "Exchanging the request token: send the oauth_verifier from the callback.",
            "If all were sent: look whether a proxy or a redirect dropped the Authorization header.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::PARAMETER_REJECTED,
        meaning: "A parameter is unexpected here, occurs twice, or has a value that can't be used.",
        companion: Some("oauth_parameters_rejected"),
        status: 400,
        status_elsewhere: &[],
        acts: Actor::ClientDeveloper,
        retry: Retry::Never,
        remedies: &[
            "Correct or leave out the parameters that oauth_parameters_rejected names.",
            "Send every oauth_ parameter once, all in one place: header, query or form body.",
            "If it is oauth_verifier: take it from the callback of this very request token.",
            "If it is oauth_callback: use the address that is registered for the application.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::TIMESTAMP_REFUSED,
        meaning: "The timestamp lies too far from the provider's clock.",
        companion: Some("oauth_acceptable_timestamps"),
        status: 401,
        status_elsewhere: &[
            ("net.oauth", 400),
            ("Adobe Commerce (Magento)", 400),
            ("oauthorize (Node)", 400),
        ],
        acts: Actor::ClientOperator,
        retry: Retry::CorrectClockOnce,
        remedies: &[
            "Set the client's clock by network time and keep it so.",
            "Send seconds since 1970 in UTC: no milliseconds, no local time.",
            "Sign right before sending, not before waiting in a queue.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::NONCE_USED,
        meaning: "A request with the same nonce and timestamp arrived before.",
        companion: None,
        status: 401,
        status_elsewhere: &[("oauthorize (Node)", 400)],
        acts: Actor::ClientDeveloper,
        retry: Retry::NewNonceOnce,
        remedies: &[
            "Sign every request anew, retries and redirects included.",
            "Take at least 64 random bits for a nonce; do not derive it from the time.",
            "Look for whatever sends the request twice: a proxy, a browser, a second worker.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::SIGNATURE_METHOD_REJECTED,
        meaning: "The provider does not take this signature method from this application.",
        companion: None,
        status: 400,
        status_elsewhere: &[],
        acts: Actor::ApplicationOwner,
        retry: Retry::Never,
        remedies: &[
            "Sign with the method that is registered for the application.",
            "With RSA: upload a certificate, and look whether the one there has expired.",
            "Spell the method as the provider does: the name is case-sensitive.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::SIGNATURE_INVALID,
        meaning: "The signature does not belong to the request as the provider received it.",
        companion: None,
        status: 401,
        status_elsewhere: &[],
        acts: Actor::ClientDeveloper,
        retry: Retry::Never,
        remedies: &[
            "Compare the client's base string with the provider's, if it sent one back.",
            "Verify the very bytes sent with `countersign doctor`: it finds what deviates.",
            "With RSA: check that the certificate uploaded belongs to the private key in use.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::CONSUMER_KEY_UNKNOWN,
        meaning: "The provider has no application with this consumer key.",
        companion: None,
        status: 401,
        status_elsewhere: &[],
        acts: Actor::ApplicationOwner,
        retry: Retry::Never,
        remedies: &[
            "Copy the consumer key again, without blanks or line breaks.",
            "Use the key of this environment: sandbox and production have their own.",
            "Look whether the application still exists, and for this version of OAuth.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::CONSUMER_KEY_REJECTED,
        meaning: "The provider knows the application and does not accept it, for good.",
        companion: None,
        status: 401,
        status_elsewhere: &[],
        acts: Actor::ApplicationOwner,
        retry: Retry::Never,
        remedies: &[
            "Look at the application in the provider's portal: expired, disabled, not approved?",
            "Check that this kind of application may do this: some have no token flow.",
            "Ask the provider; a new key may be needed.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::CONSUMER_KEY_REFUSED,
        meaning: "The provider does not accept the application for the moment: too many requests, or switched off.",
        companion: None,
        status: 429,
        status_elsewhere: &[
            ("net.oauth", 503),
            ("oauthorize (Node)", 401),
            ("PECL and HHVM", 401),
        ],
        acts: Actor::ClientOperator,
        retry: Retry::BackOff,
        remedies: &[
            "Wait as long as Retry-After says, else with growing pauses.",
            "Send fewer requests, and fewer at once.",
            "If it lasts: look whether the application was switched off.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::TOKEN_USED,
        meaning: "The request token has been exchanged before.",
        companion: None,
        status: 401,
        status_elsewhere: &[],
        acts: Actor::ClientDeveloper,
        retry: Retry::Reauthorise,
        remedies: &[
            "Begin again with a new request token.",
            "Exchange a request token once, also when the user reloads the callback page.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::TOKEN_EXPIRED,
        meaning: "The token is too old.",
        companion: None,
        status: 401,
        status_elsewhere: &[],
        acts: Actor::ClientDeveloper,
        retry: Retry::Renew,
        remedies: &[
            "Renew the token with its session handle, before it expires.",
            "Without a session handle: ask the user to connect again.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::TOKEN_REVOKED,
        meaning: "The user took the authorisation back.",
        companion: None,
        status: 401,
        status_elsewhere: &[],
        acts: Actor::User,
        retry: Retry::Reauthorise,
        remedies: &[
            "Treat it as a normal event: forget the token and ask the user to connect again.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::TOKEN_REJECTED,
        meaning: "The provider knows the application but does not take this token; it need not say why.",
        companion: None,
        status: 401,
        status_elsewhere: &[],
        acts: Actor::User,
        retry: Retry::Reauthorise,
        remedies: &[
            "Read the stored token again first: another worker may have renewed it.",
            "Check that it is an access token of this environment and this application.",
            "Forget the token and ask the user to connect again.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::ADDITIONAL_AUTHORIZATION_REQUIRED,
        meaning: "The user has to approve once more before this can be done.",
        companion: None,
        status: 401,
        status_elsewhere: &[],
        acts: Actor::User,
        retry: Retry::Reauthorise,
        remedies: &[
            "Send the user through the authorisation again, with the session handle if there is one.",
            "If that does not help: look whether the application is approved for this interface.",
        ],
        source: "OAuth Problem Reporting; OAuth Session draft 1 section 6",
    },
    Row {
        code: ProblemCode::PERMISSION_UNKNOWN,
        meaning: "The user has not decided yet whether the application may do this.",
        companion: None,
        status: 401,
        status_elsewhere: &[],
        acts: Actor::User,
        retry: Retry::BackOff,
        remedies: &[
            "Wait until the user has answered; exchange the request token only after the callback.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::PERMISSION_DENIED,
        meaning: "The user or the provider does not allow this to the application.",
        companion: None,
        status: 403,
        status_elsewhere: &[
            ("net.oauth", 401),
            ("Adobe Commerce (Magento)", 401),
            ("Xero", 401),
        ],
        acts: Actor::User,
        retry: Retry::Never,
        remedies: &[
            "Respect a no. Ask again only when the user starts it.",
            "Look whether the user's role and the token's scope allow this resource.",
        ],
        source: EXTENSION,
    },
    Row {
        code: ProblemCode::USER_REFUSED,
        meaning: "The user, or the provider on the user's behalf, allows no more for now.",
        companion: None,
        status: 403,
        status_elsewhere: &[("net.oauth", 503)],
        acts: Actor::User,
        retry: Retry::Never,
        remedies: &["Stop, and let the user start again later."],
        source: EXTENSION,
    },
];

#[cfg(test)]
mod tests;
