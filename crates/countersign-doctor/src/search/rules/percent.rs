//! Percent-encoding as people do it where RFC 5849 section 3.6 is due.

use countersign_encoding::is_unreserved;

/// How an encoder departs from RFC 5849 section 3.6.
#[derive(Debug, Clone, Copy)]
pub(super) struct Encoder {
    /// Left alone beside letters, digits and `-._~`.
    pub(super) leaves: &'static [u8],
    pub(super) encodes_tilde: bool,
    pub(super) writes_blank_as_plus: bool,
    pub(super) writes_lower_case: bool,
}

impl Encoder {
    /// RFC 5849 section 3.6.
    const RULE: Self = Self {
        leaves: b"",
        encodes_tilde: false,
        writes_blank_as_plus: false,
        writes_lower_case: false,
    };

    /// `encodeURIComponent` of JavaScript, `Uri.EscapeDataString` before .NET 4.5.
    pub(super) const COMPONENT: Self = Self {
        leaves: b"!*'()",
        ..Self::RULE
    };

    /// `encodeURI` of JavaScript.
    pub(super) const WHOLE_URI: Self = Self {
        leaves: b"!*'();,/?:@&=+$#",
        ..Self::RULE
    };

    /// `escape` of JavaScript.
    pub(super) const ESCAPE: Self = Self {
        leaves: b"@*+/",
        encodes_tilde: true,
        ..Self::RULE
    };

    /// `quote` of Python, as it is without a second argument.
    pub(super) const QUOTE: Self = Self {
        leaves: b"/",
        ..Self::RULE
    };

    /// `java.net.URLEncoder`.
    pub(super) const JAVA: Self = Self {
        leaves: b"*",
        encodes_tilde: true,
        writes_blank_as_plus: true,
        ..Self::RULE
    };

    /// `urlencode` of PHP, `quote_plus` of Python 2.
    pub(super) const FORM: Self = Self {
        leaves: b"",
        ..Self::JAVA
    };

    /// `HttpUtility.UrlEncode` of .NET.
    pub(super) const HTTP_UTILITY: Self = Self {
        leaves: b"!*()",
        writes_lower_case: true,
        ..Self::JAVA
    };

    /// Right but for the letters of its digits.
    pub(super) const LOWER_CASE: Self = Self {
        writes_lower_case: true,
        ..Self::RULE
    };

    /// Encodes the tilde, which is never encoded.
    pub(super) const TILDE: Self = Self {
        encodes_tilde: true,
        ..Self::RULE
    };

    fn put(&self, octet: u8, out: &mut Vec<u8>) {
        let is_left = if octet == b'~' {
            !self.encodes_tilde
        } else {
            is_unreserved(octet) || self.leaves.contains(&octet)
        };
        if is_left {
            out.push(octet);
        } else if octet == b' ' && self.writes_blank_as_plus {
            out.push(b'+');
        } else {
            let mut triple = triple_of(octet);
            if self.writes_lower_case {
                triple.make_ascii_lowercase();
            }
            out.extend_from_slice(&triple);
        }
    }

    pub(super) fn write(&self, input: &[u8], out: &mut Vec<u8>) {
        for octet in input {
            self.put(*octet, out);
        }
    }

    pub(super) fn encode(&self, input: &[u8]) -> Vec<u8> {
        // Room for the longest spelling: a secret is not copied about while it grows.
        let mut out = Vec::with_capacity(input.len().saturating_mul(3));
        self.write(input, &mut out);
        out
    }

    /// Spells text that is encoded by the rule as this encoder does; what separates stays.
    pub(super) fn respell(&self, encoded: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(encoded.len());
        walk(encoded, |part| match part {
            Part::Plain(b'~') => self.put(b'~', &mut out),
            Part::Plain(octet) => out.push(octet),
            Part::Triple { octet, .. } => self.put(octet, &mut out),
        });
        out
    }
}

/// One octet as it stands, or one written as a percent sign and two digits.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Plain(u8),
    Triple { octet: u8, spelt: [u8; 3] },
}

/// Reads text from left to right; a percent sign without two digits after it stands for itself.
pub(super) fn walk(text: &[u8], mut visit: impl FnMut(Part)) {
    let mut rest = text;
    while let [first, after @ ..] = rest {
        if let ([b'%', high, low, ..], Some(octet)) = (rest, triple(rest)) {
            visit(Part::Triple {
                octet,
                spelt: [b'%', *high, *low],
            });
            rest = rest.get(3..).unwrap_or(&[]);
        } else {
            visit(Part::Plain(*first));
            rest = after;
        }
    }
}

fn triple(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    octet_of(*high, *low)
}

/// The octet of two hexadecimal digits.
pub(super) fn octet_of(high: u8, low: u8) -> Option<u8> {
    let digit = |octet: u8| {
        char::from(octet)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    digit(high)?.checked_mul(16)?.checked_add(digit(low)?)
}

/// `%2F` of a slash.
pub(super) const fn triple_of(octet: u8) -> [u8; 3] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [b'%', digit(DIGITS, octet >> 4), digit(DIGITS, octet & 15)]
}

#[expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "four bits are an index of sixteen digits"
)]
const fn digit(digits: &[u8; 16], bits: u8) -> u8 {
    digits[(bits & 15) as usize]
}

/// Decodes the triples of octets that `wanted` names, and leaves the others.
pub(super) fn decode(text: &[u8], mut wanted: impl FnMut(u8) -> bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    walk(text, |part| match part {
        Part::Triple { octet, .. } if wanted(octet) => out.push(octet),
        Part::Triple { spelt, .. } => out.extend_from_slice(&spelt),
        Part::Plain(octet) => out.push(octet),
    });
    out
}

/// Encodes the octets that `wanted` names, and leaves the others and what is encoded already.
pub(super) fn encode_those(text: &[u8], mut wanted: impl FnMut(u8) -> bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    walk(text, |part| match part {
        Part::Plain(octet) if wanted(octet) => out.extend_from_slice(&triple_of(octet)),
        Part::Plain(octet) => out.push(octet),
        Part::Triple { spelt, .. } => out.extend_from_slice(&spelt),
    });
    out
}

/// Writes the digits of all triples in upper or lower case.
pub(super) fn recase(text: &[u8], to_upper: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    walk(text, |part| match part {
        Part::Plain(octet) => out.push(octet),
        Part::Triple { mut spelt, .. } => {
            if to_upper {
                spelt.make_ascii_uppercase();
            } else {
                spelt.make_ascii_lowercase();
            }
            out.extend_from_slice(&spelt);
        }
    });
    out
}

/// `text` with every occurrence of one octet written in another way.
pub(super) fn replace(text: &[u8], what: u8, with: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for octet in text {
        if *octet == what {
            out.extend_from_slice(with);
        } else {
            out.push(*octet);
        }
    }
    out
}
