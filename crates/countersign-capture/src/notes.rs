//! What a reader had to decide or could not know, said aloud.

use core::fmt;

/// A remark of a reader about how faithful its reading is. Never shows values of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// The `Authorization` header was put together from logged parameters.
    AuthorizationRebuilt,
    /// `Authorization` stands in the environment only as `REDIRECT_HTTP_AUTHORIZATION`.
    AuthorizationRedirected,
    /// The body ended with a line break that a form body cannot hold; it was left out, because
    /// the text declared no `Content-Length`.
    BodyLineBreakDropped,
    /// Fewer (or, at the end of the text, more) bytes than `Content-Length` says.
    BodyLengthDiffers {
        /// What the header declares.
        declared: usize,
        /// What the text holds.
        found: usize,
    },
    /// The body was put together from decoded fields, so its spelling on the wire is a guess.
    BodyRebuilt,
    /// `Transfer-Encoding: chunked`, yet the body shows no chunks: taken as already joined.
    ChunksAlreadyJoined,
    /// The shell ends the command at an unquoted `&`, `;`, `|`, `<` or `>`; the rest was not sent.
    ShellCut {
        /// Byte offset of that character.
        offset: usize,
    },
    /// A flag that is read but changes nothing a signature covers.
    FlagIgnored {
        /// The flag, without its value.
        flag: &'static str,
    },
    /// A header word without a colon: curl drops it.
    HeaderDropped,
    /// A value is a multipart form: the body cannot be rebuilt and is not signed anyway.
    Multipart,
    /// Redirects are followed: the later requests carry a signature made for the first URL.
    FollowsRedirects,
    /// curl writes a space of this value as `+` or as `%20`, depending on its version.
    UrlencodedSpace,
    /// The method was not given and is taken to be GET.
    MethodAssumed,
    /// The path was put together from `SCRIPT_NAME` and `PATH_INFO`, which servers decode.
    PathDecoded,
    /// Scheme not written; taken to be `http`, as curl and Postman do.
    SchemeAssumed,
    /// No entry has an `Authorization` header: the browser may have left them out.
    Sanitised,
    /// A shell variable or substitution was not expanded.
    ShellVariable {
        /// Its name.
        name: String,
    },
    /// A Postman variable has no value in this file.
    UnresolvedVariable {
        /// Its name.
        name: String,
    },
    /// The Postman item signs by itself with these fields (the values are not kept).
    PostmanOAuth1 {
        /// Names of the fields that have a value.
        present: Vec<String>,
    },
    /// An item could not be read and was left out.
    ItemSkipped {
        /// Which one, from 1.
        position: usize,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AuthorizationRebuilt => f.write_str(
                "the Authorization header was put together from the parameters logged: its spelling and order may differ",
            ),
            Self::AuthorizationRedirected => f.write_str(
                "Authorization is there only as REDIRECT_HTTP_AUTHORIZATION: an application that reads HTTP_AUTHORIZATION does not see it",
            ),
            Self::BodyLineBreakDropped => f.write_str(
                "the line break at the end of the form body was left out: no Content-Length says it was sent",
            ),
            Self::BodyLengthDiffers { declared, found } => write!(
                f,
                "Content-Length says {declared} bytes of body, the text holds {found}"
            ),
            Self::BodyRebuilt => f.write_str(
                "the body was rebuilt from decoded fields: its spelling on the wire may differ",
            ),
            Self::ChunksAlreadyJoined => f.write_str(
                "the body is declared as chunked but shows no chunks: taken as already joined",
            ),
            Self::ShellCut { offset } => write!(
                f,
                "the shell ends the command at the unquoted character at byte {offset}: quote the URL"
            ),
            Self::FlagIgnored { flag } => write!(f, "{flag} has no part in the signature"),
            Self::HeaderDropped => {
                f.write_str("curl drops a -H word that has neither a colon nor a semicolon at its end")
            }
            Self::Multipart => f.write_str(
                "multipart form: its bytes are made when sending and are not covered by the signature",
            ),
            Self::FollowsRedirects => f.write_str(
                "redirects are followed with the signature of the first URL: call the final URL",
            ),
            Self::UrlencodedSpace => f.write_str(
                "curl writes a space in --data-urlencode as + or as %20, depending on its version",
            ),
            Self::MethodAssumed => f.write_str("no method given: taken to be GET"),
            Self::PathDecoded => f.write_str(
                "the path was put together from SCRIPT_NAME and PATH_INFO, which servers decode: its spelling on the wire may differ",
            ),
            Self::SchemeAssumed => f.write_str("the URL has no scheme: taken to be http"),
            Self::Sanitised => f.write_str(
                "no entry has an Authorization header: browsers leave it out unless HAR is exported with sensitive data",
            ),
            Self::ShellVariable { name } => {
                write!(f, "the shell variable {name} was not expanded")
            }
            Self::UnresolvedVariable { name } => {
                write!(f, "the variable {name} has no value in this file")
            }
            Self::PostmanOAuth1 { present } => write!(
                f,
                "Postman signs this request itself; its OAuth 1.0 settings hold {}",
                if present.is_empty() { "nothing".to_owned() } else { present.join(", ") }
            ),
            Self::ItemSkipped { position, reason } => {
                write!(f, "item {position} left out: {reason}")
            }
        }
    }
}
