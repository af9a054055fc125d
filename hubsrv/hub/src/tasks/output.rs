//! Where a task's files are, below `work` on any volume, also when they have been imported since.

use std::fs::File;
use std::io;

use koji_api::paths::PathInfo;

use crate::hub::Hub;
use crate::store::{self, Dir, Entry, Kind, RelPath};

/// How deep a task's files may lie.
const MAX_DEPTH: usize = 16;

/// The path of a task's file below its volume.
pub fn path(task: i64, name: &str) -> Option<RelPath> {
    let dir = RelPath::parse(&format!("work/{}", PathInfo::task_rel(task)))?;
    Some(dir.join(&RelPath::parse(name)?))
}

/// The files of a task on one volume with their paths, sorted. Links are shown as what they lead to.
pub fn files_of(hub: &Hub, task: i64, volume: &str) -> io::Result<Vec<(String, Entry)>> {
    let root = match store::volume(hub, Some(volume)) {
        Ok(root) => root,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let Some(path) = RelPath::parse(&format!("work/{}", PathInfo::task_rel(task))) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    match root.sub(&path) {
        Ok(dir) => collect(hub, &dir, &path, "", MAX_DEPTH, &mut found)?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(e),
    }
    Ok(found)
}

fn collect(
    hub: &Hub,
    dir: &Dir,
    at: &RelPath,
    prefix: &str,
    depth: usize,
    found: &mut Vec<(String, Entry)>,
) -> io::Result<()> {
    for (name, entry) in dir.list()? {
        let Some(below) = RelPath::parse(&name).filter(|_| !name.starts_with(".new-")) else { continue };
        let path = at.join(&below);
        match entry.kind {
            Kind::File => found.push((format!("{prefix}{name}"), entry)),
            Kind::Dir if depth > 0 => {
                collect(hub, &dir.sub(&below)?, &path, &format!("{prefix}{name}/"), depth - 1, found)?;
            }
            Kind::Link => {
                if let Some(target) = link_target(dir, &path)?
                    && let Some(entry) = store::volume(hub, None)?.entry(&target)?
                {
                    found.push((format!("{prefix}{name}"), entry));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where a link in the default volume leads, as a path below the top directory. An imported file leaves a relative link to
/// its new place; other links are not followed.
fn link_target(dir: &Dir, path: &RelPath) -> io::Result<Option<RelPath>> {
    let Some(target) = dir.link_target(path.name())? else { return Ok(None) };
    let parent = path.parent().map(|p| p.to_string()).unwrap_or_default();
    Ok(RelPath::parse(&format!("{parent}/{target}")).filter(|_| !target.starts_with('/')))
}

/// A file of a task, through its link when it has been imported; `None` when there is no such file.
pub fn open(hub: &Hub, path: &RelPath, volume: &str) -> io::Result<Option<File>> {
    let found = || -> io::Result<File> {
        let root = store::volume(hub, Some(volume))?;
        match root.entry(path)?.map(|e| e.kind) {
            Some(Kind::Link) => {
                let dir = path.parent().map(|p| root.sub(&p)).transpose()?;
                let target = dir.map(|d| link_target(&d, path)).transpose()?.flatten();
                store::volume(hub, None)?.read(&target.ok_or(io::ErrorKind::NotFound)?)
            }
            Some(Kind::File) => root.read(path),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    };
    match found() {
        Ok(file) => Ok(Some(file)),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(e),
    }
}
