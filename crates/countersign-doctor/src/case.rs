//! Everything at hand about one refused request.

use countersign_base_string::Scheme;
use countersign_capture::{OwnedAnswer, OwnedRequest};
use countersign_clock::UnixTime;

use crate::keys::Keys;

/// Everything at hand about one refused request; every part is optional, and the doctor says
/// which part would tell more.
///
/// ```
/// use countersign_capture::OwnedAnswer;
/// use countersign_doctor::{Case, diagnose};
///
/// let answer = OwnedAnswer::new().with_status(401).with_body(
///     "oauth_problem=token_rejected&oauth_problem_advice=The%20access%20token%20has%20not\
///      %20been%20authorized%2C%20or%20has%20been%20revoked%20by%20the%20user",
/// );
/// let diagnosis = diagnose(&Case::default().with_answer(&answer));
/// let codes: Vec<_> = diagnosis.findings().iter().map(|f| f.code.as_str()).collect();
/// assert_eq!(codes, ["token.revoked", "token.role_changed", "token.replaced"]);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Case<'a> {
    pub(crate) request: Option<&'a OwnedRequest>,
    pub(crate) answer: Option<&'a OwnedAnswer>,
    pub(crate) keys: Option<&'a Keys>,
    pub(crate) scheme: Option<Scheme>,
    pub(crate) at: Option<UnixTime>,
    pub(crate) client_base_string: Option<&'a str>,
    pub(crate) provider_base_string: Option<&'a str>,
    pub(crate) provider_signature: Option<&'a str>,
    pub(crate) budget: Option<u64>,
}

/// Candidates compared before the search gives up, where nothing else is said.
const BUDGET: u64 = 5_500_000;

impl<'a> Case<'a> {
    /// With the request as sent.
    #[must_use]
    pub fn with_request(mut self, request: &'a OwnedRequest) -> Self {
        self.request = Some(request);
        self
    }

    /// With the provider's answer.
    #[must_use]
    pub fn with_answer(mut self, answer: &'a OwnedAnswer) -> Self {
        self.answer = Some(answer);
        self
    }

    /// With the keys at hand.
    #[must_use]
    pub fn with_keys(mut self, keys: &'a Keys) -> Self {
        self.keys = Some(keys);
        self
    }

    /// With the scheme the request was sent by, where the capture does not say.
    #[must_use]
    pub fn with_scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = Some(scheme);
        self
    }

    /// With the moment the provider judged the request, by its own clock. Without it, the `Date`
    /// of the answer counts.
    #[must_use]
    pub fn at(mut self, moment: UnixTime) -> Self {
        self.at = Some(moment);
        self
    }

    /// With the base string that the client printed.
    #[must_use]
    pub fn with_client_base_string(mut self, text: &'a str) -> Self {
        self.client_base_string = Some(text);
        self
    }

    /// With the base string that the provider says it computed.
    #[must_use]
    pub fn with_provider_base_string(mut self, text: &'a str) -> Self {
        self.provider_base_string = Some(text);
        self
    }

    /// With the signature that the provider says it expected.
    #[must_use]
    pub fn with_provider_signature(mut self, text: &'a str) -> Self {
        self.provider_signature = Some(text);
        self
    }

    /// With another number of candidate signatures that may be compared before the search for the
    /// cause gives up; 5,500,000 without it, which take about two seconds. Texts above 1 KiB
    /// count for more than one. With 0 nothing is searched for.
    #[must_use]
    pub fn with_budget(mut self, candidates: u64) -> Self {
        self.budget = Some(candidates);
        self
    }

    pub(crate) fn budget(&self) -> u64 {
        self.budget.unwrap_or(BUDGET)
    }
}
