//! Results of scratch builds: kept as files, without rows.

use koji_api::Fault;

use super::build::{Delivery, leave_links, open};
use super::source::Source;
use crate::blocking;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::store::{self, Dir, Kind, RelPath};

/// Puts what a scratch build made into `scratch/OWNER/task_ID`, and leaves links where it was uploaded. Files of an earlier attempt
/// are replaced.
pub async fn move_to_scratch(cx: &mut Cx, task: i64, owner: &str, delivery: &Delivery) -> Outcome<()> {
    if all_links(cx, delivery).await? {
        // the answer to the first attempt was lost
        return Ok(());
    }
    let files = open(cx, task, delivery).await?;
    let place = place_of(owner, task)?;
    let mut moves: Vec<(Source, RelPath)> = Vec::new();
    for rpm in [files.srpm].into_iter().chain(files.rpms) {
        rpm.check_file_name()?;
        let path = place.join(&RelPath::parse(&rpm.source.name).ok_or_else(|| invalid(&rpm.source.name))?);
        moves.push((rpm.source, path));
    }
    for (dir, log) in files.logs {
        let path = format!("logs/{dir}/{}", log.name);
        let path = place.join(&RelPath::parse(&path).ok_or_else(|| invalid(&path))?);
        moves.push((log, path));
    }
    move_all(cx, moves).await
}

/// The same for builds of other kinds: each file by its path below `work` and the one below `scratch/OWNER/task_ID`.
pub async fn files_to_scratch(
    cx: &mut Cx,
    owner: &str,
    task: i64,
    files: Vec<(String, String)>,
) -> Outcome<()> {
    let place = place_of(owner, task)?;
    let hub = cx.hub.clone();
    let moves = blocking(move || {
        let (work, root) = (store::work(&hub, None)?, hub.paths.work(None));
        let mut moves = Vec::with_capacity(files.len());
        for (given, below) in files {
            let path = RelPath::parse(&given).ok_or_else(|| invalid(&given))?;
            if work.entry(&path)?.is_some_and(|e| e.kind == Kind::Link) {
                // moved by an attempt whose answer was lost
                continue;
            }
            let below = RelPath::parse(&below).ok_or_else(|| invalid(&below))?;
            moves.push((Source::open(&work, &root, &given)?, place.join(&below)));
        }
        Ok(moves)
    })
    .await?;
    move_all(cx, moves).await
}

fn place_of(owner: &str, task: i64) -> Result<RelPath, Fault> {
    RelPath::parse(&format!("scratch/{owner}/task_{task}"))
        .filter(|p| p.names().count() == 3)
        .ok_or_else(|| Fault::generic(format!("{owner} cannot be the name of a directory")))
}

/// Moves files to their paths below the top directory.
async fn move_all(cx: &mut Cx, mut moves: Vec<(Source, RelPath)>) -> Outcome<()> {
    let hub = cx.hub.clone();
    let links = blocking(move || {
        let top = Dir::open(std::path::Path::new(hub.paths.top()))?;
        for (source, path) in &mut moves {
            let dir = match path.parent() {
                Some(above) => top.make_dirs(&above)?,
                None => return Err(invalid(&path.to_string()).into()),
            };
            let hidden = format!(".import-{}", source.name);
            dir.remove_file(hidden.as_ref())?;
            dir.adopt(&mut source.file, hidden.as_ref())?;
            dir.rename(hidden.as_ref(), &dir, path.name())?;
        }
        Ok(moves)
    })
    .await?;
    leave_links(cx, links);
    Ok(())
}

/// Whether every file is a link already, as those are that were moved.
async fn all_links(cx: &mut Cx, delivery: &Delivery) -> Outcome<bool> {
    let hub = cx.hub.clone();
    let given: Vec<String> = [&delivery.srpm].into_iter().chain(&delivery.rpms).cloned().collect();
    blocking(move || {
        let work = store::work(&hub, None)?;
        for path in given {
            let Some(path) = RelPath::parse(&path) else { return Ok(false) };
            if work.entry(&path)?.is_none_or(|e| e.kind != Kind::Link) {
                return Ok(false);
            }
        }
        Ok(true)
    })
    .await
}

fn invalid(name: &str) -> Fault {
    Fault::generic(format!("Invalid file name: {name}"))
}
