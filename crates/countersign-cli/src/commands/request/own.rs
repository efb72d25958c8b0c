//! Whether a request goes to where its profile belongs.

use countersign_client::Origin;
use ureq::http::Uri;

use crate::keys_file::Written;

/// Whether an address is at one of those in the profile. Whoever is elsewhere knows nothing of its token,
/// which other processes and applications go on using.
pub(super) fn is_own(written: &Written, uri: &Uri) -> bool {
    let Ok(asked) = Origin::of(uri) else {
        return false;
    };
    let own = [
        &written.base_url,
        &written.request_token_url,
        &written.authorize_url,
        &written.access_token_url,
    ];
    own.into_iter()
        .flatten()
        .filter_map(|url| url.parse().ok())
        .filter_map(|uri: Uri| Origin::of(&uri).ok())
        .any(|own| own == asked)
}
