//! The results of a build task become a complete build.

use std::collections::HashSet;

use koji_api::Fault;
use koji_api::paths::PathInfo;
use koji_api::types::{BuildState, refs, repr};
use koji_db::builds::{self, Build};
use koji_db::rpms::{self, NewRpm, RpmFilter};
use koji_db::{QueryOpts, Tx, buildroots, signatures, tasks};
use koji_xmlrpc::{Struct, Value};

use super::dirs::{BuildDir, Staging};
use super::noarch;
use super::read::{RpmFacts, sighash};
use super::source::Source;
use super::volume;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::store::{self, RelPath};
use crate::{blocking, lookup};

/// What a builder delivers. Paths are relative to `work`.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    pub srpm: String,
    pub rpms: Vec<String>,
    /// Of an rpm's path, the buildroot it was built in.
    pub buildroots: Vec<(String, i64)>,
    /// Directory (empty for none) and path of each log.
    pub logs: Vec<(String, String)>,
}

impl Delivery {
    /// Reads the arguments of `host.completeBuild` and its kin.
    pub fn from_values(srpm: &Value, rpms: &Value, brmap: &Value, logs: &Value) -> Result<Delivery, Fault> {
        let text = |v: &Value| refs::to_str(v).map(str::to_owned);
        let list = |v: &Value| match v {
            Value::Array(items) => items.iter().map(text).collect::<Result<Vec<_>, _>>(),
            other => Err(refs::wrong_type(other, "list")),
        };
        let members = |v: &Value| match v {
            Value::Nil => Ok(Struct::new()),
            Value::Struct(s) => Ok(s.clone()),
            other => Err(refs::wrong_type(other, "dict")),
        };
        let mut delivery = Delivery { srpm: text(srpm)?, rpms: list(rpms)?, ..Delivery::default() };
        for (path, id) in members(brmap)? {
            // a builder that has no buildroot for a file says so
            if !id.is_nil() {
                delivery.buildroots.push((path, refs::to_int(&id)?));
            }
        }
        for (dir, paths) in members(logs)? {
            delivery.logs.extend(list(&paths)?.into_iter().map(|path| (dir.clone(), path)));
        }
        Ok(delivery)
    }

    fn buildroot_of(&self, path: &str) -> Option<i64> {
        self.buildroots.iter().find(|(p, _)| p == path).map(|(_, id)| *id)
    }
}

/// The uploaded files of a delivery, open and read.
pub(super) struct Files {
    pub srpm: RpmFacts,
    pub rpms: Vec<RpmFacts>,
    /// Directory below `data/logs` (empty for itself) and file.
    pub logs: Vec<(String, Source)>,
}

/// Opens and checks the files. Only those of the task itself or below it count, and what lies outside the tasks' directories.
pub(super) async fn open(cx: &mut Cx, task: i64, delivery: &Delivery) -> Outcome<Files> {
    let family: HashSet<i64> =
        tasks::descendants(&mut cx.tx, task).await?.into_iter().chain([task]).collect();
    let (hub, delivery) = (cx.hub.clone(), delivery.clone());
    blocking(move || {
        let work = store::work(&hub, None)?;
        let root = hub.paths.work(None);
        let source = |given: &str| {
            let source = Source::open(&work, &root, given)?;
            match source.task() {
                Some(owner) if !family.contains(&owner) => {
                    Err(Fault::generic(format!("{} is not a file of task {task}", source.shown)).into())
                }
                _ => Ok(source),
            }
        };
        // all are there before the first is read
        let srpm = source(&delivery.srpm)?;
        let sources: Outcome<Vec<Source>> = delivery.rpms.iter().map(|path| source(path)).collect();
        let sources = sources?;
        let mut logs = Vec::with_capacity(delivery.logs.len());
        for (dir, path) in &delivery.logs {
            if RelPath::file_name(dir).is_none() && !dir.is_empty() {
                return Err(Fault::generic(format!("Invalid log directory: {dir}")).into());
            }
            logs.push((dir.clone(), source(path)?));
        }
        let srpm = RpmFacts::read(srpm)?;
        let rpms: Outcome<Vec<RpmFacts>> = sources.into_iter().map(RpmFacts::read).collect();
        Ok(Files { srpm, rpms: noarch::keep_first(rpms?)?, logs })
    })
    .await
}

/// Makes the BUILDING build `build_id` of `task` complete; `getBuild`'s answer about it. The same delivery a second time, after an
/// answer that was lost, is answered the same way.
pub async fn import_build(cx: &mut Cx, task: i64, build_id: i64, delivery: &Delivery) -> Outcome<Struct> {
    let state = builds::lock(&mut cx.tx, build_id).await?;
    let build = lookup::build(&mut cx.tx, &Value::Int(build_id)).await?;
    if state == Some(BuildState::Complete) && is_delivered(&mut cx.tx, &build, task, delivery).await? {
        return answer(&mut cx.tx, build_id).await;
    }
    if state != Some(BuildState::Building) {
        return Err(Fault::generic(format!("Unable to complete build: state is {}", build.state)).into());
    }
    let files = open(cx, task, delivery).await?;
    check_buildroots(&mut cx.tx, task, delivery).await?;
    let srpm = &files.srpm;
    if !srpm.is_source {
        return Err(Fault::generic(format!("not a source package: {}", srpm.source.shown)).into());
    }
    check_build(&build, task, srpm)?;
    let srpm_name = format!("{}-{}-{}.src.rpm", build.name, build.version, build.rpm_release());
    for rpm in [srpm].into_iter().chain(&files.rpms) {
        rpm.check_file_name()?;
        rpm.check_source(&srpm_name)?;
    }

    let volume = volume::of_delivery(cx, &build, task, delivery).await?;
    builds::complete(&mut cx.tx, build_id, volume.id).await?;
    builds::add_type(&mut cx.tx, build_id, "rpm").await?;
    let build = Build { volume_id: volume.id, volume_name: volume.name, ..build };
    for rpm in [srpm].into_iter().chain(&files.rpms) {
        let buildroot = delivery.buildroot_of(&rpm.source.given);
        insert(&mut cx.tx, &build, rpm, buildroot, None).await?;
    }
    let place = BuildDir::of(&cx.hub.paths, &build)?;
    store_files(cx, &build, place, files).await?;
    answer(&mut cx.tx, build_id).await
}

async fn answer(tx: &mut Tx, id: i64) -> Outcome<Struct> {
    let row = builds::get(tx, id).await?;
    Ok(row.ok_or_else(|| Fault::generic(format!("No such build: {id}")))?)
}

/// Whether the complete build is made of exactly these files of this task.
async fn is_delivered(tx: &mut Tx, build: &Build, task: i64, delivery: &Delivery) -> Outcome<bool> {
    if build.task_id != Some(task) {
        return Ok(false);
    }
    let filter = RpmFilter { build: Some(build.id), ..RpmFilter::default() };
    let rows = tx.select(&rpms::list(filter, &QueryOpts::default())?).await?;
    let of_row = |row: &Struct| {
        let part = |key: &str| row.get(key).map(repr::text).unwrap_or_default();
        format!("{}.{}.rpm", part("nvr"), part("arch"))
    };
    let there: HashSet<String> = rows.iter().map(of_row).collect();
    let given: HashSet<String> = [&delivery.srpm]
        .into_iter()
        .chain(&delivery.rpms)
        .filter_map(|path| path.rsplit('/').next().map(str::to_owned))
        .collect();
    Ok(there == given)
}

/// The buildroots that are claimed have to be there, and the task's.
pub(super) async fn check_buildroots(tx: &mut Tx, task: i64, delivery: &Delivery) -> Outcome<()> {
    let family: HashSet<i64> = tasks::descendants(tx, task).await?.into_iter().chain([task]).collect();
    let ids: HashSet<i64> = delivery.buildroots.iter().map(|(_, id)| *id).collect();
    for id in ids {
        let buildroot = buildroots::lock(tx, id).await?;
        let buildroot = buildroot.ok_or_else(|| Fault::generic(format!("no buildroot with ID: {id}")))?;
        if buildroot.standard.is_some_and(|s| !family.contains(&s.task_id)) {
            return Err(Fault::generic(format!("buildroot {id} is not one of task {task}")).into());
        }
    }
    Ok(())
}

/// The source package has to be what the build was announced as.
fn check_build(build: &Build, task: i64, srpm: &RpmFacts) -> Result<(), Fault> {
    let shown = |n: Option<i64>| n.map_or("None".to_owned(), |n| n.to_string());
    let release =
        if build.draft { format!("{},draft_{}", srpm.release, build.id) } else { srpm.release.clone() };
    for (key, announced, found) in [
        ("name", build.name.clone(), srpm.name.clone()),
        ("version", build.version.clone(), srpm.version.clone()),
        ("release", build.release.clone(), release),
        ("epoch", shown(build.epoch), shown(srpm.epoch)),
        ("task_id", shown(build.task_id), task.to_string()),
    ] {
        if announced != found {
            return Err(Fault::generic(format!(
                "Unable to complete build: {key} mismatch (build: {announced}, rpm: {found})"
            )));
        }
    }
    Ok(())
}

/// Adds the rows of an rpm and of its signature; the rpm's id.
pub(super) async fn insert(
    tx: &mut Tx,
    build: &Build,
    rpm: &RpmFacts,
    buildroot: Option<i64>,
    extra: Option<String>,
) -> Outcome<i64> {
    let row = NewRpm {
        build_id: build.id,
        buildroot_id: buildroot,
        name: rpm.name.clone(),
        version: rpm.version.clone(),
        release: rpm.release.clone(),
        epoch: rpm.epoch,
        arch: rpm.arch.clone(),
        draft: build.draft,
        payloadhash: rpm.payloadhash.clone(),
        size: i64::try_from(rpm.source.size).unwrap_or(i64::MAX),
        buildtime: rpm.buildtime,
        metadata_only: false,
        extra,
    };
    let id = rpms::insert(tx, &row).await?.map_err(|_| {
        Fault::internal(format!("an rpm {} exists already; the hub never replaces one", rpm.nvra()))
    })?;
    signatures::add(tx, id, &rpm.sigkey, &sighash(&rpm.sighdr)).await?;
    Ok(id)
}

/// Puts the files of a whole build into their directory, and leaves links where they were uploaded once the transaction is
/// committed.
async fn store_files(cx: &mut Cx, build: &Build, place: BuildDir, files: Files) -> Outcome<()> {
    let default_place = match build.volume_name.as_str() {
        "DEFAULT" => None,
        _ => Some(BuildDir::on(&cx.hub.paths, build, &build.release, "DEFAULT")?),
    };
    let id = build.id;
    let links = blocking(move || {
        let mut staging = Staging::begin(&place, id)?;
        let mut links = Vec::new();
        let invalid = |path: &str| Fault::generic(format!("Invalid file name: {path}"));
        for mut rpm in [files.srpm].into_iter().chain(files.rpms) {
            let path = PathInfo::rpm(rpm.nvr(), &rpm.arch);
            let path = RelPath::parse(&path).ok_or_else(|| invalid(&path))?;
            staging.adopt(&path, &mut rpm.source.file)?;
            let sig = PathInfo::sighdr(rpm.nvr(), &rpm.arch, &rpm.sigkey);
            let sig = RelPath::parse(&sig).ok_or_else(|| invalid(&sig))?;
            staging.put(&sig, &rpm.sighdr)?;
            links.push((rpm.source, place.from_top().join(&path)));
        }
        for (dir, mut log) in files.logs {
            let path = format!("{}/{dir}/{}", PathInfo::BUILD_LOGS, log.name);
            let path = RelPath::parse(&path).ok_or_else(|| invalid(&path))?;
            staging.adopt(&path, &mut log.file).map_err(|e| match e.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    Fault::generic(format!("Error importing build log. {path} already exists.")).into()
                }
                _ => crate::fault::Failure::from(e),
            })?;
            links.push((log, place.from_top().join(&path)));
        }
        staging.publish()?;
        if let Some(default) = default_place {
            default.link_to(&place)?;
        }
        Ok(links)
    })
    .await?;
    leave_links(cx, links);
    Ok(())
}

/// Once the transaction is committed, the uploads become links to the imported files.
pub(super) fn leave_links(cx: &mut Cx, links: Vec<(Source, RelPath)>) {
    let hub = cx.hub.clone();
    cx.tx.after_commit(move || {
        let result = (|| -> std::io::Result<()> {
            let work = store::work(&hub, None)?;
            for (source, imported) in &links {
                let uploaded = RelPath::literal("work").join(&source.path);
                let dir = match source.path.parent() {
                    Some(parent) => work.sub(&parent)?,
                    None => store::work(&hub, None)?,
                };
                dir.link_over(source.path.name(), &store::relative(&uploaded, imported))?;
            }
            Ok(())
        })();
        if let Err(e) = result {
            tracing::warn!(error = %e, "imported files could not be linked from where they were uploaded");
        }
    });
}
