//! The supervisor: makes the namespaces, starts init in them and watches it.

use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

use super::cgroup::Cgroup;
use super::disk::DiskWatch;
use super::fault::Fault;
use super::request::{Report, Run, RunLimits, Stop};
use super::{init, send};

/// Tells init that a cgroup holds the memory, so that no process needs a limit of its own.
const MEMORY_IS_LIMITED: &[u8; 1] = b"m";

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
            init::main(run, byte == *MEMORY_IS_LIMITED)
        }
        ForkResult::Parent { child } => child,
    };
    drop(wait);
    let cgroup = Cgroup::make(&run.limits);
    if let Some(group) = &cgroup {
        group.add(child);
    }
    let memory = cgroup.as_ref().is_some_and(Cgroup::holds_memory);
    go.write_all(if memory { MEMORY_IS_LIMITED } else { b"1" })
        .map_err(Fault::during("start the pid namespace"))?;
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
    fn root_written(&self) -> &std::path::Path {
        match &self.root {
            super::request::Root::Inside(tree) | super::request::Root::Tools { target: tree, .. } => {
                tree.written()
            }
        }
    }
}

/// Waits for init's end; kills it when the time, the disk or the engine is gone.
fn watch(init: Pid, written: &std::path::Path, limits: &RunLimits) -> Result<Option<Stop>, Fault> {
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
