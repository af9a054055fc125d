//! The metadata of one rpm, ready to be put into a repository.
//!
//! A fragment depends on the rpm alone, not on where it lies in a repository: the location is put in when the
//! primary file is assembled.

mod render;
mod requires;

use crate::xml::Attr;
use koji_rpm::Package;
use serde::{Deserialize, Serialize};

/// The XML of one package for the three metadata files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fragment {
    /// SHA-256 of the rpm file in hex: the package's id in the metadata.
    pub pkgid: String,
    /// Size of the rpm file in bytes.
    pub size: u64,
    /// `N-V-R.A`.
    pub nvra: String,
    /// The primary `<package>` up to the location.
    primary_head: String,
    /// The rest of it.
    primary_tail: String,
    /// The `<package>` of filelists.
    pub filelists: String,
    /// The `<package>` of other: the newest ten changelog entries.
    pub other: String,
}

/// What the header does not say of an rpm file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// SHA-256 of the whole file in hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Modification time, seconds since the epoch.
    pub mtime: i64,
}

impl Fragment {
    /// Renders a package.
    pub fn new(package: &Package, file: &FileFacts) -> Self {
        let (primary_head, primary_tail) = render::primary(package, file);
        Self {
            pkgid: file.sha256.clone(),
            size: file.size,
            nvra: package.nvra().to_string(),
            primary_head,
            primary_tail,
            filelists: render::filelists(package, file),
            other: render::other(package, file),
        }
    }

    /// The `<package>` of primary at a location: a path relative to the repository, or to `base` when given.
    pub fn primary(&self, location: &str, base: Option<&str>) -> String {
        let base = base.map(|base| format!(" xml:base=\"{}\"", Attr(base))).unwrap_or_default();
        format!("{}  <location{base} href=\"{}\"/>\n{}", self.primary_head, Attr(location), self.primary_tail)
    }
}
