//! The list of packages that go into a repository: where each lies, and what is known of it.

use crate::{Error, Result};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::{Component, Path};

/// One package to be put into a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRef {
    /// Path relative to the directory of packages, and the location written into the metadata.
    pub location: String,
    /// What the caller knows of the file.
    pub identity: Identity,
}

/// How a package is recognised as unchanged, and what it is checked against when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// Nothing is known: path, size and modification time must be the same.
    Stat,
    /// Koji's payload hash and the file's size, as the hub's `rpmlist.jsonl` has them; modification time and path
    /// must be the same too, because a signature can change without either.
    Payload {
        /// `payloadhash` of the rpm.
        hash: String,
        /// Bytes.
        size: u64,
    },
    /// SHA-256 of the file in hex. The only identity that makes path and time irrelevant.
    Sha256(String),
    /// The copy of an rpm that is signed with a key.
    Signed {
        /// `payloadhash` of the rpm; signing does not change it.
        hash: String,
        /// Id of the key: 8 lower-case hex digits.
        key: String,
        /// SHA-256 of the signed file in hex, where the hub has it.
        sha256: Option<String>,
    },
}

/// Reads a package list: one relative path a line.
///
/// Errors when a line is absolute or climbs out with `..`.
pub fn parse(text: &str) -> Result<Vec<PackageRef>> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let inside = Path::new(line)
                .components()
                .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
            if !inside {
                return Err(Error::Location(line.to_owned()));
            }
            Ok(PackageRef { location: line.to_owned(), identity: Identity::Stat })
        })
        .collect()
}

/// The keys used of a line of the hub's `rpmlist.jsonl` (there are more).
#[derive(Deserialize)]
struct RpmLine {
    name: String,
    version: String,
    release: String,
    arch: String,
    payloadhash: String,
    size: u64,
}

/// Gives the packages of a list the payload hashes and sizes of an `rpmlist.jsonl` (one JSON object an rpm and
/// line), matched by file name. Packages that it does not have stay as they are.
pub fn identify(list: &mut [PackageRef], rpmlist: &str) -> Result<()> {
    let mut known: HashMap<String, Identity> = HashMap::new();
    for line in rpmlist.lines().filter(|line| !line.trim().is_empty()) {
        let rpm: RpmLine = serde_json::from_str(line)
            .map_err(|error| Error::Format { what: "rpmlist.jsonl".to_owned(), reason: error.to_string() })?;
        let file = format!("{}-{}-{}.{}.rpm", rpm.name, rpm.version, rpm.release, rpm.arch);
        known.insert(file, Identity::Payload { hash: rpm.payloadhash, size: rpm.size });
    }
    for package in list {
        if let Some(identity) = known.get(file_name(&package.location)) {
            package.identity = identity.clone();
        }
    }
    Ok(())
}

/// The last part of a location.
pub(crate) fn file_name(location: &str) -> &str {
    location.rsplit_once('/').map_or(location, |(_, name)| name)
}
