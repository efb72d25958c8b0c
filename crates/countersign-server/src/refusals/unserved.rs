//! What the service answered with an error and no check of a request did: pages, forms, the API
//! behind the gateway, paths where nothing is.

use countersign_doctor::Side;
use http::StatusCode;

use super::finding::known;
use crate::records::RecordedFinding;

/// A request that came to nothing, among the extensions of its answer.
#[derive(Debug, Clone)]
pub(crate) struct Unserved {
    pub(crate) reason: Reason,
    /// The consumer key, where the request was verified.
    pub(crate) consumer: Option<String>,
}

impl Unserved {
    pub(crate) const fn of(reason: Reason) -> Self {
        Self {
            reason,
            consumer: None,
        }
    }
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    ClientBroken,
    ClientSlow,
    LoginThrottled,
    LoginWrong,
    /// Nothing more than its status is known.
    Other,
    PageClosed,
    PageForged,
    PageForm,
    PageMethod,
    PageNoToken,
    PageRole,
    PageUnavailable,
    PageUnknown,
    Path,
    TooLong,
    UpstreamBroken,
    UpstreamLate,
    UpstreamUnreachable,
}

impl Reason {
    /// Of an answer that says nothing but its status.
    pub(crate) fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::METHOD_NOT_ALLOWED => Self::PageMethod,
            StatusCode::NOT_FOUND => Self::Path,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLong,
            _ => Self::Other,
        }
    }

    /// Whether it is a login that failed.
    pub(crate) const fn is_of_login(self) -> bool {
        matches!(self, Self::LoginThrottled | Self::LoginWrong)
    }

    /// A stable name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ClientBroken => "client_broken",
            Self::ClientSlow => "client_slow",
            Self::LoginThrottled => "login_throttled",
            Self::LoginWrong => "login_wrong",
            Self::Other => "not_served",
            Self::PageClosed => "page_closed",
            Self::PageForged => "page_forged",
            Self::PageForm => "page_form",
            Self::PageMethod => "no_such_method",
            Self::PageNoToken => "page_no_token",
            Self::PageRole => "page_role",
            Self::PageUnavailable => "page_unavailable",
            Self::PageUnknown => "page_unknown",
            Self::Path => "no_such_path",
            Self::TooLong => "body_too_long",
            Self::UpstreamBroken => "upstream_broken",
            Self::UpstreamLate => "upstream_too_late",
            Self::UpstreamUnreachable => "upstream_unreachable",
        }
    }

    /// The same in words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::ClientBroken => "the body broke off on its way to the service",
            Self::ClientSlow => "the body took longer than the service waits",
            Self::LoginThrottled => {
                "passwords were tried too often with this user name, or too many at once"
            }
            Self::LoginWrong => "the user name or the password was not right",
            Self::Other => "the status says all that is known",
            Self::PageClosed => "the request for access was answered before, or is over",
            Self::PageForged => {
                "the form did not come from a page of this service, or the page had been open for very long, or the \
                 browser keeps no cookies"
            }
            Self::PageForm => "what was sent is not what a form of the page sends",
            Self::PageMethod => "there is something at the path, and not for this method",
            Self::PageNoToken => "the page was opened without a request for access",
            Self::PageRole => {
                "the user has no role in the organisation that may connect applications"
            }
            Self::PageUnavailable => "something that the page needs is out of order: see the log",
            Self::PageUnknown => "no request for access is known by that token",
            Self::Path => "nothing is served at the path",
            Self::TooLong => "the body is longer than the service reads",
            Self::UpstreamBroken => {
                "the API behind the gateway closed the connection, or speaks no HTTP"
            }
            Self::UpstreamLate => {
                "the API behind the gateway did not begin its answer within `upstream_seconds`"
            }
            Self::UpstreamUnreachable => "the API behind the gateway can't be reached",
        }
    }

    /// As a finding, where a code of the doctor's says the same.
    pub(super) fn finding(self) -> Option<RecordedFinding> {
        let upstream = || {
            known("provider.fault").doing("See whether the API at `[server] upstream` runs and answers; `/readyz` tells whether anything listens there.")
        };
        let finding = match self {
            Self::ClientBroken | Self::ClientSlow => known("hdr.limits")
                .on(Side::Network)
                .doing("Look at the sender's connection, and at proxies between it and the service."),
            Self::LoginThrottled => known("consumer.throttled")
                .on(Side::Account)
                .doing("Wait as long as the page says, then try again."),
            Self::LoginWrong => known("permission.denied")
                .doing("See whether the user is there (countersign admin user list), or set another password (admin user password)."),
            Self::PageClosed => known("token.used")
                .on(Side::Account)
                .doing("Connect the application again, from the application."),
            Self::PageNoToken | Self::PageUnknown => known("token.unknown")
                .doing("Connect the application again, from the application."),
            Self::PageRole => known("permission.role")
                .doing("Give the user a role of `[access] roles` in the organisation: countersign admin user role."),
            Self::PageUnavailable => known("provider.fault")
                .doing("Look at the log of the service at that time, and at /readyz."),
            Self::TooLong => known("hdr.limits").doing("Send less in one request."),
            Self::UpstreamBroken | Self::UpstreamLate | Self::UpstreamUnreachable => upstream(),
            Self::Other
            | Self::PageForged
            | Self::PageForm
            | Self::PageMethod
            | Self::Path => return None,
        };
        Some(finding.saying(self.words()))
    }
}
