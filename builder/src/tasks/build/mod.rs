//! `build`: the whole build of a source package: source rpm, one buildArch per arch, import, tagging.

mod options;
mod source;

use std::collections::BTreeMap;

use koji_api::methods as m;
use koji_rpm::Package;
use koji_xmlrpc::{Struct, Value};

use self::options::Options;
use super::{Params, TaskMethod};
use crate::arches::{SourceArches, TagArches, arch_list, noarch_restriction};
use crate::task::{Subtask, TaskCx, TaskError, WaitFor};

pub struct Build;

impl TaskMethod for Build {
    const METHOD: &'static str = "build";
    const WEIGHT: f64 = 0.2;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let src = params.str("src")?.to_owned();
        let opts = Options::parse(&params.opts("opts")?)?;
        let place = options::place(cx, params.value("target"), opts.repo_id).await?;
        let opts = Options { skip_tag: opts.skip_tag || place.dest_tag.is_none(), ..opts };
        options::assert_policies(cx, &src, &place, &opts).await?;
        let repo = options::repo(cx, &place, &opts).await?;
        let source = source::make(cx, &src, &place, &repo, &opts).await?;
        let header = Package::open(&cx.hub_file(&format!("work/{}", source.srpm)).await?)?;
        let arches = arches(cx, &header, &place, &opts).await?;
        let job = Job { source: &source, header: &header, place: &place, repo: &repo, opts: &opts, arches };
        if opts.scratch {
            let built = job.build(cx).await?;
            let call = m::HostMoveBuildToScratch {
                task_id: cx.id.into(),
                srpm: built.srpm.into(),
                rpms: built.rpms.into(),
                logs: built.logs,
            };
            cx.session.call(call).await?;
            return Ok(Value::Nil);
        }
        let (build_id, is_new) = match init_build(cx, &src, &source, &header, &opts).await {
            Ok(id) => (id, true),
            Err(refused) => (already_imported(cx, &header).await.ok_or(refused)?, false),
        };
        if is_new && let Err(error) = job.build_and_import(cx, build_id).await {
            // a task that was taken away leaves the build to whoever gets the task next
            if !matches!(error, TaskError::Gone(_)) {
                let call = m::HostFailBuild { task_id: cx.id.into(), build_id: build_id.into() };
                if let Err(e) = cx.session.call(call).await {
                    tracing::warn!("cannot mark build {build_id} as failed: {e}");
                }
            }
            return Err(error);
        }
        if !opts.skip_tag {
            tag(cx, &place, build_id).await?;
        }
        Ok(Value::Nil)
    }
}

/// What the buildArch tasks brought.
struct Built {
    srpm: String,
    rpms: Vec<String>,
    /// Log files by arch.
    logs: Value,
    /// Buildroot id by file.
    brmap: Struct,
}

async fn arches(
    cx: &TaskCx,
    header: &Package,
    place: &options::Place,
    opts: &Options,
) -> Result<Vec<String>, TaskError> {
    let words = |v: Option<&Value>| -> Vec<String> {
        v.and_then(Value::as_str).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    };
    let mut extra = Vec::new();
    if let Some((tag_id, tag_name)) = place.dest_tag.as_ref().filter(|_| !opts.skip_tag) {
        let name = &header.name;
        let config = cx
            .session
            .call(m::GetPackageConfig { tag: (*tag_id).into(), pkg: name.into(), ..Default::default() })
            .await?;
        extra = words(config.get("extra_arches"));
        if !opts.scratch {
            if config.is_nil() {
                return Err(TaskError::build(format!("package {name} not in list for tag {tag_name}")));
            }
            if config.truthy_at("blocked") {
                return Err(TaskError::build(format!("package {name} is blocked for tag {tag_name}")));
            }
        }
    }
    let source = source_arches(header);
    let tag = TagArches {
        tag: words(place.build_tag.get("arches")),
        extra,
        overriding: opts.arch_override.clone(),
    };
    Ok(arch_list(place.build_tag.str_at("name").unwrap_or_default(), &source, &tag)?)
}

fn source_arches(header: &Package) -> SourceArches {
    SourceArches {
        build_archs: header.buildarchs.clone(),
        exclusive: header.exclusivearch.clone(),
        excluded: header.excludearch.clone(),
    }
}

async fn init_build(
    cx: &TaskCx,
    src: &str,
    source: &source::Source,
    header: &Package,
    opts: &Options,
) -> Result<i64, TaskError> {
    let mut extra = Struct::new();
    if let Some(original) = source.original_url.as_deref().or(Some(src)) {
        extra.insert("source".into(), Value::record([("original_url", Value::from(original))]));
    }
    if let Some(custom) = &opts.custom_user_metadata {
        extra.insert("custom_user_metadata".into(), custom.clone());
    }
    let mut data = Struct::new();
    for (key, value) in [
        ("name", Value::from(header.name.as_str())),
        ("version", Value::from(header.version.as_str())),
        ("release", Value::from(header.release.as_str())),
        ("epoch", header.epoch.and_then(|e| i64::try_from(e).ok()).into()),
        ("task_id", cx.id.into()),
        ("extra", Value::Struct(extra)),
    ] {
        data.insert(key.into(), value);
    }
    if let Some(url) = &source.url {
        data.insert("source".into(), url.into());
    }
    if opts.draft {
        data.insert("draft".into(), true.into());
    }
    let id = cx.session.call(m::HostInitBuild { data: Value::Struct(data) }).await?;
    id.as_int().ok_or_else(|| TaskError::generic("the hub answered no build id"))
}

/// The build that this task imported before its builder or its hub died: only the tagging is left.
async fn already_imported(cx: &TaskCx, header: &Package) -> Option<i64> {
    const COMPLETE: i64 = 1;
    let nvr = format!("{}-{}-{}", header.name, header.version, header.release);
    let build = cx.session.call(m::GetBuild { buildInfo: nvr.into(), ..Default::default() }).await.ok()?;
    let ours = build.int_at("state") == Some(COMPLETE) && build.int_at("task_id") == Some(cx.id);
    build.int_at("id").filter(|_| ours)
}

/// What is built: on each arch by a task.
struct Job<'a> {
    source: &'a source::Source,
    header: &'a Package,
    place: &'a options::Place,
    repo: &'a Value,
    opts: &'a Options,
    arches: Vec<String>,
}

impl Job<'_> {
    async fn build_and_import(&self, cx: &TaskCx, build_id: i64) -> Result<(), TaskError> {
        let built = self.build(cx).await?;
        let call = m::HostCompleteBuild {
            task_id: cx.id.into(),
            build_id: build_id.into(),
            srpm: built.srpm.into(),
            rpms: built.rpms.into(),
            brmap: built.brmap.into(),
            logs: built.logs,
        };
        cx.session.call(call).await?;
        Ok(())
    }

    async fn build(&self, cx: &TaskCx) -> Result<Built, TaskError> {
        let mut tasks: Vec<(String, i64)> = Vec::new();
        for (i, arch) in self.arches.iter().enumerate() {
            // the subtask's own options: the repo that all of them share
            let sub_opts = Value::record([("repo_id", self.repo.get("id").cloned().unwrap_or_default())]);
            let sub = Subtask {
                method: "buildArch",
                args: vec![
                    self.source.srpm.as_str().into(),
                    self.place.build_tag.get("id").cloned().unwrap_or_default(),
                    arch.as_str().into(),
                    (i == 0).into(),
                    sub_opts,
                ],
                label: arch.clone(),
                arch: Some(task_arch(arch, self.header, self.place)),
            };
            tasks.push((arch.clone(), cx.subtask(sub).await?));
        }
        let ids: Vec<i64> = tasks.iter().map(|(_, id)| *id).collect();
        let wait_for = if self.opts.fail_fast || !cx.settings.build_arch_can_fail {
            WaitFor::AllUnlessOneFails
        } else {
            WaitFor::All
        };
        let results = cx.wait(&ids, wait_for, &[]).await?;
        collect(&tasks, &results)
    }
}

/// The arch a subtask is scheduled for: noarch goes anywhere, unless the package or the tag names arches.
fn task_arch(arch: &str, header: &Package, place: &options::Place) -> String {
    if arch != "noarch" {
        return koji_rpm::arch::canonical(arch).to_owned();
    }
    let words = |v: Option<&Value>| -> Option<Vec<String>> {
        Some(v?.as_str()?.split_whitespace().map(str::to_owned).collect())
    };
    let tag = words(place.build_tag.get("arches")).unwrap_or_default();
    let restricted = words(place.build_tag.get("extra").and_then(|e| e.get("noarch_arches")));
    match noarch_restriction(&tag, restricted.as_deref(), &source_arches(header)) {
        Some(left) if !left.is_empty() => {
            let pick = rand::random_range(0..left.len());
            left.into_iter().nth(pick).unwrap_or_else(|| "noarch".to_owned())
        }
        _ => "noarch".to_owned(),
    }
}

/// Merges the results: exactly one source rpm, all rpms, logs by arch, and the buildroot each file came from.
fn collect(tasks: &[(String, i64)], results: &BTreeMap<i64, Value>) -> Result<Built, TaskError> {
    let strings = |v: &Value, key: &str| -> Vec<String> {
        let list = v.get(key).and_then(Value::as_array).unwrap_or_default();
        list.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect()
    };
    let (mut srpms, mut rpms, mut logs, mut brmap) = (Vec::new(), Vec::new(), Struct::new(), Struct::new());
    for (arch, id) in tasks {
        let result = results
            .get(id)
            .ok_or_else(|| TaskError::build(format!("the build for {arch} (task {id}) did not finish")))?;
        let buildroot = result.get("brootid").cloned().unwrap_or_default();
        for file in strings(result, "rpms").into_iter().chain(strings(result, "srpms")) {
            brmap.insert(file.clone(), buildroot.clone());
            if file.ends_with(".src.rpm") || file.ends_with(".nosrc.rpm") {
                srpms.push(file)
            } else {
                rpms.push(file)
            }
        }
        logs.insert(arch.clone(), strings(result, "logs").into());
    }
    let srpm = match srpms.as_slice() {
        [one] => one.clone(),
        [] => return Err(TaskError::build("No srpm found: no buildArch task kept it")),
        many => return Err(TaskError::build(format!("multiple srpm found: {}", many.join(", ")))),
    };
    Ok(Built { srpm, rpms, logs: Value::Struct(logs), brmap })
}

async fn tag(cx: &TaskCx, place: &options::Place, build_id: i64) -> Result<(), TaskError> {
    let Some((tag_id, _)) = place.dest_tag else { return Ok(()) };
    let sub = Subtask {
        method: "tagBuild",
        args: vec![tag_id.into(), build_id.into(), false.into(), Value::Nil, true.into()],
        label: "tag".into(),
        arch: Some("noarch".into()),
    };
    cx.run_subtask(sub).await.map(drop)
}
