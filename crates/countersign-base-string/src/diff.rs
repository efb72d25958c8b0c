//! In what two signature base strings differ, part by part, in the terms in which senders and verifiers go wrong.

mod charset;
mod content;
mod display;
mod keys;
mod parameters;
mod spelling;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use spelling::{Charset, Spelling};

use crate::parts::{Parts, PartsError, StructureFault};

/// One of the two base strings compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a comparison has two sides")]
pub enum Side {
    /// The first one given.
    Ours,
    /// The second one given.
    Theirs,
}

/// What a spelling belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// The name of a parameter.
    Name,
    /// The second part, as a whole.
    Uri,
    /// The URI's path.
    Path,
    /// The third part, as a whole: its outer encoding.
    Parameters,
    /// The value of the parameter with this name, in our spelling of it.
    Value {
        /// The name.
        name: String,
    },
}

/// One thing in which two base strings differ.
///
/// Names and values of parameters are in their inner encoding, everything else has the outer encoding undone. Positions count
/// the parameters of a base string from 0. `Display` says it in a sentence; [`of`](Self::of) lets that sentence name the sides.
/// Sentence and `Debug` withhold the values of passwords.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Difference {
    /// The methods differ.
    Method {
        /// Ours; empty when missing.
        ours: String,
        /// Theirs; empty when missing.
        theirs: String,
    },
    /// The schemes differ.
    Scheme {
        /// Ours.
        ours: String,
        /// Theirs.
        theirs: String,
    },
    /// The hosts differ, if only in case.
    Host {
        /// Ours.
        ours: String,
        /// Theirs.
        theirs: String,
    },
    /// The ports differ.
    Port {
        /// Ours, as written.
        ours: Option<String>,
        /// Theirs, as written.
        theirs: Option<String>,
    },
    /// The paths differ.
    Path {
        /// Ours.
        ours: String,
        /// Theirs.
        theirs: String,
    },
    /// One base URI, or both in different ways, goes on behind the path.
    QueryInUri {
        /// What stands behind our path.
        ours: Option<String>,
        /// What stands behind their path.
        theirs: Option<String>,
    },
    /// A parameter of ours that theirs has not.
    ParameterMissing {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
        /// Its position in ours.
        position: usize,
    },
    /// A parameter of theirs that ours has not.
    ParameterExtra {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
        /// Its position in theirs.
        position: usize,
    },
    /// A parameter whose values differ in more than their spelling.
    ParameterValue {
        /// Its name, in our spelling.
        name: String,
        /// Our value.
        ours: String,
        /// Their value.
        theirs: String,
        /// Its position in ours.
        our_position: usize,
        /// Its position in theirs.
        their_position: usize,
    },
    /// The same pair stands in both, but not equally often: one side doubled it, or merged what was sent twice.
    Repeated {
        /// The name.
        name: String,
        /// The value.
        value: String,
        /// How often it stands in ours.
        ours: usize,
        /// How often it stands in theirs.
        theirs: usize,
    },
    /// The same thing in two spellings.
    Encoding {
        /// What it is.
        of: Field,
        /// Our spelling; for the third part as a whole, of the first character where they differ.
        ours: String,
        /// Their spelling; for the third part as a whole, of the first character where they differ.
        theirs: String,
        /// How they differ.
        spelling: Spelling,
    },
    /// One side has an equals sign behind a parameter's name and the other has not.
    EqualsSign {
        /// The parameter's name.
        name: String,
        /// The side without it.
        without: Side,
    },
    /// The parameters that both have stand in different orders.
    Order {
        /// How many of the parameters that both have stand alike before the first that does not.
        rank: usize,
        /// The name and value that ours has there.
        ours: (String, String),
        /// The name and value that theirs has there.
        theirs: (String, String),
        /// The side that is not sorted by encoded name, then encoded value, as bytes (RFC 5849 section 3.4.1.3.2); none when
        /// neither is.
        unsorted: Option<Side>,
    },
    /// One side is built unusually.
    Structure {
        /// That side.
        side: Side,
        /// What is unusual.
        fault: StructureFault,
    },
    /// They differ in a way that has no name here.
    Other {
        /// The first byte that differs, counted from 0.
        offset: usize,
    },
}

impl Difference {
    /// The sentence about this difference with the sides called by these names, as in "the client" and "the provider".
    ///
    /// ```
    /// use countersign_base_string::diff;
    ///
    /// let found = diff("GET&http%3A%2F%2Fa.example%2F&b%3D1", "GET&https%3A%2F%2Fa.example%2F&b%3D1")?;
    /// assert_eq!(found[0].of("the client", "the provider").to_string(), "the scheme is \"http\" in the client's base string and \"https\" in the provider's");
    /// # Ok::<(), countersign_base_string::PartsError>(())
    /// ```
    #[must_use]
    pub fn of<'a>(&'a self, ours: &'a str, theirs: &'a str) -> impl fmt::Display + 'a {
        display::Sentence {
            difference: self,
            ours,
            theirs,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.of("the first", "the second").fmt(f)
    }
}

impl fmt::Debug for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Difference({self})")
    }
}

/// Compares two signature base strings, part by part.
///
/// Nothing is found exactly when the two are the same text. Both may be malformed in the ways that
/// [`Parts::parse_lenient`] puts up with. Differences come in the order of the base string: structure, method, URI,
/// parameters in our order and then theirs, order. Where the evidence fits two explanations, both are listed. Where both hold
/// the same and only put it together otherwise, nothing but the structure is listed.
///
/// The cost grows with the length of the texts as sorting does.
///
/// ```
/// use countersign_base_string::{Difference, Side, Spelling, diff};
///
/// let ours = "POST&https%3A%2F%2Fa.example%2Fr&status%3DHello%252C%2520you";
/// let theirs = "POST&https%3A%2F%2Fa.example%2Fr&status%3DHello%25252C%252520you";
/// let found = diff(ours, theirs)?;
/// assert!(matches!(
///     found[0],
///     Difference::Encoding { spelling: Spelling::Layers { more: Side::Theirs, by: 1 }, .. }
/// ));
/// assert_eq!(diff(ours, ours)?, []);
/// # Ok::<(), countersign_base_string::PartsError>(())
/// ```
///
/// # Errors
///
/// When one of them is divided by no `&`, encoded or not.
pub fn diff(ours: &str, theirs: &str) -> Result<Vec<Difference>, PartsError> {
    let our_parts = Parts::parse_lenient(ours)?;
    let their_parts = Parts::parse_lenient(theirs)?;
    let mut found = Vec::new();
    if ours == theirs {
        return Ok(found);
    }
    structure(&our_parts, &their_parts, &mut found);
    if our_parts.method() != their_parts.method() {
        found.push(Difference::Method {
            ours: our_parts.method().into(),
            theirs: their_parts.method().into(),
        });
    }
    uri(&our_parts, &their_parts, &mut found);
    outer_encoding(&our_parts, &their_parts, &mut found);
    parameters::compare(our_parts.parameters(), their_parts.parameters(), &mut found);
    content::reduce(&our_parts, &their_parts, &mut found);
    if found.is_empty() {
        let offset = ours
            .bytes()
            .zip(theirs.bytes())
            .take_while(|(our, their)| our == their)
            .count();
        found.push(Difference::Other { offset });
    }
    Ok(found)
}

fn structure(ours: &Parts, theirs: &Parts, found: &mut Vec<Difference>) {
    for (side, these, those) in [(Side::Ours, ours, theirs), (Side::Theirs, theirs, ours)] {
        for fault in these
            .faults()
            .iter()
            .filter(|fault| !those.faults().contains(fault))
        {
            found.push(Difference::Structure {
                side,
                fault: *fault,
            });
        }
    }
}

fn uri(ours: &Parts, theirs: &Parts, found: &mut Vec<Difference>) {
    let (our_uri, their_uri) = (ours.uri(), theirs.uri());
    if our_uri.scheme() != their_uri.scheme() {
        found.push(Difference::Scheme {
            ours: our_uri.scheme().into(),
            theirs: their_uri.scheme().into(),
        });
    }
    if our_uri.host() != their_uri.host() {
        found.push(Difference::Host {
            ours: our_uri.host().into(),
            theirs: their_uri.host().into(),
        });
    }
    if our_uri.port() != their_uri.port() {
        found.push(Difference::Port {
            ours: our_uri.port().map(Into::into),
            theirs: their_uri.port().map(Into::into),
        });
    }
    if our_uri.path() != their_uri.path() {
        let (our_path, their_path) = (our_uri.path(), their_uri.path());
        match spelling::compare(our_path, their_path) {
            Some(spellings) => encodings(&Field::Path, our_path, their_path, spellings, found),
            None => found.push(Difference::Path {
                ours: our_path.into(),
                theirs: their_path.into(),
            }),
        }
    }
    if our_uri.query() != their_uri.query() {
        found.push(Difference::QueryInUri {
            ours: our_uri.query().map(Into::into),
            theirs: their_uri.query().map(Into::into),
        });
    }
    if our_uri == their_uri && ours.raw_uri() != theirs.raw_uri() {
        let spellings = spelling::compare(ours.raw_uri(), theirs.raw_uri()).unwrap_or_default();
        encodings(
            &Field::Uri,
            ours.raw_uri(),
            theirs.raw_uri(),
            spellings,
            found,
        );
    }
}

/// The outer encoding of the third part: each side against the canonical one, since the parts may well differ otherwise.
fn outer_encoding(ours: &Parts, theirs: &Parts, found: &mut Vec<Difference>) {
    let ours = spelling::departures(ours.raw_parameters(), Side::Ours);
    let theirs = spelling::departures(theirs.raw_parameters(), Side::Theirs);
    for (these, those) in [(&ours, &theirs), (&theirs, &ours)] {
        for departure in these {
            if !those
                .iter()
                .any(|other| other.spelling.is_same_on_other_side(&departure.spelling))
            {
                found.push(Difference::Encoding {
                    of: Field::Parameters,
                    ours: departure.ours.clone(),
                    theirs: departure.theirs.clone(),
                    spelling: departure.spelling.clone(),
                });
            }
        }
    }
}

fn encodings(
    of: &Field,
    ours: &str,
    theirs: &str,
    spellings: Vec<Spelling>,
    found: &mut Vec<Difference>,
) {
    for spelling in spellings {
        found.push(Difference::Encoding {
            of: of.clone(),
            ours: ours.into(),
            theirs: theirs.into(),
            spelling,
        });
    }
}
