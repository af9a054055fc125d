//! What stops a buildroot from being made or used at all.
//!
//! A build that ran and failed is not an error here: it is an [`Outcome`](crate::Outcome) whose
//! [`Verdict`](crate::Verdict) says why.

use std::path::{Path, PathBuf};

/// Failures of the machine or of the request, each with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something the engine needs is not on this machine or is switched off.
    #[error("{what} is missing: {remedy}")]
    Missing {
        /// What is missing, e.g. `dnf`.
        what: String,
        /// How to get it.
        remedy: String,
    },
    /// A file or directory could not be read, written or made.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// The verb, e.g. `create`.
        action: &'static str,
        /// The path concerned.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The plan cannot be followed as it stands.
    #[error("the buildroot plan is not usable: {0}")]
    Plan(String),
    /// A lock file cannot be used.
    #[error("the buildroot lock is not usable: {0}")]
    Lock(String),
    /// A repository's metadata could not be read.
    #[error("cannot read the repository {url}: {reason}")]
    Repo {
        /// Base URL of the repository.
        url: String,
        /// Why.
        reason: String,
    },
    /// The helper process could not set up or run its namespaces.
    #[error("cannot {stage}: {reason}{}", remedy.as_deref().map(|r| format!(" ({r})")).unwrap_or_default())]
    Sandbox {
        /// What was being done, e.g. `mount the overlay`.
        stage: String,
        /// The system's reason.
        reason: String,
        /// What to change, where that is known.
        remedy: Option<String>,
    },
    /// A method was called out of order, e.g. a build before `init`.
    #[error("{0}")]
    State(String),
}

/// Results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// For `map_err`: names the action and the path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Io { action, path, source }
    }
}
