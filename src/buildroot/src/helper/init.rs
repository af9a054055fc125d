//! Pid 1 of the new pid namespace: makes the mounts, starts the command, buries the dead, fetches the results.

use std::fs::File;
use std::os::fd::AsFd;

use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork, sethostname};

use super::fault::Fault;
use super::request::{Collect, Content, Report, Run};
use super::{command, files, mounts, send};

/// Never returns; when this process ends, the kernel kills all others of the namespace.
pub(super) fn main(run: &Run, memory_held: bool) -> ! {
    let code = match work(run, memory_held) {
        Ok(()) => 0,
        Err(fault) => {
            send(&fault.into_report());
            1
        }
    };
    std::process::exit(code)
}

fn work(run: &Run, memory_held: bool) -> Result<(), Fault> {
    prctl::set_pdeathsig(Signal::SIGKILL).map_err(Fault::during("tie init to its supervisor"))?;
    // Without this a root process inside could reach the host's program through /proc/1/exe.
    prctl::set_dumpable(false).map_err(Fault::during("close init to its children"))?;
    unshare(CloneFlags::CLONE_NEWNS).map_err(Fault::during("make the mount namespace"))?;
    sethostname(&run.hostname).map_err(Fault::during("set the host name"))?;
    if !run.network {
        mounts::loopback_up().map_err(Fault::during("bring the loopback interface up"))?;
    }
    // Host files are opened while the host is still in sight.
    let mut sources = Vec::with_capacity(run.write.len());
    for file in &run.write {
        sources.push(match &file.content {
            Content::Text(_) => None,
            Content::Host(path) => {
                Some(File::open(path).map_err(Fault::during(&format!("open {}", path.display())))?)
            }
        });
    }
    let results = match &run.collect {
        None => None,
        Some(collect) => {
            let stage = format!("open {}", collect.to.display());
            Some((collect, File::open(&collect.to).map_err(Fault::during(&stage))?))
        }
    };
    mounts::enter(run)?;

    // SAFETY: the helper has a single thread, so the child may do anything its parent may.
    let child = match unsafe { fork() }.map_err(Fault::during("start the command"))? {
        ForkResult::Child => command::main(run, sources, memory_held),
        ForkResult::Parent { child } => child,
    };
    drop(sources);
    let status = reap_until(child)?;
    // What the command left running must not touch the results while they are read.
    let _ = kill(Pid::from_raw(-1), Signal::SIGKILL);
    while waitpid(Pid::from_raw(-1), None).is_ok() {}
    let success = matches!(status, WaitStatus::Exited(_, 0));
    if success && let Some((collect, to)) = results {
        fetch(collect, &to)?;
    }
    send(&match status {
        WaitStatus::Signaled(_, signal, _) => Report::Signaled { signal: signal as i32 },
        WaitStatus::Exited(_, status) => Report::Exited { status },
        other => return Err(Fault::new("wait for the command", format!("{other:?}"), None)),
    });
    Ok(())
}

/// Waits for orphans too, until the command itself ends.
fn reap_until(command: Pid) -> Result<WaitStatus, Fault> {
    loop {
        match waitpid(Pid::from_raw(-1), Some(WaitPidFlag::empty())) {
            Ok(status) if status.pid() == Some(command) => return Ok(status),
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(e) => return Err(Fault::during("wait for the command")(e)),
        }
    }
}

fn fetch(collect: &Collect, to: &File) -> Result<(), Fault> {
    let (taken, refused) = files::collect(collect, to.as_fd()).map_err(Fault::during("fetch the results"))?;
    to.sync_all().map_err(Fault::during("fetch the results"))?;
    send(&Report::Collected { taken, refused });
    Ok(())
}
