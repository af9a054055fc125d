//! Whether an answer that was given before still holds: it does when nothing that it was made of has changed since.
//!
//! PostgreSQL numbers each transaction (and savepoint) that writes, and tells with each snapshot how far the numbers went.
//! [`Tx`] leaves the tables that it wrote in `hub_changes`, as a part of what it commits. So the numbers since a snapshot are
//! gone through: those that were rolled back changed nothing, those with a row changed the tables that it names, and any other
//! (upstream's hub at the same database, an administrator in psql, vacuum) may have changed anything. Nothing is guessed
//! from clocks or from the numbers of events, which are not committed in their order.

use std::collections::BTreeSet;

use crate::touched::ANY;
use crate::{Result, Tx, args};

/// Most transactions that are looked through; after more, an answer counts as old.
const MOST: i64 = 20_000;

/// A state of the database, as `pg_current_snapshot()` writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot(String);

/// What a reading transaction sees.
pub async fn snapshot(tx: &mut Tx) -> Result<Snapshot> {
    let text = tx.maybe_text("SELECT pg_current_snapshot()::text", vec![]).await?;
    Ok(Snapshot(text.unwrap_or_default()))
}

/// Whether these tables are, for this reading transaction, as they were at `before`; and what it sees itself.
///
/// Transactions that run now are looked at when they have ended: the next look starts with the oldest of them.
pub async fn unchanged(
    tx: &mut Tx,
    before: &Snapshot,
    tables: &BTreeSet<&'static str>,
) -> Result<(bool, Snapshot)> {
    let tables: Vec<String> = tables.iter().copied().chain([ANY]).map(str::to_owned).collect();
    let sql = "
        WITH now AS MATERIALIZED (SELECT pg_current_snapshot() AS seen),
             span AS MATERIALIZED (
                 SELECT pg_snapshot_xmin($1::text::pg_snapshot)::text::bigint AS first,
                        pg_snapshot_xmax(seen)::text::bigint - 1 AS last FROM now),
             ended AS MATERIALIZED (
                 SELECT n::text::xid8::xid AS xid
                   FROM span, generate_series(first, CASE WHEN last - first < $3 THEN last END) AS n
                  WHERE coalesce(pg_xact_status(n::text::xid8), 'unknown') NOT IN ('aborted', 'in progress'))
        SELECT last - first < $3 AND NOT EXISTS (
                   SELECT 1 FROM ended LEFT JOIN hub_changes AS known ON known.xmin = ended.xid
                    WHERE known.tables IS NULL OR known.tables && $2),
               seen::text
          FROM now, span";
    let row: Option<(bool, String)> = tx.row_as(sql, args![before.0.as_str(), tables, MOST]).await?;
    let (same, seen) = row.unwrap_or_default();
    Ok((same, Snapshot(seen)))
}

/// Removes what is older than any answer that can still be known to hold.
pub async fn prune(tx: &mut Tx) -> Result<u64> {
    tx.execute(r#"DELETE FROM hub_changes WHERE "time" < now() - interval '5 minutes'"#, vec![]).await
}
