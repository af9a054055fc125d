//! What one command takes: time, CPU and memory.

use std::fs::File;
use std::io::{Read, Seek};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// What a finished process and those it waited for have used.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// From its start to its end.
    pub wall: Duration,
    /// User and system time.
    pub cpu: Duration,
    /// Most resident memory of one process, in MiB.
    pub memory: u64,
}

impl Usage {
    /// Runs a command that must succeed.
    pub fn of(mut command: Command) -> Result<Usage> {
        let line = format!("{command:?}");
        let mut output = tempfile::tempfile()?;
        let start = Instant::now();
        let streams = [output.try_clone()?, output.try_clone()?].map(Stdio::from);
        let [stdout, stderr] = streams;
        let child = command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn();
        let (status, usage) = wait(child.with_context(|| format!("cannot run {line}"))?)?;
        let wall = start.elapsed();
        ensure!(status == 0, "{line} has ended with {status}: {}", text(&mut output)?);
        let memory = u64::try_from(usage.ru_maxrss).unwrap_or_default() / 1024;
        Ok(Usage { wall, cpu: time(usage.ru_utime) + time(usage.ru_stime), memory })
    }

    /// The one with the middle time.
    pub fn median(mut runs: Vec<Usage>) -> Option<Usage> {
        runs.sort_by_key(|usage| usage.wall);
        runs.get(runs.len() / 2).copied()
    }
}

/// Waits for the process; its wait status and what it used.
#[allow(clippy::needless_pass_by_value, reason = "it is gone afterwards")]
fn wait(child: Child) -> Result<(i32, libc::rusage)> {
    let pid = libc::pid_t::try_from(child.id())?;
    let mut status = 0;
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    loop {
        // SAFETY: both point to what wait4 writes
        let ended = unsafe { libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr()) };
        if ended == pid {
            // SAFETY: all-zero is a valid value, and wait4 has written another
            return Ok((status, unsafe { usage.assume_init() }));
        }
        let error = std::io::Error::last_os_error();
        if error.kind() != std::io::ErrorKind::Interrupted {
            return Err(error).context("wait4");
        }
    }
}

fn time(value: libc::timeval) -> Duration {
    let micros = value.tv_sec.saturating_mul(1_000_000).saturating_add(value.tv_usec);
    Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}

fn text(output: &mut File) -> Result<String> {
    let mut text = Vec::new();
    output.rewind()?;
    output.read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::command;

    #[test]
    fn of_a_shell() {
        let work = "n=0; while [ $n -lt 20000 ]; do n=$((n + 1)); done; sleep 0.1";
        let usage = Usage::of(command("sh", ["-c", work])).unwrap();
        assert!(usage.wall > usage.cpu && usage.cpu > Duration::ZERO && usage.memory > 0, "{usage:?}");
        let failed = Usage::of(command("sh", ["-c", "echo why; exit 3"])).unwrap_err().to_string();
        assert!(failed.contains("why"), "{failed}");
    }
}
