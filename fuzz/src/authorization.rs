use std::borrow::Cow;

use countersign_base_string::{
    Authorization, AuthorizationWriteError, HeaderLeniencies, write_authorization,
};
use countersign_encoding::{DecodeError, decode_bytes};

use crate::split;

/// An `Authorization` field value.
///
/// Leniency only adds; each parameter lies where its offset says; errors lie inside; the way without allocation reads the
/// same; what decodes can be written, and reads back as what was written.
pub fn authorization(data: &[u8]) {
    let Some(text) = split::text(data) else {
        return;
    };
    let strict = Authorization::parse(text);
    let lenient = Authorization::parse_lenient(text, HeaderLeniencies::ALL);
    match (&strict, &lenient) {
        (Ok(strict), Ok(lenient)) => assert_eq!(strict, lenient),
        (Ok(_), Err(error)) => panic!("leniency took something away: {error}"),
        (Err(error), Ok(lenient)) => {
            assert!(!lenient.departures().is_empty(), "{error}");
            assert!(
                lenient
                    .departures()
                    .iter()
                    .all(|departure| departure.offset() <= text.len())
            );
        }
        (Err(error), Err(_)) => assert!(error.offset() <= text.len()),
    }
    if let Ok(strict) = &strict {
        assert!(Authorization::is_oauth(text));
        let one_by_one: Result<Vec<_>, _> = Authorization::raw_parameters(text, text.len())
            .expect("the scheme is right")
            .collect();
        assert_eq!(one_by_one.as_deref(), Ok(strict.parameters()));
    }
    for read in [strict, lenient].into_iter().flatten() {
        for parameter in read.parameters() {
            assert!(text[parameter.offset()..].starts_with(parameter.name()));
        }
        writes(&read);
    }
}

type Decoded<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

fn writes(read: &Authorization<'_>) {
    let decoded: Result<Vec<Decoded<'_>>, DecodeError> = read
        .parameters()
        .iter()
        .map(|parameter| {
            Ok((
                decode_bytes(parameter.name().as_bytes())?,
                decode_bytes(parameter.value().as_bytes())?,
            ))
        })
        .collect();
    let Ok(decoded) = decoded else { return };
    let written = match write_authorization(read.realm(), &decoded) {
        Ok(written) => written,
        // An encoded name may stand for the realm's; a leniently read realm may hold what no field can.
        Err(
            AuthorizationWriteError::ParameterNamedRealm
            | AuthorizationWriteError::ControlInRealm { .. },
        ) => return,
        Err(error) => panic!("{error}"),
    };
    let again = Authorization::parse(&written).expect("what is written reads");
    assert_eq!(again.realm(), read.realm());
    assert_eq!(again.parameters().len(), decoded.len());
    for (parameter, (name, value)) in again.parameters().iter().zip(&decoded) {
        assert_eq!(decode_bytes(parameter.name().as_bytes()).as_ref(), Ok(name));
        assert_eq!(
            decode_bytes(parameter.value().as_bytes()).as_ref(),
            Ok(value)
        );
    }
}
