use std::path::PathBuf;

/// What can go wrong with a name or an rpm file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not an N-V-R, N-V-R.A or similar. The text is the one Koji's hub answers with.
    #[error("invalid format: {0}")]
    InvalidFormat(String),
    /// A part of a name holds a character that its field does not allow.
    #[error("The \"{character}\" character not allowed in {field} field")]
    ForbiddenCharacter {
        /// The offending character.
        character: char,
        /// `version`, `release` or `arch`.
        field: &'static str,
    },
    /// A release that does not end in `,draft_<build id>`.
    #[error("draft release: {0} is not in valid format")]
    DraftRelease(String),
    /// An architecture list with other characters than letters, digits, `_` and `-`.
    #[error("Architecture can be only [a-zA-Z0-9_-]")]
    Architecture,
    /// The bytes are not an rpm file, or its header is damaged.
    #[error("Invalid rpm: {0}")]
    Header(String),
    /// A header field name that rpm does not know.
    #[error("No such rpm header field: {0}")]
    NoSuchField(String),
    /// The signature packet cannot be read.
    #[error("Invalid OpenPGP signature: {0}")]
    Signature(String),
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// An error of a named rpm file.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<Error>,
    },
}

impl Error {
    pub(crate) fn header(text: impl Into<String>) -> Self {
        Self::Header(text.into())
    }

    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn in_file(self, path: &std::path::Path) -> Self {
        match self {
            Self::Io { .. } | Self::File { .. } => self,
            other => Self::File { path: path.to_owned(), source: Box::new(other) },
        }
    }
}

/// The result of this crate's functions.
pub type Result<T> = std::result::Result<T, Error>;
