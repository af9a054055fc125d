//! Maven, Windows and wrapper builds.

use koji_api::methods::{ChainMaven, MavenBuild, WinBuild, WrapperRPM};
use koji_api::types::{BuildRef, refs, repr};
use koji_api::{Fault, FaultKind};
use koji_db::builds;
use koji_db::targets::Target;
use koji_xmlrpc::{Struct, Value};

use super::{options, or_empty};
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::policy::{self, Question};
use crate::tasks;

fn need_maven(cx: &Cx) -> Result<(), Fault> {
    if cx.hub.settings().enable_maven { Ok(()) } else { Err(Fault::generic("Maven support not enabled")) }
}

pub async fn maven_build(cx: &mut Cx, call: MavenBuild) -> Outcome<i64> {
    need_maven(cx)?;
    refs::to_str(&call.url)?;
    let options = options(cx, &call.priority, &call.channel.into())?;
    tasks::make(cx, "maven", vec![call.url, call.target, or_empty(call.opts)], options).await
}

pub async fn chain_maven(cx: &mut Cx, call: ChainMaven) -> Outcome<i64> {
    need_maven(cx)?;
    call.builds.as_struct().ok_or_else(|| refs::wrong_type(&call.builds, "dict"))?;
    let options = options(cx, &call.priority, &call.channel.into())?;
    tasks::make(cx, "chainmaven", vec![call.builds, call.target, or_empty(call.opts)], options).await
}

async fn target(cx: &mut Cx, info: &Value) -> Outcome<Target> {
    let found = lookup::find_target(&mut cx.tx, info, None).await?;
    Ok(found.ok_or_else(|| Fault::generic(format!("No such build target: {}", repr::text(info))))?)
}

/// Wraps the archives of a build into rpms.
pub async fn wrapper_rpm(cx: &mut Cx, call: WrapperRPM) -> Outcome<i64> {
    need_maven(cx)?;
    let mut opts = or_empty(call.opts);
    refs::to_str(&call.url)?;
    let id = builds::find(&mut cx.tx, &BuildRef::from_value(&call.build)?).await?;
    let build = match id {
        Some(id) => builds::get(&mut cx.tx, id).await?.map(|build| (id, build)),
        None => None,
    };
    let no_such = || Fault::generic(format!("No such build: {}", repr::repr(&call.build)));
    let (id, build) = build.ok_or_else(no_such)?;
    let again = opts.truthy_at("scratch") || opts.truthy_at("create_build");
    if !again && builds::has_rpms(&mut cx.tx, id).await? {
        let nvr = build.get("nvr").map(repr::text).unwrap_or_default();
        let why = format!("wrapper rpms for {nvr} have already been built");
        return Err(Fault::new(FaultKind::PreBuild, why).into());
    }
    let target: Struct = target(cx, &call.target).await?.into();
    if let Value::Struct(opts) = &mut opts {
        opts.shift_remove("repo_id");
    }
    let options = options(cx, &call.priority, &call.channel.into())?;
    let args = vec![call.url, Value::Struct(target), Value::Struct(build), Value::Nil, opts];
    tasks::make(cx, "wrapperRPM", args, options).await
}

/// Builds on a Windows machine; policy `vm` says who may use which.
pub async fn win_build(cx: &mut Cx, call: WinBuild) -> Outcome<i64> {
    if !cx.hub.settings().enable_win {
        return Err(Fault::generic("Windows support not enabled").into());
    }
    refs::to_str(&call.url)?;
    let target = target(cx, &call.target).await?;
    let mut data = Struct::new();
    data.insert("vm_name".into(), refs::to_str(&call.vm)?.into());
    data.insert("tag".into(), target.dest_tag.into());
    policy::require(cx, Question::new("vm"), data).await?;
    let options = options(cx, &call.priority, &call.channel.into())?;
    tasks::make(cx, "winbuild", vec![call.vm, call.url, call.target, or_empty(call.opts)], options).await
}
