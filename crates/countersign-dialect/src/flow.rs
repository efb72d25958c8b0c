//! Where the steps of a flow leave RFC 5849.

/// How a provider's three steps (RFC 5849 section 2) differ from what the RFC says.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Flow {
    /// What the user's page calls the temporary credentials.
    pub token_name: &'static str,
    /// Under which name that page wants the consumer key too.
    pub consumer_key_name: Option<&'static str>,
    /// Whether the callback is confirmed with the temporary credentials.
    pub confirms: bool,
    /// The only callback that is taken.
    pub callback: Option<&'static str>,
}

impl Flow {
    pub(crate) const RFC5849: Self = Self {
        token_name: "oauth_token",
        consumer_key_name: None,
        confirms: true,
        callback: None,
    };
}
