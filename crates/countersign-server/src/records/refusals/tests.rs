use super::*;
use crate::records::Records;

fn refusal(number: i64, consumer: Option<&str>) -> RefusalRecord {
    RefusalRecord {
        id: format!("{number:013}"),
        at: UnixTime::from_seconds(1_700_000_000).saturating_add(number),
        endpoint: "echo".to_owned(),
        method: "GET".to_owned(),
        consumer: consumer.map(str::to_owned),
        status: 401,
        problem: Some("nonce_used".to_owned()),
        cause: "nonce".to_owned(),
        detail: "the nonce was used before".to_owned(),
        explanation: Explanation {
            findings: vec![RecordedFinding {
                code: "nonce.reuse".to_owned(),
                ..RecordedFinding::default()
            }],
            ..Explanation::default()
        },
    }
}

struct Kept {
    _directory: tempfile::TempDir,
    records: Records,
    reader: RefusalReader,
}

/// What is left of `refusals`, written in batches of three.
fn kept(refusals: &[RefusalRecord], retention: Retention, now: i64) -> Kept {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a-service.db");
    let records = Records::create(&path).unwrap();
    for batch in refusals.chunks(3) {
        records
            .work_here("write", |connection| {
                write(connection, batch, retention, UnixTime::from_seconds(now))
            })
            .unwrap();
    }
    Kept {
        _directory: directory,
        records,
        reader: RefusalReader::open(&path).unwrap(),
    }
}

const MANY: Retention = Retention { keep: 6, days: 30 };

#[test]
fn a_refusal_is_read_as_it_was_written_and_another_id_finds_none() {
    let written = refusal(10, Some("photo-printer"));
    let kept = kept(core::slice::from_ref(&written), MANY, 1_700_000_000);
    let read = kept.reader.find(" ooooooooooolo ").unwrap();
    assert_eq!(read.as_ref(), Some(&written));
    for other in ["0000000000011", "", "000000000001", "'; DROP TABLE"] {
        assert_eq!(kept.reader.find(other).unwrap(), None, "{other}");
    }
}

#[test]
fn the_newest_are_kept_and_strangers_push_nobody_out() {
    let mut refusals: Vec<_> = (0..4).map(|at| refusal(at, Some("known"))).collect();
    refusals.extend((4..40).map(|at| refusal(at, None)));
    let kept = kept(&refusals, MANY, 1_700_000_000);
    let found = |id: i64| kept.reader.find(&format!("{id:013}")).unwrap().is_some();
    assert_eq!(kept.reader.kept().unwrap().count, 6);
    assert!(
        !found(0) && found(1) && found(3),
        "of six, three are theirs"
    );
    assert!(!found(36) && found(37) && found(39));
}

#[test]
fn the_newest_are_listed_first_all_or_those_of_one() {
    let refusals: Vec<_> = (0..5)
        .map(|at| refusal(at, (at % 2 == 0).then_some("known")))
        .collect();
    let kept = kept(&refusals, MANY, 1_700_000_000);
    let listed = |consumer, limit| {
        let found = kept.reader.newest(consumer, limit).unwrap();
        let ids = found.iter().map(|it| it.id.parse::<u32>().unwrap());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(listed(None, 20), [4, 3, 2, 1, 0]);
    assert_eq!(listed(None, 2), [4, 3]);
    assert_eq!(listed(Some("known"), 2), [4, 2]);
    assert_eq!(listed(Some("' OR 1"), 2), [0; 0]);
    assert_eq!(listed(None, 0), [0; 0]);
}

#[test]
fn what_is_too_old_goes() {
    let refusals = [refusal(0, Some("known")), refusal(5, Some("known"))];
    let retention = Retention { keep: 6, days: 1 };
    let kept = kept(&refusals, retention, 1_700_000_000 + 86_400 + 3);
    let left = kept.reader.kept().unwrap();
    assert_eq!(left.count, 1);
    assert_eq!(left.oldest, Some(UnixTime::from_seconds(1_700_000_005)));
}

#[test]
fn a_reader_needs_no_service_and_changes_nothing() {
    let Kept {
        _directory: directory,
        records,
        reader,
    } = kept(&[refusal(1, None)], MANY, 1_700_000_000);
    drop((records, reader));
    let path = directory.path().join("a-service.db");
    let before = std::fs::read(&path).unwrap();
    let reader = RefusalReader::open(&path).unwrap();
    assert!(reader.find("0000000000001").unwrap().is_some());
    assert!(
        reader
            .connection
            .execute("DELETE FROM refusal", [])
            .is_err()
    );
    drop(reader);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn other_files_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.db");
    let open = || RefusalReader::open(&path).unwrap_err();
    assert!(matches!(open(), RecordsError::Missing { .. }));
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("CREATE TABLE a (b)").unwrap();
    assert!(matches!(open(), RecordsError::Foreign { .. }));
    connection
        .pragma_update(None, "application_id", APPLICATION_ID)
        .unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    assert!(matches!(open(), RecordsError::Older { .. }));
    connection.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(open(), RecordsError::Newer { .. }));
}
