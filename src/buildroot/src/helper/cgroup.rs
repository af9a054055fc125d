//! A cgroup of its own for each command, where the machine lets us make one.
//!
//! Version 2 needs a delegated group with the controllers switched on (`Delegate=yes` in kojid's unit); version 1 needs
//! write access to the controller's tree. Without either, the limits of the process (rlimits) are all there is.

use std::fs;
use std::path::{Path, PathBuf};

use nix::unistd::Pid;

use super::request::RunLimits;

/// The groups made, one or (version 1) one a controller.
pub(super) struct Cgroup {
    dirs: Vec<PathBuf>,
    memory: bool,
}

impl Cgroup {
    /// Makes the group, or gives up silently: it is a second line of defence.
    pub(super) fn make(limits: &RunLimits) -> Option<Cgroup> {
        let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        let group = two(&mounts, &own, limits).or_else(|| one(&mounts, limits))?;
        Some(group)
    }

    /// Whether the limit on memory is kept by the group.
    pub(super) fn holds_memory(&self) -> bool {
        self.memory
    }

    /// Moves a process in.
    pub(super) fn add(&self, pid: Pid) {
        for dir in &self.dirs {
            let _ = fs::write(dir.join("cgroup.procs"), pid.to_string());
        }
    }

    /// Removes the empty group.
    pub(super) fn remove(self) {
        for dir in &self.dirs {
            let _ = fs::remove_dir(dir);
        }
    }
}

fn name() -> String {
    format!("koji-buildroot-{}", std::process::id())
}

fn two(mounts: &str, own: &str, limits: &RunLimits) -> Option<Cgroup> {
    let top = mount_point(mounts, "cgroup2", None)?;
    let own = top.join(own.lines().find_map(|l| l.strip_prefix("0::/"))?);
    // A group with processes cannot hand controllers down, so ours is made next to the caller's as often as below it.
    let above = own.parent().filter(|p| p.starts_with(&top)).map(Path::to_path_buf);
    [Some(own), above].into_iter().flatten().find_map(|parent| below(&parent, limits))
}

fn below(parent: &Path, limits: &RunLimits) -> Option<Cgroup> {
    let offered = fs::read_to_string(parent.join("cgroup.subtree_control")).ok()?;
    let has = |name: &str| offered.split_whitespace().any(|c| c == name);
    if !has("pids") && !has("memory") {
        return None;
    }
    let dir = parent.join(name());
    fs::create_dir(&dir).ok()?;
    set(&dir, "pids.max", limits.processes);
    let memory = set(&dir, "memory.max", limits.memory);
    if limits.memory.is_some() {
        set(&dir, "memory.swap.max", Some(0));
    }
    Some(Cgroup { dirs: vec![dir], memory })
}

fn one(mounts: &str, limits: &RunLimits) -> Option<Cgroup> {
    let (mut dirs, mut memory) = (Vec::new(), false);
    let wanted = [("pids", "pids.max", limits.processes), ("memory", "memory.limit_in_bytes", limits.memory)];
    for (controller, file, limit) in wanted {
        if limit.is_some()
            && let Some(top) = mount_point(mounts, "cgroup", Some(controller))
        {
            let dir = top.join(name());
            if fs::create_dir(&dir).is_ok() {
                let held = set(&dir, file, limit);
                memory |= held && controller == "memory";
                dirs.push(dir);
            }
        }
    }
    (!dirs.is_empty()).then_some(Cgroup { dirs, memory })
}

/// Whether there was a limit and it is kept now.
fn set(dir: &Path, file: &str, value: Option<u64>) -> bool {
    value.is_some_and(|value| fs::write(dir.join(file), value.to_string()).is_ok())
}

/// Where a cgroup file system is mounted, by type and (version 1) controller among its options.
fn mount_point(mounts: &str, kind: &str, controller: Option<&str>) -> Option<PathBuf> {
    mounts.lines().find_map(|line| {
        let mut words = line.split(' ');
        let (_, path, fs, options) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let found = fs == kind && controller.is_none_or(|c| options.split(',').any(|o| o == c));
        found.then(|| PathBuf::from(path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_both_versions() {
        let mounts = "cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0\n\
                      cgroup2 /sys/fs/cgroup/unified cgroup2 rw,nsdelegate 0 0\n";
        assert_eq!(mount_point(mounts, "cgroup", Some("pids")), Some("/sys/fs/cgroup/pids".into()));
        assert_eq!(mount_point(mounts, "cgroup", Some("memory")), None);
        assert_eq!(mount_point(mounts, "cgroup2", None), Some("/sys/fs/cgroup/unified".into()));
    }
}
