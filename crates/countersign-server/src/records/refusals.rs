//! Refused requests, as far as they may be kept: what the service knows of them, and nothing that
//! was sent.

use std::path::{Path, PathBuf};

use countersign_clock::UnixTime;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use super::{APPLICATION_ID, MIGRATIONS, RecordsError};

pub(super) const MIGRATION: &str = "
    CREATE TABLE refusal (
        number INTEGER PRIMARY KEY NOT NULL,
        id TEXT UNIQUE NOT NULL,
        at INTEGER NOT NULL,
        endpoint TEXT NOT NULL,
        method TEXT NOT NULL,
        consumer TEXT,
        status INTEGER NOT NULL,
        problem TEXT,
        cause TEXT NOT NULL,
        detail TEXT NOT NULL,
        explanation TEXT NOT NULL
    ) STRICT;
    CREATE INDEX refusal_at ON refusal (at);
    CREATE INDEX refusal_of_strangers ON refusal (number) WHERE consumer IS NULL;
";

const SELECT: &str = "
    SELECT id, at, endpoint, method, consumer, status, problem, cause, detail, explanation
    FROM refusal";

/// Letters of an id.
const ID_LENGTH: usize = 13;

/// A refused request, as far as it is kept. It holds nothing that was sent but what is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusalRecord {
    /// The id of the answer, as in `X-Request-Id`.
    pub id: String,
    /// When, by the service's clock.
    pub at: UnixTime,
    /// What was asked for: `echo`, `gateway`, `request_token`, `access_token`, a page (`authorize`,
    /// `apps`, `login`, `logout`), or `none`.
    pub endpoint: String,
    /// The HTTP method, or `other`.
    pub method: String,
    /// The consumer key, where an application is registered by it.
    pub consumer: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// The problem that the sender was told.
    pub problem: Option<String>,
    /// The stable name of the true cause.
    pub cause: String,
    /// The true cause in words.
    pub detail: String,
    /// What it comes from and what to do.
    pub explanation: Explanation,
}

/// What a refusal comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Explanation {
    /// The causes, best first.
    pub findings: Vec<RecordedFinding>,
    /// The checks that passed, in their order.
    pub passed: Vec<String>,
    /// The checks that failed.
    pub failed: Vec<String>,
    /// How many signatures were computed and compared.
    pub tried: u64,
}

/// A finding by its code; its texts are the code's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RecordedFinding {
    /// The class, such as `token.revoked`.
    pub code: String,
    /// `proven`, `likely` or `possible`.
    pub confidence: String,
    /// Where the fault lies: `account`, `client`, `network` or `verifier`.
    pub side: String,
    /// The cause in the service's words, where those of the code do not fit.
    pub summary: Option<String>,
    /// What shows it.
    pub evidence: Vec<RecordedEvidence>,
    /// Other classes that the same evidence allows.
    pub also: Vec<String>,
    /// What to do, where the remedies of the code do not fit.
    pub remedies: Vec<String>,
}

/// What shows a finding, in the service's words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RecordedEvidence {
    /// What it is about.
    pub what: String,
    /// What was found.
    pub found: Option<String>,
    /// What is due.
    pub expected: Option<String>,
    /// What it shows.
    pub note: Option<String>,
}

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retention {
    pub(crate) keep: usize,
    pub(crate) days: u32,
}

/// Writes a batch, and drops what is over, in one transaction.
pub(crate) fn write(
    connection: &mut Connection,
    records: &[RefusalRecord],
    retention: Retention,
    now: UnixTime,
) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    for record in records {
        let explanation = serde_json::to_string(&record.explanation)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        change
            .prepare_cached(
                "INSERT OR REPLACE INTO refusal
                 (id, at, endpoint, method, consumer, status, problem, cause, detail, explanation)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                record.id,
                record.at.seconds(),
                record.endpoint,
                record.method,
                record.consumer,
                record.status,
                record.problem,
                record.cause,
                record.detail,
                explanation,
            ])?;
    }
    let keep = i64::try_from(retention.keep).unwrap_or(i64::MAX);
    // Whoever is not registered may not push out those who are.
    let of_strangers = keep.checked_div(2).unwrap_or(0);
    let oldest = now.saturating_sub(i64::from(retention.days).saturating_mul(86_400));
    change
        .prepare_cached("DELETE FROM refusal WHERE at < ?1")?
        .execute([oldest.seconds()])?;
    change
        .prepare_cached(
            "DELETE FROM refusal WHERE consumer IS NULL AND number <= (
                 SELECT number FROM refusal WHERE consumer IS NULL
                 ORDER BY number DESC LIMIT 1 OFFSET ?1)",
        )?
        .execute([of_strangers])?;
    change
        .prepare_cached(
            "DELETE FROM refusal WHERE number <= (
                 SELECT number FROM refusal ORDER BY number DESC LIMIT 1 OFFSET ?1)",
        )?
        .execute([keep])?;
    change.commit()
}

/// What is kept altogether.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptRefusals {
    /// How many.
    pub count: u64,
    /// When the oldest was refused.
    pub oldest: Option<UnixTime>,
}

/// The refusals that a service kept, read beside it or without it.
///
/// ```
/// use countersign_server::{Config, RefusalReader};
///
/// # let directory = tempfile::tempdir()?;
/// let config = Config::parse("", directory.path().join("countersign.toml"))?;
/// let file = config.resolve(&config.store.records_file());
/// assert!(RefusalReader::open(&file).is_err(), "there was no service here");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RefusalReader {
    connection: Connection,
    path: PathBuf,
}

impl core::fmt::Debug for RefusalReader {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RefusalReader")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl RefusalReader {
    /// Opens the service's own file, see [`Store::records_file`](crate::Store::records_file), for
    /// reading alone.
    ///
    /// # Errors
    ///
    /// There is none, it can't be read, or it is of another application or version.
    pub fn open(path: &Path) -> Result<Self, RecordsError> {
        if !path.exists() {
            return Err(RecordsError::Missing {
                path: path.to_owned(),
            });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(failed("open", path))?;
        connection
            .busy_timeout(core::time::Duration::from_secs(2))
            .map_err(failed("set up", path))?;
        let number = |name: &str| {
            connection
                .pragma_query_value(None, name, |row| row.get::<_, i32>(0))
                .map_err(failed("read", path))
        };
        if number("application_id")? != APPLICATION_ID {
            return Err(RecordsError::Foreign {
                path: path.to_owned(),
            });
        }
        let found = usize::try_from(number("user_version")?).unwrap_or(usize::MAX);
        if found > MIGRATIONS.len() {
            return Err(RecordsError::Newer {
                path: path.to_owned(),
                supported: MIGRATIONS.len(),
                found,
            });
        }
        let of_refusals = MIGRATIONS.iter().position(|known| *known == MIGRATION);
        if of_refusals.is_none_or(|place| found <= place) {
            return Err(RecordsError::Older {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            connection,
            path: path.to_owned(),
        })
    }

    /// The refusal of this id, in whichever case its letters are.
    ///
    /// # Errors
    ///
    /// The file failed.
    pub fn find(&self, id: &str) -> Result<Option<RefusalRecord>, RecordsError> {
        let Some(id) = normal(id) else {
            return Ok(None);
        };
        self.connection
            .query_row(&format!("{SELECT} WHERE id = ?1"), [id], record)
            .optional()
            .map_err(failed("read", &self.path))
    }

    /// The newest refusals, of one application or of all.
    ///
    /// # Errors
    ///
    /// The file failed.
    pub fn newest(
        &self,
        consumer: Option<&str>,
        limit: usize,
    ) -> Result<Vec<RefusalRecord>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let newest = || {
            let sql =
                format!("{SELECT} WHERE ?1 IS NULL OR consumer = ?1 ORDER BY number DESC LIMIT ?2");
            let mut statement = self.connection.prepare(&sql)?;
            let rows = statement.query_map(params![consumer, limit], record)?;
            rows.collect::<rusqlite::Result<_>>()
        };
        newest().map_err(failed("read", &self.path))
    }

    /// How many are kept, and from when on.
    ///
    /// # Errors
    ///
    /// The file failed.
    pub fn kept(&self) -> Result<KeptRefusals, RecordsError> {
        self.connection
            .query_row("SELECT count(*), min(at) FROM refusal", [], |row| {
                Ok(KeptRefusals {
                    count: row.get::<_, i64>(0)?.unsigned_abs(),
                    oldest: row.get::<_, Option<i64>>(1)?.map(UnixTime::from_seconds),
                })
            })
            .map_err(failed("read", &self.path))
    }
}

/// An id as it is kept: people write O for 0, and I or L for 1.
fn normal(id: &str) -> Option<String> {
    let letters = id.trim().chars().map(|letter| match letter {
        'o' | 'O' => '0',
        'i' | 'I' | 'l' | 'L' => '1',
        other => other.to_ascii_uppercase(),
    });
    let id: String = letters.collect();
    (id.len() == ID_LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(id)
}

fn record(row: &Row<'_>) -> rusqlite::Result<RefusalRecord> {
    let explanation: String = row.get(9)?;
    Ok(RefusalRecord {
        id: row.get(0)?,
        at: UnixTime::from_seconds(row.get(1)?),
        endpoint: row.get(2)?,
        method: row.get(3)?,
        consumer: row.get(4)?,
        status: row.get(5)?,
        problem: row.get(6)?,
        cause: row.get(7)?,
        detail: row.get(8)?,
        explanation: serde_json::from_str(&explanation).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(9, rusqlite::types::Type::Text, error.into())
        })?,
    })
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> RecordsError {
    move |source| RecordsError::Sqlite {
        doing,
        path: path.to_owned(),
        source: source.into(),
    }
}

#[cfg(test)]
mod tests;
