//! The fields of an rpm that Koji stores, shows and writes into repositories, typed.

pub mod deps;
pub mod files;

pub use deps::{Dependency, DependencyKind};
pub use files::FileEntry;

use crate::header::{RpmFile, tags};
use crate::{Error, Evr, Nvr, Nvra, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One entry of a package's changelog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangelogEntry {
    /// Seconds since the epoch (rpm writes noon UTC of the day).
    pub time: u64,
    /// Author, mail address and usually the version.
    pub name: String,
    /// The text.
    pub text: String,
}

/// The fields of one rpm. Strings that a header may lack are empty then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Release.
    pub release: String,
    /// Epoch; absent and 0 are different to Koji.
    pub epoch: Option<u64>,
    /// Architecture; `src` for every source package.
    pub arch: String,
    /// The architecture in the header: for a source package that of the machine it was made on.
    pub header_arch: String,
    /// Whether it is a source package.
    pub source: bool,
    /// File name of the source package it was built from; `None` for source packages.
    pub sourcerpm: Option<String>,
    /// Seconds since the epoch.
    pub buildtime: u64,
    /// Host it was built on.
    pub buildhost: String,
    /// One line.
    pub summary: String,
    /// Any number of lines.
    pub description: String,
    /// License.
    pub license: String,
    /// Home page.
    pub url: String,
    /// Vendor.
    pub vendor: String,
    /// Packager.
    pub packager: String,
    /// Distribution.
    pub distribution: String,
    /// Group.
    pub group: String,
    /// What to build for (source packages).
    pub exclusivearch: Vec<String>,
    /// What not to build for (source packages).
    pub excludearch: Vec<String>,
    /// What the spec says with BuildArch (source packages).
    pub buildarchs: Vec<String>,
    /// Bytes on disk once installed.
    pub installed_size: u64,
    /// Bytes of the uncompressed payload.
    pub archive_size: u64,
    /// What Koji identifies the rpm by: see [`RpmFile::payloadhash`]. `None` when the file has no digest at all.
    pub payloadhash: Option<String>,
    /// Offset of the header's first byte in the file.
    pub header_start: u64,
    /// Offset of the byte after the header.
    pub header_end: u64,
    /// All dependencies, by kind in the order of [`DependencyKind::ALL`], within a kind in header order.
    pub dependencies: Vec<Dependency>,
    /// The files in header order (sorted by path).
    pub files: Vec<FileEntry>,
    /// The changelog, newest first.
    pub changelog: Vec<ChangelogEntry>,
}

impl Package {
    /// Reads the rpm file at `path`.
    pub fn open(path: &Path) -> Result<Self> {
        Self::from_rpm(&RpmFile::open(path)?).map_err(|error| error.in_file(path))
    }

    /// Takes the fields out of read headers. Errors when name, version, release or architecture are missing or hold
    /// characters that would make a different file name of them.
    pub fn from_rpm(rpm: &RpmFile) -> Result<Self> {
        let header = &rpm.header;
        let text = |tag| header.string(tag).unwrap_or_default();
        let source = rpm.is_source();
        let header_arch = label(rpm, tags::ARCH, "arch")?;
        Ok(Self {
            name: label(rpm, tags::NAME, "name")?,
            version: label(rpm, tags::VERSION, "version")?,
            release: label(rpm, tags::RELEASE, "release")?,
            epoch: header.int(tags::EPOCH),
            arch: if source { "src".to_owned() } else { header_arch.clone() },
            header_arch,
            source,
            sourcerpm: header.string(tags::SOURCERPM),
            buildtime: header.int(tags::BUILDTIME).unwrap_or(0),
            buildhost: text(tags::BUILDHOST),
            summary: text(tags::SUMMARY),
            description: text(tags::DESCRIPTION),
            license: text(tags::LICENSE),
            url: text(tags::URL),
            vendor: text(tags::VENDOR),
            packager: text(tags::PACKAGER),
            distribution: text(tags::DISTRIBUTION),
            group: text(tags::GROUP),
            exclusivearch: header.strings(tags::EXCLUSIVEARCH),
            excludearch: header.strings(tags::EXCLUDEARCH),
            buildarchs: header.strings(tags::BUILDARCHS),
            installed_size: number(rpm, tags::LONGSIZE),
            archive_size: number(rpm, tags::LONGARCHIVESIZE),
            payloadhash: rpm.payloadhash().ok(),
            header_start: rpm.header_start,
            header_end: rpm.header_end,
            dependencies: deps::read(header),
            files: files::read(header),
            changelog: changelog(rpm),
        })
    }

    /// The name, version, release and epoch.
    pub fn nvr(&self) -> Nvr {
        Nvr {
            name: self.name.clone(),
            version: self.version.clone(),
            release: self.release.clone(),
            epoch: self.epoch.map(|epoch| epoch.to_string()),
        }
    }

    /// The NVRA; its `file_name` is the name the file must have in a build.
    pub fn nvra(&self) -> Nvra {
        Nvra { nvr: self.nvr(), arch: self.arch.clone(), location: None }
    }

    /// Epoch, version, release for comparing.
    pub fn evr(&self) -> Evr {
        Evr { epoch: self.epoch, version: self.version.clone(), release: self.release.clone() }
    }

    /// The dependencies of one kind.
    pub fn dependencies_of(&self, kind: DependencyKind) -> impl Iterator<Item = &Dependency> {
        self.dependencies.iter().filter(move |dependency| dependency.kind == kind)
    }
}

/// A part of the NVRA. It ends up in paths, so a slash, a control character or nothing at all is refused.
fn label(rpm: &RpmFile, tag: u32, field: &'static str) -> Result<String> {
    let value = rpm.header.string(tag).filter(|value| !value.is_empty());
    let value = value.ok_or_else(|| Error::header(format!("the header has no {field}")))?;
    let bad = |c: char| c == '/' || c.is_control() || (c == '-' && field != "name");
    match value.chars().find(|c| bad(*c)) {
        Some(character) => Err(Error::ForbiddenCharacter { character, field }),
        None => Ok(value),
    }
}

fn number(rpm: &RpmFile, tag: u32) -> u64 {
    match rpm.tag(tag) {
        crate::Field::Int(value) => value,
        _ => 0,
    }
}

fn changelog(rpm: &RpmFile) -> Vec<ChangelogEntry> {
    let header = &rpm.header;
    header
        .ints(tags::CHANGELOGTIME)
        .into_iter()
        .zip(header.strings(tags::CHANGELOGNAME))
        .zip(header.strings(tags::CHANGELOGTEXT))
        .map(|((time, name), text)| ChangelogEntry { time, name, text })
        .collect()
}
