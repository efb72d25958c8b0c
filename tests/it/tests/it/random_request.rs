//! Requests made at random, the same on every run.

use countersign_test_support::random::FixedRandom;

/// A decoded name and value.
pub(crate) type Pair = (String, String);

const LETTERS: &[&str] = &[
    "a",
    "b",
    "Z",
    "0",
    "9",
    "-",
    ".",
    "_",
    "~",
    " ",
    "+",
    "&",
    "=",
    "%",
    "/",
    "?",
    "#",
    "[",
    "]",
    "@",
    "!",
    "$",
    "'",
    "(",
    ")",
    "*",
    ",",
    ";",
    ":",
    "\"",
    "\\",
    "<",
    ">",
    "{",
    "}",
    "|",
    "^",
    "`",
    "\u{e9}",
    "\u{df}",
    "\u{4f60}",
    "\u{1f600}",
    "\u{ff21}",
    "%20",
    "%2B",
    "\t",
];

/// Characters that may stand for themselves in a query.
const LOOSE: &str = "!$'()*,:@/?;";

/// A text of up to `longest` pieces, often empty or plain.
pub(crate) fn text(random: &mut FixedRandom, longest: usize) -> String {
    let length = random.below(longest + 1);
    (0..length).map(|_| *random.pick(LETTERS)).collect()
}

/// A text that is not empty.
pub(crate) fn word(random: &mut FixedRandom, longest: usize) -> String {
    format!("{}{}", random.pick(&["k", "x", "A"]), text(random, longest))
}

/// Pairs with repeated names and empty values among them.
pub(crate) fn pairs(random: &mut FixedRandom, most: usize) -> Vec<Pair> {
    let count = random.below(most + 1);
    let mut pairs: Vec<Pair> = Vec::with_capacity(count);
    for _ in 0..count {
        let name = match (random.below(4), pairs.last()) {
            (0, Some((name, _))) => name.clone(),
            _ => word(random, 4),
        };
        pairs.push((name, text(random, 6)));
    }
    pairs
}

/// The pairs as a query or form body, in one of the spellings that mean the same.
pub(crate) fn form(random: &mut FixedRandom, pairs: &[Pair]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        spell(random, name, &mut out);
        // A name without a value may do without the sign.
        if !(value.is_empty() && random.below(2) == 0) {
            out.push('=');
            spell(random, value, &mut out);
        }
    }
    out
}

fn spell(random: &mut FixedRandom, text: &str, out: &mut String) {
    for character in text.chars() {
        let unreserved = character.is_ascii_alphanumeric() || "-._~".contains(character);
        if (unreserved && random.below(8) > 0)
            || (LOOSE.contains(character) && random.below(2) == 0)
        {
            out.push(character);
            continue;
        }
        if character == ' ' && random.below(2) == 0 {
            out.push('+');
            continue;
        }
        let lower = random.below(3) == 0;
        for byte in character.to_string().bytes() {
            out.push_str(&if lower {
                format!("%{byte:02x}")
            } else {
                format!("%{byte:02X}")
            });
        }
    }
}

/// A URL up to and with its path.
pub(crate) fn address(random: &mut FixedRandom) -> String {
    let scheme = random.pick(&["http", "https", "HTTPS"]);
    let host = random.pick(&[
        "example.com",
        "API.Example.NET",
        "192.0.2.1",
        "[2001:db8::1]",
    ]);
    let port = random.pick(&["", "", ":80", ":443", ":8080"]);
    let path = random.pick(&[
        "",
        "/",
        "/r",
        "/a/b.json",
        "/a%20b",
        "/%7Ejoe/caf%C3%A9",
        "/a//b/",
        "/x;p=1/y",
        "/1.1/a@b:c",
        "/lower%c3%a9",
    ]);
    format!("{scheme}://{host}{port}{path}")
}
