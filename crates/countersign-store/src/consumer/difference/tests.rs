use std::sync::Arc;

use countersign_key::Secret;

use super::*;
use crate::{ConsumerKind, Standing};

const LIVE: &[u8] = include_bytes!("../../../../../tests/support/fixtures/certificates/live.pem");
const LONG: &[u8] =
    include_bytes!("../../../../../tests/support/fixtures/certificates/rsa4096.pem");

fn secret(secret: &str) -> Credential {
    Credential::Secret(Arc::new(Secret::new(secret)))
}

fn certificates(all: &[&[u8]]) -> Credential {
    let read = |pem: &&[u8]| Certificate::read_all(pem).unwrap().remove(0);
    Credential::Certificates(all.iter().map(read).collect())
}

fn row() -> Consumer {
    Consumer::new("app", ConsumerKind::Public, secret("one"))
}

#[test]
fn each_field_that_is_stored_counts() {
    type Changed = (&'static str, fn(&mut Consumer));
    let change: [Changed; 8] = [
        ("key", |row| row.key.push('s')),
        ("name", |row| row.name.push('s')),
        ("kind", |row| row.kind = ConsumerKind::Partner),
        ("methods", |row| row.methods.push("HMAC-SHA1".to_owned())),
        ("callbacks", |row| row.callbacks.push("oob".to_owned())),
        ("organisation", |row| {
            row.organisation = Some("Acme".to_owned())
        }),
        ("xauth", |row| row.may_use_xauth = true),
        ("two-legged", |row| row.may_use_two_legged = true),
    ];
    let other = Difference {
        other: true,
        ..Difference::default()
    };
    for (field, change) in change {
        let mut changed = row();
        change(&mut changed);
        assert_eq!(row().difference(&changed), other, "{field}");
        assert_eq!(changed.difference(&row()), other, "{field}");
    }
    let mut changed = row();
    changed.standing = Standing::Rejected;
    changed.credential = secret("other");
    let difference = row().difference(&changed);
    assert!(difference.standing && difference.credential && !difference.other);
    assert!(!difference.is_none());
    let same = row();
    same.derived.get_or_init(|| 1);
    assert!(row().difference(&same).is_none());
}

#[test]
fn keys_are_compared_by_what_they_are() {
    let (short, long) = (certificates(&[LIVE]), certificates(&[LONG]));
    let both = certificates(&[LIVE, LONG]);
    for (one, other, held, is_same) in [
        (&secret("one"), &secret("one"), true, true),
        (&secret("one"), &secret("other"), false, false),
        (&both, &certificates(&[LONG, LIVE]), true, true),
        (&both, &short, true, false),
        (&short, &both, false, false),
        (&short, &long, false, false),
        (&short, &secret("one"), false, false),
        (&secret("one"), &short, false, false),
    ] {
        assert_eq!(one.holds(other), held, "{one:?} {other:?}");
        let mut rows = [row(), row()];
        rows[0].credential = one.clone();
        rows[1].credential = other.clone();
        assert_eq!(
            rows[0].difference(&rows[1]).is_none(),
            is_same,
            "{one:?} {other:?}"
        );
    }
}
