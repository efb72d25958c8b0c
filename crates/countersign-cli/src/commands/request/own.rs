//! Whether a request goes to where its profile belongs.

use countersign_client::Origin;
use ureq::http::Uri;

use crate::keys_file::Written;

/// Whether an address is at one of those in the profile. Whoever is elsewhere knows nothing of its token,
/// which other processes and applications go on using.
pub(super) fn is_own(written: &Written, uri: &Uri) -> bool {
    Origin::of(uri).is_ok_and(|asked| own(written).any(|own| own == asked))
}

/// The same of an upstream that was named for good, which may be the only address there is.
#[cfg(feature = "proxy")]
pub(crate) fn may_be_own(written: &Written, upstream: &Origin) -> bool {
    let mut own = own(written).peekable();
    own.peek().is_none() || own.any(|own| own == *upstream)
}

fn own(written: &Written) -> impl Iterator<Item = Origin> {
    let addresses = [
        &written.base_url,
        &written.request_token_url,
        &written.authorize_url,
        &written.access_token_url,
    ];
    addresses
        .into_iter()
        .flatten()
        .filter_map(|url| url.parse().ok())
        .filter_map(|uri: Uri| Origin::of(&uri).ok())
}
