//! What a user connected, and the way to end it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use countersign_store::{ConsumerStore as _, Grant, GrantId, GrantSelection, TokenStore as _};
use http::StatusCode;

use crate::pages::LOGIN;
use crate::pages::consent::{ends, is_live, store};
use crate::pages::fault::Fault;
use crate::pages::posted::Posted;
use crate::pages::respond::{page, see_other};
use crate::pages::view::{AppsPage, Connection, Place, When};
use crate::pages::visitor::Visitor;
use crate::records::User;
use crate::service::Service;

/// How many grants are read at a time.
const PAGE: usize = 100;

/// `GET`: what is connected.
pub(crate) async fn list(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
) -> Result<Response, Fault> {
    match visitor.user() {
        Some(user) => show(&service, &visitor, user, None).await,
        None => Ok(see_other(LOGIN)),
    }
}

/// `POST`: disconnects one of them.
pub(crate) async fn disconnect(
    State(service): State<Arc<Service>>,
    Posted {
        visitor, fields, ..
    }: Posted,
) -> Result<Response, Fault> {
    let Some(user) = visitor.user() else {
        return Ok(see_other(LOGIN));
    };
    let id = fields.one("grant")?.and_then(grant_id).ok_or(Fault::Form)?;
    let grant = service.provider().stores().tokens.grant(id).await;
    let own = grant
        .map_err(store)?
        .filter(|grant| grant.row.user == user.name);
    let notice = match own {
        // One that was replaced is not standing; what replaced it is not ended for it.
        Some(grant) if grant.row.is_standing() => {
            let Grant {
                consumer_key,
                organisation,
                ..
            } = &grant.row;
            service
                .provider()
                .disconnect(consumer_key, organisation, service.now())
                .await
                .map_err(Fault::ending)?;
            let application = name_of(&service, consumer_key).await?;
            format!("{application} is disconnected from {organisation}.")
        }
        _ => "It was not connected any more.".to_owned(),
    };
    show(&service, &visitor, user, Some(notice)).await
}

async fn show(
    service: &Service,
    visitor: &Visitor,
    user: &User,
    notice: Option<String>,
) -> Result<Response, Fault> {
    let mut places: BTreeMap<String, Vec<Connection>> = BTreeMap::new();
    for grant in live(service, user).await? {
        let connection = Connection {
            grant: grant.id.to_string(),
            application: name_of(service, &grant.consumer_key).await?,
            since: When::at(grant.given),
            ends: ends(service, &grant).time().map(When::at),
            renewable: grant.renewable,
        };
        let place = places.entry(grant.organisation).or_default();
        place.push(connection);
    }
    let places = places.into_iter().map(|(organisation, mut connections)| {
        connections.sort_by(|one, other| one.application.cmp(&other.application));
        Place {
            organisation,
            connections,
        }
    });
    let template = AppsPage {
        frame: visitor.frame(service, None),
        places: places.collect(),
        notice,
    };
    Ok(page(StatusCode::OK, &template))
}

/// The grants of a user of which anything is left.
async fn live(service: &Service, user: &User) -> Result<Vec<Grant>, Fault> {
    let tokens = &service.provider().stores().tokens;
    let selection = GrantSelection::User(&user.name);
    let now = service.now();
    let (mut live, mut after) = (Vec::new(), None);
    loop {
        let found = tokens.grants(selection, after, PAGE).await.map_err(store)?;
        let Some(last) = found.last() else {
            return Ok(live);
        };
        after = Some(last.row.id);
        let left = found.iter().map(|grant| &grant.row);
        live.extend(left.filter(|row| is_live(service, row, now)).cloned());
    }
}

/// The name of an application; its key if it is gone.
async fn name_of(service: &Service, consumer_key: &str) -> Result<String, Fault> {
    let consumers = &service.provider().stores().consumers;
    let found = consumers.consumer(consumer_key).await.map_err(store)?;
    Ok(found.map_or_else(|| consumer_key.to_owned(), |it| it.row.name.clone()))
}

fn grant_id(text: &str) -> Option<GrantId> {
    let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u128::from_str_radix(text, 16).ok().filter(|_| digits)?;
    Some(GrantId::from_bytes(number.to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_and_nothing_else_is() {
        let id = GrantId::from_bytes([0xA5; 16]);
        assert_eq!(grant_id(&id.to_string()), Some(id));
        for wrong in [
            "",
            "a5",
            &format!("+{}", &id.to_string()[1..]),
            &format!("{id}0"),
        ] {
            assert_eq!(grant_id(wrong), None, "{wrong}");
        }
    }
}
