//! Where an upload goes, and whether this caller may write there.

use koji_api::Fault;
use koji_api::paths::PathInfo;
use koji_db::names::{self, Table};
use koji_db::tasks;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::store::{self, Dir, RelPath};

/// The file that says whose directory it is.
const OWNER_FILE: &str = ".user";

/// A place in `work`.
#[derive(Debug)]
pub struct Target {
    pub dir: Dir,
    pub name: RelPath,
    /// The whole path, for messages.
    pub shown: String,
    /// The task whose output this is.
    pub task: Option<i64>,
    /// Between the task's directory and the file.
    below: Option<RelPath>,
}

impl Target {
    /// What the file is called among the task's output.
    pub fn task_name(&self) -> String {
        match &self.below {
            Some(below) => format!("{below}/{}", self.name),
            None => self.name.to_string(),
        }
    }
}

/// Checks path and name, and opens the directory. With `create` the directory is made and the caller must be its owner:
/// the host that runs the task for `tasks/...`, else whoever came first. Without it, `None` when the directory is not
/// there.
pub async fn target(
    cx: &mut Cx,
    path: &str,
    name: &str,
    volume: Option<&str>,
    create: bool,
) -> Outcome<Option<Target>> {
    let file =
        RelPath::file_name(name).ok_or_else(|| Fault::generic(format!("Invalid upload filename: {name}")))?;
    let rel =
        RelPath::parse(path).ok_or_else(|| Fault::generic(format!("Invalid upload directory: {path}")))?;
    if let Some(volume) = volume {
        let found = names::find(&mut cx.tx, Table::Volume, &volume.into()).await?;
        found.ok_or_else(|| Fault::generic(format!("No such entry in table volume: {volume}")))?;
    }
    let mut task = None;
    let mut owner = None;
    if create {
        if rel.names().next().is_some_and(|first| first == "tasks") {
            task = Some(running_task(cx, &rel, path).await?);
        } else {
            owner = Some(cx.user_id()?);
        }
    }
    let below: Vec<_> = rel.names().skip(3).filter_map(|n| n.to_str()).collect();
    let below = RelPath::parse(&below.join("/")).filter(|_| task.is_some());
    let shown = format!("{}/{rel}/{file}", cx.hub.paths.work(volume));
    let hub = std::sync::Arc::clone(&cx.hub);
    let (volume, path) = (volume.map(str::to_owned), path.to_owned());
    let opened = crate::blocking(move || open(&hub, volume.as_deref(), &rel, owner, create, &path)).await?;
    Ok(opened.map(|dir| Target { dir, name: file, shown, task, below }))
}

fn open(
    hub: &crate::hub::Hub,
    volume: Option<&str>,
    rel: &RelPath,
    owner: Option<i64>,
    create: bool,
    path: &str,
) -> Outcome<Option<Dir>> {
    if !create {
        let opened = store::volume(hub, volume).and_then(|v| v.sub(&RelPath::literal("work").join(rel)));
        return match opened {
            Ok(dir) => Ok(Some(dir)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e.into()),
        };
    }
    let dir = store::work(hub, volume)?.make_dirs(rel)?;
    if let Some(owner) = owner {
        let owner_file = RelPath::literal(OWNER_FILE);
        if !dir.put_new(owner_file.name(), owner.to_string().as_bytes())? {
            let text = std::io::read_to_string(dir.read(&owner_file)?)?;
            if text.trim().parse() != Ok(owner) {
                let text = format!("Invalid upload directory, not owner: {path}");
                return Err(Fault::generic(text).into());
            }
        }
    }
    Ok(Some(dir))
}

/// The task of a `tasks/...` path, if the calling host is running it.
async fn running_task(cx: &mut Cx, rel: &RelPath, path: &str) -> Outcome<i64> {
    let invalid = || Fault::generic(format!("Invalid task upload directory: {path}"));
    let id = rel.names().nth(2).and_then(|n| n.to_str()).and_then(|n| n.parse().ok()).ok_or_else(invalid)?;
    let home = PathInfo::task_rel(id);
    if !rel.as_path().starts_with(&home) {
        return Err(invalid().into());
    }
    let host = cx.host_id()?;
    match tasks::runs_on(&mut cx.tx, id, host).await? {
        Some(true) => Ok(id),
        Some(false) => Err(Fault::not_allowed(format!("host {host} does not own task {id}")).into()),
        None => Err(Fault::generic(format!("No such task: {id}")).into()),
    }
}
