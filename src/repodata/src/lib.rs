//! Repository metadata (repodata) of rpm repositories, written incrementally.
//!
//! What it is: the writer of `repodata/` for a list of rpms ([`RepoWriter`]), the merging of a repository with
//! external ones as Koji's createrepo task does it ([`Merge`]), and comps files ([`comps`]). Everything that was
//! computed once is kept in a [`Cache`]: the metadata of each rpm ([`Fragment`]), and gzip members of about 64
//! packages each, which are joined to the finished files. What is new since the last repository of any tag is what
//! has to be read and compressed.
//!
//! What it is not: it makes no database files (sqlite; they are most of createrepo_c's time and no current client
//! wants them), does no network (see [`Fetch`]), and knows nothing of tags or events.
//!
//! Where to start: [`RepoWriter::write`]; for the layout of the files, the `output` and `fragment` modules.

mod cache;
mod chunk;
mod compress;
pub mod comps;
mod error;
mod fetch;
mod fragment;
mod item;
mod merge;
mod output;
pub mod pkglist;
mod reader;
mod repomd;
mod writer;
mod xml;

pub use cache::{Cache, Key};
pub use compress::Compression;
pub use error::{Error, Result};
pub use fetch::{Fetch, LocalFetch};
pub use fragment::{FileFacts, Fragment};
pub use merge::{Merge, MergeMode, repomd_digest};
pub use pkglist::{Identity, PackageRef};
pub use reader::{PackageInfo, read_packages};
pub use repomd::{Record, Repomd};
pub use writer::{RepoWriter, Summary};
