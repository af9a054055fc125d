use std::path::PathBuf;

/// What can go wrong while metadata is read or written. Every message names the file, package or URL concerned.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A listed rpm is no readable rpm.
    #[error("cannot put {location} into the repository: {source}")]
    Rpm {
        /// Its place in the package list.
        location: String,
        /// What is wrong with it.
        source: koji_rpm::Error,
    },
    /// A listed rpm is not the one that the caller expects.
    #[error("{location} is not the expected package: its {what} is {found}, expected was {expected}")]
    Mismatch {
        /// Its place in the package list.
        location: String,
        /// `size`, `payload hash`, `key` or `sha256`.
        what: &'static str,
        /// What the file has.
        found: String,
        /// What it should have.
        expected: String,
    },
    /// A package list names something outside the directory of packages.
    #[error("package list: {0:?} is no relative path below the directory of packages")]
    Location(String),
    /// A package list or comps file cannot be understood.
    #[error("{what}: {reason}")]
    Format {
        /// What was read.
        what: String,
        /// Why it is refused.
        reason: String,
    },
    /// A repository cannot be fetched.
    #[error("cannot get {url}: {reason}")]
    Fetch {
        /// The address.
        url: String,
        /// Why.
        reason: String,
    },
    /// Metadata of a repository is damaged or not what its repomd.xml announces.
    #[error("repository metadata {url}: {reason}")]
    Metadata {
        /// The address of the file.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Error {
    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn metadata(url: &str, reason: impl std::fmt::Display) -> Self {
        Self::Metadata { url: url.to_owned(), reason: reason.to_string() }
    }
}

/// The result of this crate's functions.
pub type Result<T> = std::result::Result<T, Error>;
