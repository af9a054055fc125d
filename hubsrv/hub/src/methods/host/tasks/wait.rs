//! A task that waits for its children.

use koji_api::Fault;
use koji_api::methods::{HostTaskSetWait, HostTaskWait, HostTaskWaitResults};
use koji_api::types::{TaskState, refs};
use koji_db::tasks as table;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::tasks;

/// Marks the parent waiting for these children; nil is all of them.
pub async fn task_set_wait(cx: &mut Cx, call: HostTaskSetWait) -> Outcome<()> {
    cx.host_id()?;
    let parent = refs::to_int(&call.parent)?;
    let children = ids(&call.tasks)?;
    if children.as_ref().is_some_and(Vec::is_empty) {
        tracing::warn!(task = parent, "a task waits for an empty list of children");
    }
    Ok(table::await_children(&mut cx.tx, parent, children).await?)
}

/// Awaited children: finished ones, which are no longer awaited now, and others.
pub async fn task_wait(cx: &mut Cx, call: HostTaskWait) -> Outcome<Vec<Value>> {
    cx.host_id()?;
    let (finished, others) = table::awaited(&mut cx.tx, refs::to_int(&call.parent)?).await?;
    if !finished.is_empty() {
        table::stop_awaiting(&mut cx.tx, finished.clone()).await?;
    }
    Ok(vec![finished.into(), others.into()])
}

/// Results of children, by default of all that are finished, as pairs of id and result; the parent goes on. A child that
/// failed is a fault, unless it is in `canfail`.
pub async fn task_wait_results(cx: &mut Cx, call: HostTaskWaitResults) -> Outcome<Vec<Value>> {
    cx.host_id()?;
    let parent = refs::to_int(&call.parent)?;
    let can_fail = ids(&call.canfail)?.unwrap_or_default();
    table::clear_wait(&mut cx.tx, parent).await?;
    let children = match ids(&call.tasks)? {
        Some(children) => children,
        None => table::finished_children(&mut cx.tx, parent).await?,
    };
    let mut results = Vec::with_capacity(children.len());
    for id in children {
        let task = table::find(&mut cx.tx, id).await?.ok_or_else(|| Fault::generic("No such task"))?;
        let forgiven = can_fail.contains(&id);
        let result = if forgiven && task.state() == TaskState::Canceled {
            let fault = Fault::generic(format!("Task {id} is canceled"));
            Value::record([
                ("faultCode", Value::Int(fault.kind.code())),
                ("faultString", fault.message.into()),
            ])
        } else {
            tasks::result(&task, !forgiven)?
        };
        results.push(Value::Array(vec![id.into(), result]));
    }
    Ok(results)
}

/// Task ids; `None` for nil.
fn ids(value: &Value) -> Result<Option<Vec<i64>>, Fault> {
    match value {
        Value::Nil => Ok(None),
        Value::Array(items) => items.iter().map(refs::to_int).collect::<Result<_, _>>().map(Some),
        other => Err(refs::wrong_type(other, "list")),
    }
}
