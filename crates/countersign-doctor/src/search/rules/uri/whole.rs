//! The URI as a whole: not absolute, or with white space.

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::state::UriParts;
use crate::search::subject::Subject;

type Uri = fn(&Subject<'_>, &UriParts, &mut Out<UriParts>);

const fn row(
    code: &'static str,
    dimension: Dimension,
    prior: u16,
    did: &'static str,
    deviate: Uri,
) -> Rule {
    Rule {
        code,
        dimension,
        prior,
        did,
        deviate: Deviate::Uri(deviate),
    }
}

pub(in super::super) const ROWS: &[Rule] = &[
    row(
        "uri.whitespace",
        Dimension::Path,
        12,
        "signed a URL with white space in it",
        whitespace,
    ),
    row(
        "uri.malformed",
        Dimension::Host,
        20,
        "signed a URL that has no scheme and no host",
        |_, uri, out| {
            for (scheme, slashes, host, detail) in [
                ("null", "//", "null", "null//null stood before the path"),
                ("null", "://", "null", "null://null stood before the path"),
                ("", "", "null", "null stood before the path"),
                (
                    "undefined",
                    "//",
                    "undefined",
                    "undefined//undefined stood before the path",
                ),
                (
                    "undefined",
                    "://",
                    "undefined",
                    "undefined://undefined stood before the path",
                ),
                ("", "", "undefined", "undefined stood before the path"),
                ("None", "://", "None", "None://None stood before the path"),
                ("", "", "", "the path stood alone"),
                ("", "://", "", "'://' stood before the path"),
                ("", "//", "", "two slashes stood before the path"),
            ] {
                out.push(
                    UriParts {
                        scheme: scheme.into(),
                        slashes: slashes.into(),
                        host: host.into(),
                        port: Vec::new(),
                        ..uri.clone()
                    },
                    detail,
                );
            }
        },
    ),
    row(
        "uri.malformed",
        Dimension::Host,
        8,
        "signed a URL without its host",
        |_, uri, out| {
            for (host, detail) in [
                ("", "the host was missing"),
                ("null", "null stood in place of the host"),
                ("undefined", "undefined stood in place of the host"),
                ("None", "None stood in place of the host"),
            ] {
                out.push(
                    UriParts {
                        host: host.into(),
                        port: Vec::new(),
                        ..uri.clone()
                    },
                    detail,
                );
            }
        },
    ),
    row(
        "uri.malformed",
        Dimension::Host,
        4,
        "signed a URL with quotes around it, or an empty one",
        |_, uri, out| {
            for (quote, detail) in [
                ('"', "the URL stood in double quotes"),
                ('\'', "the URL stood in single quotes"),
            ] {
                let mut quoted = uri.clone();
                quoted.scheme.insert(0, u8::try_from(quote).unwrap_or(b'"'));
                quoted.suffix.push(u8::try_from(quote).unwrap_or(b'"'));
                out.push(quoted, detail);
            }
            out.push(
                UriParts {
                    scheme: Vec::new(),
                    slashes: Vec::new(),
                    host: Vec::new(),
                    port: Vec::new(),
                    path: Vec::new(),
                    suffix: Vec::new(),
                },
                "the URL was empty",
            );
        },
    ),
];

/// White space, and what it is called.
const BLANKS: [(&str, &str); 11] = [
    (" ", "a blank"),
    ("\n", "a line end (LF)"),
    ("\r\n", "a line end (CR LF)"),
    ("\r", "a carriage return"),
    ("\t", "a tab"),
    ("%20", "an encoded blank (%20)"),
    ("%0A", "an encoded line end (%0A)"),
    ("%0D%0A", "an encoded line end (%0D%0A)"),
    ("\u{a0}", "a no-break space"),
    ("\u{feff}", "a byte order mark"),
    ("\u{200b}", "a zero-width space"),
];

fn whitespace(_: &Subject<'_>, uri: &UriParts, out: &mut Out<UriParts>) {
    for (blank, name) in BLANKS {
        let mut after = uri.clone();
        after.suffix.extend_from_slice(blank.as_bytes());
        out.push(after, format!("{name} stood at the end of the URL"));

        out.push(
            UriParts {
                scheme: [blank.as_bytes(), &uri.scheme].concat(),
                ..uri.clone()
            },
            format!("{name} stood before the URL"),
        );

        // A base URL from a configuration, with a path put after it.
        let mut between = uri.clone();
        let base = if between.port.is_empty() {
            &mut between.host
        } else {
            &mut between.port
        };
        base.extend_from_slice(blank.as_bytes());
        out.push(between, format!("{name} stood between host and path"));
    }
    if let Some(path) = uri.path.strip_suffix(b"/") {
        out.push(
            UriParts {
                path: [path, b" /"].concat(),
                ..uri.clone()
            },
            "a blank stood before the last slash",
        );
    }
}
