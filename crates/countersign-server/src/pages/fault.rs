//! What can't be done, as pages that say what helps.

use axum::response::{IntoResponse, Response};
use countersign_provider::{AuthorizeError, EndingError};
use http::{HeaderValue, StatusCode, header};

use crate::login::Unsettled;
use crate::pages::respond::{page, unserved};
use crate::pages::view::FaultPage;
use crate::records::RecordsError;
use crate::refusals::Reason;
use crate::request_id;

/// After how many seconds somebody should come back while something is out of order.
const BACK_AFTER: u32 = 5;

/// What can't be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The request for access is over or decided.
    Closed,
    /// What was sent is no form of ours.
    Form,
    /// The form was not sent from a page of ours.
    Forged,
    /// The page does not do this.
    Method,
    /// The user may not do this in this organisation.
    Role,
    /// The page was opened without a request for access.
    NoToken,
    TooLong,
    TooSlow,
    /// Something that is needed is out of order.
    Unavailable,
    /// There is no such request for access.
    Unknown,
}

impl Fault {
    pub(crate) fn records(error: RecordsError) -> Self {
        request_id::note_failure("the users can't be read", &error);
        Self::Unavailable
    }

    pub(crate) fn ending(error: EndingError) -> Self {
        request_id::note_failure("a grant can't be ended", &error);
        Self::Unavailable
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::Closed => StatusCode::GONE,
            Self::Form | Self::NoToken => StatusCode::BAD_REQUEST,
            Self::Forged | Self::Role => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unknown => StatusCode::NOT_FOUND,
        }
    }

    const fn reason(self) -> Reason {
        match self {
            Self::Closed => Reason::PageClosed,
            Self::Forged => Reason::PageForged,
            Self::Form => Reason::PageForm,
            Self::Method => Reason::PageMethod,
            Self::NoToken => Reason::PageNoToken,
            Self::Role => Reason::PageRole,
            Self::TooLong => Reason::TooLong,
            Self::TooSlow => Reason::ClientSlow,
            Self::Unavailable => Reason::PageUnavailable,
            Self::Unknown => Reason::PageUnknown,
        }
    }

    /// What happened, and what helps.
    const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Closed => [
                "This request for access is over",
                "A request for access can be answered once, and only for some minutes. Go back to the \
                 application and connect it again from there.",
            ],
            Self::Form => [
                "This was not understood",
                "What your browser sent is not what the form of this page sends. Go back, load the \
                 page again and fill it in once more.",
            ],
            Self::Forged => [
                "Nothing was done",
                "The form did not come from a page of this service, or the page had been open for \
                 very long, or cookies are blocked. Go back, load the page again and send the form \
                 once more.",
            ],
            Self::Method => [
                "This page can't do that",
                "Open the page from its address, or send its own form.",
            ],
            Self::Role => [
                "Nothing was connected",
                "Your role in this organisation does not allow you to connect applications, or you \
                 don't belong to it. Ask an administrator of the organisation.",
            ],
            Self::NoToken => [
                "No application is asking",
                "This page is opened by an application that asks for access. Go to the application \
                 and connect it from there.",
            ],
            Self::TooLong => [
                "This was too long",
                "The form takes a user name, a password and choices; what was sent is longer.",
            ],
            Self::TooSlow => [
                "This took too long",
                "The form did not arrive in time. Send it again.",
            ],
            Self::Unavailable => [
                "Something is out of order here",
                "It is not your fault, and nothing was changed that you did not see. Try again in a \
                 moment; if it stays like this, tell whoever runs this service.",
            ],
            Self::Unknown => [
                "There is no such request for access",
                "The link is incomplete or very old, or the application may no longer ask. Go back to \
                 the application and connect it again from there.",
            ],
        }
    }
}

impl From<Unsettled> for Fault {
    fn from(unsettled: Unsettled) -> Self {
        match unsettled {
            Unsettled::Ending(error) => Self::ending(error),
            Unsettled::Records(error) => Self::records(error),
        }
    }
}

impl From<AuthorizeError> for Fault {
    fn from(error: AuthorizeError) -> Self {
        match error {
            AuthorizeError::Closed(_) => Self::Closed,
            AuthorizeError::Role => Self::Role,
            AuthorizeError::Unknown => Self::Unknown,
            error => {
                let what = "a request for access can't be read or decided";
                request_id::note_failure(what, &error);
                Self::Unavailable
            }
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let [title, sentence] = self.words();
        let template = FaultPage {
            title,
            sentence,
            reference: request_id::shown(),
        };
        let mut response = page(self.status(), &template);
        if self == Self::Unavailable {
            let value = HeaderValue::from(BACK_AFTER);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        unserved(response, self.reason())
    }
}

/// What is said to other methods.
pub(crate) async fn method() -> Fault {
    Fault::Method
}
