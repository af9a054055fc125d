//! One rpm into a build: `importRPM` and rpms that wrap other content.

use std::ffi::OsStr;

use koji_api::Fault;
use koji_api::paths::PathInfo;
use koji_api::types::{BuildRef, BuildState};
use koji_db::Tx;
use koji_db::builds::{self, Build};
use koji_rpm::Nvra;
use koji_xmlrpc::{Struct, Value};

use super::build::{insert, leave_links};
use super::dirs::BuildDir;
use super::new_build::new_build;
use super::read::RpmFacts;
use super::source::Source;
use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::store::{self, RelPath};
use crate::{blocking, lookup};

/// Imports an uploaded rpm. A source package goes to the build of its N-V-R, which is made if there is none; any other to the
/// build of its source package. The answer has what was read, the rpm's id and the build.
pub async fn import_rpm(cx: &mut Cx, dir: &str, name: &str) -> Outcome<Struct> {
    let (hub, given) = (cx.hub.clone(), format!("{dir}/{name}"));
    let rpm = blocking(move || {
        let work = store::work(&hub, None)?;
        RpmFacts::read(Source::open(&work, &hub.paths.work(None), &given)?)
    })
    .await?;
    rpm.check_file_name()?;
    let build = match rpm.is_source {
        true => of_source(cx, &rpm).await?,
        false => of_binary(&mut cx.tx, &rpm).await?,
    };
    let id = add(cx, &build, rpm_answer(&rpm), rpm, None).await?;
    Ok(id)
}

fn rpm_answer(rpm: &RpmFacts) -> Struct {
    let sourcepackage = if rpm.is_source { Value::Int(1) } else { Value::Nil };
    [
        ("name", Value::from(&rpm.name)),
        ("version", Value::from(&rpm.version)),
        ("release", Value::from(&rpm.release)),
        ("epoch", rpm.epoch.into()),
        ("sourcepackage", sourcepackage),
        ("arch", Value::from(&rpm.arch)),
        ("buildtime", rpm.buildtime.into()),
        ("sourcerpm", rpm.sourcerpm.clone().into()),
        ("size", i64::try_from(rpm.source.size).unwrap_or(i64::MAX).into()),
        ("payloadhash", Value::from(&rpm.payloadhash)),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect()
}

async fn of_source(cx: &mut Cx, rpm: &RpmFacts) -> Outcome<Build> {
    let nvr =
        BuildRef::Nvr { name: rpm.name.clone(), version: rpm.version.clone(), release: rpm.release.clone() };
    let id = match builds::find(&mut cx.tx, &nvr).await? {
        Some(id) => id,
        None => {
            let data = [
                ("name", Value::from(&rpm.name)),
                ("version", Value::from(&rpm.version)),
                ("release", Value::from(&rpm.release)),
                ("epoch", rpm.epoch.into()),
            ];
            new_build(cx, data.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(), false).await?
        }
    };
    lookup::build(&mut cx.tx, &Value::Int(id)).await
}

async fn of_binary(tx: &mut Tx, rpm: &RpmFacts) -> Outcome<Build> {
    let source = rpm.sourcerpm.as_deref().unwrap_or_default();
    let nvr = Nvra::parse(source).map_err(|e| Fault::generic(e.to_string()))?.nvr;
    let nvr = BuildRef::Nvr { name: nvr.name, version: nvr.version, release: nvr.release };
    match builds::find(tx, &nvr).await? {
        Some(id) => lookup::build(tx, &Value::Int(id)).await,
        None => Err(Fault::generic("No such build").into()),
    }
}

/// Adds an rpm to a build that has rows and files already; `facts` with the ids and the build added.
pub(super) async fn add(
    cx: &mut Cx,
    build: &Build,
    mut facts: Struct,
    rpm: RpmFacts,
    buildroot: Option<i64>,
) -> Outcome<Struct> {
    let state = builds::lock(&mut cx.tx, build.id).await?.unwrap_or(build.state);
    if matches!(state, BuildState::Failed | BuildState::Canceled | BuildState::Deleted) {
        return Err(Fault::generic(format!("Build is {state}: {}", build.nvr())).into());
    }
    builds::add_type(&mut cx.tx, build.id, "rpm").await?;
    let id = insert(&mut cx.tx, build, &rpm, buildroot, None).await?;
    facts.insert("draft".into(), build.draft.into());
    facts.insert("id".into(), id.into());
    facts.insert("build_id".into(), build.id.into());
    facts.insert("buildroot_id".into(), buildroot.into());
    facts.insert("external_repo_id".into(), 0_i64.into());
    facts.insert("build".into(), builds::get(&mut cx.tx, build.id).await?.into());
    facts.insert("brootid".into(), buildroot.into());
    let place = BuildDir::of(&cx.hub.paths, build)?;
    store_file(cx, place, rpm).await?;
    Ok(facts)
}

/// Puts an rpm beside those that the build has. Its row is new, so a file of its name is what a broken import left.
async fn store_file(cx: &mut Cx, place: BuildDir, mut rpm: RpmFacts) -> Outcome<()> {
    let link = blocking(move || {
        let invalid = |path: &str| Failure::Fault(Fault::generic(format!("Invalid file name: {path}")));
        let path = PathInfo::rpm(rpm.nvr(), &rpm.arch);
        let path = RelPath::parse(&path).ok_or_else(|| invalid(&path))?;
        let sig = PathInfo::sighdr(rpm.nvr(), &rpm.arch, &rpm.sigkey);
        let sig = RelPath::parse(&sig).ok_or_else(|| invalid(&sig))?;
        let top = place.open_or_make()?;
        let dir_of =
            |path: &RelPath| path.parent().map_or_else(|| place.open(), |above| top.make_dirs(&above));
        let dir = dir_of(&path)?;
        let hidden = format!(".import-{}", path.name().to_string_lossy());
        dir.remove_file(OsStr::new(&hidden))?;
        dir.adopt(&mut rpm.source.file, OsStr::new(&hidden))?;
        dir.rename(OsStr::new(&hidden), &dir, path.name())?;
        dir_of(&sig)?.put(sig.name(), &rpm.sighdr)?;
        top.sync()?;
        Ok((rpm.source, place.from_top().join(&path)))
    })
    .await?;
    leave_links(cx, vec![link]);
    Ok(())
}
