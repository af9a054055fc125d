//! Builds that a host makes: announced, then delivered or given up.

use koji_api::Fault;
use koji_api::methods::{
    HostCompleteBuild, HostFailBuild, HostInitBuild, HostMoveBuildToScratch, HostWriteSignedRPM,
};
use koji_api::types::{BuildState, refs};
use koji_db::builds;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::import::{self, Delivery};
use crate::methods::Entry;
use crate::methods::signatures::write_copy;
use crate::{lookup, notify, tasks};

pub const TABLE: &[Entry] = &[
    write!(HostCompleteBuild, complete_build),
    write!(HostFailBuild, fail_build),
    write!(HostInitBuild, init_build),
    write!(HostMoveBuildToScratch, move_build_to_scratch),
    write!(HostWriteSignedRPM, write_signed_rpm),
];

async fn init_build(cx: &mut Cx, call: HostInitBuild) -> Outcome<i64> {
    let Value::Struct(mut data) = call.data else { return Err(refs::wrong_type(&call.data, "dict").into()) };
    let task = data.get("task_id").ok_or_else(|| Fault::internal("<class 'KeyError'>: 'task_id'"))?;
    let task = tasks::of_host(cx, &task.clone()).await?;
    data.insert("owner".into(), task.owner.into());
    data.insert("state".into(), BuildState::Building.into());
    data.insert("completion_time".into(), Value::Nil);
    let id = import::new_build(cx, data, false).await?;
    builds::add_type(&mut cx.tx, id, "rpm").await?;
    Ok(id)
}

async fn complete_build(cx: &mut Cx, call: HostCompleteBuild) -> Outcome<Struct> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    let delivery = Delivery::from_values(&call.srpm, &call.rpms, &call.brmap, &call.logs)?;
    let build = refs::to_int(&call.build_id)?;
    let answer = import::import_build(cx, task.id, build, &delivery).await?;
    notify::build(cx, Some(task.id), build).await?;
    Ok(answer)
}

async fn fail_build(cx: &mut Cx, call: HostFailBuild) -> Outcome<()> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    let id = refs::to_int(&call.build_id)?;
    let state = builds::lock(&mut cx.tx, id).await?;
    let build = lookup::build(&mut cx.tx, &Value::Int(id)).await?;
    if !builds::fail(&mut cx.tx, id).await? {
        let state = state.unwrap_or(build.state);
        return Err(Fault::generic(format!("cannot update build {id}, state: {state}")).into());
    }
    notify::build(cx, Some(task.id), id).await
}

async fn move_build_to_scratch(cx: &mut Cx, call: HostMoveBuildToScratch) -> Outcome<()> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    let delivery = Delivery::from_values(&call.srpm, &call.rpms, &Value::Nil, &call.logs)?;
    let owner = lookup::user(&mut cx.tx, &Value::Int(task.owner)).await?;
    import::move_to_scratch(cx, task.id, &owner.name, &delivery).await
}

/// For hosts that make a distribution repository, and for those who may sign.
async fn write_signed_rpm(cx: &mut Cx, call: HostWriteSignedRPM) -> Outcome<()> {
    if !cx.has_perm("sign") && !cx.is_admin() {
        cx.host_id()?;
    }
    write_copy(cx, &call.an_rpm, &call.sigkey, call.force).await
}
