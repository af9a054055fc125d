//! Calls that make tasks for users: builds first of all.

mod images;
mod other_builds;

use koji_api::Fault;
use koji_api::methods::{
    Build, BuildImage, BuildImageIndirection, BuildImageOz, ChainBuild, ChainMaven, MakeTask, MavenBuild,
    MergeScratch, ResubmitTask, WinBuild, WrapperRPM,
};
use koji_api::tasks::DEFAULT_PRIORITY;
use koji_api::types::{NameOrId, TaskState, refs};
use koji_db::channels;
use koji_db::tasks::decode_request;
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::import;
use crate::tasks::{self, TaskOptions};

pub const TABLE: &[Entry] = &[
    write!(Build, build),
    write!(ChainBuild, chain_build),
    write!(MakeTask, make_task),
    write!(MergeScratch, merge_scratch),
    write!(ResubmitTask, resubmit_task),
    write!(BuildImage, images::build_image),
    write!(BuildImageIndirection, images::build_image_indirection),
    write!(BuildImageOz, images::build_image_oz),
    write!(ChainMaven, other_builds::chain_maven),
    write!(MavenBuild, other_builds::maven_build),
    write!(WinBuild, other_builds::win_build),
    write!(WrapperRPM, other_builds::wrapper_rpm),
];

/// Options of a task by what the caller wants relative to the default: more urgent is for admins.
fn options(cx: &Cx, priority: &Value, channel: &Value) -> Outcome<TaskOptions> {
    let mut options = TaskOptions::default();
    if priority.truthy() {
        let relative = refs::to_int(priority)?;
        if relative < 0 && !cx.is_admin() {
            return Err(Fault::not_allowed("only admins may create high-priority tasks").into());
        }
        options.priority = DEFAULT_PRIORITY.checked_add(relative);
    }
    if channel.truthy() {
        options.channel = Some(NameOrId::from_value(channel)?);
    }
    Ok(options)
}

/// What a build is to do; nothing is an empty struct.
fn or_empty(opts: Value) -> Value {
    if opts.truthy() { opts } else { Value::Struct(Struct::new()) }
}

/// Builds a package: a source URL or an uploaded source package, into a target.
async fn build(cx: &mut Cx, call: Build) -> Outcome<i64> {
    cx.session()?;
    refs::to_str(&call.src)?;
    let options = options(cx, &call.priority, &call.channel)?;
    tasks::make(cx, "build", vec![call.src, call.target, or_empty(call.opts)], options).await
}

/// Builds lists of packages, one list after the other.
async fn chain_build(cx: &mut Cx, call: ChainBuild) -> Outcome<i64> {
    cx.session()?;
    call.srcs.as_array().ok_or_else(|| refs::wrong_type(&call.srcs, "list"))?;
    let options = options(cx, &call.priority, &call.channel)?;
    tasks::make(cx, "chainbuild", vec![call.srcs, call.target, or_empty(call.opts)], options).await
}

/// Any task, for admins: method, arguments, and options such as `channel`, `arch`, `priority`, `parent`.
async fn make_task(cx: &mut Cx, call: MakeTask) -> Outcome<i64> {
    if call.opts.contains_key("owner") {
        return Err(Fault::not_allowed("The owner option is not allowed here").into());
    }
    let mut opts = call.opts;
    let mut args = call.args.into_iter();
    let method = args.next().or_else(|| opts.shift_remove("method"));
    let arglist = args.next().or_else(|| opts.shift_remove("arglist"));
    let (Some(method), Some(arglist), None) = (method, arglist, args.next()) else {
        return Err(Fault::internal("makeTask takes a method and a list of arguments").into());
    };
    let method = refs::to_str(&method)?;
    let Value::Array(arglist) = arglist else { return Err(refs::wrong_type(&arglist, "list").into()) };
    let options = TaskOptions::from_struct(cx, &opts).await?;
    tasks::make(cx, method, arglist, options).await
}

/// Adds the arch-specific rpms of a scratch build to the build of the same source package; its id.
async fn merge_scratch(cx: &mut Cx, call: MergeScratch) -> Outcome<i64> {
    import::merge_scratch(cx, refs::to_int(&call.task_id)?).await
}

/// The same task again, for a canceled or failed one.
async fn resubmit_task(cx: &mut Cx, call: ResubmitTask) -> Outcome<i64> {
    let task = tasks::find(&mut cx.tx, &call.taskID).await?;
    if !matches!(task.state(), TaskState::Canceled | TaskState::Failed) {
        return Err(Fault::generic("only canceled or failed tasks may be resubmitted").into());
    }
    if task.parent.is_some() {
        return Err(Fault::generic("only top-level tasks may be resubmitted").into());
    }
    if cx.user_id()? != task.owner && !cx.is_admin() {
        return Err(Fault::generic("only the task owner or an admin may resubmit a task").into());
    }
    // by name, as policies know it
    let channel = channels::get(&mut cx.tx, &NameOrId::Id(task.channel_id)).await?;
    let options = TaskOptions {
        arch: Some(task.arch),
        channel: channel.map(|c| NameOrId::Name(c.name)),
        priority: Some(task.priority),
        ..TaskOptions::default()
    };
    tasks::make(cx, &task.method, decode_request(&task.request)?, options).await
}
