//! Logs at the hub while they are written here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use koji_client::{LogUploader, Session};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::TaskError;

/// How often files are looked at for growth.
const INTERVAL: Duration = Duration::from_millis(400);

/// Uploads the growth of a directory's `*.log` files until it is finished.
pub struct LogStream {
    stop: oneshot::Sender<()>,
    worker: JoinHandle<Result<(), TaskError>>,
}

impl LogStream {
    /// Watches `*.log` in each of `dirs` (which may not exist yet), uploading to `remote` below the hub's `work/`.
    pub fn start(session: Session, dirs: Vec<PathBuf>, remote: String) -> LogStream {
        let (stop, mut stopped) = oneshot::channel();
        let worker = tokio::spawn(async move {
            let mut uploader = LogUploader::new(session, remote, None);
            loop {
                let last = tokio::select! {
                    _ = &mut stopped => true,
                    () = tokio::time::sleep(INTERVAL) => false,
                };
                for file in logs(&dirs).into_iter().filter(|f| !uploader.is_watched(f)).collect::<Vec<_>>() {
                    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    uploader.watch(file, name);
                }
                uploader.poll().await?;
                if last {
                    return Ok(());
                }
            }
        });
        LogStream { stop, worker }
    }

    /// Uploads what is left and ends.
    pub async fn finish(self) -> Result<(), TaskError> {
        // the receiver is gone only when the worker has ended, which the join reports
        let _ = self.stop.send(());
        self.worker.await?
    }
}

fn logs(dirs: &[PathBuf]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = dirs
        .iter()
        .filter_map(|d| std::fs::read_dir(d).ok())
        .flatten()
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_file()))
        .map(|e| e.path())
        .filter(|p| is_log(p))
        .collect();
    files.sort();
    files
}

/// Whether a file is a log by its name.
pub fn is_log(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "log")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_with_the_name_of_a_log() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        std::fs::write(path("build.log"), "x").unwrap();
        std::fs::write(path("a-1-1.noarch.rpm"), "x").unwrap();
        std::fs::create_dir(path("directory.log")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", path("link.log")).unwrap();
        let fifo = std::process::Command::new("mkfifo").arg(path("fifo.log")).status().unwrap();
        assert!(fifo.success());
        assert_eq!(logs(&[dir.path().into(), path("none")]), [path("build.log")]);
    }
}
