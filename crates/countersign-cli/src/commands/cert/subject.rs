//! Subjects: from the command line and from a certificate.

use countersign_certificate::Certificate;
use rcgen::{DistinguishedName, DnType, DnValue};
use x509_parser::asn1_rs::Tag;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::exit::Failure;

const TYPES: [(&str, DnType); 6] = [
    ("C", DnType::CountryName),
    ("CN", DnType::CommonName),
    ("L", DnType::LocalityName),
    ("O", DnType::OrganizationName),
    ("OU", DnType::OrganizationalUnitName),
    ("ST", DnType::StateOrProvinceName),
];

/// A subject of a common name alone.
pub(crate) fn common_name(name: &str) -> Result<DistinguishedName, Failure> {
    let mut subject = DistinguishedName::new();
    push(&mut subject, DnType::CommonName, name)?;
    Ok(subject)
}

/// `CN=acme-ledger-sync, O=Acme`; a backslash keeps a comma.
pub(crate) fn parse(text: &str) -> Result<DistinguishedName, Failure> {
    let mut subject = DistinguishedName::new();
    for part in split(text) {
        let (name, value) = part
            .split_once('=')
            .ok_or_else(|| usage(&format!("expected NAME=VALUE, found {part:?}")))?;
        let name = name.trim();
        let kind = TYPES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, kind)| kind.clone())
            .ok_or_else(|| usage(&format!("expected C, CN, L, O, OU or ST, found {name:?}")))?;
        if subject.get(&kind).is_some() {
            return Err(usage(&format!("{name} is given twice")));
        }
        push(&mut subject, kind, value.trim())?;
    }
    Ok(subject)
}

fn push(subject: &mut DistinguishedName, kind: DnType, value: &str) -> Result<(), Failure> {
    if value.is_empty() || value.chars().count() > 64 || value.chars().any(char::is_control) {
        return Err(usage("expected a value of 1 to 64 characters on one line"));
    }
    if kind == DnType::CountryName {
        let country = value
            .try_into()
            .map_err(|_| usage("expected two letters for C"))?;
        subject.push(kind, DnValue::PrintableString(country));
    } else {
        subject.push(kind, value);
    }
    Ok(())
}

fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, parts.last_mut()) {
            (',', _) => parts.push(String::new()),
            ('\\', Some(part)) => part.extend(characters.next()),
            (other, Some(part)) => part.push(other),
            (_, None) => {}
        }
    }
    parts
}

fn usage(reason: &str) -> Failure {
    Failure::Usage(format!("subject: {reason}"))
}

/// The subject of an old certificate, its kinds of strings included.
pub(crate) fn of(certificate: &Certificate) -> Result<DistinguishedName, Failure> {
    let unusable = || Failure::Input {
        what: certificate.subject().to_owned(),
        reason: "the subject can't be carried over; make a certificate by cert new --subject"
            .to_owned(),
    };
    let (_, parsed) = X509Certificate::from_der(certificate.der()).map_err(|_| unusable())?;
    let mut subject = DistinguishedName::new();
    for attribute in parsed.subject().iter_attributes() {
        let numbers: Vec<u64> = attribute
            .attr_type()
            .iter()
            .map(Iterator::collect)
            .unwrap_or_default();
        let kind = DnType::from_oid(&numbers);
        // The writer keeps one value of a kind: a second one would vanish.
        if numbers.is_empty() || subject.get(&kind).is_some() {
            return Err(unusable());
        }
        let bytes = attribute.as_slice();
        let text = || core::str::from_utf8(bytes).ok();
        let value = match attribute.attr_value().tag() {
            Tag::PrintableString => text()
                .and_then(|text| text.try_into().ok())
                .map(DnValue::PrintableString),
            Tag::Ia5String => text()
                .and_then(|text| text.try_into().ok())
                .map(DnValue::Ia5String),
            Tag::Utf8String => text().map(|text| DnValue::Utf8String(text.to_owned())),
            _ => None,
        };
        subject.push(kind, value.ok_or_else(unusable)?);
    }
    Ok(subject)
}
