//! What a task is, asks for and gave.

use koji_api::Fault;
use koji_api::methods::{
    GetTaskChildren, GetTaskDescendents, GetTaskInfo, GetTaskRequest, GetTaskResult, TaskFinished,
};
use koji_api::types::refs;
use koji_db::Tx;
use koji_db::tasks::{self as table, decode_request};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::tasks;

/// One task, or a list of them.
pub async fn get_task_info(cx: &mut Cx, call: GetTaskInfo) -> Outcome<Value> {
    let Value::Array(ids) = &call.task_id else {
        let id = refs::to_int(&call.task_id)?;
        let mut found = infos(&mut cx.tx, &[id], call.request, call.strict).await?;
        return Ok(found.pop().unwrap_or(Value::Nil));
    };
    let ids = ids.iter().map(refs::to_int).collect::<Result<Vec<_>, Fault>>()?;
    Ok(Value::Array(infos(&mut cx.tx, &ids, call.request, call.strict).await?))
}

/// In the order of the ids, nil for a task that does not exist.
async fn infos(tx: &mut Tx, ids: &[i64], request: bool, strict: bool) -> Outcome<Vec<Value>> {
    let rows = table::info(tx, ids.to_vec(), request).await?;
    let mut answer = Vec::with_capacity(ids.len());
    for id in ids {
        let row = rows.iter().find(|r| r.get("id").and_then(Value::as_int) == Some(*id));
        match row {
            Some(row) => answer.push(Value::Struct(decoded(row.clone())?)),
            None if strict => return Err(tasks::no_rows().into()),
            None => answer.push(Value::Nil),
        }
    }
    Ok(answer)
}

/// The row with its request, if there is one in it, as values.
fn decoded(mut row: Struct) -> Outcome<Struct> {
    if let Some(Value::Str(text)) = row.get("request") {
        let request = decode_request(text)?;
        row.insert("request".into(), Value::Array(request));
    }
    Ok(row)
}

async fn children(tx: &mut Tx, parent: i64, request: bool) -> Outcome<Vec<Struct>> {
    table::children(tx, parent, request).await?.into_iter().map(decoded).collect()
}

pub async fn get_task_children(cx: &mut Cx, call: GetTaskChildren) -> Outcome<Vec<Struct>> {
    let id = refs::to_int(&call.task_id)?;
    if call.strict {
        tasks::find(&mut cx.tx, &call.task_id).await?;
    }
    children(&mut cx.tx, id, call.request).await
}

/// The children of the task and of all below it, by the parent's id.
pub async fn get_task_descendents(cx: &mut Cx, call: GetTaskDescendents) -> Outcome<Struct> {
    let mut answer = Struct::new();
    let mut parents = vec![refs::to_int(&call.task_id)?];
    while let Some(parent) = parents.pop() {
        let found = children(&mut cx.tx, parent, call.request).await?;
        let ids = found.iter().filter_map(|c| c.get("id")?.as_int());
        parents.extend(ids.filter(|id| !answer.contains_key(&id.to_string())));
        let found = found.into_iter().map(Value::Struct).collect();
        answer.insert(parent.to_string(), Value::Array(found));
    }
    Ok(answer)
}

pub async fn get_task_request(cx: &mut Cx, call: GetTaskRequest) -> Outcome<Vec<Value>> {
    let task = tasks::find(&mut cx.tx, &call.taskId).await?;
    Ok(decode_request(&task.request)?)
}

pub async fn get_task_result(cx: &mut Cx, call: GetTaskResult) -> Outcome<Value> {
    let found = table::find(&mut cx.tx, refs::to_int(&call.taskId)?).await?;
    let task = found.ok_or_else(|| Fault::generic("No such task"))?;
    tasks::result(&task, call.raise_fault)
}

pub async fn task_finished(cx: &mut Cx, call: TaskFinished) -> Outcome<bool> {
    Ok(tasks::find(&mut cx.tx, &call.taskId).await?.state().is_final())
}
