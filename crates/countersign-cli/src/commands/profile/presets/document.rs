//! Rows as JSON, schema `countersign/presets/1`.

use countersign_dialect::{BodyHash, Ended, Endpoint, Legs, Placement, Provider, Realm, Shape};
use serde_json::{Value, json};

pub(super) fn document(providers: &[Provider], ended: &[Ended]) -> Value {
    json!({
        "schema": "countersign/presets/1",
        "presets": providers.iter().map(provider).collect::<Vec<_>>(),
        "ended": ended.iter().map(over).collect::<Vec<_>>(),
    })
}

fn provider(row: &Provider) -> Value {
    json!({
        "id": row.id,
        "name": row.name,
        "preset": row.preset,
        "hosts": row.hosts,
        "api_url": row.api.map(address),
        "methods": row.methods,
        "flows": row.legs.iter().map(|it| legs(*it)).collect::<Vec<_>>(),
        "request_token_url": row.endpoints.request_token.map(address),
        "authorize_url": row.endpoints.authorize.map(address),
        "access_token_url": row.endpoints.access_token.map(address),
        "addresses": row.endpoints.others.iter().copied().map(address).collect::<Vec<_>>(),
        "placement": row.placement.iter().map(|it| placement(*it)).collect::<Vec<_>>(),
        "realm": realm(row.realm),
        "body_hash": body_hash(row.body_hash),
        "clock": {
            "past": row.window.past,
            "future": row.window.future,
            "note": row.window.note,
        },
        "nonce": {
            "min_length": row.nonce.min_len,
            "max_length": row.nonce.max_len,
            "kept": row.nonce.kept,
            "note": row.nonce.note,
        },
        "quirks": row.quirks.iter().map(|it| json!({
            "id": it.id, "effect": it.effect, "seen_in": it.seen_in,
        })).collect::<Vec<_>>(),
        "notes": row.notes,
        "errors": {
            "shapes": row.errors.shapes.iter().map(|it| shape(*it)).collect::<Vec<_>>(),
            "note": row.errors.note,
            "statuses": row.errors.statuses,
            "codes": row.errors.codes.iter().map(|it| json!({
                "code": it.code, "means": it.means, "problem": it.problem,
            })).collect::<Vec<_>>(),
        },
        "ends": row.ends,
        "source": row.source,
        "grade": format!("{:?}", row.grade),
    })
}

fn over(row: &Ended) -> Value {
    json!({
        "id": row.id,
        "name": row.name,
        "hosts": row.hosts,
        "when": row.when,
        "note": row.note,
        "errors": row.errors,
        "source": row.source,
        "grade": format!("{:?}", row.grade),
    })
}

fn address(endpoint: Endpoint) -> Value {
    json!({
        "url": endpoint.url,
        "grade": format!("{:?}", endpoint.grade),
        "template": endpoint.is_template(),
    })
}

// What a later version of the tables adds has no word here yet.
const OTHER: &str = "other";

pub(super) const fn legs(legs: Legs) -> &'static str {
    match legs {
        Legs::IssuedToken => "issued-token",
        Legs::One => "one-legged",
        Legs::Two => "two-legged",
        Legs::Three => "three-legged",
        Legs::XAuth => "xauth",
        Legs::ProviderCalls => "provider-calls",
        _ => OTHER,
    }
}

pub(super) const fn placement(placement: Placement) -> &'static str {
    match placement {
        Placement::Header => "header",
        Placement::Query => "query",
        Placement::Body => "body",
        _ => OTHER,
    }
}

pub(super) const fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Challenge => "challenge",
        Shape::FormBody => "form",
        Shape::Html => "html",
        Shape::Json => "json",
        Shape::Redirect => "redirect",
        Shape::Text => "text",
        Shape::Xml => "xml",
        _ => OTHER,
    }
}

pub(super) fn realm(realm: Realm) -> String {
    match realm {
        Realm::NotStated => "not stated".to_owned(),
        Realm::Ignored => "ignored".to_owned(),
        Realm::Optional => "optional".to_owned(),
        Realm::LeaveOut => "to be left out".to_owned(),
        Realm::Literal(text) => format!("exactly {text:?}"),
        Realm::Required(what) => format!("required: {what}"),
        _ => OTHER.to_owned(),
    }
}

pub(super) fn body_hash(rule: BodyHash) -> String {
    match rule {
        BodyHash::NotStated => "not stated".to_owned(),
        BodyHash::NotUsed => "not used".to_owned(),
        BodyHash::Required(hash) => format!("required with every body: {hash}"),
        BodyHash::NonFormBodies(hash) => format!("wanted with bodies that are no form: {hash}"),
        _ => OTHER.to_owned(),
    }
}
