//! The parameters of two captures against each other.

use std::borrow::Cow;
use std::collections::BTreeMap;

use countersign_base_string::{Parameter, Place};

use super::{Aspect, Contrasts};
use crate::compare::sight::Sight;
use crate::difference::is_sensitive;

/// What is different in every signed request.
const FRESH: [&str; 3] = ["oauth_nonce", "oauth_timestamp", "oauth_signature"];

pub(super) fn compare(first: &Sight<'_>, second: &Sight<'_>, found: &mut Contrasts) {
    let (Some(ours), Some(theirs)) = (first.parameters(), second.parameters()) else {
        return;
    };
    let fresh_differs = protocol(
        &ours
            .iter()
            .filter(|one| one.is_protocol())
            .collect::<Vec<_>>(),
        &theirs
            .iter()
            .filter(|one| one.is_protocol())
            .collect::<Vec<_>>(),
        found,
    );
    if !fresh_differs.is_empty() {
        found.immaterial.push(format!(
            "{} (new in every request)",
            fresh_differs.join(", ")
        ));
    }
    let plain = |parameter: &&Parameter<'_>| !parameter.is_protocol();
    application(
        ours.iter().filter(plain),
        theirs.iter().filter(plain),
        found,
    );
}

/// Protocol parameters by name; gives back those of the fresh ones that differ.
fn protocol(
    ours: &[&Parameter<'_>],
    theirs: &[&Parameter<'_>],
    found: &mut Contrasts,
) -> Vec<&'static str> {
    let mut names: Vec<String> = ours
        .iter()
        .chain(theirs)
        .map(|parameter| parameter.name_lossy().into_owned())
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut fresh = Vec::new();
    let index = |side: &[&Parameter<'_>]| {
        let mut map = BTreeMap::new();
        for parameter in side {
            map.entry(parameter.name_lossy().into_owned())
                .or_insert_with(|| {
                    (
                        parameter
                            .value_str()
                            .map(Cow::into_owned)
                            .unwrap_or_default(),
                        parameter
                            .raw_value()
                            .map(|raw| String::from_utf8_lossy(raw).into_owned()),
                        parameter.place(),
                    )
                });
        }
        map
    };
    let (ours, theirs) = (index(ours), index(theirs));
    for name in names {
        let (one, other) = (ours.get(&name), theirs.get(&name));
        let hidden = is_sensitive(&name) || name == "oauth_signature";
        if let (Some((value, raw, place)), Some((there, raw_there, place_there))) = (one, other) {
            if value == there {
                if raw != raw_there && place == place_there && !hidden {
                    let raw = raw.as_deref();
                    let aspect = Aspect::Spelling(name.clone());
                    found.push(
                        aspect,
                        format!("spelling of {name}"),
                        raw,
                        raw_there.as_deref(),
                    );
                }
                continue;
            }
            if name == "oauth_signature" && value.replace(' ', "+") == there.replace(' ', "+") {
                let blanks = |text: &str| format!("{} blanks", text.matches(' ').count());
                found.push(
                    Aspect::SignatureChanged,
                    "plus signs of the signature",
                    Some(&blanks(value)),
                    Some(&blanks(there)),
                );
                continue;
            }
            if let Some(known) = FRESH.iter().find(|fresh| **fresh == name) {
                fresh.push(*known);
                continue;
            }
        }
        let text = |side: Option<&(String, Option<String>, Place)>| {
            side.map(|(value, ..)| {
                if hidden {
                    "present".to_owned()
                } else if value.is_empty() {
                    "(empty)".to_owned()
                } else {
                    value.clone()
                }
            })
        };
        let (one, other) = (text(one), text(other));
        found.push(
            Aspect::Protocol(name.clone()),
            name,
            one.as_deref(),
            other.as_deref(),
        );
    }
    fresh
}

/// One parameter of the application, as it is compared.
struct Item {
    name: String,
    value: String,
    raw: (Vec<u8>, Vec<u8>),
    place: Place,
}

impl Item {
    fn of(parameter: &Parameter<'_>) -> Self {
        let value = parameter.value();
        Self {
            name: parameter.name_lossy().into_owned(),
            value: String::from_utf8_lossy(&value).into_owned(),
            raw: (
                parameter.raw_name().unwrap_or_default().to_vec(),
                parameter.raw_value().unwrap_or_default().to_vec(),
            ),
            place: parameter.place(),
        }
    }

    fn text(&self) -> String {
        if is_sensitive(&self.name) {
            "(not shown)".to_owned()
        } else if self.value.is_empty() {
            "(empty)".to_owned()
        } else {
            self.value.clone()
        }
    }
}

fn application<'p>(
    ours: impl Iterator<Item = &'p Parameter<'p>>,
    theirs: impl Iterator<Item = &'p Parameter<'p>>,
    found: &mut Contrasts,
) {
    let mut ours: Vec<Item> = ours.map(Item::of).collect();
    let mut theirs: Vec<Item> = theirs.map(Item::of).collect();
    let ours_kept = meet(&mut ours, &mut theirs, |item| {
        (item.name.clone(), Some(item.value.clone()))
    });
    for (one, other) in ours_kept {
        if one.place != other.place {
            let (here, there) = (one.place.to_string(), other.place.to_string());
            let what = format!("place of parameter {}", one.name);
            found.push(Aspect::Moved, what, Some(&here), Some(&there));
        } else if one.raw != other.raw && !is_sensitive(&one.name) {
            let raw = |item: &Item| {
                let (name, value) = &item.raw;
                let text = [name.as_slice(), b"=", value].concat();
                String::from_utf8_lossy(&text).into_owned()
            };
            found.push(
                Aspect::Spelling(one.name.clone()),
                format!("spelling of parameter {}", one.name),
                Some(&raw(&one)),
                Some(&raw(&other)),
            );
        }
    }
    let changed = meet(&mut ours, &mut theirs, |item| (item.name.clone(), None));
    for (one, other) in changed {
        let (mut here, mut there) = (one.text(), other.text());
        if here == there {
            here = "(not shown)".to_owned();
            there = "another one".to_owned();
        }
        let what = format!("parameter {}", one.name);
        found.push(Aspect::Value(one.place), what, Some(&here), Some(&there));
    }
    for item in ours {
        let what = format!("parameter {}", item.name);
        found.push(Aspect::Lost(item.place), what, Some(&item.text()), None);
    }
    for item in theirs {
        let what = format!("parameter {}", item.name);
        found.push(Aspect::Gained(item.place), what, None, Some(&item.text()));
    }
}

/// Takes out of both lists what has the same key, one for one, in order of arrival.
fn meet(
    ours: &mut Vec<Item>,
    theirs: &mut Vec<Item>,
    key: impl Fn(&Item) -> (String, Option<String>),
) -> Vec<(Item, Item)> {
    let mut waiting: BTreeMap<_, Vec<Item>> = BTreeMap::new();
    for item in theirs.drain(..).rev() {
        waiting.entry(key(&item)).or_default().push(item);
    }
    let mut met = Vec::new();
    let mut rest = Vec::new();
    for item in ours.drain(..) {
        match waiting.get_mut(&key(&item)).and_then(Vec::pop) {
            Some(other) => met.push((item, other)),
            None => rest.push(item),
        }
    }
    *ours = rest;
    theirs.extend(
        waiting
            .into_values()
            .flat_map(|items| items.into_iter().rev()),
    );
    met
}
