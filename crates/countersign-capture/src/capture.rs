//! What a reader found.

use core::fmt;

use crate::answer::OwnedAnswer;
use crate::echo::Echo;
use crate::notes::Note;
use crate::request::OwnedRequest;

/// What an input was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InputKind {
    /// Lines of a server's access log.
    AccessLog,
    /// A lone `Authorization` header, with or without its name.
    AuthorizationHeader,
    /// A base string, bare or inside the text in which a provider echoes it.
    BaseStringEcho,
    /// The environment of a CGI, FastCGI, WSGI, Rack or PHP application.
    CgiEnvironment,
    /// One or more curl commands.
    Curl,
    /// What `curl -v` writes to standard error.
    CurlTrace,
    /// The body or text of a refusal.
    ErrorText,
    /// HTTP Archive 1.2.
    Har,
    /// What `HttpURLConnection` of Java logs.
    JavaHttpLog,
    /// The debug log of requests_oauthlib or oauthlib.
    OauthlibLog,
    /// `debugInfo` of the OAuth extension of PECL.
    PeclDebug,
    /// A dump of an `OAuthRequest` of PHP.
    PhpRequest,
    /// A Postman collection (v2.0, v2.1) or a single item of one.
    Postman,
    /// The VERBOSE stream of PowerShell.
    PowerShellLog,
    /// What `http.client` of Python prints with a debug level.
    PythonHttpLog,
    /// Raw HTTP messages, or the header list of a browser's developer tools.
    RawHttp,
    /// Raw HTTP with at least one answer.
    RawHttpWithAnswer,
    /// The debug output of `Net::HTTP` of Ruby.
    RubyHttpLog,
    /// The debug log of scribe or ScribeJava.
    ScribeLog,
    /// The log of another library that signs.
    SigningLog,
    /// A URL alone, as in query placement.
    Url,
    /// What `wget -d` prints.
    WgetTrace,
    /// The log of Xeroizer.
    XeroizerLog,
}

impl InputKind {
    /// Whether it shows what a server received, rather than what a client sent: what stood
    /// between the two may have changed it.
    #[must_use]
    pub fn is_server_side(self) -> bool {
        matches!(self, Self::AccessLog | Self::CgiEnvironment)
    }

    /// Whether it is a log, a dump or an environment, of which parts may not tell of requests.
    fn is_log(self) -> bool {
        matches!(
            self,
            Self::AccessLog
                | Self::CgiEnvironment
                | Self::JavaHttpLog
                | Self::OauthlibLog
                | Self::PeclDebug
                | Self::PhpRequest
                | Self::PowerShellLog
                | Self::PythonHttpLog
                | Self::RubyHttpLog
                | Self::ScribeLog
                | Self::SigningLog
                | Self::WgetTrace
                | Self::XeroizerLog
        )
    }
}

impl fmt::Display for InputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessLog => "access log",
            Self::AuthorizationHeader => "Authorization header",
            Self::BaseStringEcho => "base string echo",
            Self::CgiEnvironment => "CGI environment",
            Self::Curl => "curl command",
            Self::CurlTrace => "curl -v trace",
            Self::ErrorText => "error text",
            Self::Har => "HAR",
            Self::JavaHttpLog => "Java HTTP log",
            Self::OauthlibLog => "oauthlib log",
            Self::PeclDebug => "debugInfo of PECL OAuth",
            Self::PhpRequest => "dump of a PHP OAuthRequest",
            Self::PowerShellLog => "PowerShell log",
            Self::PythonHttpLog => "http.client log",
            Self::Postman => "Postman collection",
            Self::RawHttp | Self::RawHttpWithAnswer => "raw HTTP",
            Self::RubyHttpLog => "Net::HTTP log",
            Self::ScribeLog => "scribe log",
            Self::SigningLog => "log of a signing library",
            Self::Url => "URL",
            Self::WgetTrace => "wget -d trace",
            Self::XeroizerLog => "Xeroizer log",
        })
    }
}

/// Something the input does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Missing {
    /// No answer of the server.
    Answer,
    /// A body was sent, but its bytes are not in the input.
    Body,
    /// Headers: at least `Authorization`, if it had one, or `Content-Type`.
    Headers,
    /// The host.
    Host,
    /// The method.
    Method,
    /// The whole request.
    Request,
    /// `http` or `https`: it is signed, but not part of a raw request.
    Scheme,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answer => "the answer",
            Self::Body => "the body",
            Self::Headers => "headers",
            Self::Host => "the host",
            Self::Method => "the method",
            Self::Request => "the request",
            Self::Scheme => "the scheme (http or https)",
        })
    }
}

/// One request with its answer, as far as the input has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchange {
    pub(crate) request: Option<OwnedRequest>,
    pub(crate) answer: Option<OwnedAnswer>,
    pub(crate) label: Option<String>,
    pub(crate) missing: Vec<Missing>,
    pub(crate) notes: Vec<Note>,
}

impl Exchange {
    /// The request.
    #[must_use]
    pub fn request(&self) -> Option<&OwnedRequest> {
        self.request.as_ref()
    }

    /// The answer.
    #[must_use]
    pub fn answer(&self) -> Option<&OwnedAnswer> {
        self.answer.as_ref()
    }

    /// Where in the input it stands, such as `entry 3 of 12` or the name of a Postman item.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// What this exchange lacks.
    #[must_use]
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// Remarks on how faithful the reading is.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Whether the request carries OAuth 1.0 parameters in its header, query or form body.
    #[must_use]
    pub fn has_oauth(&self) -> bool {
        self.request.as_ref().is_some_and(OwnedRequest::has_oauth)
    }

    /// Fills `missing` from what is there; a body known to be missing was noted by the reader.
    pub(crate) fn note_missing(&mut self) {
        match &self.request {
            None => self.missing.push(Missing::Request),
            Some(request) => {
                if request.scheme().is_none() {
                    self.missing.push(Missing::Scheme);
                }
                if request.host().is_none() {
                    self.missing.push(Missing::Host);
                }
            }
        }
        if self.answer.is_none() {
            self.missing.push(Missing::Answer);
        }
    }
}

/// What an input holds: requests and answers in order, and what it does not say.
///
/// # Examples
///
/// ```
/// use countersign_capture::{InputKind, Missing, read};
///
/// let capture = read(b"GET /photos?size=original HTTP/1.1\nHost: photos.example.net\n\n")?;
/// assert_eq!(capture.kind(), InputKind::RawHttp);
/// assert_eq!(capture.read_as(), "raw HTTP, 1 request, no answer");
/// assert_eq!(capture.missing(), [Missing::Scheme, Missing::Answer]);
/// # Ok::<(), countersign_capture::CaptureError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Capture {
    pub(crate) kind: InputKind,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) authorization: Option<String>,
    pub(crate) echoes: Vec<Echo>,
    pub(crate) notes: Vec<Note>,
}

impl Capture {
    pub(crate) fn new(kind: InputKind) -> Self {
        Self {
            kind,
            exchanges: Vec::new(),
            authorization: None,
            echoes: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// What the input was read as.
    #[must_use]
    pub fn kind(&self) -> InputKind {
        self.kind
    }

    /// Requests and answers, in the order of the input.
    #[must_use]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// The exchanges whose request carries OAuth 1.0 parameters.
    pub fn oauth_exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges
            .iter()
            .filter(|exchange| exchange.has_oauth())
    }

    /// The exchange to look at first: the first with OAuth 1.0 parameters, else the first.
    #[must_use]
    pub fn main_exchange(&self) -> Option<&Exchange> {
        self.oauth_exchanges()
            .next()
            .or_else(|| self.exchanges.first())
    }

    /// The request to look at first.
    #[must_use]
    pub fn request(&self) -> Option<&OwnedRequest> {
        self.main_exchange()?.request()
    }

    /// The answer to that request, or the answer or error text alone.
    #[must_use]
    pub fn answer(&self) -> Option<&OwnedAnswer> {
        self.main_exchange()?.answer()
    }

    /// The value of a lone `Authorization` header, without its name.
    #[must_use]
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// The first base string that the provider echoed, or that was given bare, or that a client
    /// logged: [`Echo::origin`] tells.
    #[must_use]
    pub fn echo(&self) -> Option<&Echo> {
        self.echoes.iter().find(|echo| echo.is_base_string())
    }

    /// All that one side told about its own computation: base strings, base URIs, signatures and
    /// body hashes, computed, expected or received.
    #[must_use]
    pub fn echoes(&self) -> &[Echo] {
        &self.echoes
    }

    /// What the main exchange (or, without one, the input) lacks.
    #[must_use]
    pub fn missing(&self) -> &[Missing] {
        self.main_exchange()
            .map_or(&[Missing::Request, Missing::Answer], Exchange::missing)
    }

    /// Remarks on the input as a whole; each exchange has its own.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// One line that says how the input was read: `raw HTTP, 1 request, 1 answer`.
    #[must_use]
    pub fn read_as(&self) -> String {
        let requests = self
            .exchanges
            .iter()
            .filter(|e| e.request.is_some())
            .count();
        let answers = self.exchanges.iter().filter(|e| e.answer.is_some()).count();
        let kind = self.kind;
        match kind {
            InputKind::AuthorizationHeader | InputKind::ErrorText | InputKind::BaseStringEcho => {
                match self.echoes.len() {
                    0 => format!("{kind} alone"),
                    _ if kind == InputKind::BaseStringEcho => kind.to_string(),
                    n => format!("{kind}, {}", count(n, "echo", "echoes")),
                }
            }
            _ => {
                let mut line = format!(
                    "{kind}, {}, {}",
                    count(requests, "request", "requests"),
                    count(answers, "answer", "answers")
                );
                if kind.is_log() && !self.echoes.is_empty() {
                    line.push_str(", ");
                    line.push_str(&count(
                        self.echoes.len(),
                        "computed value",
                        "computed values",
                    ));
                }
                line
            }
        }
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    match n {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            exchanges,
            authorization,
            echoes,
            notes,
        } = self;
        f.debug_struct("Capture")
            .field("kind", kind)
            .field("exchanges", exchanges)
            .field(
                "authorization",
                &authorization
                    .as_ref()
                    .map(|value| format!("[{} bytes]", value.len())),
            )
            .field("echoes", echoes)
            .field("notes", notes)
            .finish()
    }
}
