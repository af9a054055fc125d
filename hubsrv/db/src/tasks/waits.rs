//! A task that waits for its children: `waiting` on the parent, `awaited` on the children.

use koji_api::types::TaskState;

use super::FINAL;
use crate::{Result, Topic, Tx, args};

/// Marks `parent` waiting for some of its children, or for all of them (`None`). An empty list leaves the children as they are.
pub async fn await_children(tx: &mut Tx, parent: i64, tasks: Option<Vec<i64>>) -> Result<()> {
    tx.execute("UPDATE task SET waiting = TRUE WHERE id = $1", args![parent]).await?;
    match tasks {
        None => {
            tx.execute("UPDATE task SET awaited = TRUE WHERE parent = $1", args![parent]).await?;
        }
        Some(tasks) if !tasks.is_empty() => {
            tx.execute(
                "UPDATE task SET awaited = (id = ANY($2))
                  WHERE parent = $1 AND (id = ANY($2) OR awaited IS TRUE)",
                args![parent, tasks],
            )
            .await?;
        }
        Some(_) => {}
    }
    // a waiting task leaves its host's load
    tx.announce(Topic::Scheduler);
    Ok(())
}

/// The awaited children: finished ones and others.
pub async fn awaited(tx: &mut Tx, parent: i64) -> Result<(Vec<i64>, Vec<i64>)> {
    let rows: Vec<(i64, i64)> = tx
        .rows_as(
            "SELECT id::bigint, state::bigint FROM task WHERE parent = $1 AND awaited IS TRUE ORDER BY id",
            args![parent],
        )
        .await?;
    let (finished, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, state)| FINAL.contains(state));
    let ids = |rows: Vec<(i64, i64)>| rows.into_iter().map(|(id, _)| id).collect();
    Ok((ids(finished), ids(others)))
}

/// These children have been reported and are no longer awaited.
pub async fn stop_awaiting(tx: &mut Tx, tasks: Vec<i64>) -> Result<()> {
    tx.execute("UPDATE task SET awaited = FALSE WHERE id = ANY($1)", args![tasks]).await.map(drop)
}

/// The parent goes on, whatever its children do.
pub async fn clear_wait(tx: &mut Tx, parent: i64) -> Result<()> {
    tx.execute("UPDATE task SET waiting = FALSE WHERE id = $1", args![parent]).await?;
    tx.execute("UPDATE task SET awaited = FALSE WHERE parent = $1", args![parent]).await?;
    Ok(())
}

/// The children of a task that have ended.
pub async fn finished_children(tx: &mut Tx, parent: i64) -> Result<Vec<i64>> {
    tx.ints(
        "SELECT id FROM task WHERE parent = $1 AND state IN ($2, $3, $4) ORDER BY id",
        args![parent, TaskState::Closed.code(), TaskState::Failed.code(), TaskState::Canceled.code()],
    )
    .await
}
