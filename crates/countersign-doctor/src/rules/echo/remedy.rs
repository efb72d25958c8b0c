//! What to do when it is the provider that computes something else: what to send so that it
//! accepts, and what to set where the server is one's own.

mod order;

use countersign_base_string::Parts;

use crate::code::Code;
use crate::context::Wire;
use crate::finding::{Finding, Side};

/// The request, and what the provider computed of it.
pub(super) struct Seen<'s, 'a> {
    wire: &'s Wire<'a>,
    /// The base string the provider computed, taken apart.
    theirs: Option<Parts>,
}

/// How a difference is told when the request is right and the provider computes another text.
struct Row {
    /// The code of the difference as a client's fault.
    from: &'static str,
    /// The code of the provider's.
    code: &'static str,
    side: Side,
    summary: &'static str,
    /// Other codes that the same text allows, and what separates them.
    also: Option<(&'static str, &'static str)>,
    remedies: fn(&Seen<'_, '_>) -> Vec<String>,
}

const fn row(
    from: &'static str,
    code: &'static str,
    summary: &'static str,
    also: Option<(&'static str, &'static str)>,
    remedies: fn(&Seen<'_, '_>) -> Vec<String>,
) -> Row {
    Row {
        from,
        code,
        side: Side::Verifier,
        summary,
        also,
        remedies,
    }
}

/// The request line or the body as the server received it tells who took something out of it.
const SERVER_SIDE: &str = "the request as the provider received it (its access log, or a capture at the server): what is in it was left out by the provider, what is not was taken out on the way";

const TABLE: &[Row] = &[
    row(
        "uri.scheme_server",
        "uri.scheme_proxy",
        "the provider computes another scheme than the one that was called: its application does not know that a proxy ends TLS",
        Some((
            "uri.scheme_server",
            "whether a proxy in front of the provider's application ends TLS, or the scheme is fixed in its code or configuration",
        )),
        scheme,
    ),
    row(
        "uri.default_port",
        "uri.default_port",
        "the provider writes out the default port, which RFC 5849 leaves out",
        Some((
            "uri.proxy_port",
            "whether a proxy in front of the provider's application passes on a port of its own",
        )),
        proxy_port,
    ),
    row(
        "uri.proxy_port",
        "uri.proxy_port",
        "the provider computes a port that was not called: the one that its application listens on",
        None,
        proxy_port,
    ),
    row(
        "uri.nondefault_port",
        "uri.nondefault_port",
        "the provider leaves out the port that was called, or takes another one",
        None,
        nondefault_port,
    ),
    row(
        "uri.host",
        "uri.host",
        "the provider computes another host name than the one that was called",
        None,
        call_theirs,
    ),
    row(
        "uri.trailing_slash",
        "uri.trailing_slash",
        "the provider computes the path with another slash at its end",
        None,
        call_theirs,
    ),
    row(
        "uri.double_slash",
        "uri.double_slash",
        "the provider folds the double slash of the path",
        None,
        call_theirs,
    ),
    row(
        "uri.path",
        "uri.path",
        "the provider computes another path than the one that was called",
        None,
        call_theirs,
    ),
    row(
        "uri.path_encoding",
        "uri.path_encoding",
        "the provider decodes or encodes the path before it signs it",
        None,
        |_| {
            texts(&[
                "Call a path of letters, digits, '-', '.', '_' and '~' only: there is nothing to decode in it. Put names with blanks or other characters into the query, where the resource allows it.",
                "If you run the server: take the path's bytes from the request line as they stand (REQUEST_URI, the raw URI), not from a decoded path.",
            ])
        },
    ),
    Row {
        side: Side::Network,
        ..row(
            "method.mismatch",
            "method.rewritten_by_proxy",
            "the provider saw another HTTP method than the one that was sent",
            Some((
                "method.mismatch",
                "the method in the provider's access log, before and behind its proxy or cache",
            )),
            method,
        )
    },
    row(
        "sbs.query_omitted",
        "sbs.query_omitted",
        "the provider leaves parameters of the query out of its base string",
        Some(("intermediary.params_removed", SERVER_SIDE)),
        |_| {
            texts(&[
                "If a cache, firewall or tracking filter removes them: let it pass the query unchanged, or leave these parameters out of the request.",
                "If the server leaves them out: send them in a form body, where the resource takes one, or leave them out.",
            ])
        },
    ),
    row(
        "sbs.form_body_omitted",
        "sbs.form_body_omitted",
        "the provider leaves the form fields of the body out of its base string",
        Some(("intermediary.params_removed", SERVER_SIDE)),
        form,
    ),
    row(
        "sbs.non_form_body_included",
        "sbs.non_form_body_included",
        "the provider takes a body that is no form into its base string",
        None,
        |seen| {
            let kind = seen.wire.request.content_type().unwrap_or("none");
            vec![
                format!("Send the body with a type that the server can't take for a form (it was sent with: {kind}), and no charset behind it."),
                "Where the resource allows it, send a form (application/x-www-form-urlencoded), or no body: then both sides sign the same.".to_owned(),
                "If you run the server: look at the Content-Type first; only application/x-www-form-urlencoded is signed (RFC 5849 section 3.4.1.3.1).".to_owned(),
            ]
        },
    ),
    row(
        "sbs.multipart_or_file_field",
        "sbs.multipart_or_file_field",
        "the provider takes fields of a multipart body into its base string",
        None,
        |_| {
            texts(&[
                "Send the fields in the query and only the file in the multipart body, where the resource allows it.",
                "If you run the server: multipart bodies take no part in the signature.",
            ])
        },
    ),
    row(
        "sbs.realm_included",
        "sbs.realm_included",
        "the provider treats a parameter called realm by its name, not by its place",
        None,
        realm,
    ),
    row(
        "sbs.order",
        "sbs.order",
        "the provider sorts the parameters in another order than by encoded name and value, as bytes",
        None,
        order::remedies,
    ),
    row(
        "sbs.duplicate_params",
        "sbs.duplicate_params",
        "the provider counts a repeated parameter another number of times",
        None,
        |_| {
            texts(&[
                "Send each name once: join several values into one, where the resource allows it.",
            ])
        },
    ),
    row(
        "sbs.empty_param",
        "sbs.empty_param",
        "the provider leaves a parameter with an empty value out of its base string",
        None,
        |_| texts(&["Leave parameters with an empty value out of the request."]),
    ),
    row(
        "sbs.empty_oauth_token",
        "sbs.empty_oauth_token",
        "the provider signs an empty oauth_token where none was sent, or none where it was sent empty",
        None,
        |seen| {
            let sent = seen.wire.claims.token().is_some();
            texts(if sent {
                &["Do not send oauth_token where there is no token."]
            } else {
                &["Send oauth_token with an empty value, and sign it."]
            })
        },
    ),
    row(
        "sbs.valueless_param",
        "sbs.valueless_param",
        "the provider signs a parameter without '=' in another way",
        None,
        |_| texts(&["Write 'name=' in the URL: then there is one way to read it."]),
    ),
    row(
        "sbs.oauth_param_missing",
        "sbs.oauth_param_missing",
        "the provider leaves an oauth_ parameter that was sent out of its base string",
        Some(("hdr.param_lost", SERVER_SIDE)),
        |_| {
            texts(&[
                "Leave it out of the request if it is optional, as oauth_version and the parameters of extensions are.",
            ])
        },
    ),
    row(
        "sbs.oauth_param_added",
        "sbs.oauth_param_added",
        "the provider signs an oauth_ parameter that was not sent",
        None,
        |_| {
            texts(&[
                "Send that parameter with the value the provider signs, and sign it: oauth_version=1.0 and an empty oauth_token are the usual ones.",
            ])
        },
    ),
    row(
        "sbs.param_added",
        "intermediary.params_added",
        "the provider signs a parameter that was not sent",
        Some(("sbs.param_added", SERVER_SIDE)),
        |_| {
            texts(&[
                "Let the proxy or rewrite rule in front of the server pass the query unchanged; a route or a plugin that adds a parameter (q, _url, a session) must not add it before the signature is checked.",
                "Until then send the parameter yourself, with the same value, and sign it.",
            ])
        },
    ),
    row(
        "enc.plus_space",
        "enc.plus_space",
        "the provider reads blanks and plus signs in another way",
        None,
        |_| {
            texts(&[
                "Send blanks as %20 and plus signs as %2B, everywhere; leave both out of values where you can.",
            ])
        },
    ),
    row(
        "enc.reserved_chars",
        "enc.reserved_chars",
        "the provider encodes some characters in another way",
        None,
        characters,
    ),
    row(
        "enc.tilde",
        "enc.tilde",
        "the provider encodes the tilde",
        None,
        characters,
    ),
    row(
        "enc.double_encoded",
        "enc.double_encoded",
        "the provider encodes values once too often",
        None,
        characters,
    ),
    row(
        "enc.single_encoded",
        "enc.single_encoded",
        "the provider encodes values once too seldom",
        None,
        characters,
    ),
    row(
        "enc.double_decoded",
        "enc.double_decoded",
        "the provider decodes values once too often",
        None,
        characters,
    ),
    row(
        "enc.non_ascii",
        "enc.non_ascii",
        "the provider encodes characters beyond ASCII from another character set than UTF-8",
        None,
        |_| texts(&["Send values of ASCII characters only, where you can."]),
    ),
    row(
        "enc.param_name",
        "enc.param_name",
        "the provider does not encode the names of parameters",
        None,
        |_| texts(&["Use names of letters, digits, '-', '.', '_' and '~' only: no brackets."]),
    ),
    row(
        "key.not_encoded",
        "key.not_encoded",
        "the provider computes its signature with the secrets as they stand, not percent-encoded",
        None,
        |_| key_not_encoded(),
    ),
];

/// The last word of every such finding.
const LEAVE_ALONE: &str = "The request is right by RFC 5849: leave the signing code alone, and show the provider both base strings.";

/// Tells a difference as the provider's: its code there, what else the same text allows, and what
/// to send so that it accepts.
pub(super) fn of_verifier(
    mut finding: Finding,
    wire: &Wire<'_>,
    theirs: &str,
) -> (Finding, Option<&'static str>) {
    let seen = Seen {
        wire,
        theirs: Parts::parse_lenient(theirs).ok(),
    };
    let code = finding.code.as_str();
    let row = TABLE
        .iter()
        .find(|row| row.from == code)
        .or_else(|| TABLE.iter().find(|row| row.code == code));
    let mut next = None;
    let mut remedies = Vec::new();
    if let Some(row) = row {
        finding.code = Code::new(row.code);
        finding.side = row.side;
        row.summary.clone_into(&mut finding.summary);
        if let Some((code, separates)) = row.also {
            finding.also.retain(|known| known.as_str() != row.code);
            if !finding.also.iter().any(|known| known.as_str() == code) {
                finding = finding.also(code);
            }
            next = Some(separates);
        }
        remedies = (row.remedies)(&seen);
    } else {
        finding.summary = format!(
            "the provider computes another base string: {}",
            finding.summary
        );
    }
    if wire.signature.holds() {
        remedies.push(LEAVE_ALONE.to_owned());
    }
    finding.remedies = remedies;
    (finding, next)
}

/// For a key whose secrets were not encoded.
pub(super) fn key_not_encoded() -> Vec<String> {
    texts(&[
        "Use secrets of letters and digits only: with them the encoded and the bare key are the same. Ask the provider for new credentials until neither secret holds another character than letters, digits, '-', '.', '_' and '~'.",
        "If you run the server: percent-encode both secrets before they are joined by '&' (RFC 5849 section 3.4.2).",
    ])
}

fn texts(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

impl Seen<'_, '_> {
    /// The URI the provider computed, as it could be called, on one line whatever stands in it.
    fn their_uri(&self) -> Option<String> {
        let uri = self.theirs.as_ref()?.uri();
        let port = uri
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        (!uri.host().is_empty())
            .then(|| format!("{}://{}{port}{}", uri.scheme(), uri.host(), uri.path()))
            .map(|uri| uri.replace('\n', "\\n"))
    }

    fn our_uri(&self) -> String {
        self.wire.request.uri().base_uri()
    }
}

fn scheme(seen: &Seen<'_, '_>) -> Vec<String> {
    let mut lines = texts(&[
        "On the server: set the public URL of the application (https://...), or let it trust X-Forwarded-Proto, from the proxy only.",
        "nginx: proxy_set_header X-Forwarded-Proto $scheme;",
        "Apache: RequestHeader set X-Forwarded-Proto \"https\" (in the virtual host that ends TLS)",
        "F5: HTTP::header replace X-Forwarded-Proto https (in HTTP_REQUEST)",
        "Express: app.set('trust proxy', 1);  Django: SECURE_PROXY_SSL_HEADER = (\"HTTP_X_FORWARDED_PROTO\", \"https\");  PHP: set $_SERVER['HTTPS'] = 'on' where X-Forwarded-Proto is https",
    ]);
    if let Some(theirs) = seen.their_uri() {
        lines.push(format!(
            "If the server can't be changed: call {} and give your library {theirs} as the URL to sign; the provider computes that one.",
            seen.our_uri()
        ));
    }
    lines
}

fn proxy_port(seen: &Seen<'_, '_>) -> Vec<String> {
    let mut lines = texts(&[
        "On the server: set the public URL of the application, or pass the Host field on unchanged: the port it listens on is nobody's business.",
        "nginx: proxy_set_header Host $http_host;  Apache: ProxyPreserveHost On",
    ]);
    if let Some(theirs) = seen.their_uri() {
        lines.push(format!(
            "If the server can't be changed: call {} and give your library {theirs} as the URL to sign; the provider computes that one.",
            seen.our_uri()
        ));
    }
    lines
}

fn nondefault_port(seen: &Seen<'_, '_>) -> Vec<String> {
    let mut lines = texts(&[
        "Call the provider on the default port (443 for https, 80 for http): then there is no port to leave out.",
    ]);
    if let Some(theirs) = seen.their_uri() {
        lines.push(format!(
            "If it has no other port: call {} and give your library {theirs} as the URL to sign; the provider computes that one.",
            seen.our_uri()
        ));
    }
    lines.push("If you run the server: take the port from the Host field and keep it unless it is the scheme's own (RFC 5849 section 3.4.1.2).".to_owned());
    lines
}

fn call_theirs(seen: &Seen<'_, '_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(theirs) = seen.their_uri() {
        lines.push(format!(
            "Call and sign the URL exactly as the provider has it configured: {theirs}"
        ));
    }
    lines.push("If you run the server: build the base URI from the request as it came in (Host field and request line), not from the configured site URL, or make the two the same.".to_owned());
    lines
}

fn method(seen: &Seen<'_, '_>) -> Vec<String> {
    let mut lines = Vec::new();
    if seen.wire.request.method() == "HEAD" {
        lines.push("Caches turn HEAD into GET. nginx: proxy_cache_convert_head off;".to_owned());
        lines.push("Send GET in place of HEAD until then.".to_owned());
    } else {
        lines.push("Switch method overrides (X-HTTP-Method-Override, _method) off for signed requests, or sign and send the method that arrives.".to_owned());
    }
    lines
}

fn form(seen: &Seen<'_, '_>) -> Vec<String> {
    let mut lines = Vec::new();
    let kind = seen.wire.request.content_type().unwrap_or_default();
    if kind.contains(';') {
        lines.push("Send the type without anything behind it: Content-Type: application/x-www-form-urlencoded".to_owned());
    }
    lines.push("Send the parameters in the query of the URL, where this provider signs them, if the resource takes them there.".to_owned());
    lines.push("If you run the server: sign every field of a form but oauth_signature, whatever the HTTP method and the charset.".to_owned());
    lines
}

fn realm(seen: &Seen<'_, '_>) -> Vec<String> {
    let in_header = seen.wire.parameters.realm().is_some();
    if in_header {
        texts(&[
            "Send no realm in the Authorization header, where the provider does without.",
            "If you run the server: leave the header's realm out of the base string.",
        ])
    } else {
        texts(&[
            "Send the value under another name than realm, or not at all: this provider leaves every parameter of that name out.",
            "If you run the server: leave out the realm of the Authorization header only.",
        ])
    }
}

fn characters(_: &Seen<'_, '_>) -> Vec<String> {
    texts(&[
        "Keep the parameter named above to letters, digits, '-', '.' and '_': these no side encodes. Leave '!', '*', ''', '(', ')', '~', '%' and blanks out of it where you can.",
        "If you run the server: decode what arrived once, then encode it by RFC 5849 section 3.6.",
    ])
}
