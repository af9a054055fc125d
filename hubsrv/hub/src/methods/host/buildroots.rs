//! A host's buildroots: made, their states, and what is installed in them.

use std::collections::HashMap;

use koji_api::Fault;
use koji_api::methods::{
    HostNewBuildRoot, HostSetBuildRootList, HostSetBuildRootState, HostUpdateBuildRootList,
    HostUpdateBuildrootArchives,
};
use koji_api::types::{BuildrootState, refs, repr};
use koji_db::buildroots::{self, Buildroot, Installed};
use koji_db::names::Table;
use koji_db::rpms::{self, External};
use koji_rpm::arch::parse_arches_strict;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::methods::Entry;
use crate::{lookup, tasks};

pub const TABLE: &[Entry] = &[
    write!(HostNewBuildRoot, new_build_root),
    write!(HostSetBuildRootList, set_build_root_list),
    write!(HostSetBuildRootState, set_build_root_state),
    write!(HostUpdateBuildRootList, update_build_root_list),
    write!(HostUpdateBuildrootArchives, update_buildroot_archives),
];

async fn new_build_root(cx: &mut Cx, call: HostNewBuildRoot) -> Outcome<i64> {
    let host = cx.host_id()?;
    if call.task_id.is_nil() {
        return Err(Fault::generic("a buildroot belongs to a task: task_id is missing").into());
    }
    let task = tasks::of_host(cx, &call.task_id).await?;
    let arch = parse_arches_strict(refs::to_str(&call.arch)?).map_err(|e| Fault::generic(e.to_string()))?;
    let repo = refs::to_int(&call.repo)?;
    Ok(buildroots::new_standard(&mut cx.tx, host, repo, task.id, &arch.join(" ")).await?)
}

/// The calling host's buildroot, locked; with a task, that task's.
pub(super) async fn own(cx: &mut Cx, id: &Value, task: &Value) -> Outcome<(Buildroot, BuildrootState)> {
    let host = cx.host_id()?;
    if !task.is_nil() {
        tasks::of_host(cx, task).await?;
    }
    let id = refs::to_int(id)?;
    let found = buildroots::lock(&mut cx.tx, id).await?;
    let buildroot = found.ok_or_else(|| Fault::generic(format!("no buildroot with ID: {id}")))?;
    let Some(standard) = &buildroot.standard else {
        return Err(Fault::generic(format!("Not a standard buildroot: {id}")).into());
    };
    if standard.host_id != host {
        return Err(Fault::not_allowed(format!("Host {host} not owner of buildroot {id}")).into());
    }
    if !task.is_nil() && refs::to_int(task)? != standard.task_id {
        let task = repr::text(task);
        return Err(Fault::not_allowed(format!("Task {task} does not have lock on buildroot {id}")).into());
    }
    let state = BuildrootState::from_code(standard.state).unwrap_or(BuildrootState::Init);
    Ok((buildroot, state))
}

pub(super) fn wrong_state(buildroot: &Buildroot, state: BuildrootState) -> Fault {
    Fault::generic(format!("buildroot {} in wrong state {}", buildroot.id, state.code()))
}

async fn set_build_root_state(cx: &mut Cx, call: HostSetBuildRootState) -> Outcome<()> {
    let (buildroot, old) = own(cx, &call.brootid, &call.task_id).await?;
    let new = match &call.state {
        Value::Str(name) => BuildrootState::from_name(name),
        other => other.as_int().and_then(BuildrootState::from_code),
    };
    let new =
        new.ok_or_else(|| Fault::internal(format!("<class 'KeyError'>: {}", repr::repr(&call.state))))?;
    match (old, new) {
        (_, BuildrootState::Init) => Err(Fault::generic("Cannot change buildroot state to INIT").into()),
        (BuildrootState::Expired, BuildrootState::Expired) => Ok(()),
        (BuildrootState::Expired, _) => {
            Err(Fault::generic(format!("buildroot {} is EXPIRED", buildroot.id)).into())
        }
        _ => Ok(buildroots::set_state(&mut cx.tx, buildroot.id, new).await?),
    }
}

async fn set_build_root_list(cx: &mut Cx, call: HostSetBuildRootList) -> Outcome<()> {
    let (buildroot, state) = own(cx, &call.brootid, &call.task_id).await?;
    if state != BuildrootState::Init {
        return Err(wrong_state(&buildroot, state).into());
    }
    let rpms = rpm_ids(cx, &call.rpmlist).await?;
    Ok(buildroots::add_rpms(&mut cx.tx, buildroot.id, rpms, false).await?)
}

async fn update_build_root_list(cx: &mut Cx, call: HostUpdateBuildRootList) -> Outcome<()> {
    let (buildroot, state) = own(cx, &call.brootid, &call.task_id).await?;
    if state != BuildrootState::Building {
        return Err(wrong_state(&buildroot, state).into());
    }
    let rpms = rpm_ids(cx, &call.rpmlist).await?;
    Ok(buildroots::add_rpms(&mut cx.tx, buildroot.id, rpms, true).await?)
}

async fn update_buildroot_archives(cx: &mut Cx, call: HostUpdateBuildrootArchives) -> Outcome<()> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    let (buildroot, state) = own(cx, &call.brootid, &Value::Int(task.id)).await?;
    if !cx.hub.settings().enable_maven && !cx.hub.settings().enable_win {
        return Err(Fault::generic("non-rpm support is not enabled").into());
    }
    if state != BuildrootState::Building {
        return Err(wrong_state(&buildroot, state).into());
    }
    let missing = || Fault::internal("<class 'KeyError'>: 'id'");
    let ids: Result<Vec<i64>, Fault> = match &call.archives {
        Value::Array(items) => items.iter().map(|a| a.int_at("id").ok_or_else(missing)).collect(),
        other => Err(refs::wrong_type(other, "list")),
    };
    Ok(buildroots::add_archives(&mut cx.tx, buildroot.id, ids?, call.project).await?)
}

/// The ids of the rpms that a builder found installed. Those of external repos (they have a `location`) are added when they are
/// seen for the first time; of them all that is known has to be given.
pub(crate) async fn rpm_ids(cx: &mut Cx, list: &Value) -> Outcome<Vec<i64>> {
    let Value::Array(items) = list else { return Err(refs::wrong_type(list, "list").into()) };
    let is_external = |item: &Value| item.truthy_at("location");
    let mut own = Vec::new();
    for item in items.iter().filter(|i| !is_external(i)) {
        own.push(installed(item)?);
    }
    let mut own = buildroots::find_rpms(&mut cx.tx, &own).await?.into_iter();

    let mut ids = Vec::with_capacity(items.len());
    let mut external = Vec::new();
    let mut repos: HashMap<String, i64> = HashMap::new();
    for item in items {
        if is_external(item) {
            let location = item.get("location").cloned().unwrap_or_default();
            let key = repr::text(&location);
            let mut rpm = external_rpm(item)?;
            rpm.external_repo_id = match repos.get(&key) {
                Some(id) => *id,
                None => lookup::named_strict(&mut cx.tx, Table::ExternalRepo, &location).await?.id,
            };
            repos.insert(key.clone(), rpm.external_repo_id);
            external.push((rpm, key));
        } else {
            let known = own.next().flatten();
            ids.push(known.ok_or_else(|| Fault::generic(format!("No such rpm: {}", repr::repr(item))))?);
        }
    }
    if external.is_empty() {
        return Ok(ids);
    }
    let (rpms, locations): (Vec<External>, Vec<String>) = external.into_iter().unzip();
    match rpms::add_external(&mut cx.tx, &rpms).await? {
        Ok(added) => ids.extend(added),
        Err(conflict) => {
            let shown = rpms.get(conflict.index).zip(locations.get(conflict.index)).map(|(r, location)| {
                let nvra = format!("{}-{}-{}.{}", r.name, r.version, r.release, r.arch);
                format!("{nvra}@{location} ({} -> {})", conflict.previous_hash, r.payloadhash)
            });
            let text = format!("hash changed for external rpm: {}", shown.unwrap_or_default());
            return Err(Fault::generic(text).into());
        }
    }
    Ok(ids)
}

fn installed(item: &Value) -> Result<Installed, Fault> {
    let part = |key: &str| match item.get(key) {
        Some(value) => Ok(repr::text(value)),
        None => Err(Fault::internal(format!("<class 'KeyError'>: '{key}'"))),
    };
    Ok(Installed {
        name: part("name")?,
        version: part("version")?,
        release: part("release")?,
        arch: part("arch")?,
    })
}

/// An rpm as it was found in an external repo; the repo's id is left open.
fn external_rpm(item: &Value) -> Result<External, Fault> {
    let field = |key: &str| match item.get(key) {
        Some(value) => Ok(value),
        None => Err(Fault::generic(format!("{key} field missing: {}", repr::repr(item)))),
    };
    let invalid =
        |key: &str, v: &Value| Fault::generic(format!("Invalid value for {key}: {}", repr::repr(v)));
    let text =
        |key: &str| field(key).and_then(|v| v.as_str().map(str::to_owned).ok_or_else(|| invalid(key, v)));
    let int = |key: &str| field(key).and_then(|v| v.as_int().ok_or_else(|| invalid(key, v)));
    Ok(External {
        external_repo_id: 0,
        name: text("name")?,
        version: text("version")?,
        release: text("release")?,
        epoch: match field("epoch")? {
            Value::Nil => None,
            value => Some(value.as_int().filter(|n| *n >= 0).ok_or_else(|| invalid("epoch", value))?),
        },
        arch: text("arch")?,
        payloadhash: text("payloadhash")?,
        size: int("size")?,
        buildtime: int("buildtime")?,
    })
}
