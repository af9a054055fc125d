//! The engine's side of the helper: starts it, streams the command's output, reads its reports.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};
use crate::helper::request::{IdMap, Report, Request, Run, Stop};
use crate::helper::tree;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Exited(i32),
    Signaled(i32),
    Stopped(Stop),
    /// The sink wanted no more.
    LogLimit,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ran {
    pub end: End,
    pub taken: Vec<String>,
    pub refused: Vec<String>,
}

impl Ran {
    pub(super) fn ok(&self) -> bool {
        self.end == End::Exited(0)
    }
}

/// Takes the command's output as it comes; `false` stops the command.
pub(crate) trait Sink: Send {
    fn take(&mut self, bytes: &[u8]) -> bool;
}

/// Starts helpers.
#[derive(Debug, Clone)]
pub(super) struct Sandbox {
    helper: Vec<OsString>,
    /// Set when the caller is not root.
    userns: Option<IdMap>,
}

impl Sandbox {
    pub(super) fn new(helper: Vec<OsString>, userns: Option<IdMap>) -> Sandbox {
        Sandbox { helper, userns }
    }

    pub(super) fn rootless(&self) -> bool {
        self.userns.is_some()
    }

    /// The ids of the user namespace, when there is one.
    pub(super) fn ids(&self) -> Option<&IdMap> {
        self.userns.as_ref()
    }

    /// Runs a command, feeding its output to `sink` until all its processes are gone.
    pub(super) fn run(&self, mut run: Run, sink: &mut dyn Sink) -> Result<Ran> {
        run.userns = self.userns.clone();
        let (reports, cut) = self.call(&Request::Run(Box::new(run)), sink)?;
        let mut ran = Ran { end: End::LogLimit, taken: Vec::new(), refused: Vec::new() };
        let mut end = None;
        for report in reports {
            match report {
                Report::Error { stage, reason, remedy } => {
                    return Err(Error::Sandbox { stage, reason, remedy });
                }
                Report::Exited { status } => end = Some(End::Exited(status)),
                Report::Signaled { signal } => end = Some(End::Signaled(signal)),
                Report::Stopped(stop) => end = Some(End::Stopped(stop)),
                Report::Collected { taken, refused } => (ran.taken, ran.refused) = (taken, refused),
                Report::Size { .. } => {}
            }
        }
        ran.end = match end {
            _ if cut => End::LogLimit,
            Some(end) => end,
            None => return Err(gone("it ended without a word")),
        };
        Ok(ran)
    }

    /// Removes a tree that may belong to subordinate ids.
    pub(super) fn remove(&self, path: &std::path::Path) -> Result<()> {
        if self.userns.is_none() {
            return tree::remove(path).map_err(Error::io("remove", path));
        }
        self.simple(Request::Remove { userns: self.userns.clone(), path: path.into() }).map(drop)
    }

    /// Gives a tree to a user of the root.
    pub(super) fn chown(&self, path: &std::path::Path, uid: u32, gid: u32) -> Result<()> {
        if self.userns.is_none() {
            return tree::chown(path, uid, gid).map_err(Error::io("change the owner of", path));
        }
        self.simple(Request::Chown { userns: self.userns.clone(), path: path.into(), uid, gid }).map(drop)
    }

    /// Copies a root.
    pub(super) fn copy(&self, from: &std::path::Path, to: &std::path::Path) -> Result<()> {
        if self.userns.is_none() {
            return tree::copy(from, to).map_err(Error::io("copy a root to", to));
        }
        self.simple(Request::Copy { userns: self.userns.clone(), from: from.into(), to: to.into() }).map(drop)
    }

    /// Bytes of a tree.
    pub(super) fn size(&self, path: &std::path::Path) -> Result<u64> {
        if self.userns.is_none() {
            return Ok(tree::size(path));
        }
        let reports = self.simple(Request::Size { userns: self.userns.clone(), path: path.into() })?;
        Ok(reports
            .iter()
            .find_map(|r| if let Report::Size { bytes } = r { Some(*bytes) } else { None })
            .unwrap_or(0))
    }

    fn simple(&self, request: Request) -> Result<Vec<Report>> {
        let (reports, _) = self.call(&request, &mut Discard)?;
        for report in &reports {
            if let Report::Error { stage, reason, remedy } = report.clone() {
                return Err(Error::Sandbox { stage, reason, remedy });
            }
        }
        Ok(reports)
    }

    fn call(&self, request: &Request, sink: &mut dyn Sink) -> Result<(Vec<Report>, bool)> {
        let Some((program, args)) = self.helper.split_first() else {
            return Err(Error::Plan("no helper command is set".into()));
        };
        let mut line = serde_json::to_string(request).map_err(|e| Error::Plan(e.to_string()))?;
        line.push('\n');
        let mut child = Command::new(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| gone(&format!("{}: {e}", program.display())))?;
        let (Some(mut stdin), Some(mut stdout), Some(mut stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(gone("it has no pipes"));
        };
        stdin.write_all(line.as_bytes()).map_err(|e| gone(&e.to_string()))?;
        // Kept open: its end tells the helper that nobody waits any more.
        let mut alive = Some(stdin);
        let reports = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        let mut cut = false;
        let mut buffer = vec![0; 64 << 10];
        loop {
            match stdout.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    let more = buffer.get(..n).is_none_or(|bytes| cut || sink.take(bytes));
                    if !more {
                        cut = true;
                        alive = None;
                    }
                }
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(gone(&e.to_string())),
            }
        }
        let text = reports.join().unwrap_or_default();
        let status = child.wait().map_err(|e| gone(&e.to_string()))?;
        drop(alive);
        let mut reports = Vec::new();
        let mut other = String::new();
        for line in text.lines() {
            match serde_json::from_str(line) {
                Ok(report) => reports.push(report),
                Err(_) => other = line.into(),
            }
        }
        if reports.is_empty() && !status.success() {
            return Err(gone(&format!("{status} {other}")));
        }
        Ok((reports, cut))
    }
}

fn gone(reason: &str) -> Error {
    Error::Sandbox { stage: "run the helper process".into(), reason: reason.into(), remedy: None }
}

/// For requests without output.
pub(super) struct Discard;

impl Sink for Discard {
    fn take(&mut self, _: &[u8]) -> bool {
        true
    }
}

/// Keeps the output in memory, for what the engine asks itself.
#[derive(Default)]
pub(super) struct Keep(pub Vec<u8>);

impl Sink for Keep {
    fn take(&mut self, bytes: &[u8]) -> bool {
        self.0.extend_from_slice(bytes);
        self.0.len() < 256 << 20
    }
}
