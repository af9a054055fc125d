//! Parents and children.

use koji_xmlrpc::Struct;

use super::COLUMNS;
use crate::{DbError, Query, Result, Tx, args};

/// The children of a task, with the keys of `getTaskInfo` and, if asked for, `request` as text.
pub async fn children(tx: &mut Tx, parent: i64, request: bool) -> Result<Vec<Struct>> {
    let query = Query::from("task")
        .columns(COLUMNS)
        .when(request, |q| q.columns(&[("task.request", "request")]))
        .filter("task.parent = {}", parent)
        .order_by("task.id");
    tx.select(&query).await
}

/// A task and all below it, parents before their children.
pub async fn descendants(tx: &mut Tx, id: i64) -> Result<Vec<i64>> {
    tx.ints(
        "WITH RECURSIVE tree (id, depth) AS (
             SELECT id, 0 FROM task WHERE id = $1
             UNION ALL
             SELECT task.id, tree.depth + 1 FROM task JOIN tree ON task.parent = tree.id WHERE tree.depth < 1000)
         SELECT id FROM tree GROUP BY id ORDER BY min(depth), id",
        args![id],
    )
    .await
}

/// The task without a parent that a task belongs to, itself perhaps; `None` when there is no such task.
pub async fn top_of(tx: &mut Tx, id: i64) -> Result<Option<i64>> {
    let mut at = id;
    for _ in 0..1000 {
        let row: Option<(Option<i64>,)> =
            tx.row_as("SELECT parent::bigint FROM task WHERE id = $1", args![at]).await?;
        match row {
            None => return Ok(None),
            Some((None,)) => return Ok(Some(at)),
            Some((Some(parent),)) => at = parent,
        }
    }
    Err(DbError::Other(format!("Task LOOP at task {id}")))
}
