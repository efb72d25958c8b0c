//! In what two captures differ, on decoded parameters.

mod parameters;

use std::borrow::Cow;
use std::collections::BTreeMap;

use countersign_base_string::Place;
use countersign_problem::harmless;

use super::sight::Sight;

/// More differences than this are counted, not shown: whoever sends a request chooses how many
/// there are.
const SHOWN: usize = 64;

/// More characters of a value than this are not shown.
const VALUE: usize = 120;

/// One thing in which two captures differ, both sides as text; absent on a side that lacks it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contrast {
    /// What differs: `method`, `host`, `parameter q`.
    pub what: String,
    /// What the first capture has.
    pub first: Option<String>,
    /// What the second capture has.
    pub second: Option<String>,
    /// What is special about it, where the spellings do not say it.
    pub note: Option<String>,
}

/// The kind of a difference: what rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Aspect {
    Method,
    Scheme,
    Host,
    Port,
    Path,
    /// One side has no `Authorization` field.
    Authorization,
    /// The place of the protocol parameters.
    Placement,
    Realm,
    /// A parameter of the URL or a form on the first side only.
    Lost(Place),
    /// The same on the second side only.
    Gained(Place),
    /// A parameter with another value.
    Value(Place),
    /// The same parameter in another place.
    Moved,
    /// A protocol parameter by its name; on one side only, or with another value.
    Protocol(String),
    /// The signature in other characters although it is the same one.
    SignatureChanged,
    /// The same value in another spelling.
    Spelling(String),
    ContentType,
    Body,
}

/// All differences of two captures.
#[derive(Debug, Default)]
pub(super) struct Contrasts {
    rows: Vec<(Aspect, Contrast)>,
    immaterial: Vec<String>,
    more: usize,
}

impl Contrasts {
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Aspect, &Contrast)> {
        self.rows.iter().map(|(aspect, row)| (aspect, row))
    }

    fn push(
        &mut self,
        aspect: Aspect,
        what: impl Into<String>,
        first: Option<&str>,
        second: Option<&str>,
    ) {
        if self.rows.len() >= SHOWN {
            self.more = self.more.saturating_add(1);
            return;
        }
        self.rows.push((
            aspect,
            Contrast {
                what: harmless(&what.into()).into_owned(),
                first: first.map(shown),
                second: second.map(shown),
                note: None,
            },
        ));
    }

    fn differ(&mut self, aspect: Aspect, what: &str, first: Option<&str>, second: Option<&str>) {
        if first != second {
            self.push(aspect, what, first, second);
        }
    }

    /// For the reader: the differences, and what can't matter.
    pub(super) fn told(self) -> (Vec<Contrast>, Vec<String>) {
        let mut rows: Vec<Contrast> = self.rows.into_iter().map(|(_, row)| row).collect();
        if self.more > 0 {
            rows.push(Contrast {
                what: "more".to_owned(),
                first: None,
                second: None,
                note: Some(format!("{} further differences", self.more)),
            });
        }
        (rows, self.immaterial)
    }
}

/// A value, short enough to print and without what steers a terminal.
fn shown(value: &str) -> String {
    let cut = match value.char_indices().nth(VALUE) {
        Some((end, _)) => Cow::Owned(format!("{}...", value.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(value),
    };
    harmless(&cut).into_owned()
}

pub(super) fn between(first: &Sight<'_>, second: &Sight<'_>) -> Contrasts {
    let mut found = Contrasts::default();
    let (Some(one), Some(other)) = (first.request(), second.request()) else {
        return found;
    };
    found.differ(
        Aspect::Method,
        "method",
        Some(one.method()),
        Some(other.method()),
    );
    uri(first, second, &mut found);
    authorization(first, second, &mut found);
    parameters::compare(first, second, &mut found);
    let kind = |request: &countersign_capture::OwnedRequest| {
        request.content_type().map(|kind| kind.trim().to_owned())
    };
    let (ours, theirs) = (kind(one), kind(other));
    found.differ(
        Aspect::ContentType,
        "Content-Type",
        ours.as_deref(),
        theirs.as_deref(),
    );
    body(first, second, &mut found);
    headers(first, second, &mut found);
    found
}

fn uri(first: &Sight<'_>, second: &Sight<'_>, found: &mut Contrasts) {
    if let (Some(one), Some(other)) = (first.scheme(), second.scheme()) {
        found.differ(
            Aspect::Scheme,
            "scheme",
            Some(one.as_str()),
            Some(other.as_str()),
        );
    }
    let (Some(one), Some(other)) = (first.uri(), second.uri()) else {
        let target = |sight: &Sight<'_>| sight.request().map(|request| request.target().to_owned());
        let (one, other) = (target(first), target(second));
        // Without a host or with an odd target: the path is all there is to compare.
        let path = |target: &Option<String>| {
            let path = target.as_deref()?.split('?').next()?;
            Some(path.to_owned())
        };
        found.differ(
            Aspect::Path,
            "path",
            path(&one).as_deref(),
            path(&other).as_deref(),
        );
        return;
    };
    if one.host().eq_ignore_ascii_case(other.host()) {
        if one.host() != other.host() {
            found
                .immaterial
                .push("the letter case of the host".to_owned());
        }
    } else {
        found.push(Aspect::Host, "host", Some(one.host()), Some(other.host()));
    }
    let port = |uri: &countersign_base_string::Uri<'_>| uri.effective_port().to_string();
    if (one.port().is_some() || other.port().is_some()) && port(one) != port(other) {
        let written = |uri: &countersign_base_string::Uri<'_>| {
            uri.port()
                .map_or_else(|| "none".to_owned(), |port| port.to_string())
        };
        found.push(
            Aspect::Port,
            "port",
            Some(&written(one)),
            Some(&written(other)),
        );
    }
    let path = |path: &str| {
        if path.is_empty() {
            "/".to_owned()
        } else {
            path.to_owned()
        }
    };
    let (ours, theirs) = (path(one.path()), path(other.path()));
    found.differ(Aspect::Path, "path", Some(&ours), Some(&theirs));
}

fn authorization(first: &Sight<'_>, second: &Sight<'_>, found: &mut Contrasts) {
    let field = |sight: &Sight<'_>| {
        let count = sight
            .request()
            .map_or(0, |request| request.authorizations().len());
        match count {
            0 => None,
            1 => Some("present".to_owned()),
            count => Some(format!("{count} of them")),
        }
    };
    let (one, other) = (field(first), field(second));
    found.differ(
        Aspect::Authorization,
        "Authorization header",
        one.as_deref(),
        other.as_deref(),
    );
    if first.has_oauth() && second.has_oauth() {
        let (one, other) = (places(first), places(second));
        found.differ(
            Aspect::Placement,
            "place of the OAuth parameters",
            one.as_deref(),
            other.as_deref(),
        );
        if one == other {
            let realm = |sight: &Sight<'_>| {
                let parameters = sight.parameters()?;
                parameters.realm().map(str::to_owned)
            };
            let (one, other) = (realm(first), realm(second));
            found.differ(Aspect::Realm, "realm", one.as_deref(), other.as_deref());
        }
    }
}

/// Where the protocol parameters are, in words.
pub(super) fn places(sight: &Sight<'_>) -> Option<String> {
    let places: Vec<String> = sight
        .parameters()?
        .places()
        .map(|place| place.to_string())
        .collect();
    (!places.is_empty()).then(|| places.join(" and "))
}

/// Bodies that are no forms; a form's fields are compared one by one.
fn body(first: &Sight<'_>, second: &Sight<'_>, found: &mut Contrasts) {
    let bytes = |sight: &Sight<'_>| match sight.wire() {
        Some(wire) if wire.request.is_form_body() => None,
        _ => sight.request().map(|request| request.body().to_vec()),
    };
    let (Some(one), Some(other)) = (bytes(first), bytes(second)) else {
        return;
    };
    if one != other {
        let length = |body: &[u8]| format!("{} bytes", body.len());
        let at = one
            .iter()
            .zip(&other)
            .position(|(here, there)| here != there)
            .unwrap_or_else(|| one.len().min(other.len()));
        found.push(
            Aspect::Body,
            "body",
            Some(&length(&one)),
            Some(&length(&other)),
        );
        if let Some((_, row)) = found.rows.last_mut() {
            row.note = Some(format!("they differ from byte {at} on"));
        }
    }
}

/// Header fields that are compared by themselves, or by what they hold.
const COMPARED: [&str; 4] = ["authorization", "content-type", "host", "content-length"];

/// Fields that are not signed: named, if they differ.
fn headers(first: &Sight<'_>, second: &Sight<'_>, found: &mut Contrasts) {
    let fields = |sight: &Sight<'_>| {
        let mut fields: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for header in sight
            .request()
            .into_iter()
            .flat_map(|one| one.headers().iter())
        {
            let name = header.name().to_ascii_lowercase();
            if !COMPARED.contains(&name.as_str()) {
                fields
                    .entry(name)
                    .or_default()
                    .push(header.value().to_vec());
            }
        }
        fields
    };
    let (ours, theirs) = (fields(first), fields(second));
    let mut names: Vec<&str> = ours
        .keys()
        .chain(theirs.keys())
        .filter(|name| ours.get(*name) != theirs.get(*name))
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() {
        names.truncate(12);
        found.immaterial.push(format!(
            "header fields that are not signed: {}",
            harmless(&names.join(", "))
        ));
    }
}
