//! What can go wrong with a log.

use std::io;

use koji_client::ClientError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a log cannot be read or searched. The text is one line with the cause.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such log, or not yet.
    #[error("{0} is not there (yet)")]
    Missing(String),
    /// The log grew to that many bytes while its end was read; so where those bytes lie is not known.
    #[error("the log grows just now")]
    Growing(u64),
    #[error("{what}: {cause}")]
    Io { what: String, cause: io::Error },
    #[error(transparent)]
    Hub(#[from] ClientError),
    /// An answer of the hub that is none, or the failure of a request that several logs shared.
    #[error("{0}")]
    Answer(String),
    /// A pattern that cannot be searched for.
    #[error("bad pattern: {0}")]
    Pattern(String),
}

impl Error {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
        let what = what.into();
        move |cause| Error::Io { what, cause }
    }
}
