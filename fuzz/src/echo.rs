use countersign_base_string::{Parts, StructureFault, diff};
use countersign_capture::unescape::{Layer, MAX_LAYERS, is_base_string, peel, remove};
use countersign_capture::{InputKind, Limits, read_as};

use crate::split;

/// Two texts divided by the first line feed: our base string, and theirs as a provider printed it.
///
/// Nothing is found exactly when they are equal; a well-formed base string is read leniently as it is strictly; what comes
/// out of the unescaper is a base string, and peels no further; no layer grows when it is taken off.
pub fn echo_diff(data: &[u8]) {
    let Some(text) = split::text(data) else {
        return;
    };
    let (ours, theirs) = text.split_once('\n').unwrap_or((text, text));
    for text in [ours, theirs] {
        comes_apart(text);
        unescapes(text);
    }
    differs(ours, theirs);
    if let Some(peeled) = peel(theirs) {
        differs(ours, peeled.as_str());
    }
    let _ = read_as(InputKind::BaseStringEcho, data, &Limits::default());
}

fn comes_apart(text: &str) {
    let strict = Parts::parse(text);
    let lenient = Parts::parse_lenient(text);
    match (strict, lenient) {
        (Ok(strict), Ok(lenient)) => {
            assert_eq!(strict, lenient);
            assert_eq!(strict.faults(), []);
        }
        (Ok(_), Err(error)) => panic!("leniency took something away: {error}"),
        (Err(error), lenient) => {
            assert!(error.offset() <= text.len());
            for pair in lenient.iter().flat_map(Parts::parameters) {
                assert!(pair.offset() <= text.len());
                assert!(pair.has_equals() || pair.value().is_empty());
            }
            assert!(
                lenient
                    .iter()
                    .flat_map(Parts::faults)
                    .all(|fault: &StructureFault| !fault.to_string().is_empty())
            );
        }
    }
}

fn unescapes(text: &str) {
    if let Some(peeled) = peel(text) {
        assert!(is_base_string(peeled.as_str()));
        assert!(peeled.layers().len() <= MAX_LAYERS);
        let again = peel(peeled.as_str()).expect("a base string is one");
        assert_eq!((again.as_str(), again.layers()), (peeled.as_str(), &[][..]));
    }
    for layer in [Layer::Html, Layer::Json, Layer::Percent] {
        assert!(remove(layer, text).chars().count() <= text.chars().count());
    }
}

fn differs(ours: &str, theirs: &str) {
    let (Ok(found), Ok(back)) = (diff(ours, theirs), diff(theirs, ours)) else {
        assert!(Parts::parse_lenient(ours).is_err() || Parts::parse_lenient(theirs).is_err());
        return;
    };
    assert_eq!(found.is_empty(), ours == theirs);
    assert_eq!(found.is_empty(), back.is_empty());
    for difference in &found {
        let sentence = difference.of("the client", "the provider").to_string();
        assert!(
            !sentence.is_empty() && !sentence.contains(char::is_control),
            "{sentence:?}"
        );
    }
}
