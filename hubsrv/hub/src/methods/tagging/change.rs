//! Tagging and untagging on a user's wish.

use koji_api::Fault;
use koji_api::methods::{MassTag, TagBuild, TagBuildBypass, UntagBuild, UntagBuildBypass};
use koji_api::types::{BuildState, refs};
use koji_xmlrpc::Value;

use super::rules;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::methods::tags::require_access;
use crate::notify::{self, Tagging};
use crate::tasks::{self, TaskOptions};

/// The priority of tasks that tag.
const PRIORITY: i64 = 10;

pub(super) async fn tag_build(cx: &mut Cx, call: TagBuild) -> Outcome<i64> {
    request(cx, &call.tag, &call.build, &call.fromtag, call.force).await
}

/// Checks what can be checked now, and makes the task that tags; its id.
pub(super) async fn request(
    cx: &mut Cx,
    tag: &Value,
    build: &Value,
    from: &Value,
    force: bool,
) -> Outcome<i64> {
    let user = cx.user_id()?;
    let build = lookup::build(&mut cx.tx, build).await?;
    let tag = lookup::tag(&mut cx.tx, tag).await?;
    let from = match from.truthy() {
        true => Some(lookup::tag_id(&mut cx.tx, from).await?),
        false => None,
    };
    if build.state != BuildState::Complete {
        return Err(Fault::tag(format!("build {} not complete: state {}", build.nvr(), build.state)).into());
    }
    require_access(cx, &tag, user, force).await?;
    if let Some(from) = from {
        let from = lookup::tag(&mut cx.tx, &Value::Int(from)).await?;
        require_access(cx, &from, user, force).await?;
    }
    rules::require_listed(cx, &tag, (build.package_id, &build.name), force, &tag.name).await?;
    let from_value = from.map(Value::Int);
    rules::require_policy(cx, Some(&Value::Int(tag.id)), from_value.as_ref(), build.id, None, force).await?;
    let args = vec![tag.id.into(), build.id.into(), force.into(), from.into()];
    let opts = TaskOptions { priority: Some(PRIORITY), ..TaskOptions::default() };
    tasks::make(cx, "tagBuild", args, opts).await
}

pub(super) async fn tag_build_bypass(cx: &mut Cx, call: TagBuildBypass) -> Outcome<()> {
    let user = cx.user_id()?;
    let tag = lookup::tag(&mut cx.tx, &call.tag).await?;
    let build = lookup::build(&mut cx.tx, &call.build).await?;
    rules::require_policy(cx, Some(&Value::Int(tag.id)), None, build.id, None, call.force).await?;
    require_access(cx, &tag, user, call.force).await?;
    rules::put(cx, &tag, &build, call.force).await?;
    if call.notify {
        let what = Tagging { tag: Some(tag.id), ..done(build.id, user) };
        notify::tagging(cx, what).await?;
    }
    Ok(())
}

pub(super) async fn untag_build(cx: &mut Cx, call: UntagBuild) -> Outcome<()> {
    untag(cx, &call.tag, &call.build, call.strict, call.force, true).await
}

pub(super) async fn untag_build_bypass(cx: &mut Cx, call: UntagBuildBypass) -> Outcome<()> {
    untag(cx, &call.tag, &call.build, call.strict, call.force, call.notify).await
}

async fn untag(
    cx: &mut Cx,
    tag: &Value,
    build: &Value,
    strict: bool,
    force: bool,
    notify: bool,
) -> Outcome<()> {
    let user = cx.user_id()?;
    let tag = lookup::tag(&mut cx.tx, tag).await?;
    let build = lookup::build(&mut cx.tx, build).await?;
    rules::require_policy(cx, None, Some(&Value::Int(tag.id)), build.id, None, force).await?;
    require_access(cx, &tag, user, force).await?;
    rules::take(cx, &tag, &build, strict).await?;
    if notify {
        let what = Tagging { from: Some(tag.id), ..done(build.id, user) };
        notify::tagging(cx, what).await?;
    }
    Ok(())
}

fn done(build: i64, user: i64) -> Tagging {
    Tagging {
        successful: true,
        tag: None,
        from: None,
        build,
        user: Some(user),
        ignore_success: false,
        failure: String::new(),
    }
}

/// Tags without asking anybody, each build with an event of its own so that the order is the given one.
pub(super) async fn mass_tag(cx: &mut Cx, call: MassTag) -> Outcome<()> {
    let tag = lookup::tag(&mut cx.tx, &call.tag).await?;
    let Value::Array(builds) = &call.builds else {
        return Err(refs::wrong_type(&call.builds, "list").into());
    };
    for build in builds {
        let build = lookup::build(&mut cx.tx, build).await?;
        rules::put(cx, &tag, &build, true).await?;
        cx.tx.reset_event();
    }
    Ok(())
}
