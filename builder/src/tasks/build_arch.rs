//! `buildArch`: builds a source rpm for one arch in a fresh buildroot.

use koji_api::methods as m;
use koji_rpm::Package;
use koji_xmlrpc::Value;

use super::{Params, TaskMethod};
use crate::buildroot::{TaskBuildroot, Wanted, build_failure};
use crate::task::{TaskCx, TaskError};

pub struct BuildArch;

impl TaskMethod for BuildArch {
    const METHOD: &'static str = "buildArch";
    const WEIGHT: f64 = 1.5;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let srpm = params.str("pkg")?.to_owned();
        let arch = params.str("arch")?.to_owned();
        let repo = super::repo_of(cx, &params.opts("opts")?, &params.value("root")).await?;
        let event = repo.int_at("create_event");
        let tag = cx.build_config(&params.value("root"), event).await?;
        let file = cx.hub_file(&format!("work/{srpm}")).await?;
        let header = Package::open(&file)?;
        if !header.source {
            return Err(TaskError::build(format!("{srpm} is not a source package")));
        }
        adjust_weight(cx, &header.name).await?;
        let root_arch = root_arch(cx, &arch, &tag)?;
        let wanted = Wanted {
            tag: &tag,
            repo: &repo,
            arch: &root_arch,
            group: koji_buildroot::BUILD_GROUP,
            fetches_sources: false,
        };
        let mut root = TaskBuildroot::create(cx, wanted).await?;
        let id = root.id;
        let built = build(cx, &mut root, file, &arch).await;
        let logs = root.finish(cx).await?;
        let results = built?;
        let dir = cx.upload_dir();
        let (mut rpms, mut srpms) = (Vec::new(), Vec::new());
        for name in results {
            let path = format!("{dir}/{name}");
            if name.ends_with(".src.rpm") { srpms.push(path) } else { rpms.push(path) }
        }
        if !params.flag("keep_srpm") {
            srpms.clear();
        }
        let logs: Vec<String> = logs.into_iter().map(|l| format!("{dir}/{l}")).collect();
        Ok(Value::record([
            ("rpms", Value::from(rpms)),
            ("srpms", srpms.into()),
            ("logs", logs.into()),
            ("brootid", id.into()),
        ]))
    }
}

/// Builds, lists what the BuildRequires added, uploads the results; their names.
async fn build(
    cx: &TaskCx,
    root: &mut TaskBuildroot,
    srpm: std::path::PathBuf,
    arch: &str,
) -> Result<Vec<String>, TaskError> {
    let target = arch.to_owned();
    let outcome = root.step(move |r| r.rebuild(&srpm, Some(&target))).await?;
    if !outcome.succeeded() {
        return Err(build_failure(
            "error building package (arch ARCH)".replace("ARCH", arch).as_str(),
            &outcome,
        ));
    }
    root.list(cx).await?;
    let mut names = Vec::new();
    for file in &outcome.results {
        super::upload(cx, &file.path, &file.name).await?;
        names.push(file.name.clone());
    }
    if !names.iter().any(|n| !n.ends_with(".src.rpm")) {
        return Err(TaskError::build("the build made no rpms: does the spec file have a %files section?"));
    }
    Ok(names)
}

/// A package that takes long weighs more: 1.5 for up to 80 minutes of average build time in half a year, up to 18 more.
async fn adjust_weight(cx: &TaskCx, package: &str) -> Result<(), TaskError> {
    const HALF_A_YEAR_DAYS: i64 = 180;
    let call = m::GetAverageBuildDuration { package: package.into(), age: HALF_A_YEAR_DAYS.into() };
    let Some(average) = cx.session.call(call).await?.as_double() else { return Ok(()) };
    let weight = BuildArch::WEIGHT + (average / 4800.0).min(18.0);
    cx.session.call(m::HostSetTaskWeight { task_id: cx.id.into(), weight: weight.into() }).await?;
    Ok(())
}

/// The arch of the repository to build noarch in: one that this host and the tag share.
fn root_arch(cx: &TaskCx, arch: &str, tag: &Value) -> Result<String, TaskError> {
    let canonical = koji_rpm::arch::canonical(arch);
    if canonical != "noarch" {
        return Ok(canonical.to_owned());
    }
    super::common_arch(&cx.host, tag)
}
