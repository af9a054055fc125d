//! `chainbuild`: builds in levels; each level waits until the builds of the one before are in the repository.

use koji_xmlrpc::Value;

use super::{Params, TaskMethod};
use crate::task::{Subtask, TaskCx, TaskError, WaitFor};
use koji_api::methods as m;
use koji_scm::ScmUrl;

pub struct ChainBuild;

impl TaskMethod for ChainBuild {
    const METHOD: &'static str = "chainbuild";
    const WEIGHT: f64 = 0.1;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let opts = params.opts("opts")?;
        if opts.truthy_at("scratch") {
            return Err(TaskError::generic("--scratch is not allowed with chain-builds"));
        }
        let target = params.str("target")?.to_owned();
        let info =
            cx.session.call(m::GetBuildTarget { info: target.clone().into(), ..Default::default() }).await?;
        let Some(build_tag) = info.int_at("build_tag") else {
            return Err(TaskError::generic(format!("unknown build target: {target}")));
        };
        let levels = levels(&params.value("srcs"))?;
        for (n, level) in levels.iter().enumerate() {
            let (sources, nvrs): (Vec<&String>, Vec<&String>) =
                level.iter().partition(|s| ScmUrl::is_scm_url(s));
            let mut built: Vec<Value> = nvrs.into_iter().map(Value::from).collect();
            built.extend(build_level(cx, n, &sources, &target, &opts).await?);
            let last = n + 1 == levels.len();
            if !last && !built.is_empty() {
                wait_for_repo(cx, n, build_tag, built).await?;
            }
        }
        Ok(Value::Nil)
    }
}

/// The levels as lists of URLs and NVRs.
fn levels(srcs: &Value) -> Result<Vec<Vec<String>>, TaskError> {
    let wanted = || TaskError::parameter("srcs must be a list of lists of sources");
    let level = |v: &Value| -> Option<Vec<String>> {
        v.as_array()?.iter().map(|s| s.as_str().map(str::to_owned)).collect()
    };
    srcs.as_array().ok_or_else(wanted)?.iter().map(|v| level(v).ok_or_else(wanted)).collect()
}

/// Builds one level side by side; the NVRs that came out.
async fn build_level(
    cx: &TaskCx,
    level: usize,
    sources: &[&String],
    target: &str,
    opts: &Value,
) -> Result<Vec<Value>, TaskError> {
    let mut tasks = Vec::new();
    for (i, source) in sources.iter().enumerate() {
        let sub = Subtask {
            method: "build",
            args: vec![Value::from(*source), target.into(), opts.clone()],
            label: format!("build {},{}", level + 1, i + 1),
            ..Default::default()
        };
        tasks.push(cx.subtask(sub).await?);
    }
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    cx.wait(&tasks, WaitFor::All, &[]).await?;
    let mut nvrs = Vec::new();
    for task in tasks {
        let builds = cx.session.call(m::ListBuilds { taskID: task.into(), ..Default::default() }).await?;
        let nvr = builds.as_array().and_then(|b| b.first()).and_then(|b| b.str_at("nvr"));
        nvrs.push(nvr.ok_or_else(|| TaskError::generic(format!("task {task} made no build")))?.into());
    }
    Ok(nvrs)
}

async fn wait_for_repo(cx: &TaskCx, level: usize, build_tag: i64, nvrs: Vec<Value>) -> Result<(), TaskError> {
    let sub = Subtask {
        method: "waitrepo",
        args: vec![build_tag.into(), Value::Nil, Value::Array(nvrs)],
        label: format!("wait {}", level + 1),
        ..Default::default()
    };
    cx.run_subtask(sub).await.map(drop)
}
