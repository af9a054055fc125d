//! A log that is a file here: of a local build.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use futures::future::BoxFuture;

use super::{Source, Tail};
use crate::error::{Error, Result};

/// A file; one that takes its place later is a new log.
pub struct FileSource {
    path: PathBuf,
}

impl FileSource {
    pub fn new(path: impl Into<PathBuf>) -> FileSource {
        FileSource { path: path.into() }
    }

    fn open(&self) -> Result<File> {
        File::open(&self.path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => Error::Missing(self.path.display().to_string()),
            _ => self.failed()(e),
        })
    }

    fn failed(&self) -> impl FnOnce(io::Error) -> Error {
        Error::io(format!("cannot read {}", self.path.display()))
    }

    fn part(&self, offset: u64, length: u32) -> Result<Vec<u8>> {
        let file = self.open()?;
        let left = file.metadata().map_err(self.failed())?.len().saturating_sub(offset);
        let mut bytes = vec![0; usize::try_from(left.min(length.into())).unwrap_or(0)];
        let mut done = 0;
        while let Some(rest) = bytes.get_mut(done..).filter(|r| !r.is_empty()) {
            match file.read_at(rest, offset + done as u64).map_err(self.failed())? {
                0 => break,
                n => done += n,
            }
        }
        bytes.truncate(done);
        Ok(bytes)
    }
}

impl Source for FileSource {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn tail(&self, length: u32) -> BoxFuture<'_, Result<Tail>> {
        // files are read from the page cache; that takes no longer than a message to another thread
        Box::pin(async move {
            let size = self.open()?.metadata().map_err(self.failed())?.len();
            let offset = size.saturating_sub(length.into());
            Ok(Tail { offset, bytes: self.part(offset, length)? })
        })
    }

    fn read(&self, offset: u64, length: u32) -> BoxFuture<'_, Result<Vec<u8>>> {
        Box::pin(async move { self.part(offset, length) })
    }

    fn file(&self) -> Result<Option<File>> {
        self.open().map(Some)
    }
}
