//! Files that grow while they are uploaded: the logs of a build.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::io::AsyncSeekExt;

use super::{Target, source};
use crate::error::{ClientError, Result};
use crate::session::Session;

/// Sends the growth of any number of files, each time [`LogUploader::poll`] is called.
///
/// Only regular files are read, never through a link: the directory they lie in belongs to the build.
pub struct LogUploader {
    session: Session,
    path: String,
    volume: Option<String>,
    files: Vec<LogFile>,
}

struct LogFile {
    local: PathBuf,
    to: Target,
    /// Bytes the hub has.
    sent: u64,
    /// Device and inode, to notice a file that was replaced.
    identity: Option<(u64, u64)>,
}

impl LogUploader {
    /// Files go to `path`, a directory below the hub's work directory.
    pub fn new(session: Session, path: impl Into<String>, volume: Option<&str>) -> Self {
        let volume = volume.filter(|v| *v != "DEFAULT").map(str::to_owned);
        LogUploader { session, path: path.into(), volume, files: Vec::new() }
    }

    /// Adds a file, which need not exist yet. A file that is already watched stays as it is.
    pub fn watch(&mut self, local: impl Into<PathBuf>, name: impl Into<String>) {
        let local = local.into();
        if !self.is_watched(&local) {
            let to = Target { path: self.path.clone(), name: name.into(), volume: self.volume.clone() };
            self.files.push(LogFile { local, to, sent: 0, identity: None });
        }
    }

    pub fn is_watched(&self, local: &Path) -> bool {
        self.files.iter().any(|file| file.local == local)
    }

    /// Sends what was added since the last call and gives the number of bytes. All files are tried; the first
    /// error is reported, and what it kept back is sent the next time.
    pub async fn poll(&mut self) -> Result<u64> {
        let mut sent = 0;
        let mut failed = None;
        for file in &mut self.files {
            match file.poll(&self.session).await {
                Ok(bytes) => sent += bytes,
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(sent), Err)
    }
}

impl LogFile {
    async fn poll(&mut self, session: &Session) -> Result<u64> {
        let mut file = match source::open(&self.local, false).await {
            Err(ClientError::File { cause, .. }) if cause.kind() == std::io::ErrorKind::NotFound => {
                return Ok(0);
            }
            other => other?,
        };
        let read_error = |cause| ClientError::file("read", &self.local)(cause);
        let metadata = file.metadata().await.map_err(read_error)?;
        let identity = Some((metadata.dev(), metadata.ino()));
        if self.identity != identity || metadata.len() < self.sent {
            // replaced or truncated: the hub's copy starts again, too
            self.identity = identity;
            self.sent = 0;
        }
        file.seek(std::io::SeekFrom::Start(self.sent)).await.map_err(read_error)?;
        let before = self.sent;
        loop {
            let block = source::block(&mut file, session.options().upload_blocksize.max(1)).await;
            let block = block.map_err(ClientError::file("read", &self.local))?;
            let length = block.len() as u64;
            if block.is_empty() {
                return Ok(self.sent - before);
            }
            session.raw_block(&self.to, self.sent, Bytes::from(block), true).await?;
            self.sent += length;
        }
    }
}
