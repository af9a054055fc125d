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
    let place = format!("scratch/{owner}/task_{task}");
    let place = RelPath::parse(&place)
        .filter(|p| p.names().count() == 3)
        .ok_or_else(|| Fault::generic(format!("{owner} cannot be the name of a directory")))?;
    let hub = cx.hub.clone();
    let links = blocking(move || {
        let top = Dir::open(std::path::Path::new(hub.paths.top()))?;
        let mut moves: Vec<(Source, RelPath)> = Vec::new();
        for rpm in [files.srpm].into_iter().chain(files.rpms) {
            rpm.check_file_name()?;
            let path =
                place.join(&RelPath::parse(&rpm.source.name).ok_or_else(|| invalid(&rpm.source.name))?);
            moves.push((rpm.source, path));
        }
        for (dir, log) in files.logs {
            let path = format!("logs/{dir}/{}", log.name);
            let path = place.join(&RelPath::parse(&path).ok_or_else(|| invalid(&path))?);
            moves.push((log, path));
        }
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
