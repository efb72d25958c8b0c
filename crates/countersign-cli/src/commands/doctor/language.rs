//! The language that a client is written in, as far as its `User-Agent` tells.

use countersign_capture::OwnedRequest;

/// What a `User-Agent` begins with or holds, in lower case, and the language behind it.
const AGENTS: [(&str, &str); 24] = [
    (".net", "C#"),
    ("akka-http", "Java"),
    ("apache-httpclient", "Java"),
    ("axios", "JavaScript"),
    ("cfnetwork", "Swift"),
    ("devdefined", "C#"),
    ("faraday", "Ruby"),
    ("go-http-client", "Go"),
    ("guzzle", "PHP"),
    ("java/", "Java"),
    ("libwww-perl", "Perl"),
    ("node-fetch", "JavaScript"),
    ("node-oauth", "JavaScript"),
    ("node.js", "JavaScript"),
    ("oauth gem", "Ruby"),
    ("oauthlib", "Python"),
    ("okhttp", "Java"),
    ("pecl::oauth", "PHP"),
    ("php", "PHP"),
    ("python", "Python"),
    ("restsharp", "C#"),
    ("ruby", "Ruby"),
    ("scribejava", "Java"),
    ("undici", "JavaScript"),
];

/// The language of the client that sent this request.
pub(super) fn of(request: &OwnedRequest) -> Option<&'static str> {
    let agent = request.headers().first("user-agent")?.value_str()?;
    let agent = agent.to_ascii_lowercase();
    AGENTS
        .iter()
        .find(|(part, _)| agent.contains(part))
        .map(|(_, language)| *language)
}

/// Whether a fix is for that language: `Java, Spring` is for Java, and for JavaScript it is not.
pub(super) fn is(fix: &str, language: &str) -> bool {
    fix.split([',', ' ', '/']).next() == Some(language)
}
