//! Paths: slashes, segments, letters and percent-encoding.

use super::{UriVector, assert_uris, bare, row, uri, uris};

const START: &str = "https://e.com/v1/items";

pub(super) const VECTORS: &[UriVector] = &[
    (
        "uri.trailing_slash",
        "signed the path with a slash",
        START,
        &["https://e.com/v1/items/"],
        None,
    ),
    (
        "uri.trailing_slash",
        "signed the path with a slash",
        "https://e.com/",
        &["https://e.com"],
        None,
    ),
    (
        "uri.trailing_slash",
        "signed the path with a slash",
        "https://e.com/a//",
        &["https://e.com/a/", "https://e.com/a"],
        None,
    ),
    (
        "redirect.not_resigned",
        "signed the URL before a redirect that adds",
        "https://e.com/items/",
        &["https://e.com/items"],
        None,
    ),
    (
        "uri.double_slash",
        "signed a double slash",
        "https://e.com/v1//items",
        &[
            "https://e.com/v1/items",
            "https://e.com//v1//items",
            "https://e.com/v1///items",
        ],
        Some("https://e.com"),
    ),
    (
        "uri.path",
        "signed the path without the slash",
        START,
        &["https://e.comv1/items"],
        Some("https://e.com/"),
    ),
    (
        "uri.path",
        "lost the path",
        "https://e.com/v1/items/7",
        &[
            "https://e.com",
            "https://e.com/",
            "https://e.com/v1/items",
            "https://e.com/v1/items/",
            "https://e.com/v1",
        ],
        Some("https://e.com/"),
    ),
    (
        "uri.path_prefix",
        "signed the path without its first segments",
        "https://e.com/api/v1/items",
        &[
            "https://e.com/v1/items",
            "https://e.com/items",
            "https://e.com/api/api/v1/items",
            "https://e.com/api/v1/api/v1/items",
            "https://e.com/api/v1/items/api/v1/items",
        ],
        Some("https://e.com"),
    ),
    (
        "uri.path_prefix",
        "signed the path that a proxy names",
        "https://e.com/base/items",
        &[
            "https://e.com/original/items",
            "https://e.com/base/base/items",
            "https://e.com/items",
        ],
        Some(START),
    ),
    (
        "uri.path_prefix",
        "signed the path with a usual prefix",
        "https://e.com/index.php/rest/V1",
        &[
            "https://e.com/rest/V1",
            "https://e.com/api/index.php/rest/V1",
        ],
        None,
    ),
    (
        "redirect.not_resigned",
        "signed the URL of another version",
        "https://e.com/v2/diff",
        &["https://e.com/v1/diff", "https://e.com/v3/diff"],
        Some("https://e.com/items/1234567"),
    ),
    (
        "redirect.not_resigned",
        "signed the URL of another version",
        "https://e.com/1.1/items",
        &["https://e.com/1.0/items", "https://e.com/2.0/items"],
        Some("https://e.com/video/venue"),
    ),
    (
        "uri.path_case",
        "signed the path in other letters",
        "https://e.com/V1/Items",
        &["https://e.com/v1/items", "https://e.com/V1/ITEMS"],
        Some("https://e.com/"),
    ),
    (
        "uri.path_params",
        "left out what follows a ';'",
        "https://e.com/a;v=1/b;jsessionid=2",
        &["https://e.com/a", "https://e.com/a/b"],
        Some(START),
    ),
    (
        "uri.path",
        "resolved '.' and '..'",
        "https://e.com/a/./b/../c",
        &["https://e.com/a/c"],
        Some(START),
    ),
    (
        "uri.path",
        "resolved '.' and '..'",
        "https://e.com/../a/..",
        &["https://e.com/"],
        Some("https://e.com/a..b/...c"),
    ),
    (
        "uri.path",
        "signed the path with an ending",
        "https://e.com/items.json",
        &["https://e.com/items", "https://e.com/items.json.xml"],
        Some("https://e.com/"),
    ),
    (
        "uri.path_encoding",
        "decoded the path",
        "https://e.com/a%5B1%5D%2Fb%7E%20c%C3%A9",
        &[
            "https://e.com/a[1]/b~ cé",
            "https://e.com/a[1]%2Fb~ cé",
            "https://e.com/a%5B1%5D/b%7E%20c%C3%A9",
            "https://e.com/a%5B1%5D%2Fb~%20c%C3%A9",
            "https://e.com/a%5B1%5D%2Fb%7E%20cé",
            "https://e.com/a[1%5D%2Fb%7E%20c%C3%A9",
        ],
        Some("https://e.com/100%/~a[1]"),
    ),
    (
        "uri.path_encoding",
        "decoded the path",
        "https://e.com/a%252Fb",
        &["https://e.com/a%2Fb", "https://e.com/a/b"],
        None,
    ),
    (
        "uri.path_encoding",
        "encoded characters in the path",
        "https://e.com/a[1]/b(2)~%20",
        &[
            "https://e.com/a%5B1%5D/b%282%29~%20",
            "https://e.com/a%5B1%5D/b(2)~%20",
            "https://e.com/a[1]/b(2)%7E%20",
            "https://e.com/a[1]/b%282)~%20",
        ],
        Some(START),
    ),
    (
        "uri.path_encoding",
        "encoded a path that was encoded already",
        "https://e.com/a%20b(c)",
        &["https://e.com/a%2520b(c)", "https://e.com/a%2520b%28c%29"],
        Some(START),
    ),
    (
        "uri.path_encoding",
        "wrote a blank in the path as '+'",
        "https://e.com/a%20b+c",
        &[
            "https://e.com/a+b+c",
            "https://e.com/a%20b%20c",
            "https://e.com/a%20b c",
        ],
        Some(START),
    ),
    (
        "uri.path_encoding",
        "wrote the digits of the percent-encoding",
        "https://e.com/a%2Fb%c3",
        &["https://e.com/a%2fb%c3", "https://e.com/a%2Fb%C3"],
        Some("https://e.com/a%20b"),
    ),
    (
        "uri.path_encoding",
        "encoded the slashes",
        "https://e.com/a/b",
        &["https://e.com%2Fa%2Fb", "https://e.com/a%2Fb"],
        Some("https://e.com"),
    ),
];

#[test]
fn paths_deviate() {
    assert_uris(VECTORS);
}

#[test]
fn a_number_is_a_version_only_where_it_looks_like_one() {
    let rule = row("redirect.not_resigned", "signed the URL of another version");
    let made = uris(rule, &bare(), &uri("https://e.com/v1/items/42"));
    assert!(
        made.iter().all(|text| text.ends_with("/items/42")),
        "{made:?}"
    );
    assert!(made.contains(&"https://e.com/v2/items/42".to_owned()));
}
