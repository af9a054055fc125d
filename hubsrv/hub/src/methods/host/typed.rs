//! Builds of other kinds than rpm, announced by hosts.

use koji_api::Fault;
use koji_api::methods::{
    HostCreateMavenBuild, HostImportArchive, HostInitImageBuild, HostInitMavenBuild, HostInitWinBuild,
};
use koji_api::types::{BuildState, refs, repr};
use koji_db::builds;
use koji_db::tasks::Task;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::import::{self, ArchiveKind, typed};
use crate::methods::Entry;
use crate::methods::archives::{require_maven, require_win};
use crate::methods::builds::next_release;
use crate::{lookup, tasks};

pub const TABLE: &[Entry] = &[
    write!(HostCreateMavenBuild, create_maven_build),
    write!(HostImportArchive, import_archive),
    write!(HostInitImageBuild, init_image_build),
    write!(HostInitMavenBuild, init_maven_build),
    write!(HostInitWinBuild, init_win_build),
];

/// How often a release is tried that somebody else may take at the same time.
const TRIES: i64 = 9;

/// The data of a build that the task begins.
fn begin(info: &Value, task: &Task) -> Result<Struct, Fault> {
    let Value::Struct(mut data) = info.clone() else { return Err(refs::wrong_type(info, "dict")) };
    data.insert("task_id".into(), task.id.into());
    data.insert("owner".into(), task.owner.into());
    data.insert("state".into(), BuildState::Building.into());
    data.insert("completion_time".into(), Value::Nil);
    Ok(data)
}

/// Makes the build, with the next release of its version if it has none; its id is added to `data`.
async fn make(cx: &mut Cx, data: &mut Struct) -> Outcome<i64> {
    let part = |data: &Struct, key: &str| data.get(key).map(repr::text).unwrap_or_default();
    let mut incr = 1;
    let chosen = data.get("release").is_none_or(Value::is_nil);
    loop {
        if chosen {
            let (name, version) = (part(data, "name"), part(data, "version"));
            let latest = builds::latest_release(&mut cx.tx, &name, &version).await?;
            data.insert("release".into(), next_release(latest.as_deref(), incr)?.into());
        }
        match import::new_build(cx, data.clone(), false).await {
            Ok(id) => {
                data.insert("id".into(), id.into());
                return Ok(id);
            }
            Err(failure) if !chosen || incr >= TRIES => return Err(failure),
            // a database's error ends the transaction; a build that is there already does not
            Err(crate::fault::Failure::Fault(_)) => incr += 1,
            Err(failure) => return Err(failure),
        }
    }
}

async fn init_image_build(cx: &mut Cx, call: HostInitImageBuild) -> Outcome<Struct> {
    let task = tasks::of_host(cx, &call.task_id).await?;
    let mut data = begin(&call.build_info, &task)?;
    let id = make(cx, &mut data).await?;
    typed::make_image(&mut cx.tx, id).await?;
    Ok(data)
}

async fn init_maven_build(cx: &mut Cx, call: HostInitMavenBuild) -> Outcome<Struct> {
    require_maven(cx, "Maven support not enabled")?;
    let task = tasks::of_host(cx, &call.task_id).await?;
    let mut data = begin(&call.build_info, &task)?;
    // releases of Maven builds only count up
    data.insert("release".into(), Value::Nil);
    let id = make(cx, &mut data).await?;
    typed::make_maven(&mut cx.tx, id, &call.maven_info).await?;
    Ok(data)
}

async fn init_win_build(cx: &mut Cx, call: HostInitWinBuild) -> Outcome<Struct> {
    require_win(cx)?;
    let task = tasks::of_host(cx, &call.task_id).await?;
    let mut data = begin(&call.build_info, &task)?;
    let id = import::new_build(cx, data.clone(), false).await?;
    data.insert("id".into(), id.into());
    typed::make_win(&mut cx.tx, id, &call.win_info).await?;
    Ok(data)
}

async fn create_maven_build(cx: &mut Cx, call: HostCreateMavenBuild) -> Outcome<()> {
    cx.host_id()?;
    require_maven(cx, "Maven support not enabled")?;
    let id = call.build_info.get("id").ok_or_else(|| Fault::internal("<class 'KeyError'>: 'id'"))?;
    typed::make_maven(&mut cx.tx, refs::to_int(id)?, &call.maven_info).await
}

/// The path is the full one below the `work` directory, as plugins of builders that share it know it.
async fn import_archive(cx: &mut Cx, call: HostImportArchive) -> Outcome<()> {
    cx.host_id()?;
    let kind = repr::text(&call.r#type);
    match kind.as_str() {
        "maven" => require_maven(cx, "Maven support not enabled")?,
        "win" => require_win(cx)?,
        other => return Err(Fault::generic(format!("unsupported archive type: {other}")).into()),
    }
    let path = refs::to_str(&call.filepath)?;
    let root = format!("{}/", cx.hub.paths.work(None));
    let missing = || Fault::generic(format!("No such file: {path}"));
    let below = path.strip_prefix(root.as_str()).ok_or_else(missing)?;
    import::require_upload(cx, below).await?;
    let build = lookup::build(&mut cx.tx, &call.buildinfo).await?;
    let kind = ArchiveKind::from_values(&kind, &call.typeInfo)?;
    import::import_archive(cx, &build, below, kind, None).await.map(drop)
}
