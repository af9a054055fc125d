//! Tasks of the build hosts: table `task`.
//!
//! Every change of a task's state goes through [`write`], which tells those who wait: the task's and its parent's
//! topics, the host's when it has to act, and the scheduler's.

mod list;
mod text;
mod tree;
mod waits;
pub mod write;

use koji_api::types::{BuildState, TaskState};
use koji_xmlrpc::Struct;

use crate::{Query, Result, Tx, args};

pub use list::{Among, COLUMN_OPTIONS, TIME_OPTIONS, TaskFilter, When, list};
pub use text::{TaskResult, decode_request, decode_result, encode_request};
pub use tree::{children, descendants, top_of};
pub use waits::{await_children, awaited, clear_wait, finished_children, stop_awaiting};

/// Columns of `getTaskInfo`.
pub(crate) const COLUMNS: &[(&str, &str)] = &[
    ("task.id", "id"),
    ("task.state", "state"),
    ("task.create_time", "create_time"),
    ("date_part('epoch', task.create_time)", "create_ts"),
    ("task.start_time", "start_time"),
    ("date_part('epoch', task.start_time)", "start_ts"),
    ("task.completion_time", "completion_time"),
    ("date_part('epoch', task.completion_time)", "completion_ts"),
    ("task.channel_id", "channel_id"),
    ("task.host_id", "host_id"),
    ("task.parent", "parent"),
    ("task.label", "label"),
    ("task.waiting", "waiting"),
    ("task.awaited", "awaited"),
    ("task.owner", "owner"),
    ("task.method", "method"),
    ("task.arch", "arch"),
    ("task.priority", "priority"),
    ("task.weight", "weight"),
];

/// A task, as far as decisions need it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Task {
    pub id: i64,
    state: i64,
    pub parent: Option<i64>,
    pub host_id: Option<i64>,
    pub owner: i64,
    pub channel_id: i64,
    pub method: String,
    pub arch: String,
    pub priority: i64,
    pub weight: f64,
    /// As XML-RPC; [`decode_request`] reads it.
    pub request: String,
    /// As XML-RPC; [`decode_result`] reads it.
    pub result: Option<String>,
}

impl Task {
    /// A state that this version does not know counts as failed: nothing can be done with such a task.
    pub fn state(&self) -> TaskState {
        TaskState::from_code(self.state).unwrap_or(TaskState::Failed)
    }
}

macro_rules! task_by {
    ($rest:literal) => {
        concat!(
            "SELECT id::bigint, state::bigint, parent::bigint, host_id::bigint, owner::bigint, channel_id::bigint, \
             coalesce(method, '') AS method, arch::text, coalesce(priority, 20)::bigint AS priority, weight, \
             coalesce(request, '') AS request, result FROM task ",
            $rest
        )
    };
}

pub async fn find(tx: &mut Tx, id: i64) -> Result<Option<Task>> {
    tx.row_as(task_by!("WHERE id = $1"), args![id]).await
}

/// The task, its row locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: i64) -> Result<Option<Task>> {
    tx.row_as(task_by!("WHERE id = $1 FOR UPDATE"), args![id]).await
}

/// The child of `parent` with that label.
pub async fn labelled(tx: &mut Tx, parent: i64, label: &str) -> Result<Option<i64>> {
    tx.maybe_int("SELECT id FROM task WHERE parent = $1 AND label = $2", args![parent, label]).await
}

/// Some tasks by id, with the keys of `getTaskInfo` and, if asked for, `request` as text.
pub async fn info(tx: &mut Tx, ids: Vec<i64>, request: bool) -> Result<Vec<Struct>> {
    let query = Query::from("task")
        .columns(COLUMNS)
        .when(request, |q| q.columns(&[("task.request", "request")]))
        .filter("task.id = ANY({})", ids);
    tx.select(&query).await
}

/// What `host.getTasks` answers: the tasks assigned to a host, most urgent first.
pub async fn assigned_to(tx: &mut Tx, host: i64) -> Result<Vec<Struct>> {
    tx.rows(
        "SELECT id, state, channel_id, host_id, arch, method, priority, date_part('epoch', create_time) AS create_ts
           FROM task WHERE host_id = $1 AND state = $2 ORDER BY priority, create_time, id",
        args![host, TaskState::Assigned.code()],
    )
    .await
}

/// What `host.getHostTasks` answers: the host's open tasks; `alert` tells of one that waits and has a finished child.
pub async fn open_on(tx: &mut Tx, host: i64) -> Result<Vec<Struct>> {
    let mut rows = tx
        .rows(
            "SELECT id, waiting, weight, waiting IS TRUE AND EXISTS (
                        SELECT 1 FROM task AS child
                         WHERE child.parent = task.id AND child.awaited IS TRUE AND child.state = ANY($3)) AS alert
               FROM task WHERE host_id = $1 AND state = $2 ORDER BY id",
            args![host, TaskState::Open.code(), FINAL.to_vec()],
        )
        .await?;
    for row in &mut rows {
        if row.get("alert").and_then(koji_xmlrpc::Value::as_bool) != Some(true) {
            row.shift_remove("alert");
        }
    }
    Ok(rows)
}

/// States in which nothing more happens.
pub(crate) const FINAL: [i64; 3] =
    [TaskState::Closed.code(), TaskState::Canceled.code(), TaskState::Failed.code()];

/// Tasks that are not finished, of a method.
pub async fn unfinished_of(tx: &mut Tx, method: &str) -> Result<Vec<Task>> {
    tx.rows_as(
        task_by!("WHERE method = $1 AND state = ANY($2) ORDER BY id"),
        args![method, vec![TaskState::Free.code(), TaskState::Open.code(), TaskState::Assigned.code()]],
    )
    .await
}

/// The builds that a task is making, their rows locked.
pub async fn builds_in_progress(tx: &mut Tx, id: i64) -> Result<Vec<i64>> {
    tx.ints(
        "SELECT id FROM build WHERE task_id = $1 AND state = $2 ORDER BY id FOR UPDATE",
        args![id, BuildState::Building.code()],
    )
    .await
}

/// Whether a host works on the task; `None` when there is no such task. Locks the task's row.
pub async fn runs_on(tx: &mut Tx, id: i64, host: i64) -> Result<Option<bool>> {
    Ok(lock(tx, id).await?.map(|t| t.state() == TaskState::Open && t.host_id == Some(host)))
}
