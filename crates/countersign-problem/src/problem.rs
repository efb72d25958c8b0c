//! A problem as a value, and writing it.

use core::fmt;

use countersign_encoding::encode;

use crate::companion::{RejectedParameter, TimestampRange, VersionRange};
use crate::lenient;
use crate::redacted::{Length, Names};
use crate::{CodeError, ProblemCode};

pub(crate) const CODE: &str = "oauth_problem";
pub(crate) const ADVICE: &str = "oauth_problem_advice";
pub(crate) const VERSIONS: &str = "oauth_acceptable_versions";
pub(crate) const TIMESTAMPS: &str = "oauth_acceptable_timestamps";
pub(crate) const ABSENT: &str = "oauth_parameters_absent";
pub(crate) const REJECTED: &str = "oauth_parameters_rejected";
pub(crate) const ECHO: &str = "oauth_signature_base_string";
/// PECL's name for [`ECHO`].
pub(crate) const RAW_ECHO: &str = "debug_sbs";
pub(crate) const REALM: &str = "realm";

/// What an OAuth server says when it refuses: a code, advice and companion parameters.
///
/// `Debug` shows the lengths of advice, rejected values and extra parameters: servers send back in
/// them what they were sent, secrets included.
///
/// ```
/// use countersign_problem::{Problem, ProblemCode};
///
/// let problem = Problem::new(ProblemCode::PARAMETER_ABSENT)
///     .with_parameter_absent("oauth_token")
///     .with_parameter_absent("oauth_nonce");
/// assert_eq!(problem.status(), 400);
/// assert_eq!(
///     problem.form_body(),
///     "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_token%26oauth_nonce",
/// );
/// assert_eq!(
///     problem.challenge(Some("api")),
///     r#"OAuth realm="api", oauth_problem="parameter_absent", oauth_parameters_absent="oauth_token%26oauth_nonce""#,
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Problem {
    code: ProblemCode,
    advice: Option<String>,
    acceptable_versions: Option<VersionRange>,
    acceptable_timestamps: Option<TimestampRange>,
    parameters_absent: Vec<String>,
    parameters_rejected: Vec<RejectedParameter>,
    extra: Vec<(String, String)>,
}

impl Problem {
    /// A problem without advice or companions.
    pub const fn new(code: ProblemCode) -> Self {
        Self {
            code,
            advice: None,
            acceptable_versions: None,
            acceptable_timestamps: None,
            parameters_absent: Vec::new(),
            parameters_rejected: Vec::new(),
            extra: Vec::new(),
        }
    }

    /// Sets `oauth_problem_advice`: text for the user, never markup, LF the only line break.
    pub fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Sets `oauth_acceptable_versions`.
    pub fn with_acceptable_versions(mut self, range: VersionRange) -> Self {
        self.acceptable_versions = Some(range);
        self.extra.retain(|(name, _)| name != VERSIONS);
        self
    }

    /// Sets `oauth_acceptable_timestamps`.
    pub fn with_acceptable_timestamps(mut self, range: TimestampRange) -> Self {
        self.acceptable_timestamps = Some(range);
        self.extra.retain(|(name, _)| name != TIMESTAMPS);
        self
    }

    /// Adds a name to `oauth_parameters_absent`; an empty one is left out.
    pub fn with_parameter_absent(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        if !name.is_empty() {
            self.parameters_absent.push(name);
        }
        self
    }

    /// Adds a parameter to `oauth_parameters_rejected`; one without name is left out.
    ///
    /// Send a value back only if it is no secret.
    pub fn with_parameter_rejected(mut self, name: impl Into<String>, value: Option<&str>) -> Self {
        let name = name.into();
        if !name.is_empty() {
            self.parameters_rejected
                .push(RejectedParameter::new(name, value.map(str::to_owned)));
        }
        self
    }

    /// Adds any other parameter.
    ///
    /// A name of the extension means what it means there (the first value counts), `debug_sbs`
    /// is written as `oauth_signature_base_string`; `realm` and the empty name are left out,
    /// because no reader could tell them from the challenge's own realm, or at all.
    pub fn with_extra(mut self, name: &str, value: &str) -> Self {
        self.absorb(name, value);
        self
    }

    /// The code.
    #[must_use]
    pub const fn code(&self) -> &ProblemCode {
        &self.code
    }

    /// `oauth_problem_advice`. Pass it through [`harmless`](crate::harmless) before printing.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.advice.as_deref()
    }

    /// `oauth_acceptable_versions`. One that can't be read stays in [`extra`](Self::extra).
    #[must_use]
    pub const fn acceptable_versions(&self) -> Option<VersionRange> {
        self.acceptable_versions
    }

    /// `oauth_acceptable_timestamps`. One that can't be read stays in [`extra`](Self::extra).
    #[must_use]
    pub const fn acceptable_timestamps(&self) -> Option<TimestampRange> {
        self.acceptable_timestamps
    }

    /// The names in `oauth_parameters_absent`.
    #[must_use]
    pub fn parameters_absent(&self) -> &[String] {
        &self.parameters_absent
    }

    /// The entries of `oauth_parameters_rejected`.
    #[must_use]
    pub fn parameters_rejected(&self) -> &[RejectedParameter] {
        &self.parameters_rejected
    }

    /// Parameters outside the extension, in order, repeats kept.
    #[must_use]
    pub fn extra(&self) -> &[(String, String)] {
        &self.extra
    }

    /// The first parameter of that name outside the extension.
    #[must_use]
    pub fn extra_value(&self, name: &str) -> Option<&str> {
        self.extra
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The HTTP status of an answer with this problem; see [`ProblemCode::status`].
    #[must_use]
    pub fn status(&self) -> u16 {
        self.code.status()
    }

    /// The value of a `WWW-Authenticate` header field.
    ///
    /// Values are percent-encoded, a space as `%20`. The realm is a quoted string, with what can't
    /// stand in one percent-encoded.
    #[must_use]
    pub fn challenge(&self, realm: Option<&str>) -> String {
        let mut out = String::from("OAuth ");
        if let Some(realm) = realm {
            out.push_str("realm=\"");
            push_realm(&mut out, realm);
            out.push_str("\", ");
        }
        for (index, (name, value)) in self.pairs().into_iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            out.push_str(&encode(&name));
            out.push_str("=\"");
            out.push_str(&encode(&value));
            out.push('"');
        }
        out
    }

    /// A body of type `application/x-www-form-urlencoded`, a space as `%20`.
    #[must_use]
    pub fn form_body(&self) -> String {
        let mut out = String::new();
        for (name, value) in self.pairs() {
            if !out.is_empty() {
                out.push('&');
            }
            out.push_str(&encode(&name));
            out.push('=');
            out.push_str(&encode(&value));
        }
        out
    }

    /// Reads decoded pairs; `None` if none of them is a usable `oauth_problem`.
    pub(crate) fn from_pairs(pairs: &[(String, String)]) -> Option<Result<Self, CodeError>> {
        let (_, code) = pairs.iter().find(|(name, _)| name == CODE)?;
        Some(ProblemCode::parse(code).map(|code| {
            let mut problem = Self::new(code);
            for (name, value) in pairs {
                problem.absorb(name, value);
            }
            problem
        }))
    }

    /// Fills what is missing here from another reading of the same problem.
    pub(crate) fn complete(&mut self, other: Self) {
        self.advice = self.advice.take().or(other.advice);
        self.acceptable_versions = self.acceptable_versions.or(other.acceptable_versions);
        self.acceptable_timestamps = self.acceptable_timestamps.or(other.acceptable_timestamps);
        if self.parameters_absent.is_empty() {
            self.parameters_absent = other.parameters_absent;
        }
        if self.parameters_rejected.is_empty() {
            self.parameters_rejected = other.parameters_rejected;
        }
        if self.extra.is_empty() {
            self.extra = other.extra;
        }
        // A malformed range is kept among the others only while there is none that can be read.
        let (versions, timestamps) = (
            self.acceptable_versions.is_some(),
            self.acceptable_timestamps.is_some(),
        );
        self.extra.retain(|(name, _)| match name.as_str() {
            VERSIONS => !versions,
            TIMESTAMPS => !timestamps,
            _ => true,
        });
    }

    /// Takes in one decoded pair.
    pub(crate) fn absorb(&mut self, name: &str, value: &str) {
        match name {
            "" | CODE | REALM => {}
            ADVICE => {
                self.advice.get_or_insert_with(|| value.to_owned());
            }
            VERSIONS if self.acceptable_versions.is_some() => {}
            TIMESTAMPS if self.acceptable_timestamps.is_some() => {}
            VERSIONS if self.extra_value(VERSIONS).is_none() => {
                self.acceptable_versions = once_more_decoded(value, VersionRange::parse);
                if self.acceptable_versions.is_none() {
                    self.extra.push((name.to_owned(), value.to_owned()));
                }
            }
            TIMESTAMPS if self.extra_value(TIMESTAMPS).is_none() => {
                self.acceptable_timestamps = once_more_decoded(value, TimestampRange::parse);
                if self.acceptable_timestamps.is_none() {
                    self.extra.push((name.to_owned(), value.to_owned()));
                }
            }
            VERSIONS | TIMESTAMPS => {}
            ABSENT if self.parameters_absent.is_empty() => {
                let names = value.split(['&', ',']).map(lenient::decode);
                self.parameters_absent = names.filter(|name| !name.is_empty()).collect();
            }
            REJECTED if self.parameters_rejected.is_empty() => {
                self.parameters_rejected = value
                    .split(['&', ','])
                    .filter_map(rejected_parameter)
                    .collect();
            }
            ABSENT | REJECTED => {}
            RAW_ECHO => self.extra.push((ECHO.to_owned(), value.to_owned())),
            _ => self.extra.push((name.to_owned(), value.to_owned())),
        }
    }

    /// Names and values in the order of writing, lists joined and encoded once.
    fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = vec![(CODE.to_owned(), self.code.as_str().to_owned())];
        let mut push = |name: &str, value: Option<String>| {
            pairs.extend(value.map(|value| (name.to_owned(), value)));
        };
        push(ADVICE, self.advice.clone());
        push(
            VERSIONS,
            self.acceptable_versions.map(|range| range.to_string()),
        );
        push(
            TIMESTAMPS,
            self.acceptable_timestamps.map(|range| range.to_string()),
        );
        let absent = self
            .parameters_absent
            .iter()
            .map(|name| encode(name).into_owned());
        push(ABSENT, joined(absent));
        let rejected = self
            .parameters_rejected
            .iter()
            .map(|parameter| match parameter.value() {
                Some(value) => format!("{}={}", encode(parameter.name()), encode(value)),
                None => encode(parameter.name()).into_owned(),
            });
        push(REJECTED, joined(rejected));
        pairs.extend(self.extra.iter().cloned());
        pairs
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            advice,
            acceptable_versions,
            acceptable_timestamps,
            parameters_absent,
            parameters_rejected,
            extra,
        } = self;
        f.debug_struct("Problem")
            .field("code", code)
            .field("advice", &Length::of_option(advice.as_ref()))
            .field("acceptable_versions", acceptable_versions)
            .field("acceptable_timestamps", acceptable_timestamps)
            .field("parameters_absent", parameters_absent)
            .field("parameters_rejected", parameters_rejected)
            .field("extra", &Names(extra))
            .finish()
    }
}

/// Reads a range, encoded twice or not: neither holds a percent sign of its own.
fn once_more_decoded<T>(value: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    parse(value).or_else(|| parse(&lenient::decode(value)))
}

fn joined(items: impl Iterator<Item = String>) -> Option<String> {
    let items: Vec<String> = items.collect();
    (!items.is_empty()).then(|| items.join("&"))
}

fn rejected_parameter(text: &str) -> Option<RejectedParameter> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(lenient::decode(value))),
        None => (text, None),
    };
    let name = lenient::decode(name);
    (!name.is_empty()).then(|| RejectedParameter::new(name, value))
}

/// RFC 9110 section 5.6.4: `"` and `\` are escaped, only printable ASCII stands for itself.
/// The value of a `WWW-Authenticate` field that asks for credentials and reports no problem.
///
/// ```
/// assert_eq!(countersign_problem::bare_challenge(Some("Photos")), "OAuth realm=\"Photos\"");
/// ```
#[must_use]
pub fn bare_challenge(realm: Option<&str>) -> String {
    let mut out = String::from("OAuth");
    if let Some(realm) = realm {
        out.push_str(" realm=\"");
        push_realm(&mut out, realm);
        out.push('"');
    }
    out
}

fn push_realm(out: &mut String, realm: &str) {
    for character in realm.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            ' '..='~' => out.push(character),
            _ => out.push_str(&encode(character.encode_utf8(&mut [0; 4]))),
        }
    }
}

#[cfg(test)]
mod tests;
