//! Storage volumes: directories `vol/NAME` of the store, with builds moved between them.

mod relocate;

use std::path::Path;

use koji_api::Fault;
use koji_api::methods::{
    AddVolume, ApplyVolumePolicy, ChangeBuildVolume, GetVolume, ListVolumes, RemoveVolume,
};
use koji_api::types::{NameOrId, repr};
use koji_db::builds::Build;
use koji_db::names::{self, Named, Table};
use koji_db::volumes;
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::store::RelPath;
use crate::{blocking, lookup, policy};

pub const TABLE: &[Entry] = &[
    write!(AddVolume, add_volume),
    write!(ApplyVolumePolicy, apply_volume_policy),
    write!(ChangeBuildVolume, change_build_volume),
    kept!(GetVolume, get_volume),
    kept!(ListVolumes, list_volumes),
    write!(RemoveVolume, remove_volume),
];

async fn list_volumes(cx: &mut Cx, _: ListVolumes) -> Outcome<Vec<Struct>> {
    Ok(volumes::all(&mut cx.tx).await?.into_iter().map(Struct::from).collect())
}

async fn get_volume(cx: &mut Cx, call: GetVolume) -> Outcome<Option<Struct>> {
    let found = lookup::named(&mut cx.tx, Table::Volume, &call.volume).await?;
    if found.is_none() && call.strict {
        return Err(Fault::generic(format!("No such volume: {}", repr::text(&call.volume))).into());
    }
    Ok(found.map(Struct::from))
}

async fn add_volume(cx: &mut Cx, call: AddVolume) -> Outcome<Struct> {
    let name = cx.hub.names.internal(&call.name)?.to_owned();
    if RelPath::file_name(&name).is_none() {
        return Err(Fault::generic(format!("{name} cannot be a directory's name")).into());
    }
    let (dir, top) = (cx.hub.paths.volume(Some(&name)), cx.hub.paths.top().to_owned());
    blocking(move || link_to_top(Path::new(&dir), Path::new(&top))).await?;
    let which = NameOrId::Name(name.clone());
    if call.strict && names::find(&mut cx.tx, Table::Volume, &which).await?.is_some() {
        return Err(Fault::generic(format!("volume {name} already exists")).into());
    }
    let id = names::find_or_add(&mut cx.tx, Table::Volume, &name).await?;
    Ok(Named { id, name }.into())
}

/// Each volume has a link `toplink` to the top directory, so that links between volumes can be relative.
fn link_to_top(dir: &Path, top: &Path) -> Outcome<()> {
    if !dir.is_dir() {
        return Err(Fault::generic("please create the volume directory first").into());
    }
    let link = dir.join("toplink");
    let shown = link.display();
    match link.symlink_metadata() {
        Err(_) => Ok(std::os::unix::fs::symlink(top, &link)?),
        Ok(m) if !m.is_symlink() => Err(Fault::generic(format!("Not a symlink: {shown}")).into()),
        Ok(_) => match link.canonicalize() {
            Err(_) => Err(Fault::generic(format!("Broken volume toplink: {shown}")).into()),
            Ok(target) if target != top.canonicalize()? => {
                Err(Fault::generic(format!("Invalid volume toplink: {shown}")).into())
            }
            Ok(_) => Ok(()),
        },
    }
}

async fn remove_volume(cx: &mut Cx, call: RemoveVolume) -> Outcome<()> {
    let volume = lookup::named_strict(&mut cx.tx, Table::Volume, &call.volume).await?;
    if volumes::is_used(&mut cx.tx, volume.id).await? {
        return Err(Fault::generic(format!("volume {} has build references", volume.name)).into());
    }
    if volume.id == volumes::DEFAULT.0 {
        return Err(Fault::generic("the volume DEFAULT cannot be removed").into());
    }
    Ok(volumes::remove(&mut cx.tx, volume.id).await?)
}

async fn change_build_volume(cx: &mut Cx, call: ChangeBuildVolume) -> Outcome<()> {
    let volume = lookup::named_strict(&mut cx.tx, Table::Volume, &call.volume).await?;
    let build = lookup::build(&mut cx.tx, &call.build).await?;
    relocate::relocate(cx, &build, &volume, call.strict).await
}

async fn apply_volume_policy(cx: &mut Cx, call: ApplyVolumePolicy) -> Outcome<()> {
    let build = lookup::build(&mut cx.tx, &call.build).await?;
    apply_policy(cx, &build, call.strict).await
}

/// Moves the build to where the policy wants it. Without `strict` it stays when the policy names no volume.
pub(crate) async fn apply_policy(cx: &mut Cx, build: &Build, strict: bool) -> Outcome<()> {
    let mut data = Struct::new();
    data.insert("build".into(), Value::Int(build.id));
    if let Some(task) = build.task_id
        && let Some(task) = koji_db::tasks::find(&mut cx.tx, task).await?
    {
        let request = koji_db::tasks::decode_request(&task.request)?;
        data.extend(policy::from_task_args(cx, &task.method, &request).await?);
    }
    let Some(volume) = wanted(cx, data, strict).await? else { return Ok(()) };
    if volume.id == build.volume_id {
        return Ok(());
    }
    relocate::relocate(cx, build, &volume, true).await
}

/// The volume that the policy names; without `strict`, `None` instead of a fault when it names none.
async fn wanted(cx: &mut Cx, data: Struct, strict: bool) -> Outcome<Option<Named>> {
    let action = match policy::eval(cx, "volume", data).await {
        Ok(action) => action,
        Err(e @ Failure::Db(_)) => return Err(e),
        Err(e) if strict => return Err(e),
        Err(e) => {
            tracing::error!("volume policy: {}", e.into_fault());
            None
        }
    };
    let found = match &action {
        Some(name) => names::find(&mut cx.tx, Table::Volume, &NameOrId::from(name.as_str())).await?,
        None => None,
    };
    match (found, action) {
        (Some(volume), _) => Ok(Some(volume)),
        (None, Some(name)) if strict => {
            Err(Fault::generic(format!("Policy returned no such volume: {name}")).into())
        }
        (None, None) if strict => Err(Fault::generic("No volume policy match").into()),
        _ => Ok(None),
    }
}
