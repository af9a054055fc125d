//! Merging a repository with external ones, as Koji's createrepo task does with `mergerepo_c`.
//!
//! The local repository comes first. What of the others is taken depends on the [`MergeMode`]; which repository each
//! package came from is written into `pkgorigins`, by which a builder tells external packages from Koji's own.

mod load;
mod select;
#[cfg(test)]
mod tests;
mod write;

use crate::cache::Cache;
use crate::compress::Compression;
use crate::fetch::Fetch;
use crate::output::{Output, Stream};
use crate::writer::Summary;
use crate::{Error, Result};
use load::Source;
pub use load::repomd_digest;
use std::collections::HashSet;
use std::path::Path;

/// How packages of several repositories are put together: Koji's merge modes of external repositories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MergeMode {
    /// Of every source package, what the first repository that has it built from its newest version there; blocked
    /// source packages left out; each N-V-R.A once.
    Koji,
    /// Everything but the blocked source packages, the same name, version and architecture even several times.
    Simple,
    /// Each N-E:V-R.A once, from the first repository that has it. The block list does not count.
    Bare,
}

impl MergeMode {
    /// The mode of a name in the `tag_external_repos` table.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "koji" => Some(Self::Koji),
            "simple" => Some(Self::Simple),
            "bare" => Some(Self::Bare),
            _ => None,
        }
    }
}

/// A merge: what it is made of beside the repositories.
pub struct Merge<'a> {
    /// How.
    pub mode: MergeMode,
    /// The architecture of the repository. Packages of it, its variants, its 32-bit partner and noarch are taken.
    pub arch: &'a str,
    /// Names of source packages whose packages are left out.
    pub blocklist: &'a HashSet<String>,
    /// The comps file of the result. Without one it is that of the first repository that has one.
    pub comps: Option<&'a Path>,
    /// How the result is compressed.
    pub compression: Compression,
    /// Keeps fetched metadata and compressed chunks.
    pub cache: Option<&'a Cache>,
    /// Gets the files of the repositories.
    pub fetch: &'a dyn Fetch,
}

impl Merge<'_> {
    /// Merges `repositories` into `<output>/repodata`, replacing what is there. The first is the local one; each is
    /// an address (or absolute path) as it shall appear in pkgorigins. Locations of the others get their address as
    /// `xml:base`.
    ///
    /// Errors, leaving the old metadata as it was, when a repository cannot be fetched or is damaged: never is a
    /// repository left out silently.
    pub fn run(&self, repositories: &[String], output: &Path) -> Result<Summary> {
        let comps = self.comps.map(|path| std::fs::read(path).map_err(Error::io(path))).transpose()?;
        let mut target = Output::new(output, self.compression)?;
        let scratch = tempfile::tempdir().map_err(Error::io(&std::env::temp_dir()))?;
        let sources = repositories
            .iter()
            .enumerate()
            .map(|(index, url)| Source::load(self, url, index > 0, scratch.path()))
            .collect::<Result<Vec<_>>>()?;

        let selection = select::select(self, &sources)?;
        let written = write::package_files(self, &sources, &selection, &target)?;
        let (mut compressed, mut chunks) = (0, 0);
        for (stream, result) in Stream::ALL.into_iter().zip(written) {
            if stream == Stream::Primary {
                (compressed, chunks) = (result.compressed, result.chunks);
            }
            target.finish_stream(result.file)?;
        }
        match comps {
            Some(comps) => target.add_comps(&comps)?,
            None => {
                if let Some(comps) = load::first_comps(self, &sources, scratch.path())? {
                    target.add_comps(&comps)?;
                }
            }
        }
        if let Some(modules) = load::modules(self, &sources, scratch.path())? {
            target.add_packed("modules", "modules.yaml", &modules)?;
        }
        target.add_origins(selection.origins.as_bytes())?;
        let packages = selection.packages();
        let sources = sources.into_iter().skip(1).map(|source| (source.url, source.digest)).collect();
        Ok(Summary { packages, read: 0, compressed, chunks, sources, repomd: target.finish()? })
    }
}
