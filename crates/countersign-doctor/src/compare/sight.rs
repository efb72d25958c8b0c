//! One of two captures, and how it belongs to the other.

use countersign_base_string::{Parameters, Scheme, Uri};
use countersign_capture::{OwnedAnswer, OwnedRequest};
use countersign_verify::Claims;

use super::Relation;
use super::contrast::Contrasts;
use crate::case::Case;
use crate::context::{Context, SignatureState, Wire};
use crate::notebook::{Notebook, Status};

/// The statuses that send a request elsewhere.
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

/// A capture, read once.
pub(super) struct Sight<'a> {
    context: Context<'a>,
}

impl<'a> Sight<'a> {
    pub(super) fn of(case: Case<'a>) -> Self {
        Self {
            context: Context::of(case),
        }
    }

    pub(super) fn request(&self) -> Option<&'a OwnedRequest> {
        self.context.case.request
    }

    pub(super) fn answer(&self) -> Option<&'a OwnedAnswer> {
        self.context.case.answer
    }

    pub(super) fn wire(&self) -> Option<&Wire<'a>> {
        self.context.wire.as_ref()
    }

    pub(super) fn claims(&self) -> Option<&Claims<'a>> {
        Some(&self.wire()?.claims)
    }

    pub(super) fn parameters(&self) -> Option<&Parameters<'a>> {
        Some(&self.wire()?.parameters)
    }

    pub(super) fn uri(&self) -> Option<&Uri<'a>> {
        Some(self.wire()?.request.uri())
    }

    /// The scheme, if anything tells it.
    pub(super) fn scheme(&self) -> Option<Scheme> {
        self.context
            .case
            .scheme
            .or_else(|| self.request()?.scheme())
            .or_else(|| {
                // A signature that holds for one scheme only tells it.
                self.wire()
                    .filter(|wire| wire.signature.holds())
                    .map(|wire| wire.request.uri().scheme())
            })
    }

    /// Whether the signature holds, where keys are at hand.
    pub(super) fn holds(&self) -> Option<bool> {
        match self.wire()?.signature {
            SignatureState::NoKeys => None,
            SignatureState::Known(_) => Some(self.context.holds()),
        }
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.context.is_accepted()
    }

    pub(super) fn is_refused(&self) -> bool {
        self.context.is_refused()
    }

    /// Whether anything of OAuth is in it.
    pub(super) fn has_oauth(&self) -> bool {
        self.request().is_some_and(OwnedRequest::has_oauth)
    }

    /// The URL that the answer sends the request to.
    pub(super) fn location(&self) -> Option<&'a str> {
        let answer = self.answer()?;
        let status = answer.status()?;
        REDIRECTS.contains(&status).then(|| answer.location())?
    }

    /// Writes down what is known of the signature of this side.
    pub(super) fn note(
        &self,
        id: &'static str,
        relation: Relation,
        side: usize,
        notebook: &mut Notebook,
    ) {
        let label = relation.labels().get(side).copied().unwrap_or_default();
        let (status, what) = match (self.holds(), self.has_oauth()) {
            (_, false) => (Status::Warn, "no OAuth parameters"),
            (Some(true), _) => (Status::Ok, "the signature verifies with the keys at hand"),
            (Some(false), _) => (
                Status::Fail,
                "the signature does not verify with the keys at hand",
            ),
            (None, _) if self.is_accepted() => (Status::Ok, "the provider accepted it"),
            (None, _) if self.is_refused() => (Status::Fail, "the provider refused it"),
            (None, _) => {
                notebook.skip(id, format!("{label}: needs keys, or its answer"));
                return;
            }
        };
        notebook.check(id, status, format!("{label}: {what}"));
    }
}

/// How two captures belong together.
pub(super) fn relation(first: &Sight<'_>, second: &Sight<'_>, contrasts: &Contrasts) -> Relation {
    if first.location().is_some() {
        return Relation::Redirect;
    }
    if is_one_signing(first, second) {
        let both_answered = first.answer().is_some() && second.answer().is_some();
        return if both_answered || contrasts.is_empty() {
            Relation::Repeated
        } else {
            Relation::OnTheWay
        };
    }
    let lost = first.has_oauth() && !second.has_oauth();
    let path = |sight: &Sight<'_>| {
        let target = sight.request()?.target().to_owned();
        let path = target.split(['?', '#']).next()?.to_owned();
        Some(path)
    };
    if lost && path(first) == path(second) {
        return Relation::OnTheWay;
    }
    Relation::Separate
}

/// Whether both carry what was signed once: the same nonce, and the same signature as far as there
/// are two and transport left them whole.
fn is_one_signing(first: &Sight<'_>, second: &Sight<'_>) -> bool {
    let (Some(ours), Some(theirs)) = (first.claims(), second.claims()) else {
        return false;
    };
    let nonces = ours.nonce().filter(|nonce| !nonce.is_empty()) == theirs.nonce();
    let signatures = match (ours.signature(), theirs.signature()) {
        (Some(one), Some(other)) => {
            let whole = |text: &str| {
                text.replace(' ', "+")
                    .replace("%2B", "+")
                    .replace("%2F", "/")
                    .replace("%3D", "=")
            };
            let (one, other) = (whole(one), whole(other));
            // Cut at the end, as where its equals sign was taken for another one.
            let shorter = one.len().min(other.len());
            one == other || (shorter >= 20 && (one.starts_with(&other) || other.starts_with(&one)))
        }
        // One that was lost on the way.
        _ => true,
    };
    ours.nonce().is_some() && nonces && signatures
}
