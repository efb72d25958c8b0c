//! `config`, `flow`, `consumer` and what else is set up wrongly, on either side; `intermediary`.

use super::{CodeRow, line};
use crate::finding::Side::{Account, Client, Network, Verifier};

pub(super) const ROWS: &[CodeRow] = &[
    line(
        "config.missing_credentials",
        Client,
        "a key was never handed to the library that signs",
        "The consumer key or token is empty or a word such as undefined, null or None: a variable is not set, or an option has another name in this version of the library.",
        &[
            "Print the length of each key just before the library gets it.",
            "Compare the names of the options with the documentation of the version in use.",
        ],
        "RFC 5849 section 3.1",
    ),
    line(
        "config.library_misuse",
        Client,
        "the library that signs was set up in another way than meant",
        "An option stands in the wrong place and is not read, so a default takes over: another signature method, no hash function.",
        &[
            "Compare oauth_signature_method of the request with the one you configured.",
            "oauth-1.0a for JavaScript: signature_method and hash_function stand beside consumer, not in it; without them it sends PLAINTEXT.",
        ],
        "documentation of the library",
    ),
    line(
        "flow.wrong_for_app_type",
        Client,
        "this kind of application has no such step",
        "An application that is tied to one account has its token from the start and asks for none; another kind has to ask.",
        &[
            "Private applications of the Xero kind: leave the three steps out, use the consumer key as the token and sign with RSA-SHA1.",
            "Otherwise register an application of the kind that your program is written for.",
        ],
        "provider documentation",
    ),
    line(
        "consumer.wrong_kind",
        Client,
        "the key belongs to another kind of application or interface",
        "A key for OAuth 1.0a does not open an interface of OAuth 2.0, nor the other way round; some providers keep several kinds of OAuth 1.0a applications too.",
        &[
            "Look up in the provider's portal which interface the key was issued for.",
            "Use the interface, or the collection of examples, of that kind.",
        ],
        "provider documentation",
    ),
    line(
        "consumer.not_enabled",
        Account,
        "the key is not enabled for this interface yet",
        "A new key starts to work once an interface is chosen for it, terms are accepted or somebody approves it; some take hours.",
        &["Look in the provider's portal which interfaces are switched on for the application."],
        "provider documentation",
    ),
    line(
        "consumer.expired",
        Account,
        "the consumer key has expired",
        "Personal, trial and sandbox keys live for a limited time; nothing changed in the code.",
        &["Get a new key from the provider's portal, and note its end."],
        "provider documentation",
    ),
    line(
        "permission.role",
        Account,
        "the role of the user or token lacks a right",
        "Signature and token are right. The role that the token was made for has no right to this record or interface.",
        &["Add the permission to the role, or make the token with another role."],
        "provider documentation",
    ),
    line(
        "permission.token_scope",
        Account,
        "the token has the permission that the application had when it was issued",
        "Raising the permission of the application does not raise that of tokens issued before.",
        &[
            "Generate the access token anew, or let the user connect again, after raising the permission.",
        ],
        "provider documentation",
    ),
    line(
        "ratelimit.concurrency",
        Client,
        "too many requests at the same time",
        "The provider queues or refuses what exceeds the number of parallel requests, and may report it as a failed login; a timestamp ages while its request waits.",
        &[
            "Send fewer requests in parallel; try again after a pause, signed anew.",
            "Look up the limit of parallel requests in the account.",
        ],
        "provider documentation",
    ),
    line(
        "hdr.extra_params",
        Client,
        "parameters of the request stand in the Authorization header",
        "Only oauth_ parameters and realm belong there. Whatever else stands in it is signed as a parameter, once more if the query or the form has it too; many servers refuse it.",
        &[
            "Give the library query and form parameters as such, and only oauth_ parameters for the header.",
        ],
        "RFC 5849 sections 3.4.1.3.1 and 3.5.1",
    ),
    line(
        "hdr.param_lost",
        Client,
        "a parameter was computed, and lost before the request was sent",
        "The field is missing in what arrived: an input of an HTML form that is not closed, is disabled or stands outside the form is not submitted.",
        &[
            "Look at the form in the browser's developer tools: each oauth_ parameter needs an input inside the form.",
            "Close every input, and escape its value for HTML.",
        ],
        "RFC 5849 section 3.5.2",
    ),
    line(
        "hdr.provider_strict_parser",
        Verifier,
        "the server reads the Authorization header more strictly than the RFC",
        "The header is right. The server stumbles over blanks beside the commas, missing quotes, or the order of the parameters.",
        &[
            "Client: write name=\"value\" pairs separated by a comma alone, or by comma and blank, whichever the server takes.",
            "Server: split at commas outside of quotes and trim blanks.",
        ],
        "RFC 5849 section 3.5.1",
    ),
    line(
        "intermediary.params_removed",
        Network,
        "something between client and server took parameters out of the request",
        "The client signed parameters that the server never saw.",
        &[
            "Compare the request as sent with the server's access log.",
            "Let the proxy, cache or tracking filter pass the query unchanged.",
        ],
        "RFC 5849 section 3.4.1.3.1",
    ),
    line(
        "intermediary.params_added",
        Network,
        "something between client and server added parameters to the request",
        "The server saw parameters that the client never signed: a rewrite rule, a cache key, a tracking tag.",
        &[
            "Compare the request as sent with the server's access log.",
            "Let the proxy pass the query unchanged, or leave what it adds out of the server's base string.",
        ],
        "RFC 5849 section 3.4.1.3.1",
    ),
];
