//! `uri`, `method`, `redirect` and `intermediary`: where the request goes, and what changes on the way.

use super::{Fix, Page, fix, page};

const PROXIES: &[Fix] = &[
    fix(
        "nginx",
        "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto $scheme;",
    ),
    fix(
        "Apache",
        "ProxyPreserveHost On, RequestHeader set X-Forwarded-Proto https",
    ),
    fix(
        "F5",
        "HTTP::header replace X-Forwarded-Proto https in an iRule",
    ),
    fix("Express", "app.set('trust proxy', 1) and req.protocol"),
    fix(
        "Django",
        "SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https'), USE_X_FORWARDED_HOST = True",
    ),
    fix(
        "Rails",
        "config.assume_ssl = true, or let the proxy send X-Forwarded-Proto",
    ),
    fix("Spring", "server.forward-headers-strategy=framework"),
    fix(
        "PHP",
        "if the proxy is yours: $_SERVER['HTTPS'] = 'on' from HTTP_X_FORWARDED_PROTO, before verifying",
    ),
    fix(
        "WordPress",
        "home and siteurl with https, and $_SERVER['HTTPS'] set in wp-config.php",
    ),
];

const RAW_PATH: &[Fix] = &[
    fix("Java", "URI.getRawPath(), not getPath()"),
    fix(
        "C#",
        "Uri.AbsolutePath of the request that is sent; no Uri.UnescapeDataString()",
    ),
    fix("Python", "urlsplit(url).path, without unquote()"),
    fix("Swift", "URLComponents.percentEncodedPath, not path"),
    fix("Go", "u.EscapedPath(), not u.Path"),
    fix("JavaScript", "new URL(url).pathname as it is"),
];

const FINAL_URL: &[Fix] = &[
    fix("curl", "without -L; call the final URL"),
    fix(
        "Python",
        "requests: allow_redirects=False, then sign and send again",
    ),
    fix("JavaScript", "fetch: redirect: 'manual'"),
    fix("Java", "OkHttp: followRedirects(false)"),
    fix("PHP", "Guzzle: 'allow_redirects' => false"),
];

pub(super) const PAGES: &[Page] = &[
    page(
        "uri.scheme_proxy",
        "It works over plain http or without the proxy, and fails behind TLS for every client.",
        "the server computes  GET&http%3A%2F%2Fapi.example.com%2Fitems&...",
        "the client signed    GET&https%3A%2F%2Fapi.example.com%2Fitems&...",
        PROXIES,
    ),
    page(
        "uri.scheme_server",
        "The signed base string begins with another scheme than the URL that is called.",
        "called https://api.example.com/items     signed http%3A%2F%2Fapi.example.com%2Fitems",
        "called https://api.example.com/items     signed https%3A%2F%2Fapi.example.com%2Fitems",
        &[],
    ),
    page(
        "uri.host",
        "It works with one spelling of the host (with or without www) and fails with the other.",
        "called https://example.com/api     the server knows itself as www.example.com",
        "called https://www.example.com/api     the server knows itself as www.example.com",
        PROXIES,
    ),
    page(
        "uri.proxy_port",
        "The server's base string shows a port that nobody called, such as 8080 or 8081.",
        "the server computes  POST&http%3A%2F%2Fapp.example.com%3A8081%2Fx&...",
        "the client signed    POST&http%3A%2F%2Fapp.example.com%2Fx&...",
        PROXIES,
    ),
    page(
        "uri.nondefault_port",
        "It works on the standard port and fails on a development port.",
        "called http://localhost:8080/test     signed http%3A%2F%2Flocalhost%2Ftest",
        "called http://localhost:8080/test     signed http%3A%2F%2Flocalhost%3A8080%2Ftest",
        &[
            fix(
                "Java",
                "append getPort() unless it is -1, 80 for http or 443 for https",
            ),
            fix(
                "Python",
                "urlsplit(url).netloc keeps the port; hostname does not",
            ),
            fix(
                "JavaScript",
                "new URL(url).host keeps the port; hostname does not",
            ),
            fix("C#", "Uri.Authority keeps the port; Host does not"),
        ],
    ),
    page(
        "uri.default_port",
        "The URL is written with :443 or :80.",
        "https%3A%2F%2Fapi.example.com%3A443%2Fitems",
        "https%3A%2F%2Fapi.example.com%2Fitems",
        &[
            fix("Java", "getPort() is 443 when the URL says so: drop it"),
            fix("Python", "drop ':443' from urlsplit(url).netloc"),
        ],
    ),
    page(
        "uri.trailing_slash",
        "The URL in the settings and the URL in the log differ by their last character.",
        "called /v1/items/     signed %2Fv1%2Fitems",
        "called /v1/items/     signed %2Fv1%2Fitems%2F",
        &[
            fix(
                "Swift, Objective-C",
                "NSURL.path drops the slash; use URLComponents.percentEncodedPath",
            ),
            fix(
                "Django, Flask",
                "call the URL as it is routed, so that no redirect adds the slash",
            ),
        ],
    ),
    page(
        "uri.double_slash",
        "The path holds '//', most often after a base URL that ends in '/'.",
        "called //v1/items     signed %2Fv1%2Fitems",
        "called /v1/items      signed %2Fv1%2Fitems",
        &[],
    ),
    page(
        "uri.path_encoding",
        "Paths of plain letters work; one with a space, brackets or %2F fails.",
        "called /files/a%20b     signed %2Ffiles%2Fa%20b",
        "called /files/a%20b     signed %2Ffiles%2Fa%2520b",
        RAW_PATH,
    ),
    page(
        "uri.path",
        "The two paths differ by more than their encoding or a slash at the end.",
        "called /v1/items/7     signed %2Fv1%2Fitems",
        "called /v1/items/7     signed %2Fv1%2Fitems%2F7",
        RAW_PATH,
    ),
    page(
        "uri.whitespace",
        "The base string shows %2520 or %20 before or behind the URL.",
        "https%3A%2F%2Fapi.example.com%2Fitems%20",
        "https%3A%2F%2Fapi.example.com%2Fitems",
        &[],
    ),
    page(
        "uri.malformed",
        "The second part of the base string has no scheme or no host, or the word null.",
        "GET&null%2F%2Fnull%2Froute&...",
        "GET&https%3A%2F%2Fapi.example.com%2Froute&...",
        &[],
    ),
    page(
        "method.mismatch",
        "The client signs one method and the log shows another one.",
        "sent GET     signed POST&https%3A%2F%2F...",
        "sent POST    signed POST&https%3A%2F%2F...",
        &[
            fix(
                "Python",
                "urllib: Request(url, method='POST'); without data it sends GET",
            ),
            fix("any", "write the method in capitals"),
        ],
    ),
    page(
        "method.rewritten_by_proxy",
        "GET works, HEAD or PATCH fails; the server's log shows another method than the client's.",
        "sent HEAD     received GET",
        "sent HEAD     received HEAD",
        &[
            fix("nginx", "proxy_cache_convert_head off;"),
            fix(
                "Varnish",
                "return (pass); for these routes: what is cached is fetched by GET",
            ),
            fix("Rails", "remove Rack::MethodOverride for these routes"),
        ],
    ),
    page(
        "redirect.not_resigned",
        "The first answer is a 301, 302, 307 or 308, and the second request carries the same nonce.",
        "GET http://...  301 Location: https://...  GET https://... with the same Authorization",
        "GET https://...  with its own signature",
        FINAL_URL,
    ),
    page(
        "redirect.header_dropped",
        "The first answer is a redirect to another host or scheme, and the second request has no Authorization header.",
        "GET http://api.example.com/x  301 Location: https://www.example.com/x",
        "GET https://www.example.com/x  200",
        FINAL_URL,
    ),
    page(
        "method.case",
        "The base string begins with small letters.",
        "get&https%3A%2F%2Fapi.example.com%2Fitems&...",
        "GET&https%3A%2F%2Fapi.example.com%2Fitems&...",
        &[],
    ),
    page(
        "uri.case",
        "The URL is written with capital letters in scheme or host.",
        "GET&https%3A%2F%2FAPI.Example.com%2Fitems&...",
        "GET&https%3A%2F%2Fapi.example.com%2Fitems&...",
        &[],
    ),
    page(
        "uri.fragment",
        "The base string shows %23 in its second part.",
        "https%3A%2F%2Fapi.example.com%2Fitems%23top",
        "https%3A%2F%2Fapi.example.com%2Fitems",
        &[],
    ),
    page(
        "uri.path_case",
        "Paths in small letters work; one with capital letters fails.",
        "called /v1/Items     signed %2Fv1%2Fitems",
        "called /v1/Items     signed %2Fv1%2FItems",
        &[],
    ),
    page(
        "uri.path_params",
        "The path holds a semicolon.",
        "called /items;v=1     signed %2Fitems",
        "called /items;v=1     signed %2Fitems%3Bv%3D1",
        RAW_PATH,
    ),
    page(
        "uri.path_prefix",
        "The two paths differ by their first segments.",
        "called /app/v1/items     signed %2Fv1%2Fitems",
        "called /app/v1/items     signed %2Fapp%2Fv1%2Fitems",
        &[
            fix(
                "nginx",
                "proxy_pass http://backend; without a path behind the host keeps the path as it is",
            ),
            fix("Express", "req.originalUrl, not req.url"),
            fix("Django", "request.get_full_path() with SCRIPT_NAME set"),
        ],
    ),
    page(
        "intermediary.params_added",
        "The server's log shows parameters that the client's log lacks.",
        "sent /items?page=2     received /items?page=2&utm_source=x",
        "sent /items?page=2     received /items?page=2",
        &[],
    ),
    page(
        "intermediary.params_removed",
        "The client's log shows parameters that the server's log lacks.",
        "sent /items?page=2     received /items",
        "sent /items?page=2     received /items?page=2",
        &[
            fix("CDN", "forward all query strings to the origin"),
            fix(
                "Apache, mod_rewrite",
                "[QSA] keeps the query of the request",
            ),
        ],
    ),
];
