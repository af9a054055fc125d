//! Builds without a task, and corrections.

use koji_api::Fault;
use koji_api::methods::{CreateEmptyBuild, SetBuildOwner, SetBuildTimestamp};
use koji_db::builds;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::{import, lookup};

pub(super) async fn create_empty_build(cx: &mut Cx, call: CreateEmptyBuild) -> Outcome<i64> {
    let mut data: Struct = [
        ("name", call.name),
        ("version", call.version),
        ("release", call.release),
        ("epoch", call.epoch),
        ("draft", call.draft.into()),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect();
    if !call.owner.is_nil() {
        data.insert("owner".into(), call.owner);
    }
    import::new_build(cx, data, false).await
}

pub(super) async fn set_build_owner(cx: &mut Cx, call: SetBuildOwner) -> Outcome<()> {
    let build = lookup::build(&mut cx.tx, &call.build).await?;
    let user = lookup::user(&mut cx.tx, &call.user).await?;
    Ok(builds::set_owner(&mut cx.tx, build.id, user.id).await?)
}

/// Sets the completion time, in seconds since 1970 or as an XML-RPC time in UTC.
pub(super) async fn set_build_timestamp(cx: &mut Cx, call: SetBuildTimestamp) -> Outcome<()> {
    let build = lookup::build(&mut cx.tx, &call.build).await?;
    let seconds = match &call.ts {
        Value::DateTime(text) => {
            let format = time::macros::format_description!("[year][month][day]T[hour]:[minute]:[second]");
            let parsed = time::PrimitiveDateTime::parse(text, &format);
            let parsed = parsed.map_err(|_| Fault::generic(format!("Invalid time: {text}")))?;
            Value::Int(parsed.assume_utc().unix_timestamp()).as_double()
        }
        Value::Bool(_) => None,
        other => other.as_double(),
    };
    let seconds = seconds.filter(|s| s.is_finite());
    let seconds = seconds.ok_or_else(|| Fault::generic("Invalid type for timestamp"))?;
    if build.state == koji_api::types::BuildState::Building {
        return Err(Fault::generic(format!(
            "Build {} is not complete: it has no completion time",
            build.nvr()
        ))
        .into());
    }
    Ok(builds::set_timestamp(&mut cx.tx, build.id, seconds).await?)
}
