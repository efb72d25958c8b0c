//! Signing, retrying and following, one request at a time.

use core::pin::Pin;
use core::time::Duration;
use std::sync::Arc;

use countersign_client::{Attempts, Credentials, Look, Next as Remedy, Origin, Redirects, Step};
use countersign_clock::{UnixTime, parse_http_date, system};
use countersign_problem::ProblemCode;
use countersign_signature::Placement;
use http::header::{
    AGE, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, LOCATION, TRANSFER_ENCODING,
};
use http::{Extensions, HeaderMap, Method, StatusCode};
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next, Result};

use crate::answer;
use crate::error::SigningError;
use crate::original::Original;
use crate::outgoing::{BodyHash, uri};
use crate::seldom::Seldom;
use crate::signing::Signing;
use crate::source::CredentialSource;
use crate::workbenches::Workbenches;

/// In the extensions of a refused answer: only the user can help, by authorising again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedsReauthorisation {
    code: ProblemCode,
}

impl NeedsReauthorisation {
    /// What the provider says.
    #[must_use]
    pub const fn code(&self) -> &ProblemCode {
        &self.code
    }
}

/// The middleware. Only this crate makes it, with a client that follows nothing by itself.
pub(crate) struct Sign<S> {
    signing: Signing<S>,
    workbenches: Workbenches,
    /// When the date of an answer is looked at again.
    date: Seldom,
}

impl<S> Sign<S> {
    pub(crate) fn new(signing: Signing<S>) -> Self {
        Self {
            signing,
            workbenches: Workbenches::default(),
            date: Seldom::every(SELDOM),
        }
    }

    fn sign(
        &self,
        request: &mut Request,
        credentials: &Credentials,
        hash: Option<&BodyHash>,
        origin: &Origin,
        local: UnixTime,
    ) -> core::result::Result<Placement, SigningError> {
        let now = self.signing.clock.corrected(origin, local);
        self.workbenches
            .at_one(|workbench| workbench.sign(request, credentials, hash, now))
    }
}

impl<S: CredentialSource> Sign<S> {
    /// Compares the clocks, seldom: `asked` is when the request was sent. An answer out of a cache has
    /// the date of another.
    fn look_at_date(&self, headers: &HeaderMap, asked: UnixTime) {
        if !self.date.is_due(asked.seconds()) || headers.contains_key(AGE) {
            return;
        }
        let local = system::now();
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        if let Some(Ok(date)) = date.map(parse_http_date) {
            self.date.looked(local.seconds());
            self.signing.source.clock_seen(date.since(local));
        }
    }
}

/// So many seconds between two looks at the date of an answer.
const SELDOM: i64 = 60;

impl<S: CredentialSource> Middleware for Sign<S> {
    // As `async_trait` writes it, but for the request: it would be kept twice, as argument and variable.
    // The future is made for each request and moved into its box: what is seldom is outside of it.
    fn handle<'life0, 'life1, 'life2, 'async_trait>(
        &'life0 self,
        mut request: Request,
        extensions: &'life1 mut Extensions,
        next: Next<'life2>,
    ) -> Pin<Box<dyn Future<Output = Result<Response>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        'life2: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let signing = &self.signing;
            let origin = signing
                .origin_of(request.url())
                .ok_or(SigningError::OtherOrigin)?;
            let current = signing.source.current().await;
            let mut credentials = current.map_err(SigningError::Source)?;
            let mut tries: Option<Box<Tries>> = None;
            loop {
                let original = Original::of(&mut request);
                let hash = extensions.get::<BodyHash>();
                let asked = system::now();
                let place = match self.sign(&mut request, &credentials, hash, origin, asked) {
                    Ok(place) => place,
                    Err(error) => {
                        return match tries.and_then(|tries| tries.before) {
                            Some(answer) => Ok(answer),
                            None => Err(error.into()),
                        };
                    }
                };
                let mut response = match next.clone().run(request, extensions).await {
                    Ok(response) => response,
                    // The address may hold what signs.
                    Err(error) => return Err(error.without_url()),
                };
                self.look_at_date(response.headers(), asked);
                if place == Placement::Query {
                    response = answer::from_address(response, original.url.clone());
                }
                if !is_remarkable(response.status()) && !may_refuse(&credentials, &response) {
                    if response.status().is_success() {
                        signing.source.worked(&credentials).await;
                    }
                    return Ok(response);
                }
                let tries = tries
                    .get_or_insert_with(|| Box::new(Tries::new(&original.method, &credentials)));
                let again = original.again();
                let answered = self.answered(response, again, &mut credentials, tries, origin);
                match Box::pin(answered).await? {
                    Answered::Deliver(response) => return Ok(*response),
                    Answered::Again(again, answer) => {
                        request = *again;
                        tries.before = Some(*answer);
                    }
                }
            }
        })
    }
}

/// Whether anything but giving the answer to the caller may be due.
fn is_remarkable(status: StatusCode) -> bool {
    status.is_redirection() || status.is_client_error() || status == StatusCode::SERVICE_UNAVAILABLE
}

/// Whether an answer of success may be a refusal all the same, as some providers send them.
fn may_refuse(credentials: &Credentials, response: &Response) -> bool {
    let row = credentials.client().provider();
    row.is_some()
        && response.status().is_success()
        && Look::at(row, response.status(), response.headers()) != Look::Needless
}

/// How long the body of such an answer is waited for; what comes later is nobody's but the caller's.
const LOOK: Duration = Duration::from_secs(10);

/// What was tried for one request of the caller's, however often it is sent: kept by those only of
/// which an answer made something due.
struct Tries {
    attempts: Attempts,
    redirects: Option<Redirects>,
    /// The answer that led to the latest try, which is all there is if that can't be signed.
    before: Option<Response>,
}

impl Tries {
    fn new(method: &Method, credentials: &Credentials) -> Self {
        Self {
            attempts: Attempts::new(method).with_provider(credentials.client().provider()),
            redirects: None,
            before: None,
        }
    }
}

/// What comes of an answer.
enum Answered {
    /// With the answer that led to it.
    Again(Box<Request>, Box<Response>),
    Deliver(Box<Response>),
}

impl<S: CredentialSource> Sign<S> {
    async fn answered(
        &self,
        response: Response,
        copy: Option<Request>,
        credentials: &mut Arc<Credentials>,
        tries: &mut Tries,
        origin: &Origin,
    ) -> Result<Answered> {
        let signing = &self.signing;
        if response.status().is_redirection() {
            let redirects = tries
                .redirects
                .get_or_insert_with(|| Redirects::within(signing.redirects, origin.clone()));
            let next = copy.and_then(|copy| redirected(copy, &response, redirects));
            return Ok(match next {
                Some(request) => Answered::Again(Box::new(request), Box::new(response)),
                None => Answered::Deliver(Box::new(response)),
            });
        }
        let (seen, mut response) = if response.status().is_success() {
            let row = credentials.client().provider();
            let (seen, response) = match Look::at(row, response.status(), response.headers()) {
                Look::Due => answer::looked_at_within(response, LOOK).await,
                Look::Needless | Look::Vain => (None, response),
            };
            // What nobody could look at says nothing for the token, nor against it.
            let Some(seen) = seen else {
                return Ok(Answered::Deliver(Box::new(response)));
            };
            if tries.attempts.speaks_for_the_token(&seen) {
                signing.source.worked(credentials).await;
                return Ok(Answered::Deliver(Box::new(response)));
            }
            (seen, response)
        } else {
            answer::looked_at(response).await
        };
        let local = system::now();
        let remedy = tries.attempts.next(&seen, local);
        if let Remedy::CorrectClock(estimate) = &remedy {
            // Also where this request can't be sent again: the next one profits.
            signing.clock.correct(origin, estimate, local);
            signing.source.clock_seen(estimate.offset_seconds());
        }
        let said = said(&tries.attempts, &seen, local);
        let another = match &remedy {
            Remedy::Renew => signing.source.renewed(credentials).await,
            Remedy::Reread => signing.source.refused(credentials, &said).await,
            // What was found at the second look was refused too: told, and tried no further.
            Remedy::Reauthorise(code) if Step::of(code) == Step::Reread => {
                let told = signing.source.refused(credentials, code).await;
                told.map(|_| None)
            }
            _ => Ok(None),
        };
        let again = match remedy {
            Remedy::CorrectClock(_) | Remedy::NewNonce => copy,
            Remedy::Wait(seconds) if seconds <= signing.patience && copy.is_some() => {
                tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
                copy
            }
            Remedy::Wait(_) | Remedy::Deliver => None,
            Remedy::Renew | Remedy::Reread => match another {
                Ok(Some(another)) => {
                    *credentials = another;
                    copy
                }
                Ok(None) => {
                    mark(&mut response, said);
                    None
                }
                Err(_) => None,
            },
            Remedy::Reauthorise(code) => {
                mark(&mut response, code);
                None
            }
        };
        Ok(match again {
            Some(request) => Answered::Again(Box::new(request), Box::new(response)),
            None => Answered::Deliver(Box::new(response)),
        })
    }
}

/// What the provider says of a token, where that is what its answer is about.
fn said(attempts: &Attempts, seen: &http::Response<Vec<u8>>, local: UnixTime) -> ProblemCode {
    // Whatever was tried is given up the second time, with its code.
    match attempts.clone().next(seen, local) {
        Remedy::Reauthorise(code) => code,
        _ => ProblemCode::TOKEN_EXPIRED,
    }
}

fn mark(response: &mut Response, code: ProblemCode) {
    response
        .extensions_mut()
        .insert(NeedsReauthorisation { code });
}

/// The request that a redirect leads to, if it is one to follow.
fn redirected(
    mut request: Request,
    response: &Response,
    redirects: &mut Redirects,
) -> Option<Request> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let here = uri(request.url()).ok()?;
    let next = redirects
        .follow(request.method(), &here, response.status(), location)
        .ok()?;
    *request.url_mut() = next.uri().to_string().parse().ok()?;
    request.method_mut().clone_from(next.method());
    if !next.keeps_body() {
        *request.body_mut() = None;
        for name in [
            CONTENT_ENCODING,
            CONTENT_LENGTH,
            CONTENT_TYPE,
            TRANSFER_ENCODING,
        ] {
            request.headers_mut().remove(name);
        }
    }
    Some(request)
}
