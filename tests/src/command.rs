//! Running a program and looking at what it printed.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// A finished program.
#[derive(Debug)]
pub struct Run {
    /// The command line, for messages.
    pub line: String,
    /// The exit status; 128 + N when ended by signal N.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

/// A command with arguments, without standard input.
pub fn command<I, S>(program: impl AsRef<OsStr>, args: I) -> Command
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null());
    command
}

impl Run {
    /// Runs the command to its end.
    pub fn of(mut command: Command) -> Result<Run> {
        use std::os::unix::process::ExitStatusExt;
        let line = std::iter::once(command.get_program())
            .chain(command.get_args())
            .map(|a| a.to_string_lossy().into_owned())
            .collect::<Vec<_>>()
            .join(" ");
        let start = Instant::now();
        let output = command.output().with_context(|| format!("cannot run {line}"))?;
        let status = output.status;
        Ok(Run {
            status: status.code().or_else(|| status.signal().map(|s| 128 + s)).unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            took: start.elapsed(),
            line,
        })
    }

    /// The run, if its status is 0.
    pub fn ok(self) -> Result<Run> {
        self.status_is(0)
    }

    /// The run, if it has this status.
    pub fn status_is(self, status: i32) -> Result<Run> {
        ensure!(self.status == status, "expected status {status} of {self}");
        Ok(self)
    }

    /// The run, if it failed with status 1 and said so in one line of standard error that holds all of `words`.
    pub fn fails_saying(self, words: &[&str]) -> Result<Run> {
        let run = self.status_is(1)?;
        let lines: Vec<&str> = run.stderr.lines().filter(|l| !l.trim().is_empty()).collect();
        ensure!(lines.len() == 1, "expected one line on standard error of {run}");
        run.says(words)
    }

    /// The run, if it failed with status 1 and said all of `words` in one line.
    pub fn fails_with(self, words: &[&str]) -> Result<Run> {
        self.status_is(1)?.says(words)
    }

    /// The run, if some line of its output (either stream) holds all of `words`.
    pub fn says(self, words: &[&str]) -> Result<Run> {
        let found =
            self.stdout.lines().chain(self.stderr.lines()).any(|l| words.iter().all(|w| l.contains(w)));
        ensure!(found, "no line with {words:?} in the output of {self}");
        Ok(self)
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}\nstatus {} after {:.1} s", self.line, self.status, self.took.as_secs_f64())?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            for line in text.lines() {
                writeln!(f, "  {name}: {line}")?;
            }
        }
        Ok(())
    }
}
