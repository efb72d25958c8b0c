//! What a verifier accepts.

use countersign_base_string::Limits;
use countersign_clock::Window;
use countersign_signature::{Hash, Methods};

/// Whether a request with a body that is not a form must carry `oauth_body_hash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum BodyHashRule {
    /// Checked when it is sent; a body without one is accepted as unsigned. The default.
    #[default]
    WhenSent,
    /// A body that is not a form must come with its hash.
    Required,
}

/// Which hash `oauth_body_hash` is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum BodyHashWith {
    /// The hash of the signature method (Request Body Hash draft, section 3.1). The default.
    #[default]
    Method,
    /// One hash whatever the method.
    ///
    /// # Background
    ///
    /// oauthlib and several learning tools hash with SHA-1 under every method.
    Always(Hash),
}

/// What a verifier accepts: limits, window, methods and the rule for bodies.
///
/// The default is strict: a window of 300 s on both sides (both ends inclusive), the seven methods
/// without PLAINTEXT, all `oauth_` parameters in one place, nonces of 1 to 255 visible ASCII
/// characters.
///
/// ```
/// use countersign_clock::Window;
/// use countersign_verify::Policy;
///
/// let policy = Policy::default().with_window(Window::new(600, 60));
/// assert_eq!(policy.window().past(), 600);
/// ```
#[derive(Debug, Clone)]
pub struct Policy {
    limits: Limits,
    window: Window,
    methods: Methods,
    body_hash: BodyHashRule,
    body_hash_with: BodyHashWith,
    split_placement: bool,
    raw_protocol: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            window: Window::default(),
            methods: Methods::standard(),
            body_hash: BodyHashRule::default(),
            body_hash_with: BodyHashWith::default(),
            split_placement: false,
            raw_protocol: false,
        }
    }
}

impl Policy {
    /// With other limits on sizes and counts.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// With another acceptance window for timestamps.
    #[must_use]
    pub fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// With another table of signature methods.
    #[must_use]
    pub fn with_methods(mut self, methods: Methods) -> Self {
        self.methods = methods;
        self
    }

    /// With another rule for bodies that are not forms.
    #[must_use]
    pub fn with_body_hash(mut self, rule: BodyHashRule) -> Self {
        self.body_hash = rule;
        self
    }

    /// With another hash for `oauth_body_hash`.
    #[must_use]
    pub fn with_body_hash_made_with(mut self, with: BodyHashWith) -> Self {
        self.body_hash_with = with;
        self
    }

    /// Accepts `oauth_` parameters in more than one place, each still at most once.
    ///
    /// # Background
    ///
    /// RFC 5849 section 3.5 allows exactly one place. X's documentation of the token request sends
    /// `oauth_verifier` in the form body beside a header, and clients copy it.
    #[must_use]
    pub fn lenient_split_placement(mut self) -> Self {
        self.split_placement = true;
        self
    }

    /// Takes the base string for signed in which the values of the protocol parameters are as they
    /// stand in the header, encoded there or not; `oauth_body_hash` then covers a form too.
    ///
    /// Nothing of a form is in that base string: protocol parameters in one are refused, and a form
    /// without `oauth_body_hash` is unsigned, as other bodies are ([`Policy::with_body_hash`]).
    ///
    /// # Background
    ///
    /// RFC 5849 section 3.4.1.3.2 has every value encoded. Mastercard's own signers enter those of the
    /// header as they stand, and hash a body of whatever type.
    #[must_use]
    pub fn lenient_raw_protocol(mut self) -> Self {
        self.raw_protocol = true;
        self
    }

    /// The limits on sizes and counts.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The acceptance window for timestamps.
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The signature methods in use.
    #[must_use]
    pub fn methods(&self) -> &Methods {
        &self.methods
    }

    /// The rule for bodies that are not forms.
    #[must_use]
    pub fn body_hash(&self) -> BodyHashRule {
        self.body_hash
    }

    /// The hash for `oauth_body_hash`.
    #[must_use]
    pub fn body_hash_made_with(&self) -> BodyHashWith {
        self.body_hash_with
    }

    pub(crate) fn is_raw_protocol(&self) -> bool {
        self.raw_protocol
    }

    pub(crate) fn allows_split_placement(&self) -> bool {
        self.split_placement
    }
}
