//! Maven, Windows and image builds that a host has made, and rpms that wrap them.

use koji_api::Fault;
use koji_api::methods::{
    HostCompleteImageBuild, HostCompleteMavenBuild, HostCompleteWinBuild, HostImportImage,
    HostImportWrapperRPMs, HostMoveImageBuildToScratch, HostMoveMavenBuildToScratch,
    HostMoveWinBuildToScratch,
};
use koji_api::types::{BuildState, refs};
use koji_db::builds;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::import::{self, Results};
use crate::methods::Entry;
use crate::methods::archives::{require_maven, require_win};
use crate::{lookup, notify, tasks};

pub const TABLE: &[Entry] = &[
    write!(HostCompleteImageBuild, complete_image_build),
    write!(HostCompleteMavenBuild, complete_maven_build),
    write!(HostCompleteWinBuild, complete_win_build),
    write!(HostImportImage, import_image),
    write!(HostImportWrapperRPMs, import_wrapper_rpms),
    write!(HostMoveImageBuildToScratch, move_image_build_to_scratch),
    write!(HostMoveMavenBuildToScratch, move_maven_build_to_scratch),
    write!(HostMoveWinBuildToScratch, move_win_build_to_scratch),
];

async fn complete_maven_build(cx: &mut Cx, call: HostCompleteMavenBuild) -> Outcome<()> {
    require_maven(cx, "Maven support not enabled")?;
    let task = tasks::of_host(cx, &call.task_id).await?;
    let build = refs::to_int(&call.build_id)?;
    import::complete_maven(cx, task.id, build, &call.maven_results, &call.rpm_results).await?;
    notify::build(cx, Some(task.id), build).await
}

async fn complete_win_build(cx: &mut Cx, call: HostCompleteWinBuild) -> Outcome<()> {
    require_win(cx)?;
    let task = tasks::of_host(cx, &call.task_id).await?;
    let build = refs::to_int(&call.build_id)?;
    import::complete_win(cx, task.id, build, &call.results, &call.rpm_results).await?;
    notify::build(cx, Some(task.id), build).await
}

async fn complete_image_build(cx: &mut Cx, call: HostCompleteImageBuild) -> Outcome<()> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    let build = refs::to_int(&call.build_id)?;
    import::complete_image(cx, task.id, build, &call.results).await?;
    notify::build(cx, Some(task.id), build).await
}

async fn import_image(cx: &mut Cx, call: HostImportImage) -> Outcome<()> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    if matches!(&call.results, Value::Struct(parts) if parts.is_empty()) {
        return Ok(());
    }
    let build = lookup::build(&mut cx.tx, &call.build_info).await?;
    if build.task_id != Some(task.id) {
        return Err(Fault::generic(format!("build {} is not one of task {}", build.nvr(), task.id)).into());
    }
    import::import_images(cx, task.id, &build, &call.results).await
}

async fn import_wrapper_rpms(cx: &mut Cx, call: HostImportWrapperRPMs) -> Outcome<()> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    let id = refs::to_int(&call.build_id)?;
    let state = builds::lock(&mut cx.tx, id).await?;
    let build = lookup::build(&mut cx.tx, &Value::Int(id)).await?;
    let nvr = build.nvr();
    if state != Some(BuildState::Complete) {
        let text =
            format!("cannot import wrapper rpms for {nvr}: build state is {}, not complete", build.state);
        return Err(Fault::generic(text).into());
    }
    if builds::has_rpms(&mut cx.tx, id).await? {
        return Err(Fault::generic(format!("wrapper rpms for {nvr} have already been imported")).into());
    }
    import::import_wrapper(cx, task.id, &build, &Results::read(&call.rpm_results)?).await
}

async fn move_maven_build_to_scratch(cx: &mut Cx, call: HostMoveMavenBuildToScratch) -> Outcome<()> {
    require_maven(cx, "Maven support not enabled")?;
    let results = Results::read(&call.results)?;
    let task = tasks::of_host(cx, &call.task_id).await?;
    let mut paths = Vec::new();
    for (dir, names) in results.members("files")? {
        let Value::Array(names) = names else { return Err(refs::wrong_type(names, "list").into()) };
        for name in names {
            let name = refs::to_str(name)?;
            paths.push(if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") });
        }
    }
    paths.extend(results.paths("logs")?);
    let mut files = Vec::new();
    add(cx, task.id, &results, paths, "", &mut files).await?;
    add_rpms(cx, task.id, &call.rpm_results, &mut files).await?;
    to_scratch(cx, task.owner, task.id, files).await
}

async fn move_win_build_to_scratch(cx: &mut Cx, call: HostMoveWinBuildToScratch) -> Outcome<()> {
    require_win(cx)?;
    let results = Results::read(&call.results)?;
    let task = tasks::of_host(cx, &call.task_id).await?;
    let mut paths: Vec<String> = results.members("output")?.keys().cloned().collect();
    paths.extend(results.paths("logs")?);
    let mut files = Vec::new();
    add(cx, task.id, &results, paths, "", &mut files).await?;
    add_rpms(cx, task.id, &call.rpm_results, &mut files).await?;
    to_scratch(cx, task.owner, task.id, files).await
}

/// Each task's images go to a directory of that task's.
async fn move_image_build_to_scratch(cx: &mut Cx, call: HostMoveImageBuildToScratch) -> Outcome<()> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    let Value::Struct(parts) = &call.results else {
        return Err(refs::wrong_type(&call.results, "dict").into());
    };
    for part in parts.values() {
        let Some(id) = part.get("task_id") else { continue };
        let (id, part) = (refs::to_int(id)?, Results::read(part)?);
        let mut paths = part.paths("files")?;
        paths.extend(part.paths("logs")?);
        let mut files = Vec::new();
        add(cx, task.id, &part, paths, "", &mut files).await?;
        if let Ok(rpms) = part.at("rpmresults") {
            add_rpms(cx, task.id, rpms, &mut files).await?;
        }
        to_scratch(cx, task.owner, id, files).await?;
    }
    Ok(())
}

/// Adds files of the results, to go below `into`.
async fn add(
    cx: &mut Cx,
    task: i64,
    results: &Results,
    paths: Vec<String>,
    into: &str,
    files: &mut Vec<(String, String)>,
) -> Outcome<()> {
    let dir = results.dir(cx, task).await?;
    for path in paths {
        files.push((import::below(&dir, &path)?, format!("{into}{path}")));
    }
    Ok(())
}

async fn add_rpms(cx: &mut Cx, task: i64, rpms: &Value, files: &mut Vec<(String, String)>) -> Outcome<()> {
    let Some(rpms) = Results::optional(rpms)? else { return Ok(()) };
    let mut paths = rpms.rpms()?;
    paths.extend(rpms.paths("logs")?);
    add(cx, task, &rpms, paths, "rpms/", files).await
}

async fn to_scratch(cx: &mut Cx, owner: i64, task: i64, files: Vec<(String, String)>) -> Outcome<()> {
    let owner = lookup::user(&mut cx.tx, &Value::Int(owner)).await?;
    import::files_to_scratch(cx, &owner.name, task, files).await
}
