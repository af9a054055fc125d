//! The log files of a buildroot, written as mock writes them.
//!
//! Everything is appended the moment it is known, so that whoever follows a log sees it grow.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use time::OffsetDateTime;
use time::macros::format_description;

use crate::engine::native::Sink;
use crate::error::{Error, Result};
use crate::mock_config::python;
use crate::outcome::Phase;

/// Bytes of a log's end kept in memory for the verdict.
const TAIL: usize = 512 << 10;
/// Bytes of a line after which it is broken in root.log.
const MAX_LINE: usize = 64 << 10;

/// The logs of one buildroot.
pub(crate) struct Logs {
    dir: PathBuf,
    limit: u64,
    open: Vec<(String, Instant)>,
    done: Vec<Phase>,
}

impl Logs {
    pub(crate) fn new(dir: &Path, limit: u64) -> Logs {
        Logs { dir: dir.into(), limit, open: Vec::new(), done: Vec::new() }
    }

    /// Notes the start of a phase in state.log.
    pub(crate) fn start(&mut self, phase: &str) -> Result<()> {
        self.open.push((phase.into(), Instant::now()));
        self.append("state.log", &format!("{} - Start: {phase}\n", stamp()))
    }

    /// Notes the end of the phase started last.
    pub(crate) fn finish(&mut self) -> Result<()> {
        let Some((name, since)) = self.open.pop() else { return Ok(()) };
        self.append("state.log", &format!("{} - Finish: {name}\n", stamp()))?;
        self.done.push(Phase { name, took: since.elapsed() });
        Ok(())
    }

    /// The phases finished since the last call.
    pub(crate) fn take_phases(&mut self) -> Vec<Phase> {
        self.open.clear();
        std::mem::take(&mut self.done)
    }

    /// Adds text to a log.
    pub(crate) fn append(&self, log: &str, text: &str) -> Result<()> {
        let path = self.dir.join(log);
        self.open(log)?.write_all(text.as_bytes()).map_err(Error::io("write", &path))
    }

    /// Adds a line of the engine's own to root.log.
    pub(crate) fn root(&self, text: &str) -> Result<()> {
        self.append("root.log", &format!("{DEBUG}{text}\n"))
    }

    /// Adds the line mock writes before a command.
    pub(crate) fn executing(&self, log: &str, argv: &[String], env: &BTreeMap<String, String>) -> Result<()> {
        let argv: Vec<String> = argv.iter().map(|a| python::string(a)).collect();
        let env: Vec<String> =
            env.iter().map(|(k, v)| format!("{}: {}", python::string(k), python::string(v))).collect();
        let line = format!("Executing command: [{}] with env {{{}}}", argv.join(", "), env.join(", "));
        if log == "root.log" { self.root(&line) } else { self.append(log, &format!("{line}\n")) }
    }

    /// A sink for a command's output.
    pub(crate) fn sink(&self, log: &str) -> Result<LogSink> {
        let file = self.open(log)?;
        let written = file.metadata().map_err(Error::io("read", &self.dir.join(log)))?.len();
        let prefix = if log == "root.log" { DEBUG } else { "" };
        Ok(LogSink { file, written, limit: self.limit, prefix, partial: Vec::new(), tail: Vec::new() })
    }

    fn open(&self, log: &str) -> Result<File> {
        let path = self.dir.join(log);
        OpenOptions::new().create(true).append(true).open(&path).map_err(Error::io("open", &path))
    }
}

/// mock's prefix of a line in root.log names its logger; ours names us.
const DEBUG: &str = "DEBUG native:  ";

fn stamp() -> String {
    let now = OffsetDateTime::now_local().unwrap_or_else(|_| OffsetDateTime::now_utc());
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second],[subsecond digits:3]");
    now.format(&format).unwrap_or_default()
}

/// Writes a command's output to a log, up to the limit.
pub(crate) struct LogSink {
    file: File,
    written: u64,
    limit: u64,
    prefix: &'static str,
    partial: Vec<u8>,
    tail: Vec<u8>,
}

impl LogSink {
    /// The end of the output, for the verdict.
    pub(crate) fn into_tail(mut self) -> String {
        if !self.partial.is_empty() {
            let mut line = std::mem::take(&mut self.partial);
            line.push(b'\n');
            let _ = self.file.write_all(&[self.prefix.as_bytes(), &line].concat());
        }
        String::from_utf8_lossy(&self.tail).into_owned()
    }
}

impl Sink for LogSink {
    fn take(&mut self, bytes: &[u8]) -> bool {
        self.tail.extend_from_slice(bytes);
        if self.tail.len() > 2 * TAIL {
            self.tail.drain(..self.tail.len() - TAIL);
        }
        let out = if self.prefix.is_empty() {
            bytes.to_vec()
        } else {
            // Lines of a package manager come whole or wait here for their end.
            self.partial.extend_from_slice(bytes);
            let mut out = Vec::new();
            while let Some(end) = self.partial.iter().position(|b| *b == b'\n') {
                out.extend_from_slice(self.prefix.as_bytes());
                out.extend(self.partial.drain(..=end));
            }
            // A line that never ends must not be waited for in memory.
            if self.partial.len() > MAX_LINE {
                out.extend_from_slice(self.prefix.as_bytes());
                out.append(&mut self.partial);
                out.push(b'\n');
            }
            out
        };
        self.written += out.len() as u64;
        if self.written > self.limit {
            let note =
                format!("\nThe log passed its limit of {} bytes; the command is stopped.\n", self.limit);
            let _ = self.file.write_all(note.as_bytes());
            return false;
        }
        // A full disk must stop the build, not lose its log in silence.
        self.file.write_all(&out).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_log_gets_whole_prefixed_lines_and_a_limit() {
        let dir = tempfile::tempdir().unwrap();
        let logs = Logs::new(dir.path(), 60);
        let mut sink = logs.sink("root.log").unwrap();
        assert!(sink.take(b"one\ntw"));
        assert!(sink.take(b"o\nrest"));
        assert_eq!(
            std::fs::read_to_string(dir.path().join("root.log")).unwrap(),
            "DEBUG native:  one\nDEBUG native:  two\n"
        );
        assert!(!sink.take(&[b'x'; 100].map(|_| b'\n')));
        assert!(sink.into_tail().starts_with("one\ntwo\nrest"));
        assert!(
            std::fs::read_to_string(dir.path().join("root.log"))
                .unwrap()
                .contains("passed its limit of 60 bytes")
        );
    }

    #[test]
    fn a_line_without_an_end_is_neither_kept_in_memory_nor_without_limit() {
        let dir = tempfile::tempdir().unwrap();
        let logs = Logs::new(dir.path(), 1 << 20);
        let mut sink = logs.sink("root.log").unwrap();
        let taken = (0..1000).take_while(|_| sink.take(&[b'x'; 8192])).count();
        assert!(taken <= (1 << 20) / 8192 + MAX_LINE / 8192 + 1, "{taken}");
        assert!(sink.partial.len() <= MAX_LINE + 8192);
    }

    #[test]
    fn phases_are_stamped_and_nested() {
        let dir = tempfile::tempdir().unwrap();
        let mut logs = Logs::new(dir.path(), 1000);
        logs.start("outer").unwrap();
        logs.start("inner").unwrap();
        logs.finish().unwrap();
        logs.finish().unwrap();
        let text = std::fs::read_to_string(dir.path().join("state.log")).unwrap();
        let lines: Vec<&str> = text.lines().map(|l| l.split_once(" - ").unwrap().1).collect();
        assert_eq!(lines, ["Start: outer", "Start: inner", "Finish: inner", "Finish: outer"]);
        assert_eq!(
            logs.take_phases().iter().map(|p| p.name.as_str()).collect::<Vec<_>>(),
            ["inner", "outer"]
        );
    }
}
