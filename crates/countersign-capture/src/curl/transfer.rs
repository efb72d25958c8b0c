//! The options of one transfer, and the requests they make.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_base_string::Scheme;

use super::command::{Place, reads_file};
use super::escape::{escape_into, is_glob, unescape};
use super::flags::Data;
use crate::capture::{Exchange, Missing};
use crate::error::{CaptureError, Limit, LimitError, Refused};
use crate::headers::Headers;
use crate::http::start::is_token_byte;
use crate::limits::Limits;
use crate::notes::Note;
use crate::request::{FORM_TYPE, OwnedRequest};
use crate::url::{Url, UrlFault};

/// What the flags before `--next` (or the end) add up to.
pub(super) struct Transfer {
    pub(super) place: Place,
    pub(super) bearer: Option<String>,
    pub(super) cookies: Vec<String>,
    pub(super) default_scheme: Scheme,
    pub(super) follow: bool,
    pub(super) get: bool,
    pub(super) globoff: bool,
    pub(super) head: bool,
    pub(super) method: Option<String>,
    pub(super) multipart: bool,
    pub(super) other_auth: bool,
    pub(super) path_as_is: bool,
    pub(super) referer: Option<String>,
    pub(super) target: Option<String>,
    pub(super) upload: bool,
    pub(super) urls: Vec<String>,
    pub(super) user: Option<String>,
    pub(super) user_agent: Option<String>,
    data: Option<String>,
    headers: Headers,
    json: bool,
    notes: Vec<Note>,
    query: Option<String>,
    removed: Vec<String>,
}

impl Transfer {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            bearer: None,
            cookies: Vec::new(),
            default_scheme: Scheme::Http,
            follow: false,
            get: false,
            globoff: false,
            head: false,
            method: None,
            multipart: false,
            other_auth: false,
            path_as_is: false,
            referer: None,
            target: None,
            upload: false,
            urls: Vec::new(),
            user: None,
            user_agent: None,
            data: None,
            headers: Headers::new(),
            json: false,
            notes: Vec::new(),
            query: None,
            removed: Vec::new(),
        }
    }

    /// What was gathered so far; the next transfer starts empty.
    pub(super) fn take(&mut self) -> Self {
        let empty = Self::new(self.place);
        core::mem::replace(self, empty)
    }

    pub(super) fn ignore(&mut self, flag: &'static str) {
        self.note(Note::FlagIgnored { flag });
    }

    fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Several pieces of data are joined with `&`; those of `--json` are not.
    pub(super) fn add_data(
        &mut self,
        flag: &'static str,
        data: Data,
        value: &str,
    ) -> Result<(), CaptureError> {
        if reads_file(data, value) {
            return Err(Refused::File { flag }.into());
        }
        let piece = match data {
            Data::UrlEncoded => self.url_encoded(flag, value)?,
            Data::Json | Data::Plain | Data::Raw => value.to_owned(),
        };
        self.json |= data == Data::Json;
        match &mut self.data {
            None => self.data = Some(piece),
            Some(all) => {
                if data != Data::Json {
                    all.push('&');
                }
                all.push_str(&piece);
            }
        }
        Ok(())
    }

    /// The forms of `--data-urlencode`: `content`, `=content`, `name=content`.
    pub(super) fn url_encoded(
        &mut self,
        flag: &'static str,
        value: &str,
    ) -> Result<String, CaptureError> {
        if reads_file(Data::UrlEncoded, value) {
            return Err(Refused::File { flag }.into());
        }
        let (name, content) = value.split_once('=').unwrap_or(("", value));
        if content.contains(' ') {
            self.note(Note::UrlencodedSpace);
        }
        let mut out = String::with_capacity(value.len());
        if !name.is_empty() {
            out.push_str(name);
            out.push('=');
        }
        escape_into(content, &mut out);
        Ok(out)
    }

    pub(super) fn add_query(&mut self, piece: &str) {
        match &mut self.query {
            None => self.query = Some(piece.to_owned()),
            Some(query) => {
                query.push('&');
                query.push_str(piece);
            }
        }
    }

    /// `Name: value`; `Name;` sends it empty; `Name:` keeps curl from sending its own.
    pub(super) fn add_header(&mut self, word: &str) -> Result<(), CaptureError> {
        if word.starts_with('@') {
            return Err(Refused::File { flag: "header" }.into());
        }
        let (name, value) = match word.split_once(':') {
            Some((name, value)) => (name, Some(value.trim_matches([' ', '\t', '\r', '\n']))),
            None => match word.strip_suffix(';') {
                Some(name) => (name, None),
                None => {
                    self.note(Note::HeaderDropped);
                    return Ok(());
                }
            },
        };
        if name.is_empty() || !name.bytes().all(is_token_byte) {
            return Err(self.place.fault("a header name after -H", "something else"));
        }
        match value {
            Some("") => self.removed.push(name.to_ascii_lowercase()),
            Some(value) if value.contains(['\r', '\n', '\0']) => {
                return Err(self
                    .place
                    .fault("a header value on one line", "a line break or NUL"));
            }
            Some(value) => self.headers.push(name, value),
            None => self.headers.push(name, ""),
        }
        Ok(())
    }

    /// Adds one request for each URL.
    pub(super) fn finish(
        self,
        notes: &[Note],
        limits: &Limits,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), CaptureError> {
        self.check_limits(limits)?;
        if self.urls.is_empty() {
            return Err(self.place.fault("a URL", "none"));
        }
        if self.head && self.sends_data() {
            return Err(self
                .place
                .fault("either -I or data", "both (curl refuses that)"));
        }
        for word in &self.urls {
            exchanges.push(self.exchange(word, notes)?);
        }
        Ok(())
    }

    /// Every URL gets a copy of the headers and the data: what they add up to is bounded too.
    fn check_limits(&self, limits: &Limits) -> Result<(), CaptureError> {
        let over = |what, limit, found| Err(CaptureError::Limit(LimitError { what, limit, found }));
        if self.headers.len() > limits.headers() {
            return over(Limit::Headers, limits.headers(), self.headers.len());
        }
        let headers = self
            .headers
            .iter()
            .map(|header| header.name().len().saturating_add(header.value().len()))
            .fold(0, usize::saturating_add);
        let data = self.data.as_ref().map_or(0, String::len);
        let query = self.query.as_ref().map_or(0, String::len);
        let each = headers.saturating_add(data).saturating_add(query).max(1);
        let copies = limits.input_bytes().checked_div(each).unwrap_or(1);
        let most = copies.max(1).min(limits.entries());
        if self.urls.len() > most {
            return over(Limit::Entries, most, self.urls.len());
        }
        Ok(())
    }

    fn sends_data(&self) -> bool {
        !self.get && (self.data.is_some() || self.multipart)
    }

    fn exchange(&self, word: &str, notes: &[Note]) -> Result<Exchange, CaptureError> {
        if !self.globoff && is_glob(word) {
            return Err(Refused::UrlGlob.into());
        }
        let url = Url::parse(word, self.default_scheme).map_err(|fault| {
            let (expected, found) = match fault {
                UrlFault::Blank => ("a URL without blanks", "a blank or control character"),
                UrlFault::Host => ("a host in the URL", "none"),
                UrlFault::Scheme => ("an http or https URL", "another scheme"),
            };
            self.place.fault(expected, found)
        })?;
        let mut exchange = Exchange {
            notes: [notes, &self.notes].concat(),
            ..Exchange::default()
        };
        if url.scheme_assumed {
            exchange.notes.push(Note::SchemeAssumed);
        }
        if self.follow {
            exchange.notes.push(Note::FollowsRedirects);
        }
        if self.multipart {
            exchange.notes.push(Note::Multipart);
            exchange.missing.push(Missing::Body);
        } else if self.upload {
            exchange.missing.push(Missing::Body);
        }
        let target = match &self.target {
            Some(target) => target.clone(),
            None => self.target_of(&url),
        };
        let host = self
            .headers
            .first("host")
            .and_then(|header| header.value_str())
            .filter(|host| !host.is_empty())
            .unwrap_or(url.authority);
        let mut request = OwnedRequest::new(self.method(), target)
            .with_scheme(url.scheme)
            .with_host(host)
            .with_headers(self.sent_headers(&url));
        if self.sends_data()
            && let Some(data) = &self.data
        {
            request = request.with_body(data.as_bytes());
        }
        exchange.request = Some(request);
        Ok(exchange)
    }

    fn method(&self) -> &str {
        match &self.method {
            Some(method) if !method.is_empty() => method,
            _ if self.head => "HEAD",
            _ if self.upload => "PUT",
            _ if self.sends_data() => "POST",
            _ => "GET",
        }
    }

    fn target_of(&self, url: &Url<'_>) -> String {
        let mut target = url.sent_path(self.path_as_is);
        let data = self.data.as_deref().filter(|_| self.get);
        let parts = [url.query, self.query.as_deref(), data];
        // -G with nothing to add drops the question mark.
        if data.is_some() && parts.iter().flatten().all(|part| part.is_empty()) {
            return target;
        }
        let mut query: Option<String> = None;
        for part in parts.into_iter().flatten() {
            let joined = query.get_or_insert_default();
            if !joined.is_empty() {
                joined.push('&');
            }
            joined.push_str(part);
        }
        if let Some(query) = query {
            target.push('?');
            target.push_str(&query);
        }
        target
    }

    /// curl's own headers that matter, unless given or removed; then those given.
    fn sent_headers(&self, url: &Url<'_>) -> Headers {
        let mut headers = Headers::new();
        let mut own = |name: &str, value: Option<String>| {
            let lower = name.to_ascii_lowercase();
            if let Some(value) = value
                && self.headers.first(name).is_none()
                && !self.removed.contains(&lower)
            {
                headers.push(name, value);
            }
        };
        own("Authorization", self.own_authorization(url));
        let text = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        own("User-Agent", text(&self.user_agent));
        own("Referer", text(&self.referer));
        let cookies = (!self.cookies.is_empty()).then(|| self.cookies.join(";"));
        own("Cookie", cookies);
        own("Accept", self.json.then(|| "application/json".to_owned()));
        let content_type = if self.multipart && !self.get {
            Some("multipart/form-data")
        } else if self.json {
            Some("application/json")
        } else if self.sends_data() {
            Some(FORM_TYPE)
        } else {
            None
        };
        own("Content-Type", content_type.map(str::to_owned));
        for header in self.headers.iter() {
            headers.push(header.name(), header.value());
        }
        headers
    }

    fn own_authorization(&self, url: &Url<'_>) -> Option<String> {
        if let Some(token) = &self.bearer {
            return Some(format!("Bearer {token}"));
        }
        if self.other_auth {
            return None;
        }
        let user = match (&self.user, url.userinfo) {
            (Some(user), _) => user.clone(),
            (None, Some(userinfo)) => unescape(userinfo),
            (None, None) => return None,
        };
        let user = if user.contains(':') || self.user.is_some() {
            user
        } else {
            format!("{user}:")
        };
        // `-u name` alone asks for the password, which is not at hand.
        user.contains(':')
            .then(|| format!("Basic {}", STANDARD.encode(user)))
    }
}
