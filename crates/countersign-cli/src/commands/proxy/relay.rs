//! One request: let in, read, signed, sent, and its answer passed back.

use core::convert::Infallible;
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;
use countersign_base_string::is_form;
use countersign_client::{Attempts, Look, Next};
use countersign_clock::system;
use countersign_dialect::Provider;
use countersign_problem::Found;
use countersign_server::{AnswerBody, remove_connection_fields};
use http::header::{
    CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderValue, LOCATION, TRANSFER_ENCODING, VIA,
    WWW_AUTHENTICATE,
};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode, Version};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::time::timeout;

use super::body::{Passed, Reach, Room, looked_at};
use super::connect::{Connections, fault};
use super::door::Door;
use super::line::{Line, Log};
use super::pass;
use super::refusal::{Fault, FaultKind, Refusal};
use super::signing::Signing;
use super::tokens::Signer;
use super::upstream::Upstream;
use crate::commands::request::exchange;
use crate::commands::request::token::refusal;

/// The most fields of a form. Each is signed by itself, and takes much more memory than it has bytes.
const FIELDS: usize = 16 * 1024;

/// Everything that requests share.
pub(super) struct Relay {
    pub(super) door: Door,
    pub(super) upstream: Arc<Upstream>,
    pub(super) signing: Signing,
    pub(super) connections: Connections,
    pub(super) room: Room,
    /// How long the upstream may take to begin its answer.
    pub(super) patience: Duration,
    pub(super) log: Log,
}

impl Relay {
    /// Answers a request, and writes its line.
    pub(super) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Passed>, Infallible> {
        let mut line = self.log.line(&request);
        let answer = self.pass_on(request, &mut line).await;
        Ok(match answer {
            Ok(answer) => {
                line.passed_back(answer.status());
                answer
            }
            Err(refusal) => {
                line.refused(&refusal);
                refusal.answer().map(Passed::from)
            }
        })
    }

    async fn pass_on(
        &self,
        request: Request<Incoming>,
        line: &mut Line<'_>,
    ) -> Result<Response<Passed>, Refusal> {
        let (mut parts, body) = request.into_parts();
        let asked = self.door.admit(&mut parts)?;
        let was_framed = [CONTENT_LENGTH, TRANSFER_ENCODING]
            .iter()
            .any(|name| parts.headers.contains_key(name));
        self.address(&mut parts, &asked.target)?;
        // What no key would sign is not read either.
        let body = self.room.read(body).await?;
        check_fields(&parts, &body)?;
        line.of(&parts, &body);
        let mut signer = self.signing.tokens.current().await?;
        let row = signer.credentials.client().provider();
        let mut attempts = Attempts::new(&parts.method).with_provider(row);
        loop {
            let (head, signed) = self.signed(&parts, &signer, &body, was_framed)?;
            line.sent();
            let mut answer = self.send(Request::from_parts(head, signed)).await?;
            self.redirect(&mut answer, &asked.reach);
            let is_refusal = is_remarkable(&answer);
            let look = Look::at(row, answer.status(), answer.headers());
            if !is_refusal && look != Look::Due {
                // What nobody looks at where it may be a refusal says nothing for the token.
                if look == Look::Needless && answer.status().is_success() {
                    self.worked(&signer);
                }
                return Ok(answer.map(Passed::from));
            }
            let (answer, seen) = self.look_at(answer, is_refusal).await?;
            let Some(seen) = seen else {
                return Ok(answer);
            };
            if attempts.speaks_for_the_token(&seen) {
                self.worked(&signer);
                return Ok(answer);
            }
            let next = attempts.next(&seen, system::now());
            match self.another(&next, &seen, &signer).await {
                Some(with) => signer = with,
                None => {
                    let found = problem(row, &seen, is_refusal);
                    line.problem(found.map(|found| found.problem.code().clone()), &next);
                    return Ok(answer);
                }
            }
        }
    }

    /// The token that signed is good, if the upstream knows of it.
    fn worked(&self, used: &Signer) {
        if self.signing.believes {
            self.signing.tokens.worked(used);
        }
    }

    /// The head as it is sent, but for the signature.
    fn address(&self, parts: &mut Parts, target: &http::uri::PathAndQuery) -> Result<(), Refusal> {
        parts.uri = self.upstream.uri(target).ok_or(Refusal::Target)?;
        parts.version = Version::HTTP_11;
        parts.extensions.clear();
        let headers = &mut parts.headers;
        remove_connection_fields(headers);
        for name in [CONTENT_LENGTH, EXPECT, pass::FIELD] {
            headers.remove(name);
        }
        headers.insert(HOST, self.upstream.host().clone());
        headers.append(VIA, HeaderValue::from_static("1.1 countersign"));
        Ok(())
    }

    /// Signed anew each time: nobody takes a nonce twice.
    fn signed(
        &self,
        parts: &Parts,
        signer: &Signer,
        body: &Bytes,
        was_framed: bool,
    ) -> Result<(Parts, Full<Bytes>), Refusal> {
        let mut request = Request::from_parts(parts.clone(), ());
        let body = self.signing.sign(&signer.credentials, &mut request, body)?;
        let (mut head, ()) = request.into_parts();
        if was_framed || !body.is_empty() {
            head.headers
                .insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        Ok((head, Full::new(body)))
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<AnswerBody>, Refusal> {
        let failed = |kind, why: String| {
            Refusal::Upstream(Fault {
                kind,
                upstream: self.upstream.origin().to_string(),
                why,
            })
        };
        let late = || {
            let seconds = self.patience.as_secs();
            failed(FaultKind::TooLate, format!("not within {seconds} s"))
        };
        let answer = timeout(self.patience, self.connections.request(request)).await;
        match answer.map_err(|_| late())? {
            Ok(answer) if answer.status() == StatusCode::SWITCHING_PROTOCOLS => Err(failed(
                FaultKind::Broken,
                "it switches protocols without being asked to".to_owned(),
            )),
            Ok(answer) => Ok(AnswerBody::passed_back(answer)),
            Err(error) => {
                let (kind, why) = fault(&error);
                Err(failed(kind, why))
            }
        }
    }

    /// A tool that follows a redirect within the upstream comes back here, where it is signed.
    fn redirect(&self, answer: &mut Response<AnswerBody>, reach: &str) {
        if let Some(location) = answer.headers().get(LOCATION)
            && let Some(here) = self.upstream.seen_from(location, reach)
        {
            answer.headers_mut().insert(LOCATION, here);
        }
    }

    /// What a refusal says, and the refusal itself, whose body can still be read in full. Of what is
    /// one by its body alone, nothing is seen unless all of it is.
    async fn look_at(
        &self,
        answer: Response<AnswerBody>,
        is_refusal: bool,
    ) -> Result<(Response<Passed>, Option<Response<Vec<u8>>>), Refusal> {
        let (head, body) = answer.into_parts();
        let (first, reach, body) = looked_at(body).await;
        if is_refusal && reach == Reach::Broken {
            return Err(Refusal::Upstream(Fault {
                kind: FaultKind::Broken,
                upstream: self.upstream.origin().to_string(),
                why: "its answer broke off".to_owned(),
            }));
        }
        let is_seen = is_refusal || reach == Reach::End;
        let seen = is_seen.then(|| {
            let mut seen = Response::new(first.to_vec());
            *seen.status_mut() = head.status;
            seen.headers_mut().clone_from(&head.headers);
            seen
        });
        Ok((Response::from_parts(head, body), seen))
    }

    /// What to sign with once more, if that is the answer to a refusal.
    async fn another(
        &self,
        next: &Next,
        seen: &Response<Vec<u8>>,
        used: &Signer,
    ) -> Option<Signer> {
        let row = used.credentials.client().provider();
        let refusal = || refusal(exchange::problem(row, &exchange::owned(seen)));
        match next {
            Next::CorrectClock(estimate) => {
                let seconds = estimate.offset_seconds();
                tracing::warn!(
                    seconds,
                    "the upstream's clock is ahead by so much; corrected"
                );
                self.signing.correct(estimate, system::now());
                Some(used.clone())
            }
            Next::NewNonce => Some(used.clone()),
            _ if !self.signing.believes => None,
            Next::Renew | Next::Reread => {
                let refusal = refusal();
                self.signing.tokens.another(used, next, refusal).await
            }
            Next::Reauthorise(_) if is_about_the_token(row, seen) => {
                // What was found at the second look was refused too: a loss, to be noted as one.
                let refusal = refusal();
                self.signing.tokens.another(used, next, refusal).await;
                None
            }
            Next::Deliver | Next::Reauthorise(_) | Next::Wait(_) => None,
        }
    }
}

/// Whether a body, if it is a form, has too many fields.
fn check_fields(parts: &Parts, body: &Bytes) -> Result<(), Refusal> {
    let mut media = parts.headers.get_all(CONTENT_TYPE).iter();
    let is_form = media.any(|value| value.to_str().is_ok_and(is_form));
    let fields = || body.iter().filter(|byte| **byte == b'&').count();
    if is_form && fields() >= FIELDS {
        return Err(Refusal::TooManyFields(FIELDS));
    }
    Ok(())
}

/// Whether an answer, if it were the first, would have the token looked at again.
fn is_about_the_token(row: Option<&'static Provider>, seen: &Response<Vec<u8>>) -> bool {
    let mut attempts = Attempts::new(&Method::GET).with_provider(row);
    attempts.next(seen, system::now()) == Next::Reread
}

/// The problem that an answer names. What is no refusal by its status is one in the words of the
/// provider only.
fn problem(
    row: Option<&'static Provider>,
    seen: &Response<Vec<u8>>,
    is_refusal: bool,
) -> Option<Found> {
    let seen = exchange::owned(seen);
    if is_refusal {
        return exchange::problem(row, &seen);
    }
    exchange::problem_beyond(row, &seen)
}

/// Whether an answer may be about the signature, the clock or the token: its body is waited for.
/// Others are none of the proxy's business, and go on as they come.
fn is_remarkable<B>(answer: &Response<B>) -> bool {
    let status = answer.status();
    let is_refusal = [
        StatusCode::BAD_REQUEST,
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
    ]
    .contains(&status);
    is_refusal || (status.is_client_error() && answer.headers().contains_key(WWW_AUTHENTICATE))
}
