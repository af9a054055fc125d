//! Why a step ended as it did: the kind of failure, the log that matters and the lines that say it.

mod packages;
mod rpmbuild;

use std::fmt;

use koji_why::{LogKind, Scanner};
use regex::Regex;

/// The judgement on one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What happened.
    pub kind: Kind,
    /// The log to read, e.g. `build.log`; none after a success.
    pub log: Option<&'static str>,
    /// The lines of that log that say why, oldest first, at most a handful.
    pub lines: Vec<String>,
}

/// Kinds of endings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The step did what was asked.
    Success,
    /// BuildRequires that no package provides.
    MissingDependency(Vec<String>),
    /// Packages exist but cannot be installed together, or a scriptlet failed.
    InstallFailed,
    /// The repository has no such group.
    GroupMissing(String),
    /// The repository cannot be read.
    RepoUnavailable,
    /// What should be a source rpm is none.
    Srpm(String),
    /// The spec file cannot be parsed.
    Spec,
    /// A source or patch named by the spec is not there.
    SourceMissing(Vec<String>),
    /// The package does not build for this architecture.
    ArchExcluded,
    /// A section of the spec failed: `%prep`, `%build`, `%install`, `%check`, `%generate_buildrequires`.
    Section(String),
    /// Files were installed that no `%files` lists.
    UnpackagedFiles(Vec<String>),
    /// `%files` lists files that were not installed.
    MissingFiles(Vec<String>),
    /// The command that fetches sources failed.
    SourceCommand,
    /// A command ended with this status.
    Command(i32),
    /// The time allowed ran out.
    Timeout,
    /// More was logged than allowed.
    LogLimit,
    /// More was written than allowed, or the file system is full.
    DiskLimit,
    /// The kernel's or a user's signal ended the build.
    Signal(i32),
    /// The build left something that is not a plain rpm file among its results.
    BadResult(String),
    /// The tag's sign command failed.
    Sign,
    /// None of the above was recognised.
    Other,
}

impl Verdict {
    /// The verdict on a step that went well.
    pub fn success() -> Verdict {
        Verdict { kind: Kind::Success, log: None, lines: Vec::new() }
    }
}

impl fmt::Display for Verdict {
    /// One line for the user: what happened, and the log to look at.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if let Some(log) = self.log {
            write!(f, "; see {log}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Success => f.write_str("succeeded"),
            Kind::MissingDependency(names) => write!(f, "BuildRequires not available: {}", names.join(", ")),
            Kind::InstallFailed => f.write_str("the packages of the buildroot could not be installed"),
            Kind::GroupMissing(name) => write!(f, "the repository has no group {name:?}"),
            Kind::RepoUnavailable => f.write_str("the repository could not be read"),
            Kind::Srpm(reason) => f.write_str(reason),
            Kind::Spec => f.write_str("the spec file could not be parsed"),
            Kind::SourceMissing(names) => write!(f, "source not found: {}", names.join(", ")),
            Kind::ArchExcluded => f.write_str("the package does not build for this architecture"),
            Kind::Section(name) => write!(f, "{name} failed"),
            Kind::UnpackagedFiles(names) => write!(f, "installed but not packaged: {}", names.join(", ")),
            Kind::MissingFiles(names) => {
                write!(f, "listed in %files but not installed: {}", names.join(", "))
            }
            Kind::SourceCommand => f.write_str("the command that fetches the sources failed"),
            Kind::Command(status) => write!(f, "the command ended with status {status}"),
            Kind::Timeout => f.write_str("the time allowed for the build ran out"),
            Kind::LogLimit => f.write_str("the build was stopped: its log passed the size limit"),
            Kind::DiskLimit => f.write_str("the build was stopped: no disk space left for it"),
            Kind::Signal(signal) => write!(f, "the build was ended by signal {signal}"),
            Kind::BadResult(name) => write!(f, "the build left {name}, which is not a plain rpm file"),
            Kind::Sign => f.write_str("the packages could not be signed"),
            Kind::Other => f.write_str("the build failed"),
        }
    }
}

/// Lines a verdict quotes at most.
const MAX_LINES: usize = 8;
/// Characters of one of them.
const MAX_LINE: usize = 400;

/// A pattern of this module; each is compiled by a test.
fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

/// The lines that say why, by the rules of `koji why`; else the last ones.
fn telling(log: &'static str, text: &str) -> Vec<String> {
    let mut found: Vec<&str> = Vec::new();
    // the text is the end of a log
    let mut scanner = Scanner::new(LogKind::of(log), false);
    text.lines().for_each(|line| scanner.line(line));
    let verdict = scanner.finish().filter(|v| v.weight > 10);
    for line in verdict.iter().flat_map(|v| &v.lines).filter(|line| line.telling) {
        let line = line.text.trim_end();
        if !found.contains(&line) {
            found.push(line);
        }
    }
    if found.is_empty() {
        found = text.lines().filter(|l| !l.trim().is_empty()).collect();
        found.drain(..found.len().saturating_sub(3));
    }
    if found.len() > MAX_LINES {
        // The first error is the cause, the last ones say where it ended.
        found.drain(MAX_LINES / 2..found.len() - MAX_LINES / 2);
    }
    found.iter().map(|l| l.chars().take(MAX_LINE).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_output_gets_a_short_verdict(text in "(error: |Bad file: |File not found: |[a-z%/()]{0,9}|\n){0,60}") {
            for verdict in [Verdict::rpmbuild(&text), Verdict::packages(&text)] {
                prop_assert!(verdict.lines.len() <= MAX_LINES);
                prop_assert!(!verdict.to_string().is_empty());
            }
        }
    }

    #[test]
    fn many_errors_keep_the_first_and_the_last() {
        let text: String = (0..50).map(|n| format!("a.c:{n}:1: error: bad\n")).collect();
        let lines = Verdict::rpmbuild(&text).lines;
        assert!((2..=MAX_LINES).contains(&lines.len()), "{lines:?}");
        assert!(lines[0].starts_with("a.c:0:") && lines[lines.len() - 1].starts_with("a.c:49:"));
    }
}
