//! A long-running program with its log.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::wait::wait_until;

/// A started daemon; dropping it ends it.
#[derive(Debug)]
pub struct Daemon {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts the command with both output streams appended to `log`.
    pub fn start(name: &str, mut command: Command, log: &Path) -> Result<Daemon> {
        let file = File::options().create(true).append(true).open(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Daemon { name: name.to_owned(), child, log: log.to_path_buf() })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn log(&self) -> &Path {
        &self.log
    }

    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// `kill -9`.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill().with_context(|| format!("cannot kill {}", self.name))?;
        self.child.wait()?;
        Ok(())
    }

    /// SIGTERM; an error when the daemon has not ended within the time.
    pub fn terminate(&mut self, patience: Duration) -> Result<()> {
        signal(self.child.id(), libc::SIGTERM)?;
        let ended = wait_until(patience, || Ok(matches!(self.child.try_wait(), Ok(Some(_)))))?;
        if !ended {
            bail!("{} has not ended {} s after SIGTERM", self.name, patience.as_secs());
        }
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if self.terminate(Duration::from_secs(20)).is_err() {
            // the test is over: nothing is left to report to
            let _ = self.kill();
        }
    }
}

/// Sends a signal to one process.
pub fn signal(pid: u32, signal: i32) -> Result<()> {
    let pid = libc::pid_t::try_from(pid).context("no such process id")?;
    if pid <= 1 {
        bail!("process {pid} is none of ours");
    }
    // SAFETY: kill takes two integers and touches no memory
    match unsafe { libc::kill(pid, signal) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()).with_context(|| format!("cannot signal process {pid}")),
    }
}
