//! Percent-encoding, right and wrong: what the encoders of various languages make of a text.

use core::fmt::Write as _;

/// A right or wrong way to percent-encode; the default is that of RFC 5849 section 3.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spelling {
    /// The ASCII characters that stand for themselves, one bit each.
    pub(crate) left: u128,
    pub(crate) charset: Charset,
    /// A space becomes `+`.
    pub(crate) plus: bool,
    /// Hexadecimal digits in lower case.
    pub(crate) lower: bool,
    /// How often it is applied.
    pub(crate) passes: u8,
}

/// What becomes of a character outside ASCII before its octets are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// As RFC 5849 has it.
    Utf8,
    /// One octet; `?` for what has none.
    Latin1,
    Utf16Be,
    Utf16Le,
    /// The low octet of each UTF-16 unit.
    LowByte,
    /// A literal question mark, encoded as `%3F`.
    QuestionMark,
    /// UTF-8 taken for Latin-1 and encoded again.
    Mojibake,
    /// The function `escape` of JavaScript: `%E9`, `%u4F60`.
    Escape,
}

const UNRESERVED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

const fn bits(of: &str) -> u128 {
    let bytes = of.as_bytes();
    let (mut bits, mut at) = (0, 0);
    while at < bytes.len() {
        bits |= 1 << bytes[at];
        at += 1;
    }
    bits
}

impl Spelling {
    /// RFC 5849 section 3.6.
    pub(crate) const RFC: Self = Self {
        left: bits(UNRESERVED),
        charset: Charset::Utf8,
        plus: false,
        lower: false,
        passes: 1,
    };

    /// Leaves these alone too.
    pub(crate) const fn leaving(mut self, more: &str) -> Self {
        self.left |= bits(more);
        self
    }

    /// Encodes these too.
    pub(crate) const fn encoding(mut self, more: &str) -> Self {
        self.left &= !bits(more);
        self
    }

    /// A space becomes `+`.
    pub(crate) const fn plus(mut self) -> Self {
        self.plus = true;
        self
    }

    /// `encodeURIComponent` of JavaScript.
    pub(crate) const fn javascript(self) -> Self {
        self.leaving("!*'()")
    }

    /// `urllib.quote` of Python 2.
    pub(crate) const fn python(self) -> Self {
        self.leaving("/").encoding("~")
    }

    /// `java.net.URLEncoder`, and the form encoding of browsers.
    pub(crate) const fn java(self) -> Self {
        self.plus().leaving("*").encoding("~")
    }

    /// `urlencode` of PHP.
    pub(crate) const fn php(self) -> Self {
        self.plus().encoding("~")
    }

    /// `escape` of JavaScript.
    pub(crate) const fn escape(self) -> Self {
        self.charset(Charset::Escape).leaving("@*/+").encoding("~")
    }

    /// In another character set.
    pub(crate) const fn charset(mut self, charset: Charset) -> Self {
        self.charset = charset;
        self
    }

    /// Hexadecimal digits in lower case.
    pub(crate) const fn lower(mut self) -> Self {
        self.lower = true;
        self
    }

    /// Applied so often.
    pub(crate) const fn passes(mut self, passes: u8) -> Self {
        self.passes = passes;
        self
    }

    /// The text in this spelling.
    #[must_use]
    pub(crate) fn encode(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..self.passes {
            text = self.encode_once(&text);
        }
        text
    }

    fn encode_once(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for character in text.chars() {
            if character.is_ascii() {
                self.ascii(character, &mut out);
            } else {
                self.other(character, &mut out);
            }
        }
        out
    }

    fn ascii(&self, character: char, out: &mut String) {
        if self.left >> u32::from(character) & 1 == 1 {
            out.push(character);
        } else if character == ' ' && self.plus {
            out.push('+');
        } else {
            self.octet(u32::from(character), out);
        }
    }

    fn other(&self, character: char, out: &mut String) {
        let code = u32::from(character);
        let mut units = [0; 2];
        let units = character.encode_utf16(&mut units);
        let mut utf8 = [0; 4];
        let utf8 = character.encode_utf8(&mut utf8).bytes();
        match self.charset {
            Charset::Utf8 => utf8.for_each(|byte| self.octet(byte.into(), out)),
            Charset::Latin1 | Charset::Escape if code < 0x100 => self.octet(code, out),
            Charset::Latin1 | Charset::QuestionMark => self.octet(0x3F, out),
            Charset::Utf16Be => units.iter().for_each(|unit| {
                self.octet(u32::from(unit >> 8), out);
                self.octet(u32::from(unit & 0xFF), out);
            }),
            Charset::Utf16Le => units.iter().for_each(|unit| {
                self.octet(u32::from(unit & 0xFF), out);
                self.octet(u32::from(unit >> 8), out);
            }),
            Charset::LowByte => units
                .iter()
                .for_each(|unit| self.octet(u32::from(unit & 0xFF), out)),
            Charset::Mojibake => utf8.for_each(|byte| {
                let mut again = [0; 4];
                let again = char::from(byte).encode_utf8(&mut again).bytes();
                again.for_each(|byte| self.octet(byte.into(), out));
            }),
            Charset::Escape => units
                .iter()
                .for_each(|unit| write!(out, "%u{unit:04X}").expect("a string")),
        }
    }

    fn octet(&self, octet: u32, out: &mut String) {
        if self.lower {
            write!(out, "%{octet:02x}").expect("a string");
        } else {
            write!(out, "%{octet:02X}").expect("a string");
        }
    }
}

/// Undoes percent-encoding; what is no triplet stays, and what is no UTF-8 is replaced.
#[must_use]
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let triplet = text.get(at + 1..at + 3).filter(|digits| {
            bytes[at] == b'%' && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        });
        match triplet {
            Some(digits) => {
                out.push(u8::from_str_radix(digits, 16).expect("two digits"));
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Undoes form encoding.
#[must_use]
pub(crate) fn decode_form(text: &str) -> String {
    decode(&text.replace('+', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoders_spell_as_their_languages_do() {
        let text = "a b+~*!'()/\u{e9}\u{4f60}";
        let spelled = |spelling: Spelling| spelling.encode(text);
        assert_eq!(
            spelled(Spelling::RFC),
            "a%20b%2B~%2A%21%27%28%29%2F%C3%A9%E4%BD%A0"
        );
        assert_eq!(
            spelled(Spelling::RFC.javascript()),
            "a%20b%2B~*!'()%2F%C3%A9%E4%BD%A0"
        );
        assert_eq!(
            spelled(Spelling::RFC.java()),
            "a+b%2B%7E*%21%27%28%29%2F%C3%A9%E4%BD%A0"
        );
        assert_eq!(
            spelled(Spelling::RFC.php()),
            "a+b%2B%7E%2A%21%27%28%29%2F%C3%A9%E4%BD%A0"
        );
        assert_eq!(
            spelled(Spelling::RFC.python()),
            "a%20b%2B%7E%2A%21%27%28%29/%C3%A9%E4%BD%A0"
        );
        assert_eq!(
            spelled(Spelling::RFC.escape()),
            "a%20b+%7E*%21%27%28%29/%E9%u4F60"
        );
    }

    #[test]
    fn characters_outside_ascii_go_wrong_in_many_ways() {
        let spelled = |charset| Spelling::RFC.charset(charset).encode("\u{e9}\u{4f60}");
        assert_eq!(spelled(Charset::Latin1), "%E9%3F");
        assert_eq!(spelled(Charset::Utf16Be), "%00%E9%4F%60");
        assert_eq!(spelled(Charset::Utf16Le), "%E9%00%60%4F");
        assert_eq!(spelled(Charset::LowByte), "%E9%60");
        assert_eq!(spelled(Charset::QuestionMark), "%3F%3F");
        assert_eq!(spelled(Charset::Mojibake), "%C3%83%C2%A9%C3%A4%C2%BD%C2%A0");
    }

    #[test]
    fn decoding_leaves_what_is_no_triplet() {
        assert_eq!(decode("a%20b%2%zz+%C3%A9"), "a b%2%zz+\u{e9}");
        assert_eq!(decode_form("a+b%2B"), "a b+");
        assert_eq!(decode("%"), "%");
    }
}
