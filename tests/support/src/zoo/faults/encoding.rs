//! How names, values and the whole are encoded.

use crate::random::FixedRandom;
use crate::zoo::fault::{Fault, fault};
use crate::zoo::signer::{Pair, Plan, Source};
use crate::zoo::spelling::{self, Charset, Spelling};

/// Faults of reading: what is taken for a value before it is encoded.
pub(in crate::zoo) const VALUES: &[Fault] = &[
    fault(
        "enc.double_encoded",
        3,
        "values are taken from query and form without decoding, and encoded",
        |plan, _, _| {
            for pair in sent(plan) {
                pair.value.clone_from(&pair.raw_value);
            }
            Some(())
        },
    ),
    fault(
        "enc.double_encoded",
        1,
        "names and values are taken from query and form without decoding, and encoded",
        |plan, _, _| {
            for pair in sent(plan) {
                pair.name.clone_from(&pair.raw_name);
                pair.value.clone_from(&pair.raw_value);
            }
            Some(())
        },
    ),
    fault(
        "enc.double_encoded",
        2,
        "the value of one parameter is encoded twice",
        |plan, _, random| {
            let pair = one(plan, random, |pair| pair.raw_value.contains('%'))?;
            pair.value = Spelling::RFC.encode(&pair.value);
            Some(())
        },
    ),
    fault(
        "enc.double_encoded",
        1,
        "all values are encoded twice",
        |plan, _, _| {
            for pair in &mut plan.pairs {
                pair.value_spelling.passes = 2;
            }
            Some(())
        },
    ),
    fault(
        "enc.double_encoded",
        1,
        "the names and values of query and form are form-encoded before they are encoded",
        |plan, _, _| {
            for pair in sent(plan) {
                pair.name = Spelling::RFC.java().encode(&pair.name);
                pair.value = Spelling::RFC.java().encode(&pair.value);
            }
            Some(())
        },
    ),
    fault(
        "enc.double_encoded",
        1,
        "the values of query and form are form-encoded before they are encoded",
        |plan, _, _| {
            for pair in sent(plan) {
                pair.value = Spelling::RFC.java().encode(&pair.value);
            }
            Some(())
        },
    ),
    fault(
        "enc.double_decoded",
        1,
        "the values of query and form are decoded twice",
        |plan, _, _| {
            for pair in sent(plan) {
                pair.value = spelling::decode(&pair.value);
            }
            Some(())
        },
    ),
    fault(
        "enc.double_decoded",
        1,
        "the values of query and form are form-decoded twice",
        |plan, _, _| {
            for pair in sent(plan) {
                pair.value = spelling::decode_form(&pair.value);
            }
            Some(())
        },
    ),
    fault(
        "enc.plus_space",
        2,
        "a + in query or form is not read as a space",
        |plan, _, _| {
            for pair in sent(plan) {
                pair.name = spelling::decode(&pair.raw_name);
                pair.value = spelling::decode(&pair.raw_value);
            }
            Some(())
        },
    ),
    fault(
        "enc.plus_space",
        1,
        "a plus that was sent as %2B is read as a space",
        |plan, _, _| {
            for pair in sent(plan) {
                pair.value = pair.value.replace('+', " ");
            }
            Some(())
        },
    ),
];

/// Faults of encoding.
pub(in crate::zoo) const TABLE: &[Fault] = &[
    fault(
        "enc.double_encoded",
        1,
        "the joined parameters are encoded twice",
        |plan, _, _| {
            plan.whole.passes = 2;
            Some(())
        },
    ),
    fault(
        "enc.single_encoded",
        3,
        "values are not encoded before the whole is",
        |plan, _, _| {
            for pair in &mut plan.pairs {
                pair.value_spelling.passes = 0;
            }
            Some(())
        },
    ),
    fault(
        "enc.single_encoded",
        2,
        "names and values are not encoded before the whole is",
        |plan, _, _| {
            for pair in &mut plan.pairs {
                pair.name_spelling.passes = 0;
                pair.value_spelling.passes = 0;
            }
            Some(())
        },
    ),
    fault(
        "enc.single_encoded",
        1,
        "one value is not encoded before the whole is",
        |plan, _, random| {
            let pair = one(plan, random, |pair| pair.encoded_value() != pair.value)?;
            pair.value_spelling.passes = 0;
            Some(())
        },
    ),
    fault(
        "enc.single_encoded",
        1,
        "the joined parameters are not encoded",
        |plan, _, _| {
            plan.whole.passes = 0;
            Some(())
        },
    ),
    fault(
        "enc.reserved_chars",
        2,
        "names and values by encodeURIComponent",
        |plan, _, _| pairs(plan, Spelling::javascript),
    ),
    fault(
        "enc.reserved_chars",
        2,
        "everything by encodeURIComponent",
        |plan, _, _| everything(plan, Spelling::javascript),
    ),
    fault(
        "enc.reserved_chars",
        1,
        "names and values by java.net.URLEncoder",
        |plan, _, _| pairs(plan, Spelling::java),
    ),
    fault(
        "enc.reserved_chars",
        1,
        "everything by java.net.URLEncoder",
        |plan, _, _| everything(plan, Spelling::java),
    ),
    fault(
        "enc.reserved_chars",
        1,
        "names and values by urllib.quote of Python 2",
        |plan, _, _| pairs(plan, Spelling::python),
    ),
    fault(
        "enc.reserved_chars",
        1,
        "everything by urllib.quote of Python 2",
        |plan, _, _| everything(plan, Spelling::python),
    ),
    fault(
        "enc.reserved_chars",
        1,
        "names and values by escape() of JavaScript",
        |plan, _, _| pairs(plan, Spelling::escape),
    ),
    fault(
        "enc.reserved_chars",
        1,
        "everything by escape() of JavaScript",
        |plan, _, _| everything(plan, Spelling::escape),
    ),
    fault(
        "enc.reserved_chars",
        3,
        "one of !*'() is not encoded in values",
        |plan, _, random| {
            let left = *random.pick(&["!", "*", "'", "(", ")"]);
            values(plan, |spelling| spelling.leaving(left))
        },
    ),
    fault(
        "enc.reserved_chars",
        1,
        "one of !*'() is not encoded in names and values",
        |plan, _, random| {
            let left = *random.pick(&["!", "*", "'", "(", ")"]);
            pairs(plan, |spelling| spelling.leaving(left))
        },
    ),
    fault(
        "enc.tilde",
        1,
        "~ is encoded in names and values",
        |plan, _, _| pairs(plan, |spelling| spelling.encoding("~")),
    ),
    fault("enc.tilde", 1, "~ is encoded everywhere", |plan, _, _| {
        everything(plan, |spelling| spelling.encoding("~"))
    }),
    fault(
        "enc.plus_space",
        2,
        "a space becomes + in values",
        |plan, _, _| values(plan, Spelling::plus),
    ),
    fault(
        "enc.plus_space",
        1,
        "a space becomes + in names and values",
        |plan, _, _| pairs(plan, Spelling::plus),
    ),
    fault(
        "enc.plus_space",
        1,
        "names and values by urlencode of PHP",
        |plan, _, _| pairs(plan, Spelling::php),
    ),
    fault(
        "enc.plus_space",
        1,
        "everything by urlencode of PHP",
        |plan, _, _| everything(plan, Spelling::php),
    ),
    fault(
        "enc.non_ascii",
        2,
        "names and values in Latin-1",
        |plan, _, _| pairs(plan, |spelling| spelling.charset(Charset::Latin1)),
    ),
    fault(
        "enc.non_ascii",
        1,
        "values in UTF-16, high octet first",
        |plan, _, _| values(plan, |spelling| spelling.charset(Charset::Utf16Be)),
    ),
    fault(
        "enc.non_ascii",
        1,
        "values in UTF-16, low octet first",
        |plan, _, _| values(plan, |spelling| spelling.charset(Charset::Utf16Le)),
    ),
    fault(
        "enc.non_ascii",
        1,
        "the low octet of each character in names and values",
        |plan, _, _| pairs(plan, |spelling| spelling.charset(Charset::LowByte)),
    ),
    fault(
        "enc.non_ascii",
        1,
        "a question mark for characters outside ASCII",
        |plan, _, _| pairs(plan, |spelling| spelling.charset(Charset::QuestionMark)),
    ),
    fault(
        "enc.non_ascii",
        1,
        "UTF-8 taken for Latin-1 and encoded again",
        |plan, _, _| pairs(plan, |spelling| spelling.charset(Charset::Mojibake)),
    ),
    fault(
        "enc.lowercase_hex",
        1,
        "hexadecimal digits in lower case in names and values",
        |plan, _, _| pairs(plan, Spelling::lower),
    ),
    fault(
        "enc.lowercase_hex",
        1,
        "hexadecimal digits in lower case everywhere",
        |plan, _, _| everything(plan, Spelling::lower),
    ),
    fault(
        "enc.param_name",
        1,
        "names are not encoded before the whole is",
        |plan, _, _| {
            for pair in &mut plan.pairs {
                pair.name_spelling.passes = 0;
            }
            Some(())
        },
    ),
];

/// The parameters of query and form.
fn sent(plan: &mut Plan) -> impl Iterator<Item = &mut Pair> {
    plan.pairs
        .iter_mut()
        .filter(|pair| pair.source != Source::Protocol)
}

fn one<'a>(
    plan: &'a mut Plan,
    random: &mut FixedRandom,
    which: impl Fn(&Pair) -> bool,
) -> Option<&'a mut Pair> {
    let mut found: Vec<&mut Pair> = plan.pairs.iter_mut().filter(|pair| which(pair)).collect();
    let at = random.below(found.len());
    (at < found.len()).then(|| found.swap_remove(at))
}

fn values(plan: &mut Plan, change: impl Fn(Spelling) -> Spelling) -> Option<()> {
    for pair in &mut plan.pairs {
        pair.value_spelling = change(pair.value_spelling);
    }
    Some(())
}

fn pairs(plan: &mut Plan, change: impl Fn(Spelling) -> Spelling) -> Option<()> {
    for pair in &mut plan.pairs {
        pair.name_spelling = change(pair.name_spelling);
    }
    values(plan, change)
}

/// As a program does that has one function for names, values, the URI, the whole and secrets.
fn everything(plan: &mut Plan, change: impl Fn(Spelling) -> Spelling) -> Option<()> {
    plan.uri.spelling = change(plan.uri.spelling);
    plan.whole = change(plan.whole);
    plan.key.spelling = plan.key.spelling.map(&change);
    pairs(plan, change)
}
