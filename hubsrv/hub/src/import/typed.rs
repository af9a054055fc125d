//! Builds of other kinds than rpm: what is noted of a build as one of its kind.

use koji_api::Fault;
use koji_api::types::repr;
use koji_db::Tx;
use koji_db::builds::{self, Build};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

use super::new_build;

/// Drafts are rpm builds only, so far.
pub fn reject_draft(draft: bool) -> Result<(), Fault> {
    if draft { Err(Fault::generic("Draft build not supported")) } else { Ok(()) }
}

/// The build that `info` names, made if there is none and `info` says all that it takes.
pub async fn find_or_make(cx: &mut Cx, info: &Value) -> Outcome<Build> {
    let build = match lookup::find_build(&mut cx.tx, info).await? {
        Some(build) => build,
        None => {
            let Value::Struct(members) = info else {
                let class = repr::class(info);
                return Err(Fault::generic(format!("Invalid type for build_info: {class}")).into());
            };
            reject_draft(members.get("draft").is_some_and(Value::truthy))?;
            let mut data = Struct::new();
            for key in ["name", "version", "release", "epoch"] {
                let value = members.get(key).cloned();
                let missing = || Fault::generic(format!("Build info doesn't have mandatory '{key}' key"));
                data.insert(key.into(), value.ok_or_else(missing)?);
            }
            let id = new_build(cx, data, false).await?;
            lookup::build(&mut cx.tx, &Value::Int(id)).await?
        }
    };
    reject_draft(build.draft)?;
    Ok(build)
}

/// Makes the build one of Maven; one that is it already has to be the same.
pub async fn make_maven(tx: &mut Tx, build: i64, info: &Value) -> Outcome<()> {
    let Value::Struct(info) = info else {
        return Err(Fault::generic(format!("Invalid type for maven_info: {}", repr::class(info))).into());
    };
    let keys = ["group_id", "artifact_id", "version"];
    if let Some(current) = builds::maven_info(tx, build).await? {
        for key in keys {
            let new = info.get(key).ok_or_else(|| Fault::internal(format!("<class 'KeyError'>: '{key}'")))?;
            let old = current.get(key).map(repr::text).unwrap_or_default();
            if repr::text(new) != old {
                let text = format!("{key} mismatch (current: {old}, new: {})", repr::text(new));
                return Err(Fault::build(text).into());
            }
        }
        return Ok(());
    }
    if info.is_empty() {
        return Err(Fault::generic("Maven info is empty").into());
    }
    let part = |key: &str| {
        let missing = || Fault::generic(format!("Maven info doesn't have mandatory '{key}' key"));
        info.get(key).map(repr::text).ok_or_else(missing)
    };
    let (group, artifact, version) = (part("group_id")?, part("artifact_id")?, part("version")?);
    Ok(builds::add_maven(tx, build, &group, &artifact, &version).await?)
}

/// Makes the build one of Windows.
pub async fn make_win(tx: &mut Tx, build: i64, info: &Value) -> Outcome<()> {
    let Value::Struct(info) = info else {
        return Err(Fault::generic(format!("Invalid type for win_info: {}", repr::class(info))).into());
    };
    if info.is_empty() {
        return Err(Fault::generic("Windows info is empty").into());
    }
    let platform = info.get("platform");
    let platform =
        platform.ok_or_else(|| Fault::generic("Windows info doesn't have mandatory platform key"))?;
    Ok(builds::set_win(tx, build, &repr::text(platform)).await?)
}

/// Makes the build one of images.
pub async fn make_image(tx: &mut Tx, build: i64) -> Outcome<()> {
    Ok(builds::add_image(tx, build).await?)
}
