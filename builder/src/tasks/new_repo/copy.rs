//! Metadata taken over from a repository with the same content: a side tag's first one is its parent's.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use koji_api::methods as m;
use koji_repodata::Fetch;
use koji_xmlrpc::{Struct, Value};

use super::sources;
use crate::task::{TaskCx, TaskError};
use crate::tasks::repository::HttpFetch;

/// A ready repository that a new one may be equal to.
pub struct Old {
    pub id: i64,
    /// The row that `getRepo` answers.
    pub row: Value,
    dir: PathBuf,
    tag: i64,
}

/// The tag's own repository; else one of a tag that its setting `repo.oldrepo_hint` names; else that of the nearest tag it
/// inherits from.
pub async fn old(cx: &TaskCx, tag: &Value) -> Result<Option<Old>, TaskError> {
    if let Some(old) = of_tag(cx, tag).await? {
        return Ok(Some(old));
    }
    let hint = tag.get("extra").and_then(|e| e.get("repo.oldrepo_hint")).cloned().unwrap_or_default();
    let hints = match hint {
        Value::Nil => Vec::new(),
        Value::Array(tags) => tags,
        one => vec![one],
    };
    for hint in hints {
        let call = m::GetTag { tagInfo: hint.clone(), ..Default::default() };
        let tag = cx.session.call(call).await?;
        if tag.is_nil() {
            tracing::warn!("oldrepo_hint names no tag: {hint:?}");
        } else if let Some(old) = of_tag(cx, &tag).await? {
            return Ok(Some(old));
        }
    }
    let id = tag.get("id").cloned().unwrap_or_default();
    let parents = cx.session.call(m::GetFullInheritance { tag: id, ..Default::default() }).await?;
    let mut parents: Vec<&Value> = parents.as_array().unwrap_or_default().iter().collect();
    parents.sort_by_key(|link| link.int_at("currdepth"));
    for link in parents {
        let parent = [("id", link.get("parent_id")), ("name", link.get("name"))];
        let parent = Value::record(parent.map(|(key, value)| (key, value.cloned().unwrap_or_default())));
        if let Some(old) = of_tag(cx, &parent).await? {
            return Ok(Some(old));
        }
    }
    Ok(None)
}

async fn of_tag(cx: &TaskCx, tag: &Value) -> Result<Option<Old>, TaskError> {
    let (Some(tag_id), Some(name)) = (tag.int_at("id"), tag.str_at("name")) else { return Ok(None) };
    let row = cx.session.call(m::GetRepo { tag: tag_id.into(), ..Default::default() }).await?;
    let Some(id) = row.int_at("id") else { return Ok(None) };
    let dir = PathBuf::from(cx.paths().repo(id, name));
    Ok(Some(Old { id, row, dir, tag: tag_id }))
}

/// A new repository, as the hub has laid it out.
pub struct New<'a> {
    pub tag: i64,
    pub event: i64,
    pub dir: &'a Path,
    pub arches: &'a [String],
}

/// Uploads the old metadata of the arches in which the repositories are equal: what `repoDone` wants to know of each.
pub async fn take_over(cx: &TaskCx, old: &Old, new: &New<'_>) -> Result<Struct, TaskError> {
    let mut taken = Struct::new();
    if !same_for_all(&old.dir, new.dir) {
        return Ok(taken);
    }
    let externals = externals(cx, new.tag, new.event).await?;
    let event = old.row.int_at("create_event").unwrap_or_default();
    if externals_key(&externals) != externals_key(&self::externals(cx, old.tag, event).await?) {
        return Ok(taken);
    }
    let fetch = std::sync::Arc::new(HttpFetch::new(cx)?);
    for arch in new.arches {
        let (from, to) = (old.dir.join(arch), new.dir.join(arch));
        let repodata = from.join("repodata");
        let (some, fetch) = (!externals.is_empty(), fetch.clone());
        let same = tokio::task::spawn_blocking(move || is_same(&from, &to, some, fetch.as_ref())).await?;
        if same {
            let path = format!("{}/{arch}", cx.upload_dir());
            match upload(cx, &repodata, &path).await {
                Ok(files) => drop(taken.insert(arch.clone(), files)),
                // it may have been deleted meanwhile
                Err(e) => tracing::warn!("cannot copy the metadata of repo {} for {arch}: {e}", old.id),
            }
        }
    }
    Ok(taken)
}

async fn externals(cx: &TaskCx, tag: i64, event: i64) -> Result<Vec<Value>, TaskError> {
    let call = m::GetExternalRepoList { tag_info: tag.into(), event: event.into() };
    let answer = cx.session.call(call).await?;
    Ok(answer.as_array().unwrap_or_default().to_vec())
}

/// What of external repositories decides about the merge, in order.
fn externals_key(rows: &[Value]) -> Vec<[Option<&str>; 3]> {
    rows.iter().map(|row| ["url", "merge_mode", "arches"].map(|key| row.str_at(key))).collect()
}

/// What is the same for all arches: what kinds of packages are in it, and the groups.
fn same_for_all(old: &Path, new: &Path) -> bool {
    let flags = |dir: &Path| {
        let text = std::fs::read(dir.join("repo.json")).ok()?;
        let json: serde_json::Value = serde_json::from_slice(&text).ok()?;
        Some(["with_src", "with_separate_src", "with_debuginfo"].map(|key| json.get(key).cloned()))
    };
    let comps = |dir: &Path| std::fs::read(dir.join("groups/comps.xml")).ok();
    flags(old).is_some_and(|old| Some(old) == flags(new)) && comps(old) == comps(new)
}

/// Whether two directories of an arch list the same packages, and what else goes into the metadata is the same.
fn is_same(old: &Path, new: &Path, externals: bool, fetch: &dyn Fetch) -> bool {
    // the order of lines has no meaning
    let lines = |dir: &Path, name: &str| {
        let text = std::fs::read_to_string(dir.join(name)).ok()?;
        Some(text.lines().map(str::to_owned).collect::<BTreeSet<_>>())
    };
    let Some(packages) = lines(new, "pkglist") else { return false };
    let blocked = lines(new, "blocklist");
    lines(old, "pkglist").is_some_and(|old| old == packages)
        && blocked.is_some()
        && lines(old, "blocklist") == blocked
        // tells apart rpms of one name; older hubs do not write it
        && lines(old, "rpmlist.jsonl") == lines(new, "rpmlist.jsonl")
        // a missing rpm is an error, which a copy must not hide
        && packages.iter().all(|package| new.join(package).is_file())
        && old.join("repodata/repomd.xml").is_file()
        && sources::are_unchanged(&old.join("repodata"), externals, fetch)
}

async fn upload(cx: &TaskCx, repodata: &Path, path: &str) -> Result<Value, TaskError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(repodata)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            cx.session.upload(entry.path(), path).name(&name).overwrite(true).run().await?;
            names.push(name);
        }
    }
    names.sort();
    Ok(Value::Array(vec![path.into(), names.into()]))
}

#[cfg(test)]
mod tests {
    use koji_repodata::LocalFetch;

    use super::*;

    #[test]
    fn equal_and_different_content() {
        let top = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let dir = top.path().join(name);
            std::fs::create_dir_all(dir.join("repodata")).unwrap();
            std::fs::write(dir.join("repodata/repomd.xml"), "x").unwrap();
            let files =
                [("pkglist", "a\nb\n"), ("blocklist", ""), ("rpmlist.jsonl", "1\n2\n"), ("a", ""), ("b", "")];
            for (file, text) in files {
                std::fs::write(dir.join(file), text).unwrap();
            }
            dir
        };
        let (old, new) = (make("old"), make("new"));
        let same = || is_same(&old, &new, false, &LocalFetch);
        assert!(same());
        std::fs::write(new.join("pkglist"), "b\na\n").unwrap();
        assert!(same());
        for (file, text) in [("pkglist", "b\n"), ("blocklist", "x\n"), ("rpmlist.jsonl", "1\n3\n")] {
            let before = std::fs::read(new.join(file)).unwrap();
            std::fs::write(new.join(file), text).unwrap();
            assert!(!same(), "{file}");
            std::fs::write(new.join(file), before).unwrap();
        }
        assert!(same() && !is_same(&old, &new, true, &LocalFetch));
        std::fs::remove_file(new.join("b")).unwrap();
        assert!(!same());
        std::fs::write(new.join("b"), "").unwrap();
        assert!(same());
        std::fs::remove_dir_all(old.join("repodata")).unwrap();
        assert!(!same());
    }

    #[test]
    fn groups_and_kinds_of_packages() {
        let top = tempfile::tempdir().unwrap();
        let (old, new) = (top.path().join("old"), top.path().join("new"));
        for dir in [&old, &new] {
            std::fs::create_dir_all(dir.join("groups")).unwrap();
            std::fs::write(dir.join("groups/comps.xml"), "<comps/>").unwrap();
            assert!(!same_for_all(&old, &new));
            std::fs::write(dir.join("repo.json"), r#"{"id": 1, "with_src": false}"#).unwrap();
        }
        assert!(same_for_all(&old, &new));
        std::fs::write(new.join("repo.json"), r#"{"id": 2, "with_src": true}"#).unwrap();
        assert!(!same_for_all(&old, &new));
        std::fs::write(new.join("repo.json"), r#"{"id": 2, "with_src": false}"#).unwrap();
        std::fs::write(new.join("groups/comps.xml"), "<comps><group/></comps>").unwrap();
        assert!(!same_for_all(&old, &new));
    }
}
