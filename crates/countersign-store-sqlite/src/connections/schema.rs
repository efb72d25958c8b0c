//! The tables.

use crate::reseal::Column;
use crate::schema::{Schema, Step};

/// The store of a client's connections: "CSC1".
pub(super) const CONNECTIONS: Schema = Schema {
    application_id: 0x4353_4331,
    migrations: &[&[
        Step::Sql(FOUNDING),
        Step::Sql(CONNECTION),
        Step::Sql(IN_ORDER),
        Step::Sql(UNSETTLED),
        Step::Sql(ANSWERS),
        Step::Sql(ANSWERS_OF),
        Step::Sql(ROOMS),
        Step::Sql(HISTORY),
    ]],
};

/// The one row about the store itself.
const FOUNDING: &str = "
CREATE TABLE store (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sealed INTEGER NOT NULL,
    probe BLOB NOT NULL,
    given INTEGER NOT NULL,
    removed INTEGER NOT NULL
) STRICT";

const CONNECTION: &str = "
CREATE TABLE connections (
    identity BLOB PRIMARY KEY,
    consumer_key TEXT NOT NULL,
    account TEXT NOT NULL,
    version INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    phase TEXT NOT NULL,
    cause TEXT,
    intent BLOB,
    expires INTEGER,
    authorization_expires INTEGER,
    received INTEGER NOT NULL,
    secrets BLOB NOT NULL,
    previous_generation INTEGER,
    previous_expires INTEGER,
    previous_authorization_expires INTEGER,
    previous_received INTEGER,
    previous_secrets BLOB,
    fence INTEGER,
    leased_until INTEGER
) STRICT, WITHOUT ROWID";

const IN_ORDER: &str = "
CREATE UNIQUE INDEX connections_in_order ON connections (consumer_key, account)";

const UNSETTLED: &str = "
CREATE INDEX unsettled ON connections (consumer_key, account)
WHERE phase IN ('renewing', 'renewal_unknown')";

/// Raw answers to renewals.
const ANSWERS: &str = "
CREATE TABLE answers (
    slot BLOB PRIMARY KEY,
    identity BLOB NOT NULL,
    number INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    intent INTEGER NOT NULL,
    received INTEGER NOT NULL,
    answer BLOB NOT NULL
) STRICT";

const ANSWERS_OF: &str = "CREATE UNIQUE INDEX answers_of ON answers (identity, number)";

/// Pages set aside for the answers that are awaited.
const ROOMS: &str = "
CREATE TABLE rooms (
    identity BLOB PRIMARY KEY,
    room BLOB NOT NULL
) STRICT";

const HISTORY: &str = "
CREATE TABLE history (
    identity BLOB NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    event TEXT NOT NULL,
    cause TEXT,
    PRIMARY KEY (identity, number)
) STRICT, WITHOUT ROWID";

/// The columns of secrets.
pub(super) const SEALED: &[Column] = &[
    Column {
        table: "store",
        select: "SELECT 'probe', 0, probe FROM store WHERE ?1 IS NULL LIMIT ?2",
        update: "UPDATE store SET probe = ?2 WHERE ?1 = 'probe'",
    },
    Column {
        table: "connections",
        select: "
SELECT identity, generation, secrets FROM connections
WHERE ?1 IS NULL OR identity > ?1 ORDER BY identity LIMIT ?2",
        update: "UPDATE connections SET secrets = ?2 WHERE identity = ?1",
    },
    Column {
        table: "connections.previous",
        select: "
SELECT identity, coalesce(previous_generation, 0), previous_secrets FROM connections
WHERE ?1 IS NULL OR identity > ?1 ORDER BY identity LIMIT ?2",
        update: "UPDATE connections SET previous_secrets = ?2 WHERE identity = ?1",
    },
    Column {
        table: "answers",
        select: "
SELECT slot, generation, answer FROM answers
WHERE ?1 IS NULL OR slot > ?1 ORDER BY slot LIMIT ?2",
        update: "UPDATE answers SET answer = ?2 WHERE slot = ?1",
    },
];
