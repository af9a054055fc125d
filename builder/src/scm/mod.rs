//! Sources from version control: what a URL means, whether this builder may fetch it, and fetching it.

mod allowed;
mod checkout;
mod url;

pub use allowed::{Allowed, SourceRules, from_policy};
pub use checkout::{Checkout, checkout};
pub use url::{ScmKind, ScmUrl};

/// Why sources could not be fetched; the message is for the person who gave the URL.
#[derive(Debug, thiserror::Error)]
pub enum ScmError {
    #[error("cannot parse SCM URL {url}: {reason}")]
    BadUrl { url: String, reason: String },
    #[error("{host}:{repository} is not in the list of allowed SCMs")]
    NotAllowed { host: String, repository: String },
    #[error("{0}")]
    Checkout(String),
    #[error("cannot run {program}: {source}")]
    Program { program: String, source: std::io::Error },
}
