//! What was committed since: whether an answer that was given before still holds.
//!
//! PostgreSQL numbers each transaction (and savepoint) that writes, and tells with each snapshot how far the numbers went.
//! [`crate::Tx`] leaves the tables that it wrote in `hub_changes`, as a part of what it commits. So the numbers since the last
//! look are gone through: those that were rolled back changed nothing, those with a row changed the tables that it names, and
//! any other (upstream's hub at the same database, an administrator in psql, vacuum) may have changed anything. Nothing is
//! guessed from clocks or from the numbers of events, which are not committed in their order.
//!
//! One look serves all who ask while the one before it is under way. Each begins after its askers have asked, so what was
//! committed before that is in it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::postgres::PgConnection;
use tokio::sync::oneshot;

use crate::touched::{self, Tables};
use crate::{Db, DbError, Result, Tx};

/// Most transactions that are looked through; after more, everything counts as changed.
const MOST: i64 = 20_000;

/// What of Koji's tables has changed, look by look.
#[derive(Debug)]
pub struct Watch {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    db: Db,
    asking: Mutex<Asking>,
}

#[derive(Debug, Default)]
struct Asking {
    /// A task looks, and will look again for those who wait then.
    busy: bool,
    waiting: Vec<oneshot::Sender<Option<Look>>>,
    past: Past,
}

/// One look.
#[derive(Debug, Clone)]
pub struct Look {
    number: u64,
    last: Arc<Changes>,
}

/// What an answer is made of: all that its transaction read, which began after this look.
#[derive(Debug, Clone, Copy)]
pub struct Basis {
    number: u64,
    tables: Tables,
}

impl Basis {
    /// Whether all that it depends on is known.
    pub fn is_known(&self) -> bool {
        self.tables.is_known()
    }
}

/// The last look at which each table was seen to have changed.
#[derive(Debug, Clone, Default)]
struct Changes {
    of_any: u64,
    of_table: HashMap<Tables, u64>,
}

impl Look {
    pub fn basis(&self, tables: Tables) -> Basis {
        Basis { number: self.number, tables }
    }

    /// Whether nothing that the answer was made of has changed.
    pub fn holds(&self, basis: &Basis) -> bool {
        let since = |changed: u64| changed > basis.number;
        !since(self.last.of_any)
            && basis.is_known()
            && !self.last.of_table.iter().any(|(table, at)| since(*at) && basis.tables.overlaps(*table))
    }
}

impl Watch {
    pub fn new(db: Db) -> Watch {
        Watch { shared: Arc::new(Shared { db, asking: Mutex::default() }) }
    }

    /// What was committed until now; `None` when the database cannot say.
    pub async fn look(&self) -> Option<Look> {
        let (send, answer) = oneshot::channel();
        let start = {
            let mut asking = self.shared.lock();
            asking.waiting.push(send);
            !std::mem::replace(&mut asking.busy, true)
        };
        if start {
            tokio::spawn(Arc::clone(&self.shared).serve());
        }
        answer.await.ok().flatten()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Asking> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks as long as somebody waits.
    async fn serve(self: Arc<Shared>) {
        loop {
            let (waiting, mut past) = {
                let mut asking = self.lock();
                if asking.waiting.is_empty() {
                    asking.busy = false;
                    return;
                }
                (std::mem::take(&mut asking.waiting), std::mem::take(&mut asking.past))
            };
            let look = match past.look(&self.db).await {
                Ok(look) => Some(look),
                Err(e) => {
                    tracing::warn!("cannot look what has changed, so nothing that is kept is used: {e}");
                    past.connection = None;
                    past.seen = None;
                    None
                }
            };
            // before anybody goes on: who asks then is to wait for the next look
            self.lock().past = past;
            for one in waiting {
                let _ = one.send(look.clone());
            }
        }
    }
}

#[derive(Debug, Default)]
struct Past {
    connection: Option<PgConnection>,
    number: u64,
    changes: Arc<Changes>,
    seen: Option<Seen>,
}

/// How far the last look went.
#[derive(Debug, sqlx::FromRow)]
struct Seen {
    /// The first number that was not looked at.
    next: i64,
    /// Earlier numbers whose transactions were not over.
    pending: Vec<i64>,
    /// Seconds since 1970, by the database's clock.
    time: f64,
    /// Written by those that are over now.
    tables: Vec<String>,
    /// There were too many to look through.
    skipped: bool,
}

/// Parameters: the numbers that were pending, the first not yet looked at (NULL: the oldest that runs), how many are too many,
/// and the time of the last look.
const LOOK: &str = r#"
    WITH now AS MATERIALIZED (SELECT pg_current_snapshot() AS seen),
         span AS MATERIALIZED (
             SELECT coalesce($2, pg_snapshot_xmin(seen)::text::bigint) AS first,
                    pg_snapshot_xmax(seen)::text::bigint AS next FROM now),
         asked AS MATERIALIZED (
             SELECT unnest($1::bigint[]) AS n
             UNION ALL
             SELECT generate_series(first, CASE WHEN next - first <= $3 THEN next - 1 END) FROM span),
         one AS MATERIALIZED (
             SELECT n, coalesce(pg_xact_status(n::text::xid8), 'unknown') AS status,
                    pg_visible_in_snapshot(n::text::xid8, seen) AS over FROM asked, now)
    SELECT next,
           ARRAY(SELECT n FROM one WHERE status = 'in progress' OR NOT over) AS pending,
           extract(epoch FROM clock_timestamp())::float8 AS time,
           ARRAY(SELECT DISTINCT t
                   FROM one LEFT JOIN hub_changes AS known
                        ON known.xmin = n::text::xid8::xid AND known."time" > to_timestamp($4 - 10),
                        unnest(coalesce(known.tables, ARRAY['*'])) AS t
                  WHERE over AND status NOT IN ('in progress', 'aborted')) AS tables,
           next - first > $3 AS skipped
      FROM span"#;

impl Past {
    async fn look(&mut self, db: &Db) -> Result<Look> {
        let (pending, first, time) = match self.seen.take() {
            Some(seen) => (seen.pending, Some(seen.next), seen.time),
            None => (Vec::new(), None, 0.0),
        };
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(db.connect().await?),
        };
        let seen: Seen = sqlx::query_as(LOOK)
            .bind(pending)
            .bind(first)
            .bind(MOST)
            .bind(time)
            .fetch_one(connection)
            .await
            .map_err(DbError::from)?;
        self.number += 1;
        let tables: Vec<Tables> = seen.tables.iter().map(|name| touched::table(name)).collect();
        let anything = first.is_none() || seen.skipped || tables.iter().any(|table| !table.is_known());
        if anything {
            let changes = Arc::make_mut(&mut self.changes);
            changes.of_any = self.number;
            changes.of_table.clear();
        } else if !tables.is_empty() {
            let changes = Arc::make_mut(&mut self.changes);
            changes.of_table.extend(tables.into_iter().map(|table| (table, self.number)));
        }
        // what was skipped may still run: then the next look begins with the oldest that does
        self.seen = (!seen.skipped).then_some(seen);
        Ok(Look { number: self.number, last: Arc::clone(&self.changes) })
    }
}

/// Removes what is older than any answer that can still be known to hold.
pub async fn prune(tx: &mut Tx) -> Result<u64> {
    tx.execute(r#"DELETE FROM hub_changes WHERE "time" < now() - interval '5 minutes'"#, vec![]).await
}
