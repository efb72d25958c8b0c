//! What requests are made of.

/// The commoner ones more than once.
#[rustfmt::skip]
pub(super) const METHODS: &[&str] = &[
    "GET", "GET", "GET", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS",
];

/// Names, a name in capitals, addresses.
#[rustfmt::skip]
pub(super) const HOSTS: &[&str] = &[
    "api.example.com", "www.example.org", "example.com", "photos.example.net", "API.Example.NET",
    "192.0.2.1", "[2001:db8::1]",
];

/// Paths as sent.
#[rustfmt::skip]
pub(super) const PATHS: &[&str] = &[
    "/", "/v1/items", "/v1/items/", "/Photos/2007/IMG_0042.JPG", "/a%20b/c", "/%7Ejoe/caf%C3%A9",
    "/lower%c3%a9/x", "/files/reports%2F2024", "/a//b", "/x;v=1/y", "/matrix;a=1;b=2",
    "/items[1]/tags", "/f(x)/a@b:c", "/odata/Users('me')", "/api/api.svc/~user",
    "/rest/V1/orders/", "/1.1/statuses/update.json", "/wp-json//wc/v3/",
];

/// Names of parameters; some need care when they are sorted.
#[rustfmt::skip]
pub(super) const NAMES: &[&str] = &[
    "a", "b", "q", "id", "ids", "ID", "file", "size", "page", "status", "filter", "order", "a-b",
    "a1", "a10", "a2", "item1", "item2", "item10", "ids[]", "ids[]", "f[0]", "f[1]", "f[10]",
    "f[2]", "user.name", "include_entities", "x y", "na+me", "caf\u{e9}", "\u{540d}", "a&b", "c@",
    "k=v", "a=1", "per~cent%", "z", "list!", "callback", "A", "Zeta",
];

/// Values that look the same in every encoding.
#[rustfmt::skip]
pub(super) const WORDS: &[&str] = &[
    "vacation.jpg", "original", "1", "2", "10", "42", "true", "hello", "Ladies", "x", "abc",
    "2024-06-01", "utf8", "a", "b",
];

/// What odd values are put together of.
#[rustfmt::skip]
pub(super) const PIECES: &[&str] = &[
    "a", "B", "7", "-", ".", "_", "~", " ", " ", "+", "&", "=", "%", "/", "?", "#", "[", "]", "@",
    "!", "$", "'", "(", ")", "*", ",", ";", ":", "\"", "<", "|", "\u{e9}", "\u{df}", "\u{4f60}",
    "\u{1f600}", "%20", "%2B",
];

/// Values that need encoding.
#[rustfmt::skip]
pub(super) const VALUES: &[&str] = &[
    "Hello Ladies + Gentlemen, a signed OAuth request!", "http://example.com/callback?x=1&y=2",
    "date desc", "joe@example.com", "100%", "caf\u{e9} cr\u{e8}me", "\u{4f60}\u{597d}",
    "it's (very) *good*!", "a/b~c", "1+1=2", "Dogs, Cats & Mice", "%7B%7D",
    "na\u{ef}ve \u{1f600}",
];

/// Realms.
#[rustfmt::skip]
pub(super) const REALMS: &[&str] = &[
    "Photos", "Example Realm", "http://api.example.com/", "1234567_SB1",
];
