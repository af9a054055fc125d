//! Watches how much a root grows.
//!
//! The free space of the file system is asked every second, which costs nothing. Only when it shrank by more than a limit
//! since the last look is the tree itself measured, since others write to the same file system.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::request::RunLimits;
use super::tree;

/// Files a file system must have left where it counts them: others need some, too.
const MIN_FREE_FILES: u64 = 1000;

pub(super) struct DiskWatch {
    dir: Option<File>,
    path: PathBuf,
    limits: RunLimits,
    /// Room left at which the tree is measured next.
    trigger: Room,
    last: Instant,
}

/// Free on a file system; `files` is 0 where the file system does not count them.
#[derive(Debug, Clone, Copy)]
struct Room {
    bytes: u64,
    files: u64,
}

impl DiskWatch {
    pub(super) fn new(path: &Path, limits: &RunLimits) -> DiskWatch {
        let dir = File::open(path).ok();
        let free = dir.as_ref().and_then(free).unwrap_or(Room { bytes: u64::MAX, files: u64::MAX });
        let trigger = Room {
            bytes: free.bytes.saturating_sub(limits.disk.unwrap_or(u64::MAX)),
            files: free.files.saturating_sub(limits.files.unwrap_or(u64::MAX)),
        };
        DiskWatch { dir, path: path.into(), limits: limits.clone(), trigger, last: Instant::now() }
    }

    pub(super) fn exceeded(&mut self) -> bool {
        if self.last.elapsed() < Duration::from_secs(1) {
            return false;
        }
        self.last = Instant::now();
        let Some(free) = self.dir.as_ref().and_then(free) else { return false };
        if let Some(min) = self.limits.min_free
            && (free.bytes < min || (1..MIN_FREE_FILES).contains(&free.files))
        {
            return true;
        }
        let (disk, files) = (self.limits.disk, self.limits.files);
        let look = disk.is_some() && free.bytes <= self.trigger.bytes
            || files.is_some() && (free.files == 0 || free.files <= self.trigger.files);
        if !look {
            return false;
        }
        let used = tree::usage(&self.path);
        let left = |limit: Option<u64>, used: u64| limit.unwrap_or(u64::MAX).saturating_sub(used);
        self.trigger = Room {
            bytes: free.bytes.saturating_sub(left(disk, used.0)),
            files: free.files.saturating_sub(left(files, used.1)),
        };
        disk.is_some_and(|limit| used.0 > limit) || files.is_some_and(|limit| used.1 > limit)
    }
}

fn free(dir: &File) -> Option<Room> {
    let stat = nix::sys::statvfs::fstatvfs(dir).ok()?;
    Some(Room { bytes: stat.blocks_available() * stat.fragment_size(), files: stat.files_available() })
}
