//! Whether a request goes to where its profile belongs.

use countersign_client::Origin;
use countersign_dialect::{Environment, environment_of};
use ureq::http::Uri;

use crate::keys_file::Written;

/// Whether an address is at one of those in the profile, or at its provider. Whoever is elsewhere knows
/// nothing of its token, which other processes and applications go on using.
pub(super) fn is_own(written: &Written, uri: &Uri) -> bool {
    Origin::of(uri).is_ok_and(|asked| {
        own(written).any(|own| own == asked) || is_of_the_provider(written, &asked)
    })
}

/// The same of an upstream that was named for good, which may be the only address there is.
#[cfg(feature = "proxy")]
pub(crate) fn may_be_own(written: &Written, upstream: &Origin) -> bool {
    let mut own = own(written).peekable();
    own.peek().is_none() || own.any(|own| own == *upstream) || is_of_the_provider(written, upstream)
}

/// Whether it is a host of the preset's provider, by https and its usual port. Where a host begins with
/// the account, it is that of an address of the profile. A profile with addresses elsewhere is of another
/// installation, and what is for trying out knows nothing of what counts.
fn is_of_the_provider(written: &Written, asked: &Origin) -> bool {
    let Some(row) = written.row() else {
        return false;
    };
    let begins = |host: &str| host.split('.').next().map(ToOwned::to_owned);
    let is_account = row.hosts.iter().any(|host| host.starts_with('{'));
    let is_same = || own(written).any(|own| begins(own.host()) == begins(asked.host()));
    let is_near = |own: Origin| {
        row.owns_host(own.host()) && is_for_trying_out(&own) == is_for_trying_out(asked)
    };
    asked.is_https()
        && asked.port() == HTTPS
        && row.owns_host(asked.host())
        && (!is_account || is_same())
        && own(written).all(is_near)
}

const HTTPS: u16 = 443;

fn is_for_trying_out(origin: &Origin) -> bool {
    environment_of(origin.host()).is_some_and(|(_, which)| which == Environment::Sandbox)
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

#[cfg(test)]
mod tests {
    use super::is_own;
    use crate::keys_file::Written;

    fn of(preset: &str, access_token_url: Option<&str>) -> Written {
        Written {
            preset: Some(preset.to_owned()),
            access_token_url: access_token_url.map(ToOwned::to_owned),
            ..Written::default()
        }
    }

    #[test]
    fn hosts_of_the_provider_are_own_ones() {
        let netsuite = "https://1234567-sb1.restlets.api.netsuite.com/rest/accesstoken";
        for (written, uri, expected) in [
            (of("bricklink", None), "https://api.bricklink.com/a", true),
            (of("bricklink", None), "http://api.bricklink.com/a", false),
            (
                of("bricklink", None),
                "https://api.bricklink.com.evil.example/",
                false,
            ),
            (of("bricklink", None), "https://evil.example/", false),
            (
                of("tumblr", None),
                "https://api.tumblr.com/v2/user/info",
                true,
            ),
            (of("magento", None), "https://shop.example/", false),
            (
                of("netsuite-tba", Some(netsuite)),
                "https://1234567-sb1.suitetalk.api.netsuite.com/a",
                true,
            ),
            (
                of("netsuite-tba", Some(netsuite)),
                "https://7654321.suitetalk.api.netsuite.com/a",
                false,
            ),
            (
                of("netsuite-tba", None),
                "https://7654321.suitetalk.api.netsuite.com/a",
                false,
            ),
            // What is for trying out, and what is of another installation, is elsewhere.
            (
                of(
                    "trade-me",
                    Some("https://api.tmsandbox.co.nz/Oauth/AccessToken"),
                ),
                "https://api.trademe.co.nz/v1/a",
                false,
            ),
            (
                of(
                    "trade-me",
                    Some("https://secure.trademe.co.nz/Oauth/AccessToken"),
                ),
                "https://api.trademe.co.nz/v1/a",
                true,
            ),
            (
                of("evernote", Some("https://sandbox.evernote.com/oauth")),
                "https://www.evernote.com/a",
                false,
            ),
            (
                of("evernote", Some("https://www.evernote.com/oauth")),
                "https://sandbox.evernote.com/a",
                false,
            ),
            (
                of("mediawiki", Some("https://wiki.example/w/index.php")),
                "https://en.wikipedia.org/w/api.php",
                false,
            ),
            (
                of("bricklink", None),
                "https://api.bricklink.com:8443/a",
                false,
            ),
            (
                of("bricklink", None),
                "https://api.bricklink.com:443/a",
                true,
            ),
        ] {
            let uri = uri.parse().unwrap();
            assert_eq!(is_own(&written, &uri), expected, "{uri}");
        }
    }
}
