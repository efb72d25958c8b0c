//! Which causes an answer allows.

/// Causes that an answer allows, most likely first; the first row that fits counts.
pub(super) struct Row {
    /// The problem code.
    pub(super) problem: &'static str,
    /// The provider that answers so; empty fits any.
    pub(super) provider: &'static str,
    /// A part of the advice, in lower case; empty fits any.
    pub(super) advice: &'static str,
    /// The codes of the causes.
    pub(super) causes: &'static [&'static str],
    /// What tells them apart.
    pub(super) settles: &'static str,
}

const fn row(
    problem: &'static str,
    advice: &'static str,
    causes: &'static [&'static str],
    settles: &'static str,
) -> Row {
    Row {
        problem,
        provider: "",
        advice,
        causes,
        settles,
    }
}

/// A row of one provider, whose answer means something else than the code says.
const fn row_of(
    provider: &'static str,
    problem: &'static str,
    causes: &'static [&'static str],
    settles: &'static str,
) -> Row {
    Row {
        provider,
        ..row(problem, "", causes, settles)
    }
}

pub(super) const ROWS: &[Row] = &[
    row_of(
        "NetSuite",
        "token_rejected",
        &[
            "hdr.realm",
            "sig.method_unsupported",
            "sbs.query_omitted",
            "permission.role",
            "token.revoked",
            "ratelimit.concurrency",
        ],
        "the Login Audit Trail of the account, column Detail",
    ),
    row_of(
        "X",
        "signature_invalid",
        &["sig.mismatch", "hdr.value_malformed", "env.mismatch"],
        "the request and your keys: --keys FILE",
    ),
    row(
        "token_rejected",
        "has not been authorized",
        &["token.revoked", "token.role_changed", "token.replaced"],
        "the provider's list of connected applications: who disconnected or connected it last, and when",
    ),
    row(
        "token_rejected",
        "does not match an expected",
        &["token.renewal_stale", "token.wrong_type"],
        "your log of renewals: whether a renewal succeeded whose token was not stored",
    ),
    row(
        "token_rejected",
        "",
        &[
            "token.unknown",
            "token.revoked",
            "token.replaced",
            "token.wrong_type",
            "env.mismatch",
        ],
        "whether the same token worked before, and against which host",
    ),
    row(
        "token_revoked",
        "",
        &["token.revoked", "token.replaced"],
        "the provider's list of connected applications",
    ),
    row(
        "token_expired",
        "",
        &["token.expired"],
        "the time the token was issued and its oauth_expires_in",
    ),
    row(
        "access_token_expired",
        "",
        &["token.expired"],
        "the time the token was issued and its oauth_expires_in",
    ),
    row(
        "token_used",
        "",
        &["token.used"],
        "whether the callback of your application runs twice",
    ),
    row(
        "timestamp_refused",
        "",
        &["time.skew", "time.unit"],
        "the request, or the Date header of the answer",
    ),
    row(
        "nonce_used",
        "",
        &["nonce.reuse"],
        "both requests: compare their oauth_nonce",
    ),
    row(
        "signature_method_rejected",
        "no certificates",
        &["rsa.certificate_expired", "rsa.no_certificate"],
        "the end date of the certificate you uploaded: countersign cert inspect FILE",
    ),
    row(
        "signature_method_rejected",
        "must use",
        &["sig.method_required"],
        "the kind of application at the provider",
    ),
    row(
        "signature_method_rejected",
        "",
        &["sig.method_unsupported", "sig.method_required"],
        "the methods in the provider's documentation",
    ),
    row(
        "signature_invalid",
        "",
        &["sig.mismatch", "rsa.key_mismatch"],
        "the request and your keys: --keys FILE",
    ),
    row(
        "consumer_key_unknown",
        "",
        &["consumer.unknown", "env.mismatch"],
        "the consumer key in the provider's portal, character by character",
    ),
    row(
        "consumer_key_rejected",
        "",
        &[
            "consumer.rejected",
            "consumer.not_enabled",
            "consumer.expired",
            "consumer.wrong_kind",
        ],
        "the state of the application in the provider's portal",
    ),
    row(
        "consumer_key_refused",
        "",
        &["consumer.throttled"],
        "whether it works again after a pause",
    ),
    row(
        "rate limit exceeded",
        "",
        &["ratelimit", "ratelimit.concurrency"],
        "whether it works again after a pause",
    ),
    row(
        "permission_denied",
        "",
        &[
            "permission.denied",
            "permission.role",
            "permission.token_scope",
        ],
        "the role of the user and the permissions of the application",
    ),
    row(
        "permission_unknown",
        "",
        &["permission.undecided"],
        "whether the user has approved",
    ),
    row(
        "user_refused",
        "",
        &["permission.denied"],
        "what the user decided",
    ),
    row(
        "additional_authorization_required",
        "",
        &["permission.denied"],
        "what else the user has to approve",
    ),
    row(
        "parameter_absent",
        "",
        &[
            "hdr.param_absent",
            "hdr.stripped",
            "hdr.provider_strict_parser",
            "callback.config",
        ],
        "the request as the application received it",
    ),
    row(
        "parameter_rejected",
        "",
        &["hdr.value_malformed", "callback.config"],
        "the request",
    ),
    row("version_rejected", "", &["protocol.version"], "the request"),
];

/// Causes that a status allows where the answer names no problem.
pub(super) struct StatusRow {
    /// The status.
    pub(super) status: u16,
    /// The code of the cause.
    pub(super) cause: &'static str,
    /// What tells more.
    pub(super) settles: &'static str,
}

const fn status(status: u16, cause: &'static str, settles: &'static str) -> StatusRow {
    StatusRow {
        status,
        cause,
        settles,
    }
}

pub(super) const STATUSES: &[StatusRow] = &[
    status(413, "hdr.limits", "the size of the body"),
    status(429, "ratelimit", "the Retry-After header of the answer"),
    status(431, "hdr.limits", "the size of the headers"),
    status(
        502,
        "provider.fault",
        "whether it lasts, and the provider's status page",
    ),
    status(
        503,
        "provider.fault",
        "whether it lasts, and the provider's status page",
    ),
    status(
        504,
        "provider.fault",
        "whether it lasts, and the provider's status page",
    ),
];
