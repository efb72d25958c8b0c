//! What the life of a token says of it, and how that is told.

use countersign_clock::UnixTime;
use countersign_store::{AccessToken, Grant, TemporaryCredentials};
use countersign_token::{
    Answer, Cause as Why, Event, Expiry, RenewalDecision, RenewalMode, TemporaryState, UseDecision,
};
use countersign_verify::{self as verify, TokenFault};

use crate::refusal::{Cause, Refusal};

/// Which kind of token would have been right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    Access,
    Request,
}

/// The state of temporary credentials, with their age taken note of.
pub(crate) fn temporary_now(row: &TemporaryCredentials, now: UnixTime) -> TemporaryState {
    if Expiry::at(row.expires).is_over(now) {
        row.state.on(Event::Expire).next
    } else {
        row.state
    }
}

/// Grace repeats an answer. Where none is kept, as after a strict renewal, it is not written down
/// either whether the next token was used.
fn mode_of(grant: &Grant, mode: RenewalMode) -> RenewalMode {
    if grant.issued.is_some() {
        mode
    } else {
        RenewalMode::Strict
    }
}

/// What an access token is at a resource.
pub(crate) fn at_resource(
    token: &AccessToken,
    grant: &Grant,
    mode: RenewalMode,
    now: UnixTime,
) -> Result<(), Why> {
    let mode = mode_of(grant, mode);
    match grant.life.decide_use(&token.presented(), mode, now) {
        UseDecision::Live | UseDecision::FirstUse => Ok(()),
        UseDecision::Refused(why) => Err(why),
    }
}

/// What an access token is in a renewal.
pub(crate) fn in_renewal(
    token: &AccessToken,
    grant: &Grant,
    mode: RenewalMode,
    now: UnixTime,
) -> RenewalDecision {
    if grant.renewable {
        let mode = mode_of(grant, mode);
        grant.life.decide_renewal(&token.presented(), mode, now)
    } else {
        // Whatever else it is, there is nothing to renew it with.
        match at_resource(token, grant, RenewalMode::Strict, now) {
            Ok(()) | Err(Why::Expired) => RenewalDecision::Refused(Why::NotRenewable),
            Err(why) => RenewalDecision::Refused(why),
        }
    }
}

/// The grant after an event that ends it; `None` if it was over before, whose cause stays.
pub(crate) fn ended(mut grant: Grant, event: Event, now: UnixTime) -> Option<Grant> {
    let step = grant.life.state_at(now).on(event);
    if step.answer != Answer::Accepted {
        return None;
    }
    grant.life.state = step.next;
    grant.ended = Some(now);
    // What a renewal gave out is of no use to anybody any more.
    grant.issued = None;
    Some(grant)
}

/// The grant after a second authorisation; of one that is over by age, that is taken note of.
pub(crate) fn replaced(grant: Grant, now: UnixTime) -> Grant {
    let mut over = grant.clone();
    over.life.state = grant.life.state_at(now);
    over.issued = None;
    over.ended = Some(now);
    ended(grant, Event::AuthorizeAgain, now).unwrap_or(over)
}

/// How a cause is told.
///
/// The caller learns from several causes the same on purpose; the audit trail has each.
#[deny(
    clippy::wildcard_enum_match_arm,
    reason = "every cause needs an answer of its own"
)]
pub(crate) fn fault(why: Why, presented: &str, due: Due) -> TokenFault {
    match why {
        Why::RevokedByAdministrator
        | Why::RevokedByUser
        | Why::UserRemoved
        | Why::RoleChanged
        | Why::Replaced
        | Why::Burnt => TokenFault::NotAuthorized,
        Why::Superseded | Why::Unissued | Why::WrongKind => {
            let presented = presented.to_owned();
            match due {
                Due::Access => TokenFault::ExpectedAccessToken { presented },
                Due::Request => TokenFault::ExpectedRequestToken { presented },
            }
        }
        Why::Expired => TokenFault::Expired,
        Why::AuthorizationExpired => TokenFault::Ended,
        Why::Foreign => TokenFault::Foreign,
        Why::Denied | Why::NotRenewable => TokenFault::Denied,
        Why::Undecided => TokenFault::Undecided,
        Why::Used => TokenFault::Used,
        // Not of the token: see `refuse`.
        Why::WrongVerifier => TokenFault::Unknown,
    }
}

/// A refusal for the state of a token.
pub(crate) fn refuse(why: Why, presented: &str, due: Due) -> Refusal {
    if why == Why::WrongVerifier {
        let told = Refusal::new(Cause::Unacceptable {
            name: "oauth_verifier",
        });
        return Refusal::telling(Cause::Token(why), told.told().clone());
    }
    let fault = fault(why, presented, due);
    let told = verify::answer_to(&verify::Cause::Token(fault)).into();
    Refusal::telling(Cause::Token(why), told)
}
