//! Small file operations used everywhere in the crate.

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// Writes a file under a temporary name, syncs it and renames it into place.
pub(crate) fn write_atomic(path: &Path, data: &[u8]) -> Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file =
        tempfile::Builder::new().prefix(".new-").tempfile_in(dir).map_err(Error::io("write", path))?;
    file.write_all(data).map_err(Error::io("write", path))?;
    file.as_file().sync_all().map_err(Error::io("write", path))?;
    file.persist(path).map_err(|e| Error::Io { action: "write", path: path.into(), source: e.error })?;
    Ok(())
}

/// Where a system program is. `PATH` is not asked: a daemon runs what the system installed.
pub(crate) fn find_program(name: &str) -> Option<std::path::PathBuf> {
    let usual = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin"].map(std::path::PathBuf::from);
    usual.into_iter().map(|dir| dir.join(name)).find(|path| path.is_file())
}
