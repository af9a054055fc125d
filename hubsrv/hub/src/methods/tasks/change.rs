//! Assigning, freeing, cancelling, and how urgent a task is.

use koji_api::Fault;
use koji_api::methods::{
    AssignTask, CancelTask, CancelTaskChildren, CancelTaskFull, FreeTask, SetTaskPriority,
};
use koji_api::types::{refs, repr};
use koji_db::scheduler;
use koji_db::tasks::{self as table, write};
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::{lookup, tasks};

/// Gives a task to a host. One that is not free needs `force`; with `override` the scheduler does not take it away when the
/// host is slow.
pub async fn assign_task(cx: &mut Cx, call: AssignTask) -> Outcome<bool> {
    let task = refs::to_int(&call.task_id)?;
    let host = lookup::host(&mut cx.tx, &call.host, None).await?;
    let host = host.ok_or_else(|| Fault::generic(format!("Invalid hostInfo: {}", repr::text(&call.host))))?;
    cx.tx.lock(scheduler::LOCK, true).await?;
    crate::scheduler::assign(&mut cx.tx, task, host.id, call.force, call.r#override).await
}

pub async fn free_task(cx: &mut Cx, call: FreeTask) -> Outcome<()> {
    tasks::free(&mut cx.tx, refs::to_int(&call.task_id)?).await
}

pub async fn cancel_task(cx: &mut Cx, call: CancelTask) -> Outcome<()> {
    let id = may_cancel(cx, &call.task_id).await?;
    tasks::cancel(cx, id, call.recurse).await.map(drop)
}

pub async fn cancel_task_children(cx: &mut Cx, call: CancelTaskChildren) -> Outcome<()> {
    let id = may_cancel(cx, &call.task_id).await?;
    tasks::cancel_children(cx, id).await
}

pub async fn cancel_task_full(cx: &mut Cx, call: CancelTaskFull) -> Outcome<()> {
    tasks::cancel_tree(cx, refs::to_int(&call.task_id)?, call.strict).await
}

/// The task's owner, the host that works on it, and admins may.
async fn may_cancel(cx: &mut Cx, id: &Value) -> Outcome<i64> {
    let id = refs::to_int(id)?;
    let denied = || Fault::not_allowed("Cannot cancel task, not owner");
    let Some(session) = cx.session.clone() else { return Err(denied().into()) };
    let task = tasks::lock(&mut cx.tx, id).await?;
    let runs_it = session.host_id.is_some_and(|host| tasks::is_run_by(&task, host));
    if task.owner == session.user_id || runs_it || cx.is_admin() { Ok(id) } else { Err(denied().into()) }
}

pub async fn set_task_priority(cx: &mut Cx, call: SetTaskPriority) -> Outcome<()> {
    let task = tasks::find(&mut cx.tx, &call.task_id).await?;
    if task.state().is_final() {
        return Err(Fault::generic("Finished task's priority can't be updated").into());
    }
    let priority = refs::to_int(&call.priority)?;
    let ids = if call.recurse { table::descendants(&mut cx.tx, task.id).await? } else { vec![task.id] };
    Ok(write::set_priority(&mut cx.tx, ids, priority).await?)
}
