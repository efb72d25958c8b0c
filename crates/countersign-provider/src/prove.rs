//! The steps of the pipeline between two look-ups.
//!
//! They wait for nothing, and so are no part of a future: what they work on stays in registers.

use countersign_clock::UnixTime;
use countersign_signature::body_hash::Streamed;
use countersign_store::{Consumer, Credential, Versioned};
use countersign_token::Cause as Why;
use countersign_verify::{
    self as verify, Cause as RequestCause, Keyed, LiveToken, Proven, TokenFault, TokenLookup,
    TokenState,
};

use crate::check::{Extent, Found, Purpose};
use crate::faults::{self, Due};
use crate::keys::{self, Hidden, StandIn};
use crate::provider::Provider;
use crate::refusal::{Cause, Refusal};
use crate::settings::Answers;

/// A request with all that was looked up for it.
pub(crate) struct Keys<'r, 'k> {
    pub(crate) keyed: Keyed<'r, 'k>,
    pub(crate) consumer: Option<&'k Versioned<Consumer>>,
    pub(crate) found: &'k Result<Found, TokenFault>,
    pub(crate) hidden: &'k mut Option<Hidden>,
    pub(crate) beside: Option<&'k StandIn>,
    pub(crate) extent: Extent,
}

impl<C, T, N> Provider<C, T, N> {
    /// Checks body hash and signature.
    pub(crate) fn prove<'r>(
        &self,
        keys: Keys<'r, '_>,
    ) -> Result<(Proven<'r>, Option<Box<Streamed>>), Refusal> {
        let Keys {
            keyed,
            consumer,
            found,
            hidden,
            beside,
            extent,
        } = keys;
        let terse = self.settings.answers == Answers::Terse;
        let row = consumer.map(|consumer| &consumer.row);
        let lookup = match found {
            Ok(Found::Nothing) => TokenLookup::NotSent,
            Ok(Found::Own) => TokenLookup::Known(verify::Token::new(&self.stand_ins.empty)),
            Ok(Found::Temporary(row)) => TokenLookup::Known(verify::Token::new(&row.row.secret)),
            Ok(Found::Access(row, _)) => TokenLookup::Known(verify::Token::new(&row.secret)),
            Err(fault) if terse => {
                hidden.get_or_insert_with(|| Hidden {
                    cause: RequestCause::Token(fault.clone()),
                    // With RSA the token has no part in the key: it is the consumer's own.
                    own_keys: row.is_some_and(signs_with_rsa),
                });
                TokenLookup::Known(verify::Token::new(&self.stand_ins.secret))
            }
            Err(TokenFault::Foreign) => TokenLookup::Foreign,
            Err(_) => TokenLookup::Unknown,
        };
        let bound = keyed.with_token(lookup)?;
        let bound = if terse { bound.evenly() } else { bound };
        // In terse mode known secrets are prepared anew as the stand-ins are: to take less time
        // would tell them apart.
        let kept = match (&*hidden, consumer, found) {
            (None, Some(consumer), Ok(found)) if !terse => {
                keys::kept(consumer, found, bound.method())
            }
            _ => None,
        };
        let bound = match kept {
            Some(verifier) => bound.with_kept(verifier),
            None => bound,
        };
        let bound = match beside {
            Some(beside) => bound.with_stand_in(&beside.verifier, &beside.signature),
            None => bound,
        };
        let outcome = match extent {
            Extent::Whole => bound.verify().map(|proven| (proven, None)),
            Extent::Head => bound.verify_head(),
        };
        let Some(hidden) = hidden.take() else {
            return match outcome {
                Ok(proven) => Ok(proven),
                Err(refusal) if terse => Err(in_terse_words(refusal)),
                Err(refusal) => Err(refusal.into()),
            };
        };
        Err(match outcome {
            Ok((proven, _)) if hidden.own_keys => {
                Refusal::new(Cause::Request(hidden.cause)).with_trail(*proven.trail())
            }
            Ok(_) => tersely(hidden.cause),
            // What no key decides about is told to all alike.
            Err(refusal) if !tells_of_keys(refusal.cause()) => refusal.into(),
            Err(refusal) => tersely(hidden.cause).with_trail(*refusal.trail()),
        })
    }

    /// Whether the token may be used.
    pub(crate) fn live<'r>(
        &self,
        proven: Proven<'r>,
        consumer: &Consumer,
        found: &Found,
        purpose: Purpose,
        now: UnixTime,
    ) -> Result<LiveToken<'r>, Refusal> {
        let state = self.token_state(&proven, consumer, found, purpose, now);
        match state {
            Ok(()) => Ok(proven.with_token_state(TokenState::Live)?),
            Err((why, due)) => {
                let presented = proven.claims().token().unwrap_or_default().to_owned();
                let fault = match why {
                    Some(why) => faults::fault(why, &presented, due),
                    None => TokenFault::NotProvided,
                };
                // The pipeline keeps the trail, the provider the true cause.
                let Err(refusal) = proven.with_token_state(TokenState::Faulty(fault)) else {
                    return Err(Refusal::new(Cause::Contention));
                };
                Err(match why {
                    Some(why) => faults::refuse(why, &presented, due).with_trail(*refusal.trail()),
                    None => refusal.into(),
                })
            }
        }
    }

    /// Whether the token may be used for this: the true cause, and what the caller is told.
    fn token_state(
        &self,
        proven: &Proven<'_>,
        consumer: &Consumer,
        found: &Found,
        purpose: Purpose,
        now: UnixTime,
    ) -> Result<(), (Option<Why>, Due)> {
        match (purpose, found) {
            (Purpose::Resource, Found::Nothing) if !consumer.may_use_two_legged => {
                Err((None, Due::Access))
            }
            (_, Found::Nothing | Found::Own) => Ok(()),
            (Purpose::Resource, Found::Temporary(_)) => Err((Some(Why::WrongKind), Due::Access)),
            (Purpose::Resource, Found::Access(token, grant)) => {
                faults::at_resource(token, &grant.row, self.settings.renewal, now)
                    .map_err(|why| (Some(why), Due::Access))
            }
            // The endpoint refuses these for the parameter; nothing to tell of the token.
            (Purpose::TemporaryCredentials, _) => Ok(()),
            (Purpose::AccessToken, Found::Temporary(_)) => Ok(()),
            (Purpose::AccessToken, Found::Access(..)) => {
                if proven.claims().session_handle().is_some() {
                    Ok(())
                } else {
                    Err((Some(Why::WrongKind), Due::Request))
                }
            }
        }
    }
}

fn signs_with_rsa(consumer: &Consumer) -> bool {
    matches!(consumer.credential, Credential::Certificates(_))
}

/// Whether a refusal tells which keys and tokens exist.
fn tells_of_keys(cause: &RequestCause) -> bool {
    matches!(
        cause,
        RequestCause::BodyHashMismatch
            | RequestCause::SignatureMismatch
            | RequestCause::SignatureSyntax(_)
            | RequestCause::Token(_)
    )
}

/// A refusal that hides nothing else.
pub(crate) fn in_terse_words(refusal: verify::Refusal) -> Refusal {
    if tells_of_keys(refusal.cause()) {
        tersely(refusal.cause().clone()).with_trail(*refusal.trail())
    } else {
        refusal.into()
    }
}

/// The one answer of terse mode.
fn tersely(cause: RequestCause) -> Refusal {
    let told = verify::answer_to(&RequestCause::SignatureMismatch).into();
    Refusal::telling(Cause::Request(cause), told)
}
