//! What the stores say of the sender of a refused request, as the provider sees it.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_provider::{LONGEST_KEY, Refusal};
use countersign_store::{
    AccessToken, Consumer, ConsumerStore as _, Grant, StoreError, TemporaryCredentials,
    TokenStore as _, Versioned,
};
use countersign_verify::Claims;

use crate::service::ServiceProvider;

/// The token of a request.
#[derive(Debug, Default)]
pub(super) enum Token {
    /// None was sent, or none that this consumer has.
    #[default]
    None,
    Temporary(Arc<Versioned<TemporaryCredentials>>),
    Access(Arc<AccessToken>, Arc<Versioned<Grant>>),
}

/// What the stores say.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) consumer: Option<Arc<Versioned<Consumer>>>,
    pub(super) token: Token,
}

impl Facts {
    /// Looks the consumer and its token up; a token of another consumer is not taken out.
    pub(super) async fn of(
        provider: &ServiceProvider,
        refusal: &Refusal,
        claims: Option<&Claims<'_>>,
    ) -> Result<Self, StoreError> {
        let stores = provider.stores();
        let is_short = |text: &&str| !text.is_empty() && text.len() <= LONGEST_KEY;
        let claimed = claims.and_then(Claims::consumer_key).filter(is_short);
        let Some(key) = refusal.consumer_key().or(claimed) else {
            return Ok(Self::default());
        };
        let mut facts = Self {
            consumer: stores.consumers.consumer(key).await?,
            token: Token::None,
        };
        let token = claims.and_then(Claims::token).filter(is_short);
        let (Some(consumer), Some(token)) = (&facts.consumer, token) else {
            return Ok(facts);
        };
        let key = &consumer.row.key;
        let fingerprint = provider.token_fingerprint(token);
        if let Some((row, grant)) = stores.tokens.access(fingerprint).await? {
            if row.consumer_key == *key {
                facts.token = Token::Access(row, grant);
            }
        } else if let Some(row) = stores.tokens.temporary(fingerprint).await?
            && row.row.consumer_key == *key
        {
            facts.token = Token::Temporary(row);
        }
        Ok(facts)
    }

    /// What the state of the token rests on, with times.
    pub(super) fn of_token(&self, cause: countersign_token::Cause) -> Vec<(&'static str, String)> {
        use countersign_token::Cause as Why;
        let at = UnixTime::rfc3339;
        let mut told = Vec::new();
        match (&self.token, cause) {
            (Token::Access(token, grant), Why::Superseded) => {
                let life = &grant.row.life;
                told.push((
                    "token",
                    format!(
                        "this one, number {}, was issued {}; the newest, number {}, {}",
                        token.generation.get(),
                        at(token.issued),
                        life.generation.get(),
                        at(life.issued)
                    ),
                ));
            }
            (Token::Access(token, _), Why::Expired) => {
                if let Some(end) = token.expires.time() {
                    told.push((
                        "token",
                        format!("issued {}, over {}", at(token.issued), at(end)),
                    ));
                }
            }
            (Token::Access(_, grant), Why::AuthorizationExpired) => {
                let end = grant.row.life.expiry.time().map(at);
                let end = end.map_or_else(String::new, |end| format!(", over {end}"));
                told.push((
                    "authorisation",
                    format!("given {}{end}", at(grant.row.given)),
                ));
            }
            (Token::Access(_, grant), _) => {
                if let Some(ended) = grant.row.ended {
                    told.push((
                        "authorisation",
                        format!("given {}, ended {}", at(grant.row.given), at(ended)),
                    ));
                }
            }
            (Token::Temporary(row), Why::Expired) => {
                told.push((
                    "temporary credentials",
                    format!("over {}", at(row.row.expires)),
                ));
            }
            _ => {}
        }
        told
    }
}
