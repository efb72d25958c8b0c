//! Credentials: three secrets sealed together, bound to the connection and the generation.

use countersign_store::TokenCredentials;
use countersign_store::seal::Place;
use countersign_token::Generation;
use rusqlite::Row;
use zeroize::Zeroizing;

use crate::codec::{pack, unpack};
use crate::connections::worker::Tools;
use crate::fault::Fault;
use crate::seal::Seal;
use crate::tokens::column;

/// The columns of one set of credentials.
pub(super) struct Columns {
    /// As a [`Place`] names them.
    table: &'static str,
    expires: &'static str,
    authorization_expires: &'static str,
    received: &'static str,
    secrets: &'static str,
}

pub(super) const CURRENT: Columns = Columns {
    table: "connections",
    expires: "expires",
    authorization_expires: "authorization_expires",
    received: "received",
    secrets: "secrets",
};

pub(super) const PREVIOUS: Columns = Columns {
    table: "connections.previous",
    expires: "previous_expires",
    authorization_expires: "previous_authorization_expires",
    received: "previous_received",
    secrets: "previous_secrets",
};

pub(super) fn seal(
    tools: &mut Tools,
    columns: &Columns,
    identity: &[u8],
    generation: Generation,
    credentials: &TokenCredentials,
) -> Result<Vec<u8>, Fault> {
    let secrets = [
        Some(&credentials.token),
        Some(&credentials.secret),
        credentials.session_handle.as_ref(),
    ];
    let texts = secrets
        .into_iter()
        .flatten()
        .map(|secret| secret.expose_secret().as_bytes());
    let packed = Zeroizing::new(pack(texts)?);
    let place = Place::new(columns.table, identity, generation.get());
    tools.seal.seal(place, &packed, &mut *tools.random)
}

pub(super) fn decode(
    row: &Row<'_>,
    seal: &Seal,
    columns: &Columns,
    identity: &[u8],
    generation: Generation,
) -> Result<Option<TokenCredentials>, Fault> {
    let sealed: Option<Vec<u8>> = row.get(columns.secrets)?;
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let place = Place::new(columns.table, identity, generation.get());
    let opened = seal.open(place, &sealed)?;
    let (token, secret, handle) = match unpack(opened.expose_secret())?.as_slice() {
        [token, secret] => (*token, *secret, None),
        [token, secret, handle] => (*token, *secret, Some(*handle)),
        _ => return Err(Fault::damaged("other than two or three secrets")),
    };
    let mut credentials = TokenCredentials::new(
        column::secret(token)?,
        column::secret(secret)?,
        column::time(row.get(columns.received)?),
    )
    .with_expiries(
        column::expiry(row.get(columns.expires)?),
        column::expiry(row.get(columns.authorization_expires)?),
    );
    credentials.session_handle = handle.map(column::secret).transpose()?;
    Ok(Some(credentials))
}
