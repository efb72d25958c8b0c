//! Which fields of a message go no further.

use http::header::{CONNECTION, HeaderMap, HeaderName};

/// Fields for the one connection only (RFC 9110 section 7.6.1), and what else frames a message.
const HOP_BY_HOP: [&str; 6] = [
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Fields of which the client's word counts for nothing, or that were for the gateway alone.
const NOT_FROM_CLIENTS: [&str; 4] = ["authorization", "expect", "host", "x-request-id"];

/// Whose fields they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// Of an answer.
    Upstream,
    /// Of a request from anybody.
    Anybody,
    /// Of a request from a listed proxy that sets `X-Forwarded-…`.
    XForwardedProxy,
    /// Of a request from a listed proxy that sets `Forwarded`.
    ForwardedProxy,
}

/// Removes the fields that are for one connection only (RFC 9110 section 7.6.1): `Connection` and all
/// it names, `Keep-Alive`, `TE`, `Trailer`, `Transfer-Encoding`, `Upgrade` and `Proxy-…`, however the
/// names are spelled.
///
/// ```
/// use countersign_server::remove_connection_fields;
/// use http::HeaderMap;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("connection", "close, x-hop".parse()?);
/// headers.insert("x-hop", "1".parse()?);
/// headers.insert("accept", "*/*".parse()?);
/// remove_connection_fields(&mut headers);
/// assert_eq!(headers.keys().collect::<Vec<_>>(), ["accept"]);
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
pub fn remove_connection_fields(headers: &mut HeaderMap) {
    // What a client's other fields are worth is no matter of the connection.
    remove(headers, Sender::Upstream);
}

/// Removes what must not be passed on.
pub(super) fn remove(headers: &mut HeaderMap, from: Sender) {
    let mut gone: Vec<HeaderName> = Vec::new();
    for value in headers.get_all(CONNECTION) {
        let names = value.as_bytes().split(|byte| *byte == b',');
        gone.extend(names.filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok()));
    }
    gone.extend(
        headers
            .keys()
            .filter(|name| stays_here(name.as_str(), from))
            .cloned(),
    );
    for name in gone {
        headers.remove(name);
    }
}

fn stays_here(name: &str, from: Sender) -> bool {
    // Behind CGI all of these are one name.
    if name
        .bytes()
        .all(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
    {
        return is_one_of(name, from, name);
    }
    let plain: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    is_one_of(&plain, from, name)
}

/// `name` without the marks that some readers take for a dash, and as it was `sent`.
fn is_one_of(name: &str, from: Sender, sent: &str) -> bool {
    let for_connection = HOP_BY_HOP.contains(&name) || name.starts_with("proxy-");
    if from == Sender::Upstream || for_connection {
        return for_connection;
    }
    if name.starts_with("x-oauth-") || NOT_FROM_CLIENTS.contains(&name) {
        return true;
    }
    // The length is that of the body; another spelling of it is a trick.
    if name == "content-length" {
        return sent != name;
    }
    let by_x_forwarded = name.starts_with("x-forwarded-") || name == "x-real-ip";
    let believed = match from {
        Sender::XForwardedProxy => by_x_forwarded && sent == name,
        Sender::ForwardedProxy => sent == "forwarded",
        Sender::Anybody | Sender::Upstream => false,
    };
    (by_x_forwarded || name == "forwarded") && !believed
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn left(sent: &[(&str, &str)], from: Sender) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        remove(&mut headers, from);
        let mut names: Vec<String> = headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    }

    #[test]
    fn what_connection_names_goes_too() {
        let sent = [
            ("connection", "close, X-Named"),
            ("connection", ",, x-other ,\"no name\""),
            ("x-named", "1"),
            ("x-other", "1"),
            ("x-third", "1"),
        ];
        for from in [Sender::Upstream, Sender::Anybody, Sender::XForwardedProxy] {
            assert_eq!(left(&sent, from), ["x-third"]);
        }
    }

    #[test]
    fn no_spelling_of_a_name_gets_through() {
        for name in [
            "x-oauth-user",
            "x_oauth_user",
            "X-OAuth_New",
            "x.oauth.user",
            "x-oauth-",
        ] {
            assert!(left(&[(name, "1")], Sender::Anybody).is_empty(), "{name}");
            assert!(
                left(&[(name, "1")], Sender::XForwardedProxy).is_empty(),
                "{name}"
            );
        }
        for name in [
            "transfer_encoding",
            "content_length",
            "Proxy_Authorization",
            "te",
            "host",
        ] {
            assert!(left(&[(name, "1")], Sender::Anybody).is_empty(), "{name}");
        }
        for name in [
            "x-oauthuser",
            "xoauth-user",
            "content-length",
            "te-a",
            "api_key",
            "via",
        ] {
            assert_eq!(left(&[(name, "1")], Sender::Anybody), [name]);
        }
    }

    #[test]
    fn forwarded_fields_count_from_listed_proxies_of_their_kind() {
        let sent = [
            ("forwarded", "for=1"),
            ("x-forwarded-for", "1"),
            ("x-real-ip", "1"),
            ("x_forwarded_for", "2"),
            ("x-forwarded-prefix", "/a"),
        ];
        assert!(left(&sent, Sender::Anybody).is_empty());
        assert_eq!(left(&sent, Sender::ForwardedProxy), ["forwarded"]);
        assert_eq!(
            left(&sent, Sender::XForwardedProxy),
            ["x-forwarded-for", "x-forwarded-prefix", "x-real-ip"]
        );
    }
}
