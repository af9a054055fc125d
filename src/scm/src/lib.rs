//! Sources from version control: what a URL means, whether it may be fetched, fetching it, and the spec file in it.
//!
//! What it is not: it knows no hub and makes no source rpm; builders and laptops do that in a buildroot.
//!
//! Where to start: [`ScmUrl::parse`], [`checkout()`], [`Layout::of`].

mod allowed;
mod checkout;
mod layout;
mod url;

pub use allowed::{Allowed, SourceRules, from_policy};
pub use checkout::{Checkout, checkout};
pub use layout::Layout;
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
    /// What was fetched cannot be made a source rpm of.
    #[error("{0}")]
    Sources(String),
    #[error("cannot run {program}: {source}")]
    Program { program: String, source: std::io::Error },
}
