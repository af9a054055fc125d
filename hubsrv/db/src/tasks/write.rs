//! Changes of tasks. Who may make them, and from which state, is the caller's business; it holds the row's lock.

use koji_api::types::TaskState;

use super::{FINAL, Task};
use crate::{Result, Topic, Tx, args};

/// A task to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTask {
    pub method: String,
    /// XML-RPC, of [`super::encode_request`].
    pub request: String,
    pub owner: i64,
    pub channel: i64,
    pub arch: String,
    pub priority: i64,
    pub parent: Option<i64>,
    pub label: Option<String>,
    /// The host that shall run it, whatever the scheduler thinks.
    pub assign: Option<i64>,
}

pub async fn insert(tx: &mut Tx, task: &NewTask) -> Result<i64> {
    let state = if task.assign.is_some() { TaskState::Assigned } else { TaskState::Free };
    let id = tx
        .int(
            "INSERT INTO task (state, owner, method, request, priority, parent, label, channel_id, arch, host_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
            args![
                state.code(),
                task.owner,
                task.method.as_str(),
                task.request.as_str(),
                task.priority,
                task.parent,
                task.label.as_deref(),
                task.channel,
                task.arch.as_str(),
                task.assign,
            ],
        )
        .await?;
    tx.announce_with(
        Topic::Task(id),
        [
            ("state", state.code().into()),
            ("parent", task.parent.into()),
            ("method", task.method.as_str().into()),
            ("host", task.assign.into()),
        ],
    );
    if let Some(parent) = task.parent {
        tx.announce_with(Topic::Task(parent), [("child", id.into())]);
    }
    tx.announce(task.assign.map_or(Topic::Scheduler, Topic::Host));
    Ok(id)
}

/// Gives the task to a host.
pub async fn assign(tx: &mut Tx, task: &Task, host: i64) -> Result<()> {
    tx.execute(
        "UPDATE task SET state = $2, host_id = $3 WHERE id = $1",
        args![task.id, TaskState::Assigned.code(), host],
    )
    .await?;
    tell(tx, task, TaskState::Assigned, Some(host));
    tell_old_host(tx, task);
    tx.announce(Topic::Host(host));
    Ok(())
}

/// The host begins to work on the task.
pub async fn open(tx: &mut Tx, task: &Task, host: i64) -> Result<()> {
    tx.execute(
        "UPDATE task SET state = $2, host_id = $3, start_time = NOW() WHERE id = $1",
        args![task.id, TaskState::Open.code(), host],
    )
    .await?;
    tell(tx, task, TaskState::Open, Some(host));
    Ok(())
}

/// The task waits for a host again.
pub async fn free(tx: &mut Tx, task: &Task) -> Result<()> {
    tx.execute(
        "UPDATE task SET state = $2, host_id = NULL WHERE id = $1",
        args![task.id, TaskState::Free.code()],
    )
    .await?;
    tell(tx, task, TaskState::Free, None);
    tell_old_host(tx, task);
    tx.announce(Topic::Scheduler);
    Ok(())
}

/// The task is closed or failed with `result`, or canceled without one.
pub async fn finish(tx: &mut Tx, task: &Task, state: TaskState, result: Option<&str>) -> Result<()> {
    tx.execute(
        "UPDATE task SET state = $2, result = coalesce($3, result), completion_time = NOW() WHERE id = $1",
        args![task.id, state.code(), result],
    )
    .await?;
    tell(tx, task, state, task.host_id);
    if state == TaskState::Canceled {
        tell_old_host(tx, task);
    }
    tell_waiting_parent(tx, task).await?;
    tx.announce(Topic::Scheduler);
    if task.method == "newRepo" {
        // a request may have to be tried again
        tx.announce(Topic::RepoQueue);
    }
    Ok(())
}

pub async fn set_weight(tx: &mut Tx, task: &Task, weight: f64) -> Result<()> {
    tx.execute("UPDATE task SET weight = $2 WHERE id = $1", args![task.id, weight]).await?;
    tx.announce(Topic::Scheduler);
    Ok(())
}

pub async fn set_priority(tx: &mut Tx, tasks: Vec<i64>, priority: i64) -> Result<()> {
    for id in &tasks {
        tx.announce_with(Topic::Task(*id), [("priority", priority.into())]);
    }
    tx.execute("UPDATE task SET priority = $2 WHERE id = ANY($1)", args![tasks, priority]).await.map(drop)
}

fn tell(tx: &mut Tx, task: &Task, state: TaskState, host: Option<i64>) {
    tx.announce_with(
        Topic::Task(task.id),
        [
            ("state", state.code().into()),
            ("parent", task.parent.into()),
            ("method", task.method.as_str().into()),
            ("host", host.into()),
        ],
    );
    if let Some(parent) = task.parent {
        tx.announce_with(Topic::Task(parent), [("child", task.id.into())]);
    }
}

/// The host that had the task has to drop it.
fn tell_old_host(tx: &mut Tx, task: &Task) {
    if let (Some(host), false) = (task.host_id, FINAL.contains(&task.state)) {
        tx.announce(Topic::Host(host));
    }
}

/// The host on which the parent waits has to wake it.
async fn tell_waiting_parent(tx: &mut Tx, task: &Task) -> Result<()> {
    let Some(parent) = task.parent else { return Ok(()) };
    let host = tx
        .maybe_int(
            "SELECT parent.host_id FROM task AS parent, task AS child
              WHERE parent.id = $1 AND child.id = $2 AND parent.waiting IS TRUE AND child.awaited IS TRUE
                    AND parent.state = $3",
            args![parent, task.id, TaskState::Open.code()],
        )
        .await?;
    if let Some(host) = host {
        tx.announce(Topic::Host(host));
    }
    Ok(())
}
