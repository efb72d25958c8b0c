//! What a preset says, put where the profile says nothing; the parts in its addresses filled in.

use core::str::FromStr;
use std::collections::BTreeSet;

use countersign_dialect::{BodyHash, Provider, Realm};
use countersign_signature::{KeyKind, Methods};

use crate::exit::Failure;
use crate::keys_file::{Place, Written};
use crate::output;

/// `PART=VALUE` of `--fill`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filling {
    part: String,
    value: String,
}

/// Why a text is no filling.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoFilling {
    #[error("expected PART=VALUE, such as host=shop.example")]
    NoPair,
    #[error(
        "the value is a host, or a part of one, with a path if need be: letters, digits and . - : / _ ~"
    )]
    NoHost,
}

impl FromStr for Filling {
    type Err = NoFilling;

    fn from_str(text: &str) -> Result<Self, NoFilling> {
        let (part, value) = text.split_once('=').ok_or(NoFilling::NoPair)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:/_~".contains(&byte);
        if value.is_empty() || !value.bytes().all(plain) {
            return Err(NoFilling::NoHost);
        }
        Ok(Self {
            part: part.to_owned(),
            value: value.trim_end_matches('/').to_owned(),
        })
    }
}

/// The row of a preset.
pub(crate) fn row(id: &str) -> Result<&'static Provider, Failure> {
    countersign_dialect::by_id(id).ok_or_else(|| {
        Failure::Usage(match countersign_dialect::ended_by_id(id) {
            Some(row) => format!(
                "{} no longer speaks OAuth 1.0a; there is no preset",
                row.name
            ),
            None => format!("there is no preset {id:?}; countersign profile presets lists them"),
        })
    })
}

/// Fills a profile from a row.
pub(crate) fn apply(
    written: &mut Written,
    row: &'static Provider,
    fillings: &[Filling],
) -> Result<(), Failure> {
    if !row.preset {
        output::note(&format!(
            "warning: what is known of {} does not suffice for a preset ({}); check it",
            row.name,
            row.grade.meaning()
        ));
    }
    check_parts(written, row, fillings)?;
    for (line, endpoint) in [
        (&mut written.request_token_url, row.endpoints.request_token),
        (&mut written.authorize_url, row.endpoints.authorize),
        (&mut written.access_token_url, row.endpoints.access_token),
    ] {
        if let (None, Some(endpoint)) = (&line, endpoint) {
            *line = Some(filled(endpoint.url, fillings)?);
        }
    }
    if let (None, Some(api)) = (&written.base_url, row.api) {
        written.base_url = Some(filled(api.url, fillings)?);
    }
    if written.base_url.is_none()
        && let Some(host) = fillings.iter().find(|it| it.part == "host")
    {
        written.base_url = Some(format!("https://{}", host.value));
    }
    if written.signature_method.is_none() {
        written.signature_method = method(written, row).map(ToOwned::to_owned);
    }
    if written.callback.is_none() {
        written.callback = row.flow.callback.map(ToOwned::to_owned);
    }
    if written.placement.is_none() {
        written.placement = row.placement.first().copied().and_then(Place::of);
    }
    if written.body_hash.is_none() {
        written.body_hash = match row.body_hash {
            BodyHash::Required(_) | BodyHash::NonFormBodies(_) => Some(true),
            _ => None,
        };
    }
    if written.realm.is_none()
        && let Realm::Literal(text) = row.realm
    {
        written.realm = Some(text.to_owned());
    }
    Ok(())
}

/// Each part of the addresses that is used has a value, and each value its part.
fn check_parts(written: &Written, row: &Provider, fillings: &[Filling]) -> Result<(), Failure> {
    let known: BTreeSet<&str> = row
        .endpoints
        .iter()
        .chain(row.api)
        .flat_map(|endpoint| parts(endpoint.url))
        .collect();
    if let Some(extra) = fillings.iter().find(|it| !known.contains(it.part.as_str())) {
        let known: Vec<&str> = known.into_iter().collect();
        return Err(Failure::Usage(format!(
            "--fill {}: the addresses of {} have {}",
            extra.part,
            row.id,
            if known.is_empty() {
                "no part to fill in".to_owned()
            } else {
                format!("the parts {}", known.join(", "))
            }
        )));
    }
    let used = [
        (&written.request_token_url, row.endpoints.request_token),
        (&written.authorize_url, row.endpoints.authorize),
        (&written.access_token_url, row.endpoints.access_token),
        (&written.base_url, row.api),
    ];
    let missing = used
        .into_iter()
        .filter(|(line, _)| line.is_none())
        .filter_map(|(_, endpoint)| endpoint)
        .flat_map(|endpoint| parts(endpoint.url))
        .find(|part| fillings.iter().all(|it| it.part != *part));
    match missing {
        Some(part) => Err(Failure::Usage(format!(
            "the addresses of {} have a part {{{part}}}: --fill {part}=VALUE",
            row.id
        ))),
        None => Ok(()),
    }
}

/// The names in braces.
fn parts(url: &str) -> impl Iterator<Item = &str> {
    url.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

fn filled(url: &str, fillings: &[Filling]) -> Result<String, Failure> {
    let mut out = url.to_owned();
    for filling in fillings {
        let part = format!("{{{}}}", filling.part);
        // Below a provider's domain it is one label, which can't lead elsewhere.
        let is_label = filling
            .value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if out.contains(&format!("{part}.")) && !is_label {
            return Err(Failure::Usage(format!(
                "--fill {}: expected letters, digits and '-': it is one part of a host name in {url}",
                filling.part
            )));
        }
        out = out.replace(&part, &filling.value);
    }
    Ok(out)
}

/// The first method of the row that the keys are good for, else its usual one.
fn method(written: &Written, row: &Provider) -> Option<&'static str> {
    let methods = Methods::standard();
    let fits = |name: &str| match methods.find(name).map(|it| it.kind()) {
        Some(KeyKind::Rsa) => written.private_key.is_some(),
        Some(KeyKind::Secret) => written.consumer_secret.is_some(),
        // PLAINTEXT is never chosen for somebody.
        None => false,
    };
    let mut known = row.methods.iter().copied();
    known
        .clone()
        .find(|name| fits(name))
        .or_else(|| known.find(|name| methods.find(name).is_some()))
}

#[cfg(test)]
mod tests {
    use super::{Filling, apply, filled, parts};
    use crate::keys_file::Written;
    use countersign_base_string::Uri;

    fn fill(text: &str) -> Vec<Filling> {
        vec![text.parse().unwrap()]
    }

    #[test]
    fn a_value_stays_in_its_part_of_the_host() {
        let url = "https://{acct}.app.netsuite.com/x";
        assert_eq!(parts(url).collect::<Vec<_>>(), ["acct"]);
        assert_eq!(
            filled(url, &fill("acct=1234567-sb1")).unwrap(),
            "https://1234567-sb1.app.netsuite.com/x"
        );
        for elsewhere in ["acct=evil.example/", "acct=evil.example:1", "acct=a.b"] {
            assert!(filled(url, &fill(elsewhere)).is_err(), "{elsewhere}");
        }
        for no in [
            "host",
            "host=",
            "host=a@b",
            "host=a?b",
            "host=a#b",
            "host=a b",
            "host=a{b}",
        ] {
            assert!(no.parse::<Filling>().is_err(), "{no}");
        }
    }

    /// Every row makes a profile whose addresses can be signed.
    #[test]
    fn every_preset_can_be_filled() {
        for row in countersign_dialect::providers() {
            let endpoints = row.endpoints.iter().chain(row.api);
            let mut names: Vec<&str> = endpoints.flat_map(|it| parts(it.url)).collect();
            names.sort_unstable();
            names.dedup();
            let fillings: Vec<Filling> = names
                .iter()
                .map(|name| format!("{name}=example").parse().unwrap())
                .collect();
            let mut written = Written::default();
            apply(&mut written, row, &fillings).unwrap();
            for url in [
                &written.request_token_url,
                &written.authorize_url,
                &written.access_token_url,
            ]
            .into_iter()
            .flatten()
            {
                assert!(Uri::parse(url).is_ok(), "{}: {url}", row.id);
            }
            let plain_only = row.methods == ["PLAINTEXT"];
            assert!(
                written.signature_method.is_some() || plain_only,
                "{}",
                row.id
            );
            assert_ne!(
                written.signature_method.as_deref(),
                Some("PLAINTEXT"),
                "{}",
                row.id
            );
            if row
                .endpoints
                .request_token
                .is_some_and(|it| it.is_template())
            {
                assert!(
                    apply(&mut Written::default(), row, &[]).is_err(),
                    "{}",
                    row.id
                );
            }
        }
    }

    #[test]
    fn what_the_profile_says_stays() {
        let row = super::row("schoology").unwrap();
        let mut written = Written {
            realm: Some("mine".to_owned()),
            ..Written::default()
        };
        apply(&mut written, row, &[]).unwrap();
        assert_eq!(written.realm.as_deref(), Some("mine"));
        let mut written = Written::default();
        apply(&mut written, row, &[]).unwrap();
        assert_eq!(written.realm.as_deref(), Some("Schoology API"));
    }
}
