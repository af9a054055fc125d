//! Deleting builds, and making them as if nothing had ever been imported.

use koji_api::Fault;
use koji_api::methods::{DeleteBuild, ResetBuild};
use koji_api::types::{BuildState, refs, repr};
use koji_db::builds::{self, Build, Usage};
use koji_db::names::Named;
use koji_db::{tagging, volumes};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::import::BuildDir;
use crate::lookup;

/// References of a kind that are looked for; one is enough.
const LIMIT: i64 = 10;

/// Nil for a build that is deleted already.
pub(super) async fn delete_build(cx: &mut Cx, call: DeleteBuild) -> Outcome<Value> {
    let build = lookup::build(&mut cx.tx, &call.build).await?;
    // nobody tags it from here on
    let state = builds::lock(&mut cx.tx, build.id).await?.unwrap_or(build.state);
    if state == BuildState::Deleted {
        return Ok(Value::Nil);
    }
    let usage = builds::references(&mut cx.tx, build.id, Some(LIMIT), true).await?;
    if let Some(reason) = in_use(&usage, refs::to_int(&call.min_ref_age)?) {
        let text = format!("Cannot delete build, {reason}");
        return if call.strict { Err(Fault::generic(text).into()) } else { Ok(Value::Bool(false)) };
    }
    builds::delete_files_data(&mut cx.tx, build.id).await?;
    tagging::untag_everywhere(&mut cx.tx, build.id).await?;
    builds::set_deleted(&mut cx.tx, build.id).await?;
    remove_files(cx, build).await?;
    Ok(Value::Bool(true))
}

/// Why a build cannot be deleted.
fn in_use(usage: &Usage, min_age: i64) -> Option<String> {
    let rows = |rows: &[Struct]| repr::repr(&Value::Array(rows.iter().cloned().map(Value::Struct).collect()));
    if !usage.tags.is_empty() {
        let tags: Vec<Struct> = usage.tags.iter().map(named_first).collect();
        return Some(format!("tagged: {}", rows(&tags)));
    }
    if let Some(used) = usage.rpms.as_ref().filter(|r| !r.is_empty()) {
        return Some(format!("used in buildroots: {}", rows(used)));
    }
    if let Some(used) = usage.archives.as_ref().filter(|r| !r.is_empty()) {
        return Some(format!("used in archive buildroots: {}", rows(used)));
    }
    if let Some(used) = usage.component_of.as_ref().filter(|r| !r.is_empty()) {
        return Some(format!("used as component of: {}", repr::repr(&used.clone().into())));
    }
    let last = usage.last_used.flatten()?;
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let age = Value::Int(now).as_double()? - last;
    (age < Value::Int(min_age).as_double()?).then(|| "used in recent buildroot".to_owned())
}

/// The keys in upstream's order.
fn named_first(tag: &Struct) -> Struct {
    let mut out = Struct::new();
    for key in ["name", "tag_id"] {
        out.insert(key.into(), tag.get(key).cloned().unwrap_or_default());
    }
    out
}

pub(super) async fn reset_build(cx: &mut Cx, call: ResetBuild) -> Outcome<()> {
    let Some(build) = lookup::find_build(&mut cx.tx, &call.build).await? else { return Ok(()) };
    builds::lock(&mut cx.tx, build.id).await?;
    builds::reset(&mut cx.tx, build.id).await?;
    remove_files(cx, build).await
}

/// Removes the build's files once the transaction is committed: a crash before leaves the build whole, one after leaves files
/// that are no build's.
async fn remove_files(cx: &mut Cx, build: Build) -> Outcome<()> {
    let volumes = volumes::all(&mut cx.tx).await?;
    let places = places(cx, &build, &volumes);
    cx.tx.after_commit(move || {
        for (place, only_links) in places {
            let removed = place.existing_parent().and_then(|parent| match parent {
                None => Ok(false),
                Some(parent) if only_links && parent.link_target(place.name())?.is_none() => Ok(false),
                Some(parent) => parent.remove_tree(place.name()),
            });
            match removed {
                Ok(true) => tracing::warn!(path = place.shown(), "removed a build's files"),
                Ok(false) => {}
                Err(e) => {
                    tracing::error!(path = place.shown(), error = %e, "a deleted build's files are left")
                }
            }
        }
    });
    Ok(())
}

/// Where something of the build may be: its directory, and where only links are removed: its place on the default volume, and
/// the places of the draft that it was.
fn places(cx: &Cx, build: &Build, volumes: &[Named]) -> Vec<(BuildDir, bool)> {
    let on = |release: &str, volume: &str| BuildDir::on(&cx.hub.paths, build, release, volume).ok();
    let mut places = Vec::new();
    places.extend(on(&build.release, &build.volume_name).map(|p| (p, false)));
    if build.volume_name != volumes::DEFAULT.1 {
        places.extend(on(&build.release, volumes::DEFAULT.1).map(|p| (p, true)));
    }
    if !build.draft {
        let draft = format!("{},draft_{}", build.release, build.id);
        places.extend(volumes.iter().filter_map(|v| on(&draft, &v.name)).map(|p| (p, true)));
    }
    places
}
