//! `sbs` and `bodyhash`: what is signed.

use super::{Fix, Page, fix, page};

/// Where each language has a list of pairs, and where it has a map that loses repeats.
const LISTS: &[Fix] = &[
    fix(
        "PHP",
        "collect [name, value] pairs yourself; $_GET and parse_str() keep one value per name",
    ),
    fix(
        "Python",
        "urllib.parse.parse_qsl(query, keep_blank_values=True), not parse_qs() or a dict",
    ),
    fix(
        "JavaScript",
        "[...new URLSearchParams(query)], not Object.fromEntries()",
    ),
    fix("Java", "a List of name and value, not a Map"),
    fix(
        "C#",
        "a List<KeyValuePair<string, string>>, not a NameValueCollection or Dictionary",
    ),
    fix("Ruby", "URI.decode_www_form(query), not a Hash"),
    fix("Go", "url.Values with every element of each slice"),
];

const SORTING: &[Fix] = &[
    fix(
        "PHP",
        "encode with rawurlencode(), then sort with strcmp() on name, then on value; ksort() and natsort() are other orders",
    ),
    fix(
        "Python",
        "sorted((quote(n, safe='-._~'), quote(v, safe='-._~')) for n, v in pairs)",
    ),
    fix(
        "JavaScript",
        "encode, then compare with < and >; localeCompare() is another order",
    ),
    fix(
        "Java",
        "encode, then compare names and then values by String.compareTo(); no Collator",
    ),
    fix(
        "C#",
        "encode, then StringComparer.Ordinal; the default comparison follows the culture",
    ),
    fix("Ruby", "pairs.map { |p| p.map { |t| escape(t) } }.sort"),
];

const FINAL_REQUEST: &[Fix] = &[
    fix(
        "Python",
        "requests: pass auth=OAuth1(...) and params=..., so that signing sees the prepared request",
    ),
    fix(
        "JavaScript",
        "axios, got: sign in the last interceptor or hook, from the final URL and body",
    ),
    fix(
        "PHP",
        "Guzzle: push the OAuth middleware last, and set 'auth' => 'oauth' on the request",
    ),
    fix(
        "Java",
        "OkHttp: sign in an interceptor; Apache HttpClient: sign the request you execute",
    ),
    fix(
        "C#",
        "sign in a DelegatingHandler, from the HttpRequestMessage that is sent",
    ),
];

const SAME_BYTES: &[Fix] = &[
    fix(
        "Python",
        "body = json.dumps(data).encode(); hash body; send data=body, not json=data",
    ),
    fix(
        "JavaScript",
        "const body = JSON.stringify(data); hash body; send that string",
    ),
    fix("Java", "serialise to byte[] once; hash and send that array"),
    fix(
        "PHP",
        "$body = json_encode($data); hash $body; send $body (json_encode writes \\/ for /)",
    ),
    fix("C#", "hash the bytes of the StringContent that is sent"),
];

pub(super) const PAGES: &[Page] = &[
    page(
        "sbs.order",
        "Requests with few, plainly named parameters work; one with brackets, repeated names, upper and lower case or a name that begins another one fails.",
        "a=2&a=10&A=1&b%5B1%5D=x&b=y   (as they came, or in the language's own order)",
        "A=1&a=10&a=2&b=y&b%5B1%5D=x   (encoded, then compared as bytes)",
        SORTING,
    ),
    page(
        "sbs.query_omitted",
        "Calls without a query work, the same call with ?page=2 fails.",
        "GET&https%3A%2F%2Fapi.example.com%2Fitems&oauth_consumer_key%3D...",
        "GET&https%3A%2F%2Fapi.example.com%2Fitems&oauth_consumer_key%3D...%26page%3D2",
        FINAL_REQUEST,
    ),
    page(
        "sbs.query_in_uri",
        "Calls without a query work; the base string shows %3F in its second part.",
        "GET&https%3A%2F%2Fapi.example.com%2Fitems%3Fpage%3D2&oauth_consumer_key%3D...",
        "GET&https%3A%2F%2Fapi.example.com%2Fitems&oauth_consumer_key%3D...%26page%3D2",
        FINAL_REQUEST,
    ),
    page(
        "sbs.form_body_omitted",
        "GET works, POST of a form fails; or it fails only when the Content-Type carries a charset.",
        "POST&https%3A%2F%2Fapi.example.com%2Fitems&oauth_consumer_key%3D...",
        "POST&https%3A%2F%2Fapi.example.com%2Fitems&oauth_consumer_key%3D...%26status%3Dhello",
        FINAL_REQUEST,
    ),
    page(
        "sbs.non_form_body_included",
        "Forms work, JSON or XML fails; the base string holds a piece of the body as a parameter.",
        "POST&https%3A%2F%2Fapi.example.com%2Fitems&%257B%2522name%2522%253A%2522x%2522%257D%3D%26oauth_...",
        "POST&https%3A%2F%2Fapi.example.com%2Fitems&oauth_...   (the JSON takes no part)",
        &[
            fix(
                "PHP",
                "sign array() as parameters and hand the JSON over as the body only",
            ),
            fix(
                "JavaScript",
                "oauth-1.0a: no data: in authorize() for a JSON body",
            ),
            fix(
                "Python",
                "requests: json=..., or set the Content-Type before signing",
            ),
        ],
    ),
    page(
        "sbs.multipart_or_file_field",
        "Calls without a file work, the upload fails; the base string shows a form field or photo%3D%2540.",
        "...%26oauth_version%3D1.0%26photo%3D%2540%252Ftmp%252Fa.jpg%26status%3Dhi",
        "...%26oauth_version%3D1.0   (only query and oauth_ parameters)",
        &[
            fix(
                "PHP",
                "new CURLFile('/tmp/a.jpg') instead of '@/tmp/a.jpg'; sign without the fields",
            ),
            fix(
                "Python",
                "requests: files=... with OAuth1 signs rightly; do not add data to the signature",
            ),
        ],
    ),
    page(
        "sbs.form_body_mismatch",
        "The fields of the base string and the body that was sent are not the same list.",
        "signed: status=hello&lat=1     sent: {\"status\":\"hello\",\"lat\":1}",
        "signed: status=hello&lat=1     sent: lat=1&status=hello, application/x-www-form-urlencoded",
        SAME_BYTES,
    ),
    page(
        "sbs.duplicate_params",
        "Only requests that repeat a name fail, or every request whose URL already has the parameters that are passed again.",
        "?id=1&id=2     signed as id%3D2",
        "?id=1&id=2     signed as id%3D1%26id%3D2",
        LISTS,
    ),
    page(
        "sbs.empty_param",
        "Only requests with an empty value fail.",
        "?q=&page=2     signed as page%3D2",
        "?q=&page=2     signed as page%3D2%26q%3D",
        &[
            fix("Python", "parse_qsl(query, keep_blank_values=True)"),
            fix("Postman", "switch 'Add empty parameters to signature' on"),
        ],
    ),
    page(
        "sbs.empty_oauth_token",
        "Calls without a token fail, calls with one work.",
        "Authorization: OAuth oauth_consumer_key=\"k\", ...     signed with oauth_token%3D",
        "Authorization: OAuth oauth_consumer_key=\"k\", oauth_token=\"\", ...     signed with oauth_token%3D",
        &[],
    ),
    page(
        "sbs.valueless_param",
        "Only requests with a name without '=' in the query fail.",
        "?verbose&page=2     signed as page%3D2%26verbose",
        "?verbose=&page=2    signed as page%3D2%26verbose%3D",
        &[],
    ),
    page(
        "sbs.oauth_param_missing",
        "The Authorization header carries an oauth_ parameter that the client's base string lacks.",
        "sent: oauth_callback=\"oob\"     signed: ...oauth_consumer_key%3Dk%26oauth_nonce%3D...",
        "sent: oauth_callback=\"oob\"     signed: oauth_callback%3Doob%26oauth_consumer_key%3Dk%26oauth_nonce%3D...",
        &[],
    ),
    page(
        "sbs.oauth_param_added",
        "The client's base string holds an oauth_ parameter that the request lacks.",
        "signed: ...%26oauth_version%3D1.0     sent without oauth_version",
        "signed: ...%26oauth_version%3D1.0     sent: oauth_version=\"1.0\"",
        &[],
    ),
    page(
        "sbs.param_missing",
        "Both base strings are at hand and one lacks a parameter of the request.",
        "sent: ?a=1&b=2     signed: a%3D1",
        "sent: ?a=1&b=2     signed: a%3D1%26b%3D2",
        FINAL_REQUEST,
    ),
    page(
        "sbs.param_added",
        "Both base strings are at hand and one has a parameter that the request lacks.",
        "sent: ?a=1     signed: a%3D1%26b%3D2",
        "sent: ?a=1&b=2     signed: a%3D1%26b%3D2",
        FINAL_REQUEST,
    ),
    page(
        "sbs.param_value",
        "Both base strings are at hand and a value differs that no encoding explains.",
        "sent: ?page=3     signed: page%3D2",
        "sent: ?page=3     signed: page%3D3",
        FINAL_REQUEST,
    ),
    page(
        "sbs.realm_included",
        "It fails with a realm and works without.",
        "...%26oauth_version%3D1.0%26realm%3D1234567",
        "...%26oauth_version%3D1.0   (realm only in the header)",
        &[],
    ),
    page(
        "sbs.structure",
        "Not one request works, and the base string has not exactly two unencoded '&'.",
        "https%3A%2F%2Fapi.example.com%2Fitems%3Fpage%3D2%26oauth_consumer_key%3D...",
        "GET&https%3A%2F%2Fapi.example.com%2Fitems&oauth_consumer_key%3D...%26page%3D2",
        &[fix(
            "any",
            "METHOD + '&' + encode(uri) + '&' + encode(parameters)",
        )],
    ),
    page(
        "bodyhash.wrong_bytes",
        "Requests without a body work; those with JSON or XML fail with a signature or body hash error.",
        "hash of {\"a\": 1}     sent: {\"a\":1}",
        "hash of {\"a\":1}      sent: {\"a\":1}",
        SAME_BYTES,
    ),
    page(
        "bodyhash.other_hash",
        "The length of oauth_body_hash tells: 28 characters are SHA-1, 44 SHA-256.",
        "oauth_signature_method=\"RSA-SHA256\", oauth_body_hash of 28 characters",
        "oauth_signature_method=\"RSA-SHA256\", oauth_body_hash of 44 characters",
        &[],
    ),
    page(
        "bodyhash.on_form",
        "The Content-Type is application/x-www-form-urlencoded and oauth_body_hash is sent.",
        "Content-Type: application/x-www-form-urlencoded     oauth_body_hash=\"...\"",
        "Content-Type: application/x-www-form-urlencoded     no oauth_body_hash",
        &[],
    ),
    page(
        "bodyhash.not_sent",
        "The base string of the client holds oauth_body_hash, the request does not.",
        "oauth_body_hash%3D...%26oauth_nonce%3D...     Authorization: OAuth oauth_nonce=\"...\"",
        "oauth_body_hash%3D...%26oauth_nonce%3D...     Authorization: OAuth oauth_body_hash=\"...\", oauth_nonce=\"...\"",
        &[],
    ),
    page(
        "bodyhash.missing",
        "The provider's documentation or answer speaks of a body hash, and the request has none; some want one for an empty body too.",
        "Authorization: OAuth oauth_consumer_key=\"k\", oauth_nonce=\"...\", ...",
        "Authorization: OAuth oauth_body_hash=\"47DEQpj8HBSa%2B%2FTImW%2B5JCeuQeRkm5NMpJWZG3hSuFU%3D\", oauth_consumer_key=\"k\", ...",
        &[
            fix(
                "Mastercard",
                "SHA-256 of the body, also of an empty one, in base64",
            ),
            fix("LTI outcomes", "SHA-1 of the XML, in base64"),
        ],
    ),
];
