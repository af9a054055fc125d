//! Where a log's bytes come from.

mod file;
mod task;

use std::fs::File;

use futures::future::BoxFuture;

pub use file::FileSource;
pub use task::TaskLogs;

use crate::error::Result;

/// The end of a log.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    /// Where `bytes` begin; they reach to the end of the log.
    pub offset: u64,
    pub bytes: Vec<u8>,
}

/// A log that may still be written.
pub trait Source: Send + Sync + 'static {
    /// What to call it in messages: `build.log of task 5`.
    fn name(&self) -> String;

    /// The last `length` bytes, or all.
    fn tail(&self, length: u32) -> BoxFuture<'_, Result<Tail>>;

    /// Up to `length` bytes from `offset` on; fewer only at the end, none behind it.
    fn read(&self, offset: u64, length: u32) -> BoxFuture<'_, Result<Vec<u8>>>;

    /// The log itself when it is a file here: then nothing is copied.
    fn file(&self) -> Result<Option<File>> {
        Ok(None)
    }
}
