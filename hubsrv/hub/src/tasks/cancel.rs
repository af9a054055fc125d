//! Cancelling tasks and what they make.

use koji_api::Fault;
use koji_api::types::TaskState;
use koji_db::builds;
use koji_db::tasks::{self, write};

use super::lock;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::notify;

/// Cancels a task and, if asked to, all below it, with the builds that they are making. True when the task is canceled
/// now, false when it was over.
pub async fn cancel(cx: &mut Cx, id: i64, recurse: bool) -> Outcome<bool> {
    if !cancel_one(cx, id).await? {
        return is_canceled(cx, id).await;
    }
    if recurse {
        cancel_children(cx, id).await?;
    }
    Ok(true)
}

/// Cancels the children of a task and all below them. Below a child that was over already nothing is touched.
pub async fn cancel_children(cx: &mut Cx, id: i64) -> Outcome<()> {
    let mut parents = vec![id];
    while let Some(parent) = parents.pop() {
        for child in child_ids(cx, parent).await? {
            if cancel_one(cx, child).await? {
                parents.push(child);
            }
        }
    }
    Ok(())
}

/// Cancels every task of a group that is not over. `strict` demands that the task is the group's first one.
pub async fn cancel_tree(cx: &mut Cx, id: i64, strict: bool) -> Outcome<()> {
    let task = lock(&mut cx.tx, id).await?;
    let top = match task.parent {
        None => id,
        Some(parent) if strict => {
            return Err(Fault::generic(format!("Task {id} is not top-level (parent={parent})")).into());
        }
        Some(_) => tasks::top_of(&mut cx.tx, id).await?.unwrap_or(id),
    };
    for id in tasks::descendants(&mut cx.tx, top).await? {
        cancel_one(cx, id).await?;
    }
    Ok(())
}

/// Whether the task was still to be canceled.
async fn cancel_one(cx: &mut Cx, id: i64) -> Outcome<bool> {
    let task = lock(&mut cx.tx, id).await?;
    if task.state().is_final() {
        return Ok(false);
    }
    write::finish(&mut cx.tx, &task, TaskState::Canceled, None).await?;
    for build in tasks::builds_in_progress(&mut cx.tx, id).await? {
        if builds::cancel(&mut cx.tx, build).await? {
            notify::build(cx, Some(id), build).await?;
        }
    }
    Ok(true)
}

async fn is_canceled(cx: &mut Cx, id: i64) -> Outcome<bool> {
    Ok(tasks::find(&mut cx.tx, id).await?.is_some_and(|t| t.state() == TaskState::Canceled))
}

async fn child_ids(cx: &mut Cx, parent: i64) -> Outcome<Vec<i64>> {
    let rows = tasks::children(&mut cx.tx, parent, false).await?;
    Ok(rows.iter().filter_map(|r| r.get("id")?.as_int()).collect())
}
