//! The tree of a failed build, for its owner.

use koji_api::methods::SaveFailedTree;
use koji_api::types::{NameOrId, TaskState, refs};
use koji_api::{Fault, FaultKind};
use koji_db::tasks as table;
use koji_db::{buildroots, hosts};
use koji_xmlrpc::Value;

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::tasks::{self, TaskOptions, encode_args};

pub const TABLE: &[Entry] = &[write!(SaveFailedTree, save_failed_tree)];

/// Methods whose buildroots can be had.
const ALLOWED: [&str; 1] = ["buildArch"];

/// Makes a task, on the host of the buildroot, that uploads it.
async fn save_failed_tree(cx: &mut Cx, call: SaveFailedTree) -> Outcome<i64> {
    let user = cx.user_id()?;
    let id = refs::to_int(&call.buildrootID)?;
    let no_such = || Fault::generic(format!("No such buildroot: {id}"));
    let buildroot = buildroots::get(&mut cx.tx, id).await?.ok_or_else(no_such)?;
    let number = |key: &str| buildroot.get(key).and_then(Value::as_int);
    let task =
        table::find(&mut cx.tx, number("task_id").unwrap_or_default()).await?.ok_or_else(tasks::no_rows)?;
    let refused = |why: String| Fault::new(FaultKind::PreBuild, why);
    if task.state() != TaskState::Failed {
        let why = format!("Task {} has not failed. Only failed tasks can upload their buildroots.", task.id);
        return Err(refused(why).into());
    }
    if !ALLOWED.contains(&task.method.as_str()) {
        let (allowed, id, method) = (ALLOWED.join(", "), task.id, &task.method);
        let why = format!("Only {allowed} tasks can upload their buildroots (Task {id} is {method}).");
        return Err(refused(why).into());
    }
    if task.owner != user && !cx.is_admin() {
        return Err(Fault::not_allowed("Only owner of failed task or 'admin' can run this task.").into());
    }
    let host = match task.host_id {
        Some(host) => hosts::get(&mut cx.tx, &NameOrId::Id(host), None).await?,
        None => None,
    };
    if host.is_none_or(|h| !h.enabled) {
        return Err(refused("Host is disabled.".into()).into());
    }
    let options = TaskOptions { assign: number("host_id"), ..TaskOptions::default() };
    let args = encode_args(vec![id.into(), call.full.into()], call.opts);
    tasks::make(cx, "saveFailedTree", args, options).await
}
