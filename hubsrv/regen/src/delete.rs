//! Removing the directories of deleted repositories, a few at a time.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// The directories being removed.
pub struct Deleter {
    slots: Arc<Semaphore>,
    queued: Arc<Mutex<Vec<PathBuf>>>,
    work: JoinSet<()>,
}

impl Deleter {
    /// At most `max` removals at a time.
    pub fn new(max: usize) -> Deleter {
        Deleter { slots: Arc::new(Semaphore::new(max.max(1))), queued: Arc::default(), work: JoinSet::new() }
    }

    /// Queues a directory; one that is queued already stays queued once.
    pub fn push(&mut self, dir: PathBuf) {
        if let Ok(mut queued) = self.queued.lock() {
            if queued.contains(&dir) {
                return;
            }
            queued.push(dir.clone());
        }
        let (slots, queued) = (self.slots.clone(), self.queued.clone());
        self.work.spawn(async move {
            let _slot = slots.acquire().await;
            let target = dir.clone();
            let done = tokio::task::spawn_blocking(move || remove(&target)).await;
            match done {
                Ok(Ok(())) => tracing::info!("removed {}", dir.display()),
                Ok(Err(e)) => tracing::error!("cannot remove {}: {e}", dir.display()),
                Err(e) => tracing::error!("cannot remove {}: {e}", dir.display()),
            }
            if let Ok(mut queued) = queued.lock() {
                queued.retain(|d| *d != dir);
            }
        });
    }

    /// Whether nothing is being removed.
    pub fn is_idle(&self) -> bool {
        self.queued.lock().is_ok_and(|queued| queued.is_empty())
    }

    /// Waits for what is queued, a while: the next start goes on with what is left.
    pub async fn finish(&mut self, patience: Duration) {
        let all = async { while self.work.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("directories are left to remove: the next start goes on with that");
        }
    }
}

const DOOMED: &str = ".deleting-";

/// Whether a directory is one whose removal has begun.
pub fn is_doomed(dir: &Path) -> bool {
    dir.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(DOOMED.as_bytes()))
}

/// Removes a tree without following links. The directory is renamed first, so that nobody reads half of it.
fn remove(dir: &Path) -> std::io::Result<()> {
    if is_doomed(dir) {
        return std::fs::remove_dir_all(dir);
    }
    let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let doomed = dir.with_file_name(format!("{DOOMED}{name}"));
    match std::fs::rename(dir, &doomed) {
        Ok(()) => {}
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(e),
    }
    match std::fs::remove_dir_all(&doomed) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn trees_go_and_what_links_point_to_stays() {
        let top = tempfile::tempdir().unwrap();
        let (repo, kept) = (top.path().join("12"), top.path().join("kept"));
        std::fs::create_dir_all(repo.join("x86_64/repodata")).unwrap();
        std::fs::create_dir(&kept).unwrap();
        std::fs::write(kept.join("file"), "x").unwrap();
        std::os::unix::fs::symlink(&kept, repo.join("x86_64/toplink")).unwrap();
        let mut deleter = Deleter::new(2);
        deleter.push(repo.clone());
        deleter.push(repo.clone());
        deleter.push(top.path().join("never-there"));
        let left = top.path().join(".deleting-11");
        std::fs::create_dir_all(left.join("x86_64")).unwrap();
        assert!(is_doomed(&left) && !is_doomed(&repo) && !deleter.is_idle());
        deleter.push(left);
        deleter.finish(Duration::from_secs(60)).await;
        assert!(deleter.is_idle());
        assert!(!repo.exists() && kept.join("file").exists());
        assert_eq!(std::fs::read_dir(top.path()).unwrap().count(), 1);
    }
}
