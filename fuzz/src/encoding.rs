use std::borrow::Cow;

use countersign_encoding::{
    Decoder, Leniency, compare_encoded, decode, decode_bytes, decode_form_bytes, encode,
    encode_bytes, encode_encoded_into, encode_into, encode_twice_into, encoded_len, form,
    is_canonical, is_unreserved, rank_prefix,
};

use crate::split;

/// Any octets, divided by the first line feed where two are compared.
///
/// Encoding round-trips and is canonical; what `is_canonical` says is what decoding and encoding again says; all ways of
/// encoding agree; the order of raw octets is the order of their encoded forms.
pub fn encoding(data: &[u8]) {
    encodes(data);
    decodes(data);
    let (one, other) = split::once(data, b"\n");
    let encoded = encode_bytes(one).cmp(&encode_bytes(other));
    assert_eq!(compare_encoded(one, other), encoded);
    let prefixes = rank_prefix(one).cmp(&rank_prefix(other));
    assert!(prefixes.is_eq() || prefixes == encoded);
}

fn encodes(data: &[u8]) {
    let encoded = encode_bytes(data);
    assert_eq!(
        *decode_bytes(encoded.as_bytes()).expect("what is encoded decodes"),
        *data
    );
    assert!(is_canonical(encoded.as_bytes()));
    assert_eq!(encoded_len(data), encoded.len());
    assert_eq!(
        matches!(encoded, Cow::Borrowed(_)),
        data.iter().all(|octet| is_unreserved(*octet))
    );
    if let Some(text) = split::text(data) {
        assert_eq!(encode(text), encoded);
    }
    let mut out = b"kept".to_vec();
    encode_into(data, &mut out);
    assert_eq!(out, [b"kept", encoded.as_bytes()].concat());

    let mut twice = Vec::new();
    encode_twice_into(data, &mut twice);
    assert_eq!(twice, encode_bytes(encoded.as_bytes()).as_bytes());
    let mut again = Vec::new();
    encode_encoded_into(encoded.as_bytes(), &mut again);
    assert_eq!(again, twice);
}

fn decodes(data: &[u8]) {
    let decoded = decode_bytes(data);
    let canonical = decoded
        .as_ref()
        .is_ok_and(|octets| encode_bytes(octets).as_bytes() == data);
    assert_eq!(is_canonical(data), canonical);
    let lenient = Decoder::new()
        .with_leniency(Leniency::StrayPercent)
        .decode_bytes(data);
    match &decoded {
        Ok(octets) => assert_eq!(&lenient.expect("leniency only adds"), octets),
        Err(error) => assert!(error.offset() < data.len()),
    }
    if let Some(text) = split::text(data) {
        match decode(text) {
            Ok(text) => assert_eq!(text.as_bytes(), &*decoded.expect("text is octets")),
            Err(error) => assert!(error.offset() <= data.len()),
        }
    }
    if !data.contains(&b'+') {
        assert_eq!(decode_form_bytes(data), decode_bytes(data));
    }
}

/// A form body or query.
///
/// What is written parses back; pairs lie where their offsets say; nothing of the input is lost but empty pieces.
pub fn form(data: &[u8]) {
    let mut covered = 0;
    for pair in form::raw_pairs(data) {
        assert!(data[pair.offset()..].starts_with(pair.name()));
        covered += pair.name().len() + pair.value().map_or(0, |value| 1 + value.len());
    }
    assert_eq!(covered, data.iter().filter(|octet| **octet != b'&').count());
    match form::parse(data) {
        Ok(pairs) => {
            assert_eq!(pairs.len(), form::raw_pairs(data).count());
            let written = form::write(&pairs);
            assert_eq!(form::parse(written.as_bytes()).as_ref(), Ok(&pairs));
            assert_eq!(
                form::write(&form::parse(written.as_bytes()).unwrap_or_default()),
                written
            );
        }
        Err(error) => assert!(error.offset() < data.len()),
    }
}
