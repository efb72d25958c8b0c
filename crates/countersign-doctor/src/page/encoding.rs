//! `enc`: how names and values are spelt.

use super::{Fix, Page, fix, page};

/// What encodes as RFC 3986 does, per language.
const ENCODERS: &[Fix] = &[
    fix(
        "JavaScript",
        "encodeURIComponent(v).replace(/[!*'()]/g, c => '%' + c.charCodeAt(0).toString(16).toUpperCase())",
    ),
    fix(
        "Java",
        "URLEncoder.encode(v, UTF_8).replace(\"+\", \"%20\").replace(\"*\", \"%2A\").replace(\"%7E\", \"~\")",
    ),
    fix("Python", "urllib.parse.quote(v, safe='-._~')"),
    fix("PHP", "rawurlencode($v)"),
    fix(
        "C#",
        "Uri.EscapeDataString(v), on .NET Framework 4.5 or later",
    ),
    fix(
        "Ruby",
        "ERB::Util.url_encode(v); it writes ~ rightly from Ruby 2.5 on",
    ),
    fix(
        "Go",
        "strings.ReplaceAll(url.QueryEscape(v), \"+\", \"%20\")",
    ),
    fix(
        "Swift",
        "addingPercentEncoding with letters, digits and -._~ allowed",
    ),
    fix(
        "Perl",
        "URI::Escape::uri_escape_utf8($v, '^A-Za-z0-9\\-._~')",
    ),
];

const SPACES: &[Fix] = &[
    fix(
        "PHP",
        "rawurlencode(), not urlencode(); http_build_query(..., PHP_QUERY_RFC3986)",
    ),
    fix(
        "Python",
        "quote(v, safe='-._~'), not quote_plus(); urlencode(..., quote_via=quote)",
    ),
    fix(
        "JavaScript",
        "encodeURIComponent(), not URLSearchParams.toString()",
    ),
    fix("Java", "URLEncoder.encode(...).replace(\"+\", \"%20\")"),
    fix("C#", "Uri.EscapeDataString(), not HttpUtility.UrlEncode()"),
    fix("Ruby", "ERB::Util.url_encode, not CGI.escape"),
    fix(
        "Go",
        "url.PathEscape, or QueryEscape with + replaced by %20",
    ),
];

const UTF8: &[Fix] = &[
    fix(
        "Java",
        "URLEncoder.encode(v, StandardCharsets.UTF_8), never the form without a charset",
    ),
    fix("JavaScript", "encodeURIComponent(), not escape()"),
    fix(
        "PHP",
        "mb_convert_encoding($v, 'UTF-8', 'ISO-8859-1') before rawurlencode()",
    ),
    fix("Python", "v.encode('utf-8')"),
    fix(
        "C, Objective-C",
        "encode the bytes of the UTF-8 form, not the characters",
    ),
];

pub(super) const PAGES: &[Page] = &[
    page(
        "enc.double_encoded",
        "Plain words work; a value with a comma, a space or an accent fails. The base string shows %2525 where %25 is due.",
        "q%3Dfirst%25252Csecond",
        "q%3Dfirst%252Csecond",
        &[
            fix(
                "any",
                "decode what comes from a URL before it goes into the list of parameters",
            ),
            fix(
                "Python",
                "pass params={...} to requests, and no '?q=first%2Csecond' beside it",
            ),
            fix(
                "JavaScript",
                "no encodeURIComponent() on what the library encodes itself",
            ),
        ],
    ),
    page(
        "enc.double_decoded",
        "Only values that hold a percent sign fail.",
        "sent q=100%2525     signed q%3D100%2525   (read as 100%)",
        "sent q=100%2525     signed q%3D100%252525   (read as 100%25)",
        &[fix("PHP", "no urldecode() on $_GET: it is decoded already")],
    ),
    page(
        "enc.single_encoded",
        "Plain words work, anything with = / + or a space fails. The two base strings look alike: one layer of %25 is missing.",
        "oauth_consumer_key%3Dabc%3D%3D",
        "oauth_consumer_key%3Dabc%253D%253D",
        &[fix(
            "any",
            "encode(name) + '=' + encode(value) first, then encode the joined text once more",
        )],
    ),
    page(
        "enc.reserved_chars",
        "Only texts with one of ! * ' ( ) fail, or with / and other reserved characters.",
        "status%3Dhello%21",
        "status%3Dhello%2521",
        ENCODERS,
    ),
    page(
        "enc.tilde",
        "Only texts with ~ fail.",
        "path%3D%257Euser",
        "path%3D~user",
        ENCODERS,
    ),
    page(
        "enc.plus_space",
        "Single words work; a value with a space or a plus fails.",
        "q%3Dred%2Bshoes",
        "q%3Dred%2520shoes",
        SPACES,
    ),
    page(
        "enc.non_ascii",
        "English text works; accents, Japanese or emoji fail.",
        "q%3Dcaf%25E9   (one byte of Latin-1)",
        "q%3Dcaf%25C3%25A9   (two bytes of UTF-8)",
        UTF8,
    ),
    page(
        "enc.lowercase_hex",
        "The base string shows %2c or %3a somewhere.",
        "q%3Da%252cb",
        "q%3Da%252Cb",
        &[
            fix("C#", "Uri.EscapeDataString(), not HttpUtility.UrlEncode()"),
            fix("any", "turn the two digits after each % into capitals"),
        ],
    ),
    page(
        "enc.param_name",
        "Plain names work, names with brackets or dots beside others fail.",
        "filter[a]%3D1",
        "filter%255Ba%255D%3D1",
        ENCODERS,
    ),
    page(
        "enc.unreserved_chars",
        "Values of letters and digits work, values with - . or _ fail.",
        "q%3Da%252Db",
        "q%3Da-b",
        ENCODERS,
    ),
    page(
        "enc.html_escaped",
        "Values with & < > or quotes fail; 'amp' or 'quot' stands in the base string.",
        "q%3Da%2526amp%253Bb",
        "q%3Da%2526b",
        &[
            fix("PHP", "htmlspecialchars() only where a page is written"),
            fix(
                "WordPress",
                "esc_url_raw(), not esc_url(), for a URL that is called",
            ),
        ],
    ),
    page(
        "enc.malformed",
        "A percent sign stands without two hexadecimal digits behind it.",
        "?q=100%",
        "?q=100%25",
        ENCODERS,
    ),
    page(
        "enc.not_utf8",
        "A value of an oauth_ parameter decodes to bytes that are no UTF-8.",
        "oauth_consumer_key=\"caf%E9\"",
        "oauth_consumer_key=\"caf%C3%A9\"",
        UTF8,
    ),
];
