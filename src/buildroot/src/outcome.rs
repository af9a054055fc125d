//! What a step hands back.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// The end of one step (`init`, a source rpm, a build, a command).
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Exit status as mock would have ended: 0, 1 failed rpmbuild, 10 dynamic BuildRequires, 11 time-out, 30 packages, or
    /// the command's own.
    pub status: i32,
    /// Why, and where to look.
    pub verdict: Verdict,
    /// Files the step left in the result directory, rpms only, sorted by name.
    pub results: Vec<ResultFile>,
    /// The step's parts in order with their wall clock time.
    pub phases: Vec<Phase>,
}

impl Outcome {
    /// Whether the step did what was asked.
    pub fn succeeded(&self) -> bool {
        self.status == 0
    }
}

/// One part of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Name, as in state.log.
    pub name: String,
    /// Wall clock time.
    pub took: Duration,
}

/// A regular file in the result directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResultFile {
    /// File name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
}

impl ResultFile {
    /// Whether it is a source rpm.
    pub fn is_source(&self) -> bool {
        self.name.ends_with(".src.rpm") || self.name.ends_with(".nosrc.rpm")
    }
}

/// One installed package, with the fields `host.setBuildRootList` takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InstalledPackage {
    /// Package name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Release.
    pub release: String,
    /// Epoch, absent when the header has none.
    pub epoch: Option<i64>,
    /// Architecture.
    pub arch: String,
    /// md5 of header and payload (`SIGMD5`), lower-case hex; empty for rpm v6 packages, which have none.
    pub payloadhash: String,
    /// Installed bytes.
    pub size: i64,
    /// Build time, Unix seconds.
    pub buildtime: i64,
}
