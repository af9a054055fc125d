//! A task in the hands of its host.

use koji_api::Fault;
use koji_api::methods::{
    HostCloseTask, HostFailTask, HostFreeTasks, HostOpenTask, HostRefuseTask, HostSetTaskWeight,
};
use koji_api::types::{TaskState, refs, repr};
use koji_db::scheduler;
use koji_db::tasks::{self as table, decode_result, write};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::tasks;

/// The task with its request as text; nil when the host cannot have it.
pub async fn open_task(cx: &mut Cx, call: HostOpenTask) -> Outcome<Option<Struct>> {
    let (host, id) = (cx.host_id()?, refs::to_int(&call.task_id)?);
    if !tasks::take(&mut cx.tx, id, host, true, false).await? {
        return Ok(None);
    }
    Ok(table::info(&mut cx.tx, vec![id], true).await?.pop())
}

pub async fn close_task(cx: &mut Cx, call: HostCloseTask) -> Outcome<()> {
    finish(cx, &call.task_id, &call.response, TaskState::Closed).await
}

pub async fn fail_task(cx: &mut Cx, call: HostFailTask) -> Outcome<()> {
    finish(cx, &call.task_id, &call.response, TaskState::Failed).await
}

/// The response is an XML-RPC document as text, or base64 of one.
async fn finish(cx: &mut Cx, id: &Value, response: &Value, state: TaskState) -> Outcome<()> {
    let task = tasks::of_host(cx, id).await?;
    let text = match response {
        Value::Str(text) => text.clone(),
        Value::Base64(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => {
            return Err(
                Fault::internal(format!("a response must be text, not {}", repr::class(other))).into()
            );
        }
    };
    decode_result(&text).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(write::finish(&mut cx.tx, &task, state, Some(&text)).await?)
}

/// Gives tasks back. Those that the host no longer has are left alone.
pub async fn free_tasks(cx: &mut Cx, call: HostFreeTasks) -> Outcome<()> {
    let host = cx.host_id()?;
    let ids = call.tasks.as_array().ok_or_else(|| refs::wrong_type(&call.tasks, "list"))?;
    for id in ids {
        let task = tasks::lock(&mut cx.tx, refs::to_int(id)?).await?;
        if tasks::is_run_by(&task, host) {
            tasks::free(&mut cx.tx, task.id).await?;
        }
    }
    Ok(())
}

/// The host does not take a task that it was given: for ever, or (`soft`) for a while.
pub async fn refuse_task(cx: &mut Cx, call: HostRefuseTask) -> Outcome<()> {
    let host = cx.host_id()?;
    let task = tasks::find(&mut cx.tx, &call.task_id).await?;
    if task.host_id != Some(host) {
        tracing::warn!(host, task = task.id, "a host refused a task that it was not given");
        return Ok(());
    }
    scheduler::refuse(&mut cx.tx, task.id, host, call.soft, true, &call.msg).await?;
    tasks::free(&mut cx.tx, task.id).await
}

pub async fn set_task_weight(cx: &mut Cx, call: HostSetTaskWeight) -> Outcome<()> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    let weight = call.weight.as_double().or_else(|| refs::number(&call.weight).map(|n| n as f64));
    let weight = weight.ok_or_else(|| refs::wrong_type(&call.weight, "float"))?;
    Ok(write::set_weight(&mut cx.tx, &task, weight).await?)
}
