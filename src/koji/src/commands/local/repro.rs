use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_buildroot::{BUILD_GROUP, Buildroot, Choice, Network};
use koji_client::TaskLog;
use koji_localbuild::compare::compare_builds;
use koji_localbuild::machine::Machine;
use koji_localbuild::{Class, Comparison, Got, Need, Origin, Wanted};
use koji_xmlrpc::Value;

use super::build::copy_logs;
use super::logs::Follow;
use super::make::{self, Basis, By, Hub};
use super::place::{self, Place};
use super::{steps, verify};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, text};

/// Build again what the server built, and compare
///
/// Makes the server's buildroot from the packages that the hub recorded (its repository may be gone long since), checks each
/// against its digest, rebuilds the same source rpm and compares the rpms with the server's. Works with every hub, as an ordinary
/// user, without a login.
///
/// Exit status: 0 all rpms are identical or differ only in signature, build time or host; 1 the question cannot be answered or
/// the build failed; 3 contents differ.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A finished build, or the task of one
    #[arg(value_name = "BUILD|TASK")]
    of: String,
    /// Of which arch [default: this machine's]
    #[arg(short, long)]
    arch: Option<String>,
    /// Where the rpms of both builds and the logs go [default: repro-NVR, here]
    #[arg(short, long, value_name = "DIR")]
    resultdir: Option<PathBuf>,
    /// Use only packages that are in the cache
    #[arg(long)]
    offline: bool,
    /// Show no logs
    #[arg(long)]
    nologs: bool,
    /// Keep the root
    #[arg(long)]
    keep: bool,
}

const DIFFERS: u8 = 3;

/// What the server made.
struct Made {
    nvr: String,
    srpm: Need,
    rpms: BTreeMap<String, Need>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let place = Place::here()?;
    let origin = Origin::find(cx.hub(), Wanted::Any(&a.of), a.arch.as_deref()).await?;
    let Some(id) = origin.buildroot else {
        return Err(CommandError::usage(format!("{} is a tag or target: a build or task is wanted", a.of)));
    };
    let made = made(cx, &origin, &a.of).await?;
    cx.out.line(format!(
        "{}: buildroot {id} of {}, {}, {} rpms to compare",
        made.nvr,
        origin.tag,
        origin.arch,
        made.rpms.len()
    ));
    warn_of_machine(cx, &origin).await;
    let mut hub = Hub::of(cx, &place, origin.clone(), By::Record, a.offline).await?;
    hub.ask_builder(cx).await?;
    let Some((recorded, _)) = &hub.recorded else {
        return Err(CommandError::new(format!("the hub recorded no packages of the buildroot {id}")));
    };
    let recorded = recorded.clone();
    let counter = place::counter(cx);
    let source = place::source(cx, &place, a.offline, &counter)?;
    let mut needs: Vec<Need> = vec![made.srpm.clone()];
    needs.extend(made.rpms.values().cloned());
    let got = source.get(needs).await?;
    let dir = a.resultdir.clone().unwrap_or_else(|| PathBuf::from(format!("repro-{}", made.nvr)));
    let (srpm, server) = lay_out(&made, &got, &dir)?;

    let basis = Basis::Hub(Box::new(hub));
    let engine = basis.engine(&place, Choice::Auto)?;
    let name = place::root_name(&format!("repro-{}-{}", made.nvr, origin.arch));
    let mut plan = basis.plan(BUILD_GROUP, &name)?;
    plan.network = Network::None;
    let note = place::note(cx, &a.of, Some(origin.clone()));
    let root = make::root(cx, &place, &engine, &plan, &note, a.nologs).await?;
    let logs = root.result_dir().to_path_buf();
    let mut follow = Follow::new(cx, &logs, a.nologs);
    let (root, installed) = steps::blocking(root, &mut follow, Buildroot::installed).await?;
    let same_root = verify::report(cx, id, &recorded, &installed?);
    let target = origin.target.clone();
    let (root, outcome) =
        steps::step(root, &mut follow, move |r| r.rebuild(&srpm, target.as_deref())).await?;
    copy_logs(&logs, &dir.join("local"))?;
    if !outcome.succeeded() {
        steps::explain(cx, "the rebuild failed", &outcome, &logs);
        cx.out.line(format!("{:<9}koji local shell {name}", "Root:"));
        return Err(CommandError::status(1));
    }
    let mut local = BTreeMap::new();
    for file in outcome.results.iter().filter(|f| !f.is_source()) {
        let to = dir.join("local").join(&file.name);
        std::fs::copy(&file.path, &to)?;
        local.insert(file.name.clone(), to);
    }
    if !a.keep {
        root.remove()?;
    }
    let compared = compare_builds(&server, &local)?;
    cx.out.data(&data(&made.nvr, &origin, same_root, &compared));
    print(cx, &compared, &dir);
    match compared.iter().map(|c| c.class).max() {
        Some(Class::Identical | Class::Circumstances) => Ok(()),
        _ => Err(CommandError::status(DIFFERS)),
    }
}

/// What the server made in that buildroot: of a build by the hub's list, else by the task's result.
async fn made(cx: &Cx, origin: &Origin, of: &str) -> Result<Made> {
    let files = place::files(cx)?;
    let id = origin.buildroot.unwrap_or_default();
    let call = m::ListRPMs { buildrootID: id.into(), ..Default::default() };
    let rpms = cx.hub().call(call).await?;
    // of a noarch package built several times only one build is kept
    let first = items(&rpms).iter().find_map(|r| r.int_at("build_id"));
    if let Some(build_id) = first {
        let build = cx.hub().call(m::GetBuild { buildInfo: build_id.into(), ..Default::default() }).await?;
        let all = cx.hub().call(m::ListBuildRPMs { build: build_id.into() }).await?;
        let dir = files.build(
            text(&build, "package_name"),
            text(&build, "version"),
            text(&build, "release"),
            build.str_at("volume_name"),
        );
        let need = |rpm: &Value| {
            let path = PathInfo::rpm(
                (text(rpm, "name"), text(rpm, "version"), text(rpm, "release")),
                text(rpm, "arch"),
            );
            let epoch = rpm.int_at("epoch").filter(|e| *e != 0).map(|e| format!("{e}:")).unwrap_or_default();
            Need {
                nevra: format!(
                    "{}-{epoch}{}-{}.{}",
                    text(rpm, "name"),
                    text(rpm, "version"),
                    text(rpm, "release"),
                    text(rpm, "arch")
                ),
                ident: text(rpm, "payloadhash").to_owned(),
                sha256: None,
                urls: vec![format!("{dir}/{path}")],
            }
        };
        let srpm = items(&all).iter().find(|r| matches!(text(r, "arch"), "src" | "nosrc"));
        let srpm =
            srpm.ok_or_else(|| CommandError::new(format!("{} has no source rpm", text(&build, "nvr"))))?;
        let rpms = items(&rpms)
            .iter()
            .filter(|r| !matches!(text(r, "arch"), "src" | "nosrc"))
            .map(|r| {
                let need = need(r);
                let name =
                    need.urls.first().and_then(|u| u.rsplit('/').next()).unwrap_or_default().to_owned();
                (name, need)
            })
            .collect();
        return Ok(Made { nvr: text(&build, "nvr").to_owned(), srpm: need(srpm), rpms });
    }
    by_result(cx, origin, &files, of).await
}

/// A scratch build: the files of its task.
async fn by_result(cx: &Cx, origin: &Origin, files: &PathInfo, of: &str) -> Result<Made> {
    let nothing = || CommandError::new(format!("{of} made no rpms that could be compared"));
    let task = origin.task.ok_or_else(nothing)?;
    let result = cx.hub().call(m::GetTaskResult { taskId: task.into(), ..Default::default() }).await?;
    let work = files.work(None);
    let need = |path: &str| Need {
        nevra: path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rpm").to_owned(),
        ident: String::new(),
        sha256: None,
        urls: vec![format!("{work}/{path}")],
    };
    let rpms: BTreeMap<String, Need> = field(&result, "rpms")
        .as_array()
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .map(|path| (path.rsplit('/').next().unwrap_or_default().to_owned(), need(path)))
        .collect();
    let srpm = origin.srpm.as_deref().filter(|_| !rpms.is_empty()).ok_or_else(nothing)?;
    let nvr = srpm.rsplit('/').next().unwrap_or_default().trim_end_matches(".src.rpm").to_owned();
    Ok(Made { nvr, srpm: need(srpm), rpms })
}

/// The server's files under their names: what is compared can be looked at with other tools, too.
fn lay_out(made: &Made, got: &[Got], dir: &Path) -> Result<(PathBuf, BTreeMap<String, PathBuf>)> {
    let server = dir.join("server");
    for sub in [&server, &dir.join("local")] {
        std::fs::create_dir_all(sub)
            .map_err(|e| CommandError::new(format!("cannot make {}: {e}", sub.display())))?;
    }
    let put = |need: &Need| -> Result<PathBuf> {
        let name = need.urls.first().and_then(|u| u.rsplit('/').next()).unwrap_or_default();
        let found = got.iter().find(|g| g.need == *need);
        let found = found.ok_or_else(|| CommandError::new(format!("{} was not fetched", need.nevra)))?;
        let to = server.join(name);
        std::fs::copy(&found.path, &to)?;
        // builds want absolute paths
        Ok(to.canonicalize()?)
    };
    let srpm = put(&made.srpm)?;
    let rpms = made.rpms.iter().map(|(name, need)| Ok((name.clone(), put(need)?))).collect::<Result<_>>()?;
    Ok((srpm, rpms))
}

/// Builds can depend on the processor.
async fn warn_of_machine(cx: &Cx, origin: &Origin) {
    let Some(task) = origin.task else { return };
    let mut log = TaskLog::new(task, "hw_info.log", None);
    let Ok(bytes) = log.next(cx.hub(), 65536).await else { return };
    let here = Machine::here();
    if let Some(server) = Machine::of_log(&String::from_utf8_lossy(&bytes))
        && server.cpu != here.cpu
        && !here.cpu.is_empty()
    {
        cx.out.warn(format!(
            "the server built on {}, this is {}: programs that look at the processor while they are built can differ",
            server.cpu, here.cpu
        ));
    }
}

fn print(cx: &Cx, compared: &[Comparison], dir: &Path) {
    cx.out.line("");
    for c in compared {
        cx.out.line(format!("{}: {}", c.name, c.class.meaning()));
        if c.class == Class::Content {
            for name in &c.fields {
                cx.out.line(format!("  {name}"));
            }
            for file in &c.files {
                cx.out.line(format!("  {}: {}", file.path, file.what));
                for line in &file.summary {
                    cx.out.line(format!("      {line}"));
                }
            }
        }
    }
    let count = |class: Class| compared.iter().filter(|c| c.class == class).count();
    cx.out.line("");
    cx.out.line(format!(
        "{} identical, {} differ only in signature, build time or host, {} in content, {} not in both",
        count(Class::Identical),
        count(Class::Circumstances),
        count(Class::Content),
        count(Class::Missing) + count(Class::Extra)
    ));
    cx.out.line(format!("Both builds are in {}", dir.display()));
}

fn data(nvr: &str, origin: &Origin, same_root: bool, compared: &[Comparison]) -> Value {
    let texts = |list: &[String]| Value::from(list.to_vec());
    let rpm = |c: &Comparison| {
        let files: Vec<Value> = c
            .files
            .iter()
            .map(|f| {
                Value::record([
                    ("path", Value::from(f.path.as_str())),
                    ("what", f.what.as_str().into()),
                    ("summary", texts(&f.summary)),
                ])
            })
            .collect();
        Value::record([
            ("name", Value::from(c.name.as_str())),
            ("class", c.class.name().into()),
            ("fields", texts(&c.fields)),
            ("files", files.into()),
        ])
    };
    Value::record([
        ("nvr", Value::from(nvr)),
        ("buildroot_id", origin.buildroot.into()),
        ("arch", origin.arch.as_str().into()),
        ("same_packages", same_root.into()),
        ("rpms", compared.iter().map(rpm).collect::<Vec<_>>().into()),
    ])
}
