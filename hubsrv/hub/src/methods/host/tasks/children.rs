//! A task's children.

use koji_api::Fault;
use koji_api::methods::{HostSubtask, HostSubtask2};
use koji_api::types::refs;
use koji_db::tasks as table;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::tasks::{self, TaskOptions, encode_args};

/// A child of a task of the host. One with that label that is there already is answered instead.
pub async fn subtask(cx: &mut Cx, call: HostSubtask) -> Outcome<i64> {
    let args = call.arglist.as_array().ok_or_else(|| refs::wrong_type(&call.arglist, "list"))?;
    make(cx, &call.parent, &call.method, args.to_vec(), call.opts).await
}

/// The same with the task's arguments in the call's own.
pub async fn subtask2(cx: &mut Cx, call: HostSubtask2) -> Outcome<i64> {
    let opts = match call._HostExports__taskopts {
        Value::Struct(opts) => opts,
        other => return Err(refs::wrong_type(&other, "dict").into()),
    };
    make(cx, &call._HostExports__parent, &call._HostExports__method, encode_args(call.args, call.opts), opts)
        .await
}

async fn make(
    cx: &mut Cx,
    parent: &Value,
    method: &Value,
    args: Vec<Value>,
    mut opts: Struct,
) -> Outcome<i64> {
    let parent = tasks::of_host(cx, parent).await?;
    if opts.contains_key("owner") {
        return Err(Fault::not_allowed("The owner option is not allowed here").into());
    }
    if let Some(label) = opts.get("label").filter(|l| !l.is_nil())
        && let Some(task) = table::labelled(&mut cx.tx, parent.id, refs::to_str(label)?).await?
    {
        return Ok(task);
    }
    let args = match opts.shift_remove("kwargs") {
        Some(Value::Struct(kwargs)) => encode_args(args, kwargs),
        _ => args,
    };
    opts.shift_remove("parent");
    let options = TaskOptions::from_struct(cx, &opts).await?;
    let options = TaskOptions { parent: Some(parent.id), ..options };
    tasks::make(cx, refs::to_str(method)?, args, options).await
}
