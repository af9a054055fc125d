//! The tables: made in an empty database, added to where Koji's are already there.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Postgres, Transaction};

use crate::{Db, DbError, Result};

/// Koji's tables.
pub const KOJI: &str = include_str!("../schema/koji.sql");

/// This hub's own tables. The position in the list, from 1, is the version; entries are only ever added.
pub(crate) const OURS: &[&str] = &[
    include_str!("../schema/ours.sql"),
    include_str!("../schema/changes.sql"),
    include_str!("../schema/changes_by_time.sql"),
];

/// What a database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// No Koji tables.
    Empty,
    /// Koji's tables, but none of ours, or ours of an older version.
    Behind {
        version: i32,
    },
    Current,
}

/// What [`migrate`] did or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Migration {
    Nothing,
    /// All tables were made.
    Created,
    /// Koji's tables were there; ours went from this version to the current one.
    Updated {
        from: i32,
    },
}

#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(
        "this database has Koji's tables, but not as version 1.35 makes them: missing {}; \
         run Koji's own schema-upgrade scripts up to 1.35 first",
        .0.join(", ")
    )]
    OldKoji(Vec<String>),
    #[error(
        "this database was used by a newer hub (tables of version {found}, this one knows {known}); use that hub"
    )]
    Newer { found: i32, known: i32 },
}

impl From<sqlx::Error> for SchemaError {
    fn from(e: sqlx::Error) -> SchemaError {
        SchemaError::Db(e.into())
    }
}

/// Looks at a database without changing it.
pub async fn state(db: &Db) -> std::result::Result<SchemaState, SchemaError> {
    let mut tx = db.pool().begin().await?;
    look(&mut tx).await
}

/// Makes what is missing, in one transaction. Any number of hubs may start at once: they wait for each other.
pub async fn migrate(db: &Db) -> std::result::Result<Migration, SchemaError> {
    let mut tx = db.pool().begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('koji-hub schema'))").execute(&mut *tx).await?;
    let (done, from) = match look(&mut tx).await? {
        SchemaState::Current => return Ok(Migration::Nothing),
        SchemaState::Empty => {
            sqlx::raw_sql(KOJI).execute(&mut *tx).await?;
            (Migration::Created, 0)
        }
        SchemaState::Behind { version } => (Migration::Updated { from: version }, version),
    };
    let skip = usize::try_from(from).unwrap_or(0);
    for (sql, version) in OURS.iter().zip(1_i32..).skip(skip) {
        sqlx::raw_sql(*sql).execute(&mut *tx).await?;
        sqlx::query("INSERT INTO hub_schema (version) VALUES ($1)").bind(version).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(done)
}

/// Creates the database `name` on the server that `server` reaches, unless it is there.
pub async fn create_database(server: &PgConnectOptions, name: &str) -> Result<()> {
    let mut connection = server.connect().await?;
    let found: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(name)
        .fetch_optional(&mut connection)
        .await?;
    if found.is_none() {
        let sql = format!("CREATE DATABASE {}", quoted(name));
        let made = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await;
        // another process that starts at the same time may have been first
        let is_there = |e: &sqlx::Error| {
            e.as_database_error().and_then(|e| e.code()).is_some_and(|c| c == "42P04" || c == "23505")
        };
        match made {
            Err(e) if !is_there(&e) => return Err(e.into()),
            _ => {}
        }
    }
    Ok(connection.close().await?)
}

/// An identifier in quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

async fn look(tx: &mut Transaction<'_, Postgres>) -> std::result::Result<SchemaState, SchemaError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text FROM information_schema.columns \
         WHERE table_schema = ANY (current_schemas(false))",
    )
    .fetch_all(&mut **tx)
    .await?;
    let there: BTreeSet<(String, String)> = rows.into_iter().collect();
    let has_table = |table: &str| there.iter().any(|(t, _)| t == table);
    let wanted = tables(KOJI);
    if !wanted.keys().any(|t| has_table(t)) {
        return Ok(SchemaState::Empty);
    }
    let mut missing = Vec::new();
    for (table, columns) in &wanted {
        if !has_table(table) {
            missing.push((*table).to_owned());
            continue;
        }
        let absent = columns.iter().filter(|c| !there.contains(&((*table).to_owned(), (**c).to_owned())));
        missing.extend(absent.map(|c| format!("{table}.{c}")));
    }
    if !missing.is_empty() {
        return Err(SchemaError::OldKoji(missing));
    }
    let version: i32 = if has_table("hub_schema") {
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM hub_schema").fetch_one(&mut **tx).await?
    } else {
        0
    };
    let known = i32::try_from(OURS.len()).unwrap_or(i32::MAX);
    match version.cmp(&known) {
        std::cmp::Ordering::Less => Ok(SchemaState::Behind { version }),
        std::cmp::Ordering::Equal => Ok(SchemaState::Current),
        std::cmp::Ordering::Greater => Err(SchemaError::Newer { found: version, known }),
    }
}

/// The tables and columns that a schema file makes. The files are ours: one column or key a line.
pub(crate) fn tables(sql: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut out = BTreeMap::new();
    let mut table = None;
    for line in sql.lines() {
        if let Some(name) = line.strip_prefix("CREATE TABLE ") {
            table = Some(name.trim_end_matches(" ("));
            continue;
        }
        match (table, line.strip_prefix("    ")) {
            (Some(name), Some(column))
                if column.starts_with(|c: char| c.is_ascii_lowercase() || c == '"') =>
            {
                let column = column.split(' ').next().unwrap_or_default().trim_matches('"');
                out.entry(name).or_insert_with(Vec::new).push(column);
            }
            _ if line == ");" => table = None,
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_file_reads_as_tables() {
        let tables = tables(KOJI);
        assert_eq!(tables.len(), 68);
        assert_eq!(tables["events"], ["id", "time"]);
        assert_eq!(
            tables["user_perms"],
            ["user_id", "perm_id", "create_event", "revoke_event", "creator_id", "revoker_id", "active"]
        );
    }
}
