/// A departure from the grammar of RFC 5849 section 3.5.1 that real senders are known for.
///
/// A reader of its own requests needs none of them; a reader of somebody else's challenges, or of what a refused client sent,
/// does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum HeaderLeniency {
    /// `&` separates parameters as a comma does.
    ///
    /// # Background
    ///
    /// Some providers (LivePerson, E*TRADE) paste a form-encoded list behind the scheme of their challenge. A correctly
    /// encoded name or value holds no `&`, so nothing else can be meant.
    AmpersandSeparators,
    /// List elements without content are passed over: `OAuth ,a="1"`, `OAuth, a="1"`, `a="1",,b="2"`, `a="1",`.
    ///
    /// # Background
    ///
    /// Clients that join the scheme and the parameters with one and the same separator write `OAuth, …`; HTTP asks recipients
    /// of any comma separated list to put up with empty elements (RFC 9110 section 5.6.1).
    EmptyElements,
    /// Line breaks are blanks between elements.
    ///
    /// # Background
    ///
    /// HTTP once allowed a field to go on in the next line if that began with a blank, and RFC 5849's own examples are printed
    /// that way; HTTP/1.1 forbids it since RFC 7230. Pasted headers are often wrapped.
    FoldedLines,
    /// The scheme may be absent: the parameters start at once.
    ///
    /// # Background
    ///
    /// Some servers answer with a challenge without its scheme, and people paste the part after it.
    MissingScheme,
    /// A value may hold backslashes, control characters and non-ASCII characters, taken as they are.
    ///
    /// # Background
    ///
    /// Servers put texts for people into their challenge without encoding them.
    RawValues,
    /// Blanks around the equals sign.
    ///
    /// # Background
    ///
    /// HTTP's own grammar for these parameters tolerates them (RFC 9110 section 11.2); RFC 5849 does not.
    SpacesAroundEquals,
    /// A tab instead of a blank after the scheme.
    ///
    /// # Background
    ///
    /// The grammar has blanks there and nothing else (RFC 9110 section 11.4). Servers differ in whether they take a tab for
    /// one, so that one may see credentials where the other sees none.
    TabAfterScheme,
    /// A value without quotes; it ends at the next separator.
    ///
    /// # Background
    ///
    /// `OAuth oauth_problem=token_rejected` is a common challenge, and documentation of providers (Trade Me) shows requests
    /// like that too. Challenges with a text for people contain blanks, so that a blank does not end the value.
    UnquotedValues,
}

impl HeaderLeniency {
    const ALL: [Self; 8] = [
        Self::AmpersandSeparators,
        Self::EmptyElements,
        Self::FoldedLines,
        Self::MissingScheme,
        Self::RawValues,
        Self::SpacesAroundEquals,
        Self::TabAfterScheme,
        Self::UnquotedValues,
    ];

    const fn bit(self) -> u8 {
        match self {
            Self::AmpersandSeparators => 1,
            Self::EmptyElements => 1 << 1,
            Self::FoldedLines => 1 << 2,
            Self::MissingScheme => 1 << 3,
            Self::RawValues => 1 << 4,
            Self::SpacesAroundEquals => 1 << 5,
            Self::TabAfterScheme => 1 << 6,
            Self::UnquotedValues => 1 << 7,
        }
    }
}

/// A set of [`HeaderLeniency`].
///
/// ```
/// use countersign_base_string::{HeaderLeniencies, HeaderLeniency};
///
/// let allowed = HeaderLeniencies::NONE.with(HeaderLeniency::EmptyElements);
/// assert!(allowed.contains(HeaderLeniency::EmptyElements));
/// assert_eq!(allowed.without(HeaderLeniency::EmptyElements), HeaderLeniencies::NONE);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct HeaderLeniencies(u8);

impl HeaderLeniencies {
    /// No leniency: the strict grammar.
    pub const NONE: Self = Self(0);
    /// Every leniency there is.
    pub const ALL: Self = Self(u8::MAX);

    /// This set and `leniency`.
    #[must_use]
    pub const fn with(self, leniency: HeaderLeniency) -> Self {
        Self(self.0 | leniency.bit())
    }

    /// This set less `leniency`.
    #[must_use]
    pub const fn without(self, leniency: HeaderLeniency) -> Self {
        Self(self.0 & !leniency.bit())
    }

    /// Whether `leniency` is in the set.
    #[must_use]
    pub const fn contains(self, leniency: HeaderLeniency) -> bool {
        self.0 & leniency.bit() != 0
    }
}

/// A place where a field value departs from the strict grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Departure {
    leniency: HeaderLeniency,
    offset: usize,
}

impl Departure {
    /// The leniency that was needed.
    #[must_use]
    pub const fn leniency(&self) -> HeaderLeniency {
        self.leniency
    }

    /// The byte of the field value where it was first needed, counted from 0.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

/// The first place of each leniency: at most one entry each, however long and broken the input.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Departures([Option<usize>; HeaderLeniency::ALL.len()]);

impl Departures {
    pub(super) fn note(&mut self, leniency: HeaderLeniency, offset: usize) {
        for (known, place) in HeaderLeniency::ALL.into_iter().zip(&mut self.0) {
            if known == leniency {
                place.get_or_insert(offset);
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Departure> {
        HeaderLeniency::ALL
            .into_iter()
            .zip(self.0)
            .filter_map(|(leniency, place)| place.map(|offset| Departure { leniency, offset }))
    }
}
