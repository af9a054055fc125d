//! What Maven fetched into a buildroot.

use std::collections::HashSet;

use koji_api::Fault;
use koji_api::methods::HostUpdateMavenBuildRootList;
use koji_api::paths::PathInfo;
use koji_api::types::{BuildrootState, refs, repr};
use koji_db::archives::{ArchiveFilter, ArchiveKind, list};
use koji_db::{QueryOpts, buildroots};
use koji_xmlrpc::Value;

use super::buildroots::{own, wrong_state};
use crate::blocking;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::methods::Entry;
use crate::methods::archives::require_maven;
use crate::store::{self, RelPath};
use crate::tasks;

pub const TABLE: &[Entry] = &[write!(HostUpdateMavenBuildRootList, update_maven_build_root_list)];

/// A file of a Maven artifact.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct File {
    group_id: String,
    artifact_id: String,
    version: String,
    name: String,
    size: i64,
}

async fn update_maven_build_root_list(cx: &mut Cx, call: HostUpdateMavenBuildRootList) -> Outcome<()> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    require_maven(cx, "Maven support not enabled")?;
    let (buildroot, state) = own(cx, &call.brootid, &Value::Int(task.id)).await?;
    if state != BuildrootState::Building {
        return Err(wrong_state(&buildroot, state).into());
    }
    let ignored: HashSet<File> = files(&call.ignore)?.into_iter().collect();
    let mut ids = Vec::new();
    for file in files(&call.mavenlist)? {
        if ignored.contains(&file) {
            continue;
        }
        match find(cx, &file).await? {
            Some(id) => ids.push(id),
            None if call.ignore_unknown || made_by(cx, &call.extra_deps, &file).await? => {}
            None => {
                let File { group_id, artifact_id, version, name, .. } = file;
                let text = format!("Unmatched maven artifact: {group_id}-{artifact_id}-{version}: {name}");
                return Err(Fault::buildroot(text).into());
            }
        }
    }
    Ok(buildroots::add_archives(&mut cx.tx, buildroot.id, ids, call.project).await?)
}

/// Reads `[{maven_info, files: [{filename, size}]}]`; nothing is an empty list.
fn files(value: &Value) -> Result<Vec<File>, Fault> {
    if !value.truthy() {
        return Ok(Vec::new());
    }
    let Value::Array(entries) = value else { return Err(refs::wrong_type(value, "list")) };
    let at = |v: &Value, key: &str| match v.get(key) {
        Some(value) => Ok(value.clone()),
        None => Err(Fault::internal(format!("<class 'KeyError'>: '{key}'"))),
    };
    let mut all = Vec::new();
    for entry in entries {
        let info = at(entry, "maven_info")?;
        let part = |key: &str| at(&info, key).map(|v| repr::text(&v));
        let Value::Array(given) = at(entry, "files")? else { return Err(refs::wrong_type(entry, "list")) };
        for file in given {
            all.push(File {
                group_id: part("group_id")?,
                artifact_id: part("artifact_id")?,
                version: part("version")?,
                name: repr::text(&at(&file, "filename")?),
                size: refs::to_int(&at(&file, "size")?)?,
            });
        }
    }
    Ok(all)
}

/// The archive that the file is; the first of several that are the same.
async fn find(cx: &mut Cx, file: &File) -> Outcome<Option<i64>> {
    let kind = ArchiveKind::Maven {
        group_id: Some(file.group_id.clone()),
        artifact_id: Some(file.artifact_id.clone()),
        version: Some(file.version.clone()),
    };
    let filter = ArchiveFilter {
        filename: Some(file.name.clone()),
        size: Some(file.size),
        kind: Some(kind),
        ..ArchiveFilter::default()
    };
    let query = list(filter, &QueryOpts::default()).map_err(|e| Fault::generic(e.to_string()))?;
    let rows = cx.tx.select(&query).await?;
    Ok(rows.first().and_then(|row| row.get("id")).and_then(Value::as_int))
}

/// Whether a task of `deps` uploaded the file: scratch builds of a chain need each other's results. (Builds among them have
/// archives.)
async fn made_by(cx: &mut Cx, deps: &Value, file: &File) -> Outcome<bool> {
    let Value::Array(deps) = deps else { return Ok(false) };
    let File { group_id, artifact_id, version, name, size } = file.clone();
    let path = format!("{}/{artifact_id}/{version}/{name}", group_id.replace('.', "/"));
    let tasks: Vec<i64> = deps.iter().filter_map(Value::as_int).collect();
    let hub = cx.hub.clone();
    blocking(move || {
        let work = store::work(&hub, None)?;
        for task in tasks {
            let Some(path) = RelPath::parse(&format!("{}/{path}", PathInfo::task_rel(task))) else {
                return Ok(false);
            };
            if work.entry(&path)?.is_some_and(|e| i64::try_from(e.size) == Ok(size)) {
                return Ok(true);
            }
        }
        Ok(false)
    })
    .await
}
