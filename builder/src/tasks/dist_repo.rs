//! `distRepo`: a repository of a tag's signed packages for others to use, one `createdistrepo` for each arch.

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_rpm::arch::{canonical, multilib};
use koji_xmlrpc::{Struct, Value};

use super::{Params, TaskMethod};
use crate::task::{Subtask, TaskCx, TaskError, WaitFor};

pub struct DistRepo;

impl TaskMethod for DistRepo {
    const METHOD: &'static str = "distRepo";
    const WEIGHT: f64 = 0.1;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let opts = params.opts("task_opts")?;
        let tag = params.value("tag");
        let call = m::GetTag {
            tagInfo: tag.clone(),
            strict: true,
            event: opts.get("event").cloned().unwrap_or_default(),
            ..Default::default()
        };
        let info = cx.session.call(call).await?;
        let arches = arches(&opts, info.str_at("arches").unwrap_or_default())?;
        let mut opts = opts.as_struct().cloned().unwrap_or_else(Struct::new);
        opts.insert("arch".into(), arches.clone().into());
        let repo = params.value("repo_id");
        let job = Job { tag, repo: repo.clone(), keys: params.value("keys"), opts: opts.into() };

        // 32-bit packages go into 64-bit repos, too: their repo has to be in place before
        let (wide, first): (Vec<String>, Vec<String>) =
            arches.into_iter().partition(|arch| multilib(arch).is_some());
        let mut tasks = job.start(cx, first).await?;
        let early = job.opts.truthy_at("multilib") && !tasks.is_empty();
        if early {
            job.finish(cx, &tasks).await?;
            tasks.clear();
        }
        tasks.extend(job.start(cx, wide).await?);
        job.finish(cx, &tasks).await?;
        let call = m::HostRepoDone {
            repo_id: repo.clone(),
            data: Value::Struct(Struct::new()),
            ..Default::default()
        };
        cx.session.call(call).await?;
        let id = repo.as_int().unwrap_or_default();
        Ok(format!("Dist repository #{id} successfully generated").into())
    }
}

/// The arches asked for, else the tag's; canonical, each once.
fn arches(opts: &Value, of_tag: &str) -> Result<Vec<String>, TaskError> {
    let asked: Vec<&str> = match opts.get("arch") {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let asked = if asked.is_empty() { of_tag.split_whitespace().collect() } else { asked };
    let mut arches: Vec<String> = Vec::new();
    for arch in asked.into_iter().map(canonical) {
        if !arches.iter().any(|known| known == arch) {
            arches.push(arch.to_owned());
        }
    }
    if arches.is_empty() {
        return Err(TaskError::generic("No arches specified nor for the tag!"));
    }
    Ok(arches)
}

struct Job {
    tag: Value,
    repo: Value,
    keys: Value,
    opts: Value,
}

impl Job {
    async fn start(&self, cx: &TaskCx, arches: Vec<String>) -> Result<Vec<(String, i64)>, TaskError> {
        let mut tasks = Vec::new();
        for arch in arches {
            let args = [&self.tag, &self.repo, &arch.as_str().into(), &self.keys, &self.opts];
            let sub = Subtask {
                method: "createdistrepo",
                args: args.into_iter().cloned().collect(),
                label: arch.clone(),
                arch: Some("noarch".into()),
            };
            tasks.push((arch, cx.subtask(sub).await?));
        }
        Ok(tasks)
    }

    /// Waits for the tasks and has the hub take in what they made.
    async fn finish(&self, cx: &TaskCx, tasks: &[(String, i64)]) -> Result<(), TaskError> {
        let ids: Vec<i64> = tasks.iter().map(|(_, id)| *id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let results = cx.wait(&ids, WaitFor::AllUnlessOneFails, &[]).await?;
        for (arch, id) in tasks {
            if !results.contains_key(id) {
                let text = format!("createdistrepo for {arch} (task {id}) did not finish");
                return Err(TaskError::generic(text));
            }
            let call = m::HostDistRepoMove {
                repo_id: self.repo.clone(),
                uploadpath: PathInfo::task_rel(*id).into(),
                arch: arch.as_str().into(),
            };
            cx.session.call(call).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arches_are_canonical_and_once() {
        let opts = |arches: &[&str]| Value::record([("arch", Value::from(arches.to_vec()))]);
        assert_eq!(arches(&opts(&["i686", "x86_64", "i386", "src"]), "").unwrap(), ["i386", "x86_64", "src"]);
        assert_eq!(arches(&opts(&[]), "aarch64 x86_64").unwrap(), ["aarch64", "x86_64"]);
        assert!(arches(&opts(&[]), "").is_err() && arches(&Value::Nil, " ").is_err());
    }
}
