//! The local side of an upload.

use std::path::Path;

use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncReadExt;

use crate::error::{ClientError, Result};

/// Opens a file for reading. Without `follow`, links, pipes and devices are refused, and opening never waits.
pub async fn open(path: &Path, follow: bool) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    if !follow {
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    let file = options.open(path).await.map_err(ClientError::file("read", path))?;
    let kind = file.metadata().await.map_err(ClientError::file("read", path))?.file_type();
    if !kind.is_file() {
        let cause = std::io::Error::new(std::io::ErrorKind::InvalidInput, "it is no regular file");
        return Err(ClientError::file("upload", path)(cause));
    }
    Ok(file)
}

/// The next block: shorter than `size` only at the end of the file, empty behind it.
pub async fn block(file: &mut File, size: usize) -> std::io::Result<Vec<u8>> {
    let mut block = Vec::with_capacity(size);
    let limit = u64::try_from(size).unwrap_or(u64::MAX);
    file.take(limit).read_to_end(&mut block).await?;
    Ok(block)
}
