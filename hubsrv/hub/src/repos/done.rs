//! A repo whose metadata is made: its files go into place and it is ready.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use koji_api::Fault;
use koji_api::types::{RepoState, refs};
use koji_db::repos::{self as table, Repo};
use koji_db::to_json;
use koji_rpm::arch::canonical;
use koji_xmlrpc::Value;

use super::init::pretty;
use super::set_state;
use crate::blocking;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::hub::Hub;
use crate::store::{self, Dir, Kind, RelPath};

/// Moves the uploaded metadata (`{arch: [upload path, [file, ...]]}`) into the repo and makes it ready, or expired at
/// once. `updates` are put into `repo.json`.
pub async fn done(cx: &mut Cx, repo: &Repo, data: &Value, expire: bool, updates: &Value) -> Outcome<()> {
    let parts = data.as_struct().ok_or_else(|| refs::wrong_type(data, "dict"))?;
    if repo.state() != Some(RepoState::Init) {
        let state = repo.state().map_or(-1, RepoState::code);
        return Err(Fault::generic(format!("Repo {} not in INIT state (got {state})", repo.id)).into());
    }
    let mut uploads = Vec::new();
    if !repo.dist {
        for (arch, part) in parts {
            uploads.push(Upload::read(arch, part)?);
        }
    }
    let dir = directory(repo)?;
    let updates = (!repo.dist).then(|| updates.clone()).filter(Value::truthy);
    let hub = Arc::clone(&cx.hub);
    blocking(move || {
        let files: Vec<Move> =
            uploads.iter().map(|u| u.check(&hub, &dir)).collect::<Outcome<Vec<_>>>()?.concat();
        if let Some(updates) = &updates {
            update_json(&hub, &dir, updates)?;
        }
        files.iter().try_for_each(|m| m.run(&hub))
    })
    .await?;
    if expire {
        return set_state(&mut cx.tx, repo, RepoState::Expired).await;
    }
    set_state(&mut cx.tx, repo, RepoState::Ready).await?;
    link_if_latest(cx, repo).await
}

/// The repo's directory, below the top directory.
pub(super) fn directory(repo: &Repo) -> Outcome<RelPath> {
    let parent = if repo.dist { "repos-dist" } else { "repos" };
    let path = RelPath::parse(&format!("{parent}/{}/{}", repo.tag_name, repo.id));
    Ok(path.ok_or_else(|| Fault::generic(format!("repo {} has no possible directory", repo.id)))?)
}

/// The uploaded files of one arch.
struct Upload {
    arch: RelPath,
    from: RelPath,
    files: Vec<RelPath>,
}

impl Upload {
    fn read(arch: &str, part: &Value) -> Result<Upload, Fault> {
        let invalid = || {
            Fault::generic(format!(
                "invalid data of arch {arch}: an upload path and a list of files are wanted"
            ))
        };
        let Some([from, Value::Array(files)]) = part.as_array() else { return Err(invalid()) };
        let from = from.as_str().and_then(|p| RelPath::parse(&format!("work/{p}"))).ok_or_else(invalid)?;
        let files = files.iter().map(|f| f.as_str().and_then(RelPath::parse)).collect::<Option<Vec<_>>>();
        let arch = RelPath::file_name(canonical(arch)).ok_or_else(invalid)?;
        Ok(Upload { arch, from, files: files.ok_or_else(invalid)? })
    }

    /// What has to be moved; a fault when a file or the place for it is missing, before anything is moved.
    fn check(&self, hub: &Hub, repo: &RelPath) -> Outcome<Vec<Move>> {
        let root = store::volume(hub, None)?;
        let place = repo.join(&self.arch);
        if root.entry(&place)?.is_none_or(|e| e.kind != Kind::Dir) {
            let why = format!("Repo arch directory missing: {}/{place}", hub.paths.top());
            return Err(Fault::generic(why).into());
        }
        let mut moves = Vec::new();
        for file in &self.files {
            let from = self.from.join(file);
            if root.entry(&from)?.is_none() {
                let why = format!("uploaded file missing: {}/{from}", hub.paths.top());
                return Err(Fault::generic(why).into());
            }
            let is_list = file.to_string().ends_with("pkglist");
            let into = if is_list { place.clone() } else { place.join(&RelPath::literal("repodata")) };
            moves.push(Move { from, to: into.join(file) });
        }
        Ok(moves)
    }
}

/// A file's way to its place.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub from: RelPath,
    pub to: RelPath,
}

impl Move {
    pub fn run(&self, hub: &Hub) -> Outcome<()> {
        let root = store::volume(hub, None)?;
        let parent = |p: &RelPath| p.parent().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput));
        let from = root.sub(&parent(&self.from)?)?;
        let to = root.make_dirs(&parent(&self.to)?)?;
        // what an earlier try has moved already stays
        match from.rename(self.from.name(), &to, self.to.name()) {
            Err(e) if e.kind() == io::ErrorKind::CrossesDevices => {
                let mut file = root.read(&self.from)?;
                to.adopt(&mut file, self.to.name())?;
                from.remove_file(self.from.name())?;
                Ok(())
            }
            other => Ok(other?),
        }
    }
}

fn update_json(hub: &Hub, dir: &RelPath, updates: &Value) -> Outcome<()> {
    let dir: Dir = store::volume(hub, None)?.sub(dir)?;
    let file: File = dir.read(&RelPath::literal("repo.json"))?;
    let mut text = String::new();
    file.take(16 << 20).read_to_string(&mut text)?;
    let mut json: serde_json::Value = serde_json::from_str(&text)
        .map_err(|e| Fault::generic(format!("repo.json of the repo cannot be read: {e}")))?;
    if let (Some(json), serde_json::Value::Object(updates)) = (json.as_object_mut(), to_json(updates)) {
        json.extend(updates);
    }
    Ok(dir.put("repo.json".as_ref(), pretty(&json).as_bytes())?)
}

/// Points the tag's link `latest` at the repo, unless it was made with special options or a newer one is there. Not being
/// able to is no failure of the repo.
async fn link_if_latest(cx: &mut Cx, repo: &Repo) -> Outcome<()> {
    if repo.custom && !repo.dist || table::is_superseded(&mut cx.tx, repo).await? {
        return Ok(());
    }
    let dir = directory(repo)?;
    let (hub, id) = (Arc::clone(&cx.hub), repo.id);
    blocking(move || {
        let linked = || -> io::Result<()> {
            let parent = dir.parent().ok_or(io::ErrorKind::InvalidInput)?;
            let tag = store::volume(&hub, None)?.make_dirs(&parent)?;
            tag.link_over("latest".as_ref(), std::path::Path::new(&id.to_string()))
        };
        if let Err(e) = linked() {
            tracing::error!(repo = id, "the link to the latest repo cannot be made: {e}");
        }
        Ok(())
    })
    .await
}
