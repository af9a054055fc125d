//! Tagging by hosts, in the name of who wanted the build.

use koji_api::methods::{HostTagBuild, HostTagNotification};
use koji_api::types::repr;
use koji_db::names::Table;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::methods::Entry;
use crate::methods::tagging::{put, require_listed, require_policy, take};
use crate::methods::tags::require_access;
use crate::notify::{self, Tagging};
use crate::{lookup, tasks};

pub const TABLE: &[Entry] = &[write!(HostTagBuild, tag_build), write!(HostTagNotification, tag_notification)];

async fn tag_build(cx: &mut Cx, call: HostTagBuild) -> Outcome<()> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    let build = lookup::build(&mut cx.tx, &call.build).await?;
    let tag = lookup::tag(&mut cx.tx, &call.tag).await?;
    let from = match call.fromtag.truthy() {
        true => Some(lookup::tag(&mut cx.tx, &call.fromtag).await?),
        false => None,
    };
    let (owner, force) = (task.owner, call.force);
    let from_name = from.as_ref().map(|f| Value::from(&f.name));
    require_policy(cx, Some(&Value::Int(tag.id)), from_name.as_ref(), build.id, Some(owner), force).await?;
    require_listed(cx, &tag, (build.package_id, &build.name), force, &repr::text(&call.tag)).await?;

    // the rows say who wanted it
    let host = cx.tx.user()?;
    cx.tx.set_user(Some(owner));
    if let Some(from) = &from {
        require_access(cx, from, owner, force).await?;
        take(cx, from, &build, true).await?;
    }
    require_access(cx, &tag, owner, force).await?;
    put(cx, &tag, &build, force).await?;
    cx.tx.set_user(Some(host));
    Ok(())
}

async fn tag_notification(cx: &mut Cx, call: HostTagNotification) -> Outcome<()> {
    let Some(build) = lookup::find_build(&mut cx.tx, &call.build_id).await? else { return Ok(()) };
    let user = match (&call.user_id, call.user_id.as_int()) {
        (_, Some(id)) => Some(id),
        (name, None) if name.truthy() => Some(lookup::user(&mut cx.tx, name).await?.id),
        _ => None,
    };
    let what = Tagging {
        successful: call.is_successful.truthy(),
        tag: tag_id(cx, &call.tag_id).await?,
        from: tag_id(cx, &call.from_id).await?,
        build: build.id,
        user,
        ignore_success: call.ignore_success,
        failure: call.failure_msg,
    };
    notify::tagging(cx, what).await
}

/// A tag that is gone by now is none.
async fn tag_id(cx: &mut Cx, info: &Value) -> Outcome<Option<i64>> {
    if !info.truthy() {
        return Ok(None);
    }
    Ok(lookup::named(&mut cx.tx, Table::Tag, info).await?.map(|tag| tag.id))
}
