//! Encoders of languages and libraries, and what each leaves or encodes.

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::Write;
use crate::search::state::Plan;

use super::{Texts, respell};

pub(in crate::search::rules) use layered::LAYERED;
pub(in crate::search::rules) use spaces::{PLUS, SPACE};

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "enc.reserved_chars",
        dimension: Dimension::ValueEncoding,
        prior: 42,
        did: "left reserved characters in values unencoded",
        deviate: Deviate::Parameters(|_, plan, out| {
            each(plan, Texts::Values, COMMON, &[PLUS, TILDE], out)
        }),
    },
    Rule {
        code: "enc.reserved_chars",
        dimension: Dimension::ValueEncoding,
        prior: 14,
        did: "encoded values with an encoder made for another purpose",
        deviate: Deviate::Parameters(|_, plan, out| {
            each(
                plan,
                Texts::Values,
                RARE,
                &[COMMON, PLUS, TILDE, UNRESERVED],
                out,
            )
        }),
    },
    Rule {
        code: "enc.reserved_chars",
        dimension: Dimension::ValueEncoding,
        prior: 30,
        did: "left one of ! * ' ( ) unencoded in values",
        deviate: Deviate::Parameters(|_, plan, out| {
            each(plan, Texts::Values, SINGLE, &[COMMON, RARE], out)
        }),
    },
    Rule {
        code: "enc.reserved_chars",
        dimension: Dimension::ValueEncoding,
        prior: 6,
        did: "left one reserved character unencoded in values",
        deviate: Deviate::Parameters(|_, plan, out| {
            each(plan, Texts::Values, OTHER, &[COMMON, RARE, SINGLE], out)
        }),
    },
    Rule {
        code: "enc.tilde",
        dimension: Dimension::ValueEncoding,
        prior: 30,
        did: "encoded the tilde, which stays as it is",
        deviate: Deviate::Parameters(|_, plan, out| each(plan, Texts::Values, TILDE, &[], out)),
    },
    Rule {
        code: "enc.unreserved_chars",
        dimension: Dimension::ValueEncoding,
        prior: 8,
        did: "encoded characters that are never encoded",
        deviate: Deviate::Parameters(|_, plan, out| {
            each(plan, Texts::Values, UNRESERVED, &[TILDE], out)
        }),
    },
    Rule {
        code: "enc.plus_space",
        dimension: Dimension::ValueEncoding,
        prior: 36,
        did: "wrote a space as '+'",
        deviate: Deviate::Parameters(|_, plan, out| each(plan, Texts::Values, PLUS, &[], out)),
    },
    Rule {
        code: "enc.plus_space",
        dimension: Dimension::ValueEncoding,
        prior: 8,
        did: "did not write a space as %20",
        deviate: Deviate::Parameters(|_, plan, out| {
            each(plan, Texts::Values, SPACE, &[], out);
        }),
    },
    Rule {
        code: "enc.lowercase_hex",
        dimension: Dimension::ValueEncoding,
        prior: 18,
        did: "wrote the percent-encoding of values with lower-case digits",
        deviate: Deviate::Parameters(|_, plan, out| each(plan, Texts::Values, LOWER, &[], out)),
    },
];

/// One encoder.
#[derive(Clone, Copy)]
pub(in crate::search::rules) struct Encoder {
    write: Write,
    /// The ASCII characters that it spells in another way than RFC 5849.
    touches: u128,
    /// Whether it spells all others, too, in another way.
    touches_others: bool,
    /// Whether its touches tell all that it does.
    is_plain: bool,
    detail: &'static str,
}

/// Tries those of `encoders` that make a difference, and another one than those of `others` do.
pub(in crate::search::rules) fn each(
    plan: &Plan,
    texts: Texts,
    encoders: &[Encoder],
    others: &[&[Encoder]],
    out: &mut Out<Plan>,
) {
    let (ascii, beyond) = characters(plan, texts);
    // An encoder that does to values what another one does may still do something else to names.
    let of_names = match texts {
        Texts::Names => 0,
        Texts::Values | Texts::Both => characters(plan, Texts::Names).0,
    };
    let plain = |encoder: &&Encoder| encoder.is_plain;
    let touched = |encoder: &Encoder| (encoder.touches & ascii, encoder.touches & of_names);
    let mut known: Vec<(u128, u128)> = others
        .iter()
        .copied()
        .flatten()
        .filter(plain)
        .map(touched)
        .collect();
    for encoder in encoders {
        let touches = touched(encoder);
        let mut texts = texts;
        if touches.0 == 0 && !(encoder.touches_others && beyond) {
            if touches.1 == 0 || encoder.is_plain {
                continue;
            }
            // To values it does what a rule of its own does.
            texts = Texts::Both;
        }
        if encoder.is_plain {
            if known.contains(&touches) {
                continue;
            }
            if known.iter().any(|known| known.0 == touches.0) {
                texts = Texts::Both;
            }
            known.push(touches);
        }
        respell(plan, texts, encoder.write, encoder.detail, out);
    }
}

/// The ASCII characters of all names or values, and whether there are others.
fn characters(plan: &Plan, texts: Texts) -> (u128, bool) {
    let mut ascii = 0;
    let mut others = false;
    for pair in plan.pairs.iter() {
        let text = match texts {
            Texts::Names => &pair.name,
            Texts::Values | Texts::Both => &pair.value,
        };
        for byte in text {
            match 1_u128.checked_shl(u32::from(*byte)) {
                Some(bit) => ascii |= bit,
                None => others = true,
            }
        }
    }
    (ascii, others)
}

/// The characters of `text` as a set.
pub(in crate::search::rules) const fn set(text: &[u8]) -> u128 {
    let mut set = 0;
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        if *byte < 128 {
            set |= 1 << *byte;
        }
        rest = after;
    }
    set
}

const fn holds(set: u128, byte: u8) -> bool {
    byte < 128 && (set >> byte) & 1 == 1
}

const LETTERS: u128 = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
/// What RFC 5849 section 3.6 leaves.
const RULE: u128 = LETTERS | set(b"-._~");

/// Percent-encodes all but letters, digits and `LEFT`.
fn escape<const LEFT: u128, const PLUS: bool, const LOWER: bool>(
    decoded: &[u8],
    _: &[u8],
    out: &mut Vec<u8>,
) {
    out.reserve(decoded.len());
    for byte in decoded {
        if holds(LETTERS | LEFT, *byte) {
            out.push(*byte);
        } else if PLUS && *byte == b' ' {
            out.push(b'+');
        } else {
            push_escaped::<LOWER>(*byte, out);
        }
    }
}

/// `%XX`.
pub(in crate::search::rules) fn push_escaped<const LOWER: bool>(byte: u8, out: &mut Vec<u8>) {
    let digits: &[u8; 16] = if LOWER {
        b"0123456789abcdef"
    } else {
        b"0123456789ABCDEF"
    };
    let digit = |half: u8| digits.get(usize::from(half)).copied().unwrap_or(b'0');
    out.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
}

/// An encoder that leaves letters, digits and `$left`, and writes a space as `+` on request.
macro_rules! encoder {
    ($left:expr, $plus:expr, $detail:expr) => {
        Encoder {
            write: escape::<{ set($left) }, $plus, false>,
            touches: ((LETTERS | set($left)) ^ RULE) | if $plus { set(b" ") } else { 0 },
            touches_others: false,
            is_plain: true,
            detail: $detail,
        }
    };
}

// They use the macro above.
mod layered;
mod spaces;

/// The encoders that most often stand in for the right one.
pub(in crate::search::rules) const COMMON: &[Encoder] = &[
    encoder!(b"-._~!*'()", false, "as JavaScript's encodeURIComponent()"),
    encoder!(
        b"-._~!*()",
        false,
        "as an older Uri.EscapeDataString() of .NET, or with ! * ( ) left"
    ),
    encoder!(b"-._*", true, "as Java's URLEncoder.encode()"),
    encoder!(
        b"-._*",
        false,
        "as Java's URLEncoder.encode() with %20 for a space"
    ),
    encoder!(
        b"-._~*",
        false,
        "with '*' left, as Java's URLEncoder.encode() mended for space and tilde"
    ),
    encoder!(b"-._~/", false, "as Python's quote(), which leaves '/'"),
    encoder!(
        b"-._/",
        false,
        "as Python 2's quote(), which leaves '/' and encodes '~'"
    ),
    encoder!(b"@*_+-./", false, "as JavaScript's escape()"),
    encoder!(b"-._~:/", false, "with ':' and '/' left, as in URLs"),
    encoder!(
        b"-_.~!*'();:@&=+$,/?#",
        false,
        "as JavaScript's encodeURI()"
    ),
];

/// Encoders for other purposes.
pub(in crate::search::rules) const RARE: &[Encoder] = &[
    encoder!(b"-._", true, "as PHP's urlencode() or Ruby's CGI.escape()"),
    encoder!(
        b"-._~",
        true,
        "as Go's url.QueryEscape() or Python's quote_plus()"
    ),
    encoder!(b"-_.!*()", true, "as .NET's WebUtility.UrlEncode()"),
    Encoder {
        write: escape::<{ set(b"-_.!*()") }, true, true>,
        touches: RULE_OTHERS,
        touches_others: true,
        is_plain: false,
        detail: "as .NET's HttpUtility.UrlEncode(): lower-case digits, '+' for a space",
    },
    encoder!(b"-._*", true, "as Ruby's URI.encode_www_form_component()"),
    encoder!(b"-._~$&+=:@", false, "as Go's url.PathEscape()"),
    encoder!(b"-._~!$&'()*+,;=:@", false, "as for a segment of a path"),
    encoder!(b"-._~!$&'()*+,;=:@/", false, "as for a path"),
    encoder!(
        b"-._~!$&'()*+,;=:@/?",
        false,
        "as for a query (Swift's urlQueryAllowed)"
    ),
    encoder!(
        b"-._~!$'()*+,;:@/?",
        false,
        "as for a query, with '&' and '=' encoded"
    ),
    encoder!(b"-_.!~*'();/?:@&=+$,[]", false, "as Ruby's URI.escape()"),
    encoder!(
        b"-_.!~*'();/?:@&=+$,#[]",
        false,
        "all that may stand in a URL left"
    ),
    encoder!(b"-._!~'()*", false, "as Android's Uri.encode()"),
    encoder!(b"-._~/?", false, "with '/' and '?' left"),
    encoder!(b"-._~/:,", false, "with '/', ':' and ',' left"),
    encoder!(b"-._~,", false, "with ',' left"),
    encoder!(b"-._~@", false, "with '@' left"),
    encoder!(b"-._~[]", false, "with '[' and ']' left"),
    encoder!(b"-._~{}\":,[]", false, "with the signs of JSON left"),
    encoder!(
        b"-._~!*'();:@=$,/?#[]\"<>\\^`{|}%",
        false,
        "all left but space, '&' and '+'"
    ),
    encoder!(
        b"-._~!*'();:@&=+$,/?#[]\"<>\\^`{|}%",
        false,
        "all left but the space"
    ),
];

/// All that RFC 5849 encodes, as each makes a hexadecimal digit.
const RULE_OTHERS: u128 = !RULE;

/// An encoder that leaves one more character than RFC 5849.
macro_rules! leaving {
    ($($character:literal)*) => {
        &[$(Encoder {
            write: escape::<{ RULE | set(&[$character]) }, false, false>,
            touches: set(&[$character]),
            touches_others: false,
            is_plain: true,
            detail: concat!("character ", stringify!($character)),
        }),*]
    };
}

/// One character each of those that many encoders leave.
pub(in crate::search::rules) const SINGLE: &[Encoder] = leaving!(b'!' b'*' b'\'' b'(' b')');

/// One reserved character each of the others.
pub(in crate::search::rules) const OTHER: &[Encoder] = leaving!(
    b'/' b':' b'@' b',' b';' b'=' b'+' b'$' b'&' b'?' b'#' b'[' b']'
    b' ' b'"' b'<' b'>' b'%' b'{' b'}' b'|' b'\\' b'^' b'`'
);

pub(in crate::search::rules) const TILDE: &[Encoder] = &[encoder!(b"-._", false, "")];

pub(in crate::search::rules) const UNRESERVED: &[Encoder] = &[
    encoder!(b"._~", false, "'-'"),
    encoder!(b"-_~", false, "'.'"),
    encoder!(b"-.~", false, "'_'"),
    encoder!(b"", false, "all of - . _ ~"),
    encoder!(b"-_", false, "'.' and '~'"),
    encoder!(b"_~", false, "'-' and '.'"),
    encoder!(b".", false, "'-', '_' and '~'"),
];

/// RFC 5849, but for the letter case of the digits.
pub(in crate::search::rules) const LOWER: &[Encoder] = &[Encoder {
    write: escape::<{ RULE }, false, true>,
    touches: RULE_OTHERS,
    touches_others: true,
    is_plain: false,
    detail: "",
}];

pub(in crate::search::rules) const COMPONENT: Write = escape::<{ set(b"-._~!*'()") }, false, false>;
pub(in crate::search::rules) const AS_FORM: Write = escape::<{ RULE }, true, false>;
pub(in crate::search::rules) const AS_JAVA_FORM: Write = escape::<{ set(b"-._*") }, true, false>;
pub(in crate::search::rules) const AS_QUOTE: Write = escape::<{ RULE | set(b"/") }, false, false>;
pub(in crate::search::rules) const AS_PHP: Write = escape::<{ set(b"-._") }, true, false>;
pub(in crate::search::rules) const AS_QUOTE_2: Write = escape::<{ set(b"-._/") }, false, false>;
pub(in crate::search::rules) const AS_URI: Write =
    escape::<{ set(b"-_.~!*'();:@&=+$,/?#") }, false, false>;
pub(in crate::search::rules) const AS_HTTP_UTILITY: Write =
    escape::<{ set(b"-_.!*()") }, true, true>;
pub(in crate::search::rules) const TILDE_TOO: Write = escape::<{ set(b"-._") }, false, false>;
const BY_THE_RULE: Write = escape::<{ RULE }, false, false>;
pub(in crate::search::rules) const LOWER_CASE: Write = escape::<{ RULE }, false, true>;
