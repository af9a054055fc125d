//! RPM files and their names, as Koji sees them.
//!
//! What it is: the parsing and comparing of NVRs and NVRAs ([`nevra`], [`vercmp`]), the architecture tables
//! ([`arch`]), a reader for the headers of rpm files ([`header`], [`package`]), the taking out and putting back of
//! signature headers ([`signature`]) and the comparison of two noarch packages ([`diff`]).
//!
//! What it is not: it never reads a payload, installs nothing, verifies no signature, knows no spec files.
//! Headers come from builders and from the network, so everything read from them is bounds-checked and bounded in
//! memory (see [`header::raw`]). The reader is our own and not the `rpm` crate's: that one computes sizes in `u32`
//! and allocates what a header claims, keeps only one of the two headers addressable by tag number, and cannot
//! give the header's bytes back unchanged, which signatures need.
//!
//! Where to start: [`RpmFile::open`] for a file, [`Package`] for its fields by name, [`Nvra::parse`] for a name.

pub mod arch;
pub mod diff;
mod error;
pub mod header;
pub mod nevra;
pub mod package;
pub mod signature;
pub mod vercmp;

pub use error::{Error, Result};
pub use header::{Field, Header, RpmFile};
pub use nevra::{Nvr, Nvra};
pub use package::{ChangelogEntry, Dependency, DependencyKind, FileEntry, Package};
pub use vercmp::{Evr, vercmp};
