//! What the engine asks of the helper and what it is told, as JSON.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One request; the helper serves one and ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    /// Run a command in a root.
    Run(Box<Run>),
    /// Remove a tree, whatever is in it.
    Remove { userns: Option<IdMap>, path: PathBuf },
    /// Give a tree to a user.
    Chown { userns: Option<IdMap>, path: PathBuf, uid: u32, gid: u32 },
    /// Copy a root, sharing blocks where the file system can.
    Copy { userns: Option<IdMap>, from: PathBuf, to: PathBuf },
    /// Measure a tree.
    Size { userns: Option<IdMap>, path: PathBuf },
}

impl Request {
    pub(crate) fn userns(&self) -> Option<&IdMap> {
        match self {
            Request::Run(run) => run.userns.as_ref(),
            Request::Remove { userns, .. }
            | Request::Chown { userns, .. }
            | Request::Copy { userns, .. }
            | Request::Size { userns, .. } => userns.as_ref(),
        }
    }
}

/// Ids of a user namespace: 0 inside is the caller, 1 and up are its subordinate ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IdMap {
    pub uid: u32,
    pub gid: u32,
    pub subuid: SubRange,
    pub subgid: SubRange,
}

/// A range from /etc/subuid or /etc/subgid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SubRange {
    pub start: u32,
    pub count: u32,
}

/// A command in a root.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Run {
    pub userns: Option<IdMap>,
    pub root: Root,
    /// Empty directory the root is mounted on, in a mount namespace only the command sees.
    pub mount_point: PathBuf,
    /// Share the host's network.
    pub network: bool,
    pub hostname: String,
    pub binds: Vec<BindMount>,
    /// Files to write before the command starts, as the command's user.
    pub write: Vec<WriteFile>,
    /// The command; without one only the files are written.
    pub exec: Option<Exec>,
    /// rpm files to fetch from the root when all its processes are gone.
    pub collect: Option<Collect>,
    pub limits: RunLimits,
    /// Use the 32 bit personality.
    pub personality32: bool,
}

/// What `/` is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Root {
    /// The buildroot itself.
    Inside(Tree),
    /// A package manager, read-only, with the buildroot at `/target`; `cache` at its `/var/cache/dnf`. The package manager
    /// is the host's or, with `from`, that of a root of the target distribution.
    Tools { target: Tree, cache: PathBuf, visible: Vec<PathBuf>, from: Option<PathBuf> },
}

/// How a root lies on disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tree {
    /// Shared lower layers, topmost first, and an upper one of its own.
    Overlay { lowers: Vec<PathBuf>, upper: PathBuf, work: PathBuf },
    /// A plain directory.
    Directory(PathBuf),
}

impl Tree {
    /// The directory that takes what is written.
    pub(crate) fn written(&self) -> &PathBuf {
        match self {
            Tree::Overlay { upper, .. } => upper,
            Tree::Directory(path) => path,
        }
    }
}

/// A host path made visible.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BindMount {
    pub source: PathBuf,
    pub target: PathBuf,
    pub writable: bool,
}

/// A file to write inside.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WriteFile {
    pub path: PathBuf,
    pub content: Content,
    pub mode: u32,
}

/// Where its bytes come from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Content {
    Text(String),
    /// A file on the host, opened before the root is entered.
    Host(PathBuf),
}

/// A program to run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Exec {
    pub argv: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub cwd: PathBuf,
    pub uid: u32,
    pub gid: u32,
}

/// Result files to fetch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Collect {
    /// Directories inside.
    pub from: Vec<PathBuf>,
    /// Directory on the host.
    pub to: PathBuf,
    /// Bytes all of them may take.
    pub max_bytes: u64,
}

/// Bounds the supervisor and the kernel keep.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct RunLimits {
    pub timeout: u64,
    pub disk: Option<u64>,
    pub files: Option<u64>,
    pub min_free: Option<u64>,
    pub memory: Option<u64>,
    pub processes: Option<u64>,
}

/// What the helper tells the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Report {
    /// Something could not be set up.
    Error { stage: String, reason: String, remedy: Option<String> },
    /// The command ended by itself.
    Exited { status: i32 },
    /// The command was ended by a signal.
    Signaled { signal: i32 },
    /// The supervisor ended it.
    Stopped(Stop),
    /// Result files fetched, and entries that were not taken.
    Collected { taken: Vec<String>, refused: Vec<String> },
    /// Bytes of a tree.
    Size { bytes: u64 },
}

/// Why the supervisor ended a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stop {
    Timeout,
    Disk,
    /// The engine is gone or told us to stop.
    Engine,
}
