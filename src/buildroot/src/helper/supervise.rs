//! The supervisor: makes the namespaces, starts init in them and watches it.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

use super::cgroup::Cgroup;
use super::fault::Fault;
use super::request::{Report, Run, RunLimits, Stop};
use super::{init, send, tree};

/// Runs the request and reports its end.
pub(super) fn supervise(run: &Run) -> Result<(), Fault> {
    let mut flags = CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWIPC | CloneFlags::CLONE_NEWUTS;
    if !run.network {
        flags |= CloneFlags::CLONE_NEWNET;
    }
    unshare(flags).map_err(Fault::during("make the pid, ipc, uts and net namespaces"))?;
    let (mut wait, mut go) = std::io::pipe().map_err(Fault::during("make a pipe"))?;
    // SAFETY: the helper has a single thread, so the child may do anything its parent may.
    let child = match unsafe { fork() }.map_err(Fault::during("start the pid namespace"))? {
        ForkResult::Child => {
            drop(go);
            let mut byte = [0];
            // The end of the pipe without a byte: the supervisor is gone already.
            if wait.read_exact(&mut byte).is_err() {
                std::process::exit(1);
            }
            drop(wait);
            init::main(run)
        }
        ForkResult::Parent { child } => child,
    };
    drop(wait);
    let cgroup = Cgroup::make(&run.limits);
    if let Some(group) = &cgroup {
        group.add(child);
    }
    go.write_all(b"1").map_err(Fault::during("start the pid namespace"))?;
    drop(go);
    // The command's output must end with the command, not with this process.
    let watched = run.root_written();
    let stopped = watch(child, watched, &run.limits)?;
    let end = waitpid(child, None).map_err(Fault::during("wait for the command"))?;
    if let Some(group) = cgroup {
        group.remove();
    }
    if let Some(stop) = stopped {
        send(&Report::Stopped(stop));
    } else if let WaitStatus::Signaled(_, signal, _) = end {
        // init reports how the command ended; here init itself was killed from outside.
        send(&Report::Signaled { signal: signal as i32 });
    }
    Ok(())
}

impl Run {
    fn root_written(&self) -> &Path {
        match &self.root {
            super::request::Root::Inside(tree) | super::request::Root::Tools { target: tree, .. } => {
                tree.written()
            }
        }
    }
}

/// Waits for init's end; kills it when the time, the disk or the engine is gone.
fn watch(init: Pid, written: &Path, limits: &RunLimits) -> Result<Option<Stop>, Fault> {
    let pidfd = pidfd(init).map_err(Fault::during("watch the command"))?;
    let stdin = std::io::stdin();
    let deadline = Instant::now().checked_add(Duration::from_secs(limits.timeout));
    let mut disk = DiskWatch::new(written, limits);
    loop {
        let now = Instant::now();
        let left = deadline.map_or(Duration::MAX, |d| d.saturating_duration_since(now));
        let nap = left.min(Duration::from_secs(1));
        let [ended, gone] = poll([pidfd.as_raw_fd(), stdin.as_fd().as_raw_fd()], nap)
            .map_err(Fault::during("watch the command"))?;
        let stop = if ended {
            return Ok(None);
        } else if gone && stdin_closed() {
            Stop::Engine
        } else if left.is_zero() {
            Stop::Timeout
        } else if disk.exceeded() {
            Stop::Disk
        } else {
            continue;
        };
        // The kernel kills every process of a pid namespace together with its init.
        let _ = kill(init, Signal::SIGKILL);
        return Ok(Some(stop));
    }
}

fn stdin_closed() -> bool {
    let mut byte = [0; 64];
    matches!(std::io::stdin().lock().read(&mut byte), Ok(0) | Err(_))
}

fn pidfd(pid: Pid) -> std::io::Result<OwnedFd> {
    // SAFETY: pidfd_open takes two integers and returns a new descriptor or -1.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0) };
    match i32::try_from(fd) {
        // SAFETY: the descriptor is new and owned by nobody else.
        Ok(fd) if fd >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
        _ => Err(std::io::Error::last_os_error()),
    }
}

/// Which of the descriptors are readable or closed, after at most `nap`.
fn poll<const N: usize>(fds: [i32; N], nap: Duration) -> std::io::Result<[bool; N]> {
    let mut set = fds.map(|fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 });
    let nap = libc::c_int::try_from(nap.as_millis()).unwrap_or(libc::c_int::MAX).saturating_add(1);
    // SAFETY: `set` is a valid array of N entries for the length of the call.
    let found = unsafe { libc::poll(set.as_mut_ptr(), N as libc::nfds_t, nap) };
    if found < 0 {
        let error = std::io::Error::last_os_error();
        if error.kind() != std::io::ErrorKind::Interrupted {
            return Err(error);
        }
        return Ok([false; N]);
    }
    Ok(set.map(|entry| entry.revents != 0))
}

/// Watches how much a root grows.
///
/// The free space of the file system is asked every second, which costs nothing. Only when it shrank by more than the
/// limit since the last look is the tree itself measured, since others write to the same file system.
struct DiskWatch {
    dir: Option<File>,
    path: std::path::PathBuf,
    limit: Option<u64>,
    min_free: Option<u64>,
    trigger: u64,
    last: Instant,
}

impl DiskWatch {
    fn new(path: &Path, limits: &RunLimits) -> DiskWatch {
        let dir = File::open(path).ok();
        let free = dir.as_ref().and_then(free).unwrap_or(u64::MAX);
        DiskWatch {
            dir,
            path: path.into(),
            limit: limits.disk,
            min_free: limits.min_free,
            trigger: free.saturating_sub(limits.disk.unwrap_or(u64::MAX)),
            last: Instant::now(),
        }
    }

    fn exceeded(&mut self) -> bool {
        if self.last.elapsed() < Duration::from_secs(1) {
            return false;
        }
        self.last = Instant::now();
        let Some(free) = self.dir.as_ref().and_then(free) else { return false };
        if self.min_free.is_some_and(|min| free < min) {
            return true;
        }
        let Some(limit) = self.limit else { return false };
        if free > self.trigger {
            return false;
        }
        let size = tree::size(&self.path);
        self.trigger = free.saturating_sub(limit.saturating_sub(size));
        size > limit
    }
}

fn free(dir: &File) -> Option<u64> {
    let stat = nix::sys::statvfs::fstatvfs(dir).ok()?;
    Some(stat.blocks_available() * stat.fragment_size())
}
