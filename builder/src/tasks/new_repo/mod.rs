//! `newRepo`: a new repository of a tag. For each arch the metadata of an equal repository is copied, or a `createrepo` makes
//! it.

mod copy;
pub mod sources;

use std::path::Path;

use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use super::repository::mounted;
use super::{Params, TaskMethod};
use crate::task::{Subtask, TaskCx, TaskError, WaitFor};

pub struct NewRepo;

impl TaskMethod for NewRepo {
    const METHOD: &'static str = "newRepo";
    const WEIGHT: f64 = 0.1;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let tag = tag(cx, &params.value("tag")).await?;
        let name = tag.str_at("name").unwrap_or_default().to_owned();
        let opts = repo_opts(&params)?;
        mounted(&cx.settings.topdir.join("repos"))?;
        let init = m::HostRepoInit {
            tag: tag.get("id").cloned().unwrap_or_default(),
            task_id: cx.id.into(),
            event: params.value("event"),
            opts,
        };
        let answer = cx.session.call(init).await?;
        let ids: Vec<i64> = answer.as_array().unwrap_or_default().iter().filter_map(Value::as_int).collect();
        let &[repo_id, event_id] = ids.as_slice() else {
            return Err(TaskError::generic("the hub answered no repo"));
        };
        let dir = cx.paths().repo(repo_id, &name);
        let arches = arches(Path::new(&dir))?;
        let old = copy::old(cx, &tag).await?;
        let mut data = Struct::new();
        if let (true, Some(old), Some(tag)) = (cx.settings.copy_old_repodata, &old, tag.int_at("id")) {
            let new = copy::New { tag, event: event_id, dir: Path::new(&dir), arches: &arches };
            data = copy::take_over(cx, old, &new).await?;
        }
        let updates = updates(old.as_ref(), &data);
        let oldrepo = old.map(|old| old.row).unwrap_or_default();
        let mut tasks = Vec::new();
        for arch in arches.iter().filter(|arch| !data.contains_key(*arch)) {
            let sub = Subtask {
                method: "createrepo",
                args: vec![repo_id.into(), arch.as_str().into(), oldrepo.clone()],
                label: arch.clone(),
                arch: Some("noarch".into()),
            };
            tasks.push((arch.clone(), cx.subtask(sub).await?));
        }
        let ids: Vec<i64> = tasks.iter().map(|(_, id)| *id).collect();
        if !ids.is_empty() {
            let results = cx.wait(&ids, WaitFor::AllUnlessOneFails, &[]).await?;
            for (arch, id) in tasks {
                let result = results.get(&id).ok_or_else(|| {
                    TaskError::generic(format!("createrepo for {arch} (task {id}) did not finish"))
                })?;
                data.insert(arch, result.clone());
            }
        }
        let call = m::HostRepoDone {
            repo_id: repo_id.into(),
            data: data.into(),
            repo_json_updates: updates,
            ..Default::default()
        };
        cx.session.call(call).await?;
        Ok(Value::Array(vec![repo_id.into(), event_id.into()]))
    }
}

/// What repo.json says of copied metadata, as upstream's builders have it.
fn updates(old: Option<&copy::Old>, taken: &Struct) -> Value {
    match old.filter(|_| !taken.is_empty()) {
        None => Value::Nil,
        Some(old) => Value::record([
            ("cloned_from_repo_id", old.id.into()),
            ("cloned_archs", taken.keys().cloned().collect::<Vec<_>>().into()),
        ]),
    }
}

/// The tag by name, id, or the row that a repo request carries.
async fn tag(cx: &TaskCx, info: &Value) -> Result<Value, TaskError> {
    let key = info.get("id").or_else(|| info.get("name")).unwrap_or(info).clone();
    Ok(cx.session.call(m::GetTag { tagInfo: key, strict: true, ..Default::default() }).await?)
}

/// `opts`, or what older callers give as single flags.
fn repo_opts(params: &Params) -> Result<Value, TaskError> {
    let flags = ["src", "debuginfo", "separate_src"];
    if !params.value("opts").is_nil() {
        if flags.iter().any(|f| params.flag(f)) {
            return Err(TaskError::parameter("opts parameter cannot be combined with legacy options"));
        }
        return params.opts("opts");
    }
    let set: Struct =
        flags.iter().filter(|f| params.flag(f)).map(|f| ((*f).to_owned(), Value::Bool(true))).collect();
    Ok(if set.is_empty() { Value::Nil } else { set.into() })
}

/// The directories that the hub prepared.
fn arches(dir: &Path) -> Result<Vec<String>, TaskError> {
    let entries = std::fs::read_dir(dir)
        .map_err(|e| TaskError::generic(format!("cannot read {}: {e}", dir.display())))?;
    let mut found: Vec<String> = entries
        .flatten()
        .filter(|e| e.path().join("pkglist").is_file())
        .filter_map(|e| e.file_name().into_string().ok())
        .collect();
    found.sort();
    Ok(found)
}
