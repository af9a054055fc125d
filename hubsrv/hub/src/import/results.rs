//! What tasks of Maven, Windows and image builds deliver: archives, logs, and rpms that wrap them.

use std::collections::HashSet;
use std::io::Read as _;

use koji_api::Fault;
use koji_api::paths::PathInfo;
use koji_api::types::{BuildState, refs, repr};
use koji_db::archives::write::add_components;
use koji_db::builds::{self, Build};
use koji_db::tasks;
use koji_xmlrpc::{Struct, Value};

use super::archive::{Kind, import_archive, store_file, type_of};
use super::build::{Delivery, check_buildroots};
use super::dirs::BuildDir;
use super::read::RpmFacts;
use super::source::Source;
use super::{pom, rpm, volume};
use crate::context::Cx;
use crate::fault::Outcome;
use crate::methods::host::buildroots::rpm_ids;
use crate::store::{self, RelPath};
use crate::{blocking, lookup};

/// The struct in which a task says what it made. Paths are relative to the task's directory.
#[derive(Debug, Clone)]
pub struct Results {
    members: Struct,
}

impl Results {
    pub fn read(value: &Value) -> Result<Results, Fault> {
        match value {
            Value::Struct(members) => Ok(Results { members: members.clone() }),
            other => Err(refs::wrong_type(other, "dict")),
        }
    }

    /// The same of rpms that wrap a build; there may be none.
    pub fn optional(value: &Value) -> Result<Option<Results>, Fault> {
        if value.truthy() { Results::read(value).map(Some) } else { Ok(None) }
    }

    pub fn at(&self, key: &str) -> Result<&Value, Fault> {
        self.members.get(key).ok_or_else(|| Fault::internal(format!("<class 'KeyError'>: '{key}'")))
    }

    pub fn paths(&self, key: &str) -> Result<Vec<String>, Fault> {
        list(self.at(key)?)
    }

    /// The members of a struct, such as the files of each directory.
    pub fn members(&self, key: &str) -> Result<&Struct, Fault> {
        match self.at(key)? {
            Value::Struct(members) => Ok(members),
            other => Err(refs::wrong_type(other, "dict")),
        }
    }

    /// The rpms of `host.*` calls about wrappers: the source package first.
    pub fn rpms(&self) -> Result<Vec<String>, Fault> {
        let mut rpms = vec![refs::to_str(self.at("srpm")?)?.to_owned()];
        rpms.extend(self.paths("rpms")?);
        Ok(rpms)
    }

    /// The task's directory below `work`. The task has to be `task` or one below it.
    pub async fn dir(&self, cx: &mut Cx, task: i64) -> Outcome<String> {
        let id = refs::to_int(self.at("task_id")?)?;
        if id != task && !tasks::descendants(&mut cx.tx, task).await?.contains(&id) {
            return Err(Fault::generic(format!("task {id} is not part of task {task}")).into());
        }
        Ok(PathInfo::task_rel(id))
    }

    /// The buildroot that `buildroot_id` names, which has to be one of the task's.
    async fn buildroot(&self, cx: &mut Cx, task: i64) -> Outcome<Option<i64>> {
        let id = match self.members.get("buildroot_id") {
            None | Some(Value::Nil) => return Ok(None),
            Some(id) => refs::to_int(id)?,
        };
        let claimed = Delivery { buildroots: vec![(String::new(), id)], ..Delivery::default() };
        check_buildroots(&mut cx.tx, task, &claimed).await?;
        Ok(Some(id))
    }
}

pub(super) fn list(value: &Value) -> Result<Vec<String>, Fault> {
    match value {
        Value::Array(items) => items.iter().map(|v| refs::to_str(v).map(str::to_owned)).collect(),
        other => Err(refs::wrong_type(other, "list")),
    }
}

/// A path of a task's file below `work`; one that leads out of the task's directory is refused.
pub fn below(dir: &str, path: &str) -> Result<String, Fault> {
    match RelPath::parse(path) {
        Some(path) => Ok(format!("{dir}/{path}")),
        None => Err(Fault::generic(format!("Invalid file name: {path}"))),
    }
}

async fn open(cx: &Cx, given: String) -> Outcome<Source> {
    let hub = cx.hub.clone();
    blocking(move || Source::open(&store::work(&hub, None)?, &hub.paths.work(None), &given)).await
}

/// Imports a Maven build's archives, logs and wrapping rpms, and makes it complete.
pub async fn complete_maven(cx: &mut Cx, task: i64, id: i64, results: &Value, rpms: &Value) -> Outcome<()> {
    let build = lookup::build(&mut cx.tx, &Value::Int(id)).await?;
    let info = builds::maven_info(&mut cx.tx, id).await?;
    let info = info.ok_or_else(|| Fault::generic(format!("no such maven build: {id}")))?;
    let results = Results::read(results)?;
    let Some(build) = begin(cx, build, task, "maven", &results).await? else { return Ok(()) };
    let dir = results.dir(cx, task).await?;
    let buildroot = results.buildroot(cx, task).await?;
    for (relpath, files) in results.members("files")? {
        let files = list(files)?;
        let within =
            |name: &str| if relpath.is_empty() { name.to_owned() } else { format!("{relpath}/{name}") };
        let poms: Vec<&String> = files.iter().filter(|f| f.ends_with(".pom")).collect();
        let kind = match poms.as_slice() {
            [] => Kind::from_values("maven", &Value::Struct(info.clone()))?,
            [name] => read_pom(cx, below(&dir, &within(name))?, name).await?,
            several => {
                let names = several.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
                return Err(Fault::build(format!("multiple .pom files in {relpath}: {names}")).into());
            }
        };
        for name in &files {
            // sums are made anew
            if name.ends_with(".md5") || name.ends_with(".sha1") {
                continue;
            }
            let given = below(&dir, &within(name))?;
            if name == "maven-metadata.xml" {
                // part of the repository, but no archive: repositories of tags have their own
                let source = open(cx, given).await?;
                let place = BuildDir::of(&cx.hub.paths, &build)?;
                let invalid = || Fault::generic(format!("Invalid file name: {relpath}"));
                let to = RelPath::parse(&format!("maven/{relpath}")).ok_or_else(invalid)?;
                store_file(cx, place, to, source, true).await?;
                continue;
            }
            require_type(cx, name).await?;
            import_archive(cx, &build, &given, kind.clone(), buildroot).await?;
        }
    }
    store_logs(cx, &build, "maven", &dir, &results.paths("logs")?).await?;
    if let Some(rpms) = Results::optional(rpms)? {
        import_wrapper(cx, task, &build, &rpms).await?;
    }
    finish(cx, &build).await
}

/// The same of a Windows build.
pub async fn complete_win(cx: &mut Cx, task: i64, id: i64, results: &Value, rpms: &Value) -> Outcome<()> {
    let build = lookup::build(&mut cx.tx, &Value::Int(id)).await?;
    if builds::win_info(&mut cx.tx, id).await?.is_none() {
        return Err(Fault::generic(format!("no such Windows build: {id}")).into());
    }
    let results = Results::read(results)?;
    let Some(build) = begin(cx, build, task, "win", &results).await? else { return Ok(()) };
    let dir = results.dir(cx, task).await?;
    let buildroot = results.buildroot(cx, task).await?;
    for (path, metadata) in results.members("output")? {
        require_type(cx, path).await?;
        let Value::Struct(mut metadata) = metadata.clone() else {
            return Err(refs::wrong_type(metadata, "dict").into());
        };
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        metadata.insert("relpath".into(), above.into());
        let kind = Kind::from_values("win", &Value::Struct(metadata))?;
        import_archive(cx, &build, &below(&dir, path)?, kind, buildroot).await?;
    }
    store_logs(cx, &build, "win", &dir, &results.paths("logs")?).await?;
    if let Some(rpms) = Results::optional(rpms)? {
        import_wrapper(cx, task, &build, &rpms).await?;
    }
    finish(cx, &build).await
}

/// The same of an image build; `results` has a struct of each task that made images.
pub async fn complete_image(cx: &mut Cx, task: i64, id: i64, results: &Value) -> Outcome<()> {
    let build = lookup::build(&mut cx.tx, &Value::Int(id)).await?;
    let parts = Results::read(results)?;
    if parts.members.is_empty() && build.state == BuildState::Complete {
        return Ok(());
    }
    let Some(build) = begin(cx, build, task, "image", &parts).await? else { return Ok(()) };
    import_images(cx, task, &build, results).await?;
    finish(cx, &build).await
}

/// Imports the images of each task, with what is installed in them. Tasks that were allowed to fail have no `task_id`.
pub async fn import_images(cx: &mut Cx, task: i64, build: &Build, results: &Value) -> Outcome<()> {
    for part in Results::read(results)?.members.values() {
        let part = Results::read(part)?;
        if !part.members.contains_key("task_id") {
            continue;
        }
        let dir = part.dir(cx, task).await?;
        let kind = Kind::Image { arch: repr::text(part.at("arch")?) };
        let mut archives = Vec::new();
        for name in part.paths("files")? {
            require_type(cx, &name).await?;
            archives.push(import_archive(cx, build, &below(&dir, &name)?, kind.clone(), None).await?);
        }
        store_logs(cx, build, "image", &dir, &part.paths("logs")?).await?;
        let mut rpms = rpm_ids(cx, part.at("rpmlist")?).await?;
        rpms.sort_unstable();
        rpms.dedup();
        for archive in archives {
            add_components(&mut cx.tx, archive, rpms.clone(), Vec::new()).await?;
        }
        if let Some(rpms) = part.members.get("rpmresults").map(Results::optional).transpose()?.flatten() {
            import_wrapper(cx, task, build, &rpms).await?;
        }
    }
    Ok(())
}

/// Adds the rpms that wrap a build's archives. Their source package may have any name.
pub async fn import_wrapper(cx: &mut Cx, task: i64, build: &Build, results: &Results) -> Outcome<()> {
    let dir = match results.members.contains_key("task_id") {
        true => results.dir(cx, task).await?,
        false => PathInfo::task_rel(task),
    };
    let buildroot = results.buildroot(cx, task).await?;
    for path in results.rpms()? {
        let source = open(cx, below(&dir, &path)?).await?;
        let facts = blocking(move || RpmFacts::read(source)).await?;
        facts.check_file_name()?;
        rpm::add(cx, build, Struct::new(), facts, buildroot).await?;
    }
    store_logs(cx, build, "noarch", &dir, &results.paths("logs")?).await
}

async fn require_type(cx: &mut Cx, name: &str) -> Outcome<()> {
    let file = name.rsplit('/').next().unwrap_or(name);
    match type_of(&mut cx.tx, file).await {
        Ok(_) => Ok(()),
        Err(crate::fault::Failure::Fault(_)) => {
            Err(Fault::build(format!("unsupported file type: {name}")).into())
        }
        Err(failure) => Err(failure),
    }
}

async fn read_pom(cx: &Cx, given: String, name: &str) -> Outcome<Kind> {
    let (source, shown) = (open(cx, given).await?, name.to_owned());
    blocking(move || {
        if source.size > pom::LIMIT {
            return Err(Fault::build(format!("{shown} is too large for a POM")).into());
        }
        let mut bytes = Vec::new();
        (&source.file).take(pom::LIMIT).read_to_end(&mut bytes)?;
        Ok(pom::parse(&String::from_utf8_lossy(&bytes), &shown)?)
    })
    .await
}

/// Makes the BUILDING build of the task complete, on the volume of the policy. `None` when the task made it complete before
/// and the answer was lost.
async fn begin(
    cx: &mut Cx,
    build: Build,
    task: i64,
    kind: &str,
    results: &Results,
) -> Outcome<Option<Build>> {
    let state = builds::lock(&mut cx.tx, build.id).await?.unwrap_or(build.state);
    if state == BuildState::Complete && build.task_id == Some(task) {
        return Ok(None);
    }
    if state != BuildState::Building {
        return Err(Fault::generic(format!("Unable to complete build: state is {state}")).into());
    }
    if build.task_id != Some(task) {
        return Err(Fault::generic(format!("build {} is not one of task {task}", build.nvr())).into());
    }
    let mut delivery = Delivery::default();
    let root = results.buildroot(cx, task).await?;
    delivery.buildroots.extend(root.map(|id| (String::new(), id)));
    let volume = volume::of_typed(cx, &build, task, kind, &delivery).await?;
    if !builds::has_archives(&mut cx.tx, build.id).await? && !builds::has_rpms(&mut cx.tx, build.id).await? {
        // files without rows are what a broken attempt left
        let place = BuildDir::on(&cx.hub.paths, &build, &build.release, &volume.name)?;
        blocking(move || {
            if let Some(parent) = place.existing_parent()? {
                parent.remove_tree(place.name())?;
            }
            Ok(())
        })
        .await?;
    }
    builds::complete(&mut cx.tx, build.id, volume.id).await?;
    Ok(Some(Build { volume_id: volume.id, volume_name: volume.name, state: BuildState::Complete, ..build }))
}

/// A build on another volume is found at the default one too.
async fn finish(cx: &mut Cx, build: &Build) -> Outcome<()> {
    if build.volume_name == "DEFAULT" {
        return Ok(());
    }
    let default = BuildDir::on(&cx.hub.paths, build, &build.release, "DEFAULT")?;
    let place = BuildDir::of(&cx.hub.paths, build)?;
    blocking(move || Ok(default.link_to(&place)?)).await
}

/// Puts logs into a directory of the build's logs.
async fn store_logs(cx: &mut Cx, build: &Build, subdir: &str, dir: &str, logs: &[String]) -> Outcome<()> {
    let mut seen = HashSet::new();
    for path in logs {
        if !seen.insert(path.rsplit('/').next().unwrap_or(path)) {
            return Err(Fault::generic(format!("Error importing build log. {path} already exists.")).into());
        }
        let source = open(cx, below(dir, path)?).await?;
        let to = format!("{}/{subdir}", PathInfo::BUILD_LOGS);
        let to = RelPath::parse(&to).ok_or_else(|| Fault::generic(format!("Invalid log directory: {to}")))?;
        store_file(cx, BuildDir::of(&cx.hub.paths, build)?, to, source, false).await?;
    }
    Ok(())
}
