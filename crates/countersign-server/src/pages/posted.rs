//! A form that was sent from a page of ours: no handler of a `POST` gets anything else.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use countersign_provider::wire;
use http::HeaderMap;
use http::request::Parts;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::pages::fault::Fault;
use crate::pages::fields::Fields;
use crate::pages::own;
use crate::pages::visitor::Visitor;
use crate::service::Service;
use crate::settings::seconds;

/// The most bytes of a form.
const FORM_BYTES: usize = 16 * 1024;

/// A form, who sent it, and what came with it.
pub(crate) struct Posted {
    pub(crate) visitor: Visitor,
    pub(crate) fields: Fields,
    pub(crate) headers: HeaderMap,
}

impl FromRequest<Arc<Service>> for Posted {
    type Rejection = Fault;

    async fn from_request(
        request: Request,
        service: &Arc<Service>,
    ) -> Result<Self, Self::Rejection> {
        let (parts, body) = request.into_parts();
        if own::is_foreign(&parts.headers, &service.origin.to_string()) {
            return Err(Fault::Forged);
        }
        if !wire::is_form(&parts.headers).unwrap_or(false) {
            return Err(Fault::Form);
        }
        let limit = seconds(service.config.server.body_seconds);
        let body = tokio::time::timeout(limit, read(body))
            .await
            .map_err(|_| Fault::TooSlow)??;
        let fields = Fields::of(&body)?;
        let visitor = Visitor::of(service, &parts.headers).await?;
        let token = fields.one("form_token")?.unwrap_or_default();
        if !own::is_form_token(token, &visitor.id) {
            return Err(Fault::Forged);
        }
        Ok(Self {
            visitor,
            fields,
            headers: parts.headers,
        })
    }
}

async fn read(body: Body) -> Result<bytes::Bytes, Fault> {
    match Limited::new(body, FORM_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Fault::TooLong),
        Err(_) => Err(Fault::Form),
    }
}

/// The fields of the query.
pub(crate) struct Asked(pub(crate) Fields);

impl FromRequestParts<Arc<Service>> for Asked {
    type Rejection = Fault;

    async fn from_request_parts(
        parts: &mut Parts,
        _service: &Arc<Service>,
    ) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Fields::of(query.as_bytes()).map(Self)
    }
}
