//! Users who change while something is decided in their name.

use core::cell::RefCell;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use countersign_provider::EndingError;
use http::{StatusCode, header};

use crate::lifecycle;
use crate::login::LoggedIn;
use crate::records::{Mark, RecordsError, User};
use crate::service::Service;

/// Nobody knows whether a decision stands: nothing of it may leave.
pub(crate) enum Unsettled {
    Ending(EndingError),
    Records(RecordsError),
}

/// Looks at a user once more, after what was decided for them is written and before anything of it
/// leaves.
///
/// Whoever was removed, or lost the role, after being read and before the decision was written, had
/// their grants ended too early. They are ended here, and the decision does not stand.
pub(crate) async fn still_stands(
    service: &Service,
    before: &User,
    mark: Mark,
    organisation: &str,
) -> Result<bool, Unsettled> {
    let found = service.records.marked(&before.name).await;
    let after = found.map_err(Unsettled::Records)?;
    let settings = service.provider().settings();
    let stands = after.as_ref().is_some_and(|(user, now)| {
        let role = user.role(organisation);
        *now == mark && role.is_some_and(|role| settings.may_connect(role))
    });
    if !stands {
        let after = after.as_ref().map(|(user, _)| user);
        lifecycle::user_changed(service.provider(), before, after, service.now())
            .await
            .map_err(Unsettled::Ending)?;
    }
    Ok(stands)
}

tokio::task_local! {
    /// Who traded a password in the request that is being answered, and for which organisation.
    static TRADE: RefCell<Option<(LoggedIn, String)>>;
}

/// A token is being given out to this user.
pub(super) fn trading(user: LoggedIn, organisation: &str) {
    // Outside of the token endpoints nobody trades.
    let _elsewhere = TRADE.try_with(|trade| {
        trade.replace(Some((user, organisation.to_owned())));
    });
}

/// Around the token endpoints: a token that was traded for a password leaves only if its user is
/// still the same.
pub(crate) async fn settle_trades(
    State(service): State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Response {
    let answered = async {
        let response = next.run(request).await;
        (response, TRADE.with(RefCell::take))
    };
    let (response, trade) = TRADE.scope(RefCell::default(), answered).await;
    let Some((LoggedIn { user, mark }, organisation)) = trade else {
        return response;
    };
    match still_stands(&service, &user, mark, &organisation).await {
        Ok(true) => response,
        // Tried again, it is refused for its true reason.
        Ok(false) | Err(_) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            (status, [(header::RETRY_AFTER, "1")]).into_response()
        }
    }
}
