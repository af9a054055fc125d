//! What goes wrong, with the cause and what to do about it.

use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Hub(#[from] koji_client::ClientError),
    #[error(transparent)]
    Buildroot(#[from] koji_buildroot::Error),
    #[error(transparent)]
    Rpm(#[from] koji_rpm::Error),
    #[error(transparent)]
    Repodata(#[from] koji_repodata::Error),
    #[error("cannot {action} {}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    /// The hub or a repository does not have it.
    #[error("{0}")]
    NotThere(String),
    /// A file is not what it should be.
    #[error("{file} is not what it should be: {reason}")]
    Tampered { file: String, reason: String },
    /// Files are missing, and nothing may be fetched.
    #[error("offline: {count} of the packages are not in the cache, the first is {first}")]
    Offline { count: usize, first: String },
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// For `map_err`: names the action and the path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Io { action, path, source }
    }

    pub(crate) fn tampered(file: impl Into<String>, reason: impl Into<String>) -> Error {
        Error::Tampered { file: file.into(), reason: reason.into() }
    }
}
