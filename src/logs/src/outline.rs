//! The phases of a build, as its logs name them.

use std::sync::LazyLock;

use crate::body::Body;
use crate::error::Result;
use crate::pattern::{Case, Pattern};
use crate::search::{Search, Test};

/// Entries handed out at most.
const MOST: usize = 10_000;

/// Where a phase begins or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub line: i64,
    /// What the log calls it: `%build`, `chroot init`, `/usr/bin/dnf5 install`.
    pub name: String,
    pub stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It begins here.
    Start,
    /// It ends here, well.
    Done,
    /// It ends here, badly.
    Failed,
}

/// rpm's sections, mock's states, commands of the engines and what became of them.
const LINES: &str = r"^Executing\(%\w+\): |^\S+ \S+ - (?:Start|Finish|Exception): |^(?:\w+ [\w.: ]+:  )?Child return code was: |^(?:DEBUG [\w.: ]+:  )?Executing command: |^Processing files: |^Checking for unpackaged file|^\s+Bad exit status from \S+ \(%";

/// What each of these lines has in it: plain text is found several times as quickly as an expression.
const HINTS: &str = r"Executing\(%| - (?:Start|Finish|Exception): |Child return code was: |Executing command: |Processing files: |Checking for unpackaged file|Bad exit status from ";

static PATTERN: LazyLock<Option<Pattern>> = LazyLock::new(|| Pattern::regex(LINES, Case::Matters).ok());
static HINT: LazyLock<Option<Pattern>> = LazyLock::new(|| Pattern::regex(HINTS, Case::Matters).ok());

struct Phases {
    hint: Pattern,
    line: Pattern,
}

impl Test for Phases {
    fn find(&self, bytes: &[u8], at: usize) -> Option<usize> {
        self.hint.find(bytes, at).map(|found| found.start)
    }

    fn confirm(&self, line: &[u8]) -> bool {
        self.line.is_match(line)
    }
}

/// The lines of a log where something begins or ends.
pub struct Outline {
    search: Option<Search<Phases>>,
}

impl Default for Outline {
    fn default() -> Outline {
        let phases = HINT.clone().zip(PATTERN.clone()).map(|(hint, line)| Phases { hint, line });
        Outline { search: phases.map(Search::new) }
    }
}

impl Outline {
    pub fn update(&self, body: &Body) -> Result<bool> {
        self.search.as_ref().map_or(Ok(false), |s| s.update(body))
    }

    pub fn cancel(&self) {
        self.search.iter().for_each(Search::cancel);
    }

    pub fn entries(&self, body: &Body) -> Vec<Entry> {
        let Some(search) = &self.search else { return Vec::new() };
        let lines: Vec<i64> = search.found().from(i64::MIN).take(MOST).collect();
        lines.iter().filter_map(|line| entry(*line, &body.line(*line)?.text)).collect()
    }

    /// The phase that a line is in: the last one that began before it.
    pub fn at(entries: &[Entry], line: i64) -> Option<&Entry> {
        let behind = entries.partition_point(|e| e.line <= line);
        entries.get(..behind)?.iter().rev().find(|e| e.stage == Stage::Start)
    }
}

fn entry(line: i64, text: &[u8]) -> Option<Entry> {
    let text = String::from_utf8_lossy(text);
    let make = |name: &str, stage| Some(Entry { line, name: short(name), stage });
    if let Some(section) = text.strip_prefix("Executing(").and_then(|t| t.split(')').next()) {
        return make(section, Stage::Start);
    }
    if let Some(files) = text.strip_prefix("Processing files: ") {
        return make(&format!("%files {files}"), Stage::Start);
    }
    if text.starts_with("Checking for unpackaged file") {
        return make("unpackaged files", Stage::Start);
    }
    if let Some((_, section)) = text.split_once("Bad exit status from ") {
        let section = section.split_once('(').and_then(|(_, s)| s.split(')').next());
        return make(section.unwrap_or("section"), Stage::Failed);
    }
    if let Some((_, command)) = text.split_once("Executing command: ") {
        // mock shows the command as a list of strings, and its environment behind it
        let command = command.split(" with env ").next().unwrap_or(command);
        let words: Vec<&str> =
            command.trim_matches(['[', ']']).split(' ').map(|w| w.trim_matches(['\'', ','])).collect();
        return make(&words.join(" "), Stage::Start);
    }
    if let Some((_, code)) = text.split_once("Child return code was: ") {
        let code = code.trim();
        let stage = if code == "0" { Stage::Done } else { Stage::Failed };
        return make(&format!("exit {code}"), stage);
    }
    for (word, stage) in
        [("- Start: ", Stage::Start), ("- Finish: ", Stage::Done), ("- Exception: ", Stage::Failed)]
    {
        if let Some((_, name)) = text.split_once(word) {
            return make(name, stage);
        }
    }
    None
}

fn short(name: &str) -> String {
    let clean: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(120).collect();
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_logs_of_a_build_say() {
        let lines = [
            ("Executing(%prep): /bin/sh -e /var/tmp/rpm-tmp.x", Some(("%prep", Stage::Start))),
            ("2026-03-01 12:00:00,1 - Start: chroot init", Some(("chroot init", Stage::Start))),
            ("2026-03-01 12:00:09,1 - Finish: chroot init", Some(("chroot init", Stage::Done))),
            ("Child return code was: 1", Some(("exit 1", Stage::Failed))),
            ("DEBUG util.py:444:  Child return code was: 0", Some(("exit 0", Stage::Done))),
            ("    Bad exit status from /var/tmp/rpm-tmp.x (%build)", Some(("%build", Stage::Failed))),
            ("2026-03-01 12:00:09,1 - Exception: dnf5 install", Some(("dnf5 install", Stage::Failed))),
            (
                "DEBUG util.py:1:  Executing command: ['/usr/bin/dnf5', 'install'] with env {}",
                Some(("/usr/bin/dnf5 install", Stage::Start)),
            ),
            (
                "Checking for unpackaged file(s): /usr/lib/rpm/check-files /b",
                Some(("unpackaged files", Stage::Start)),
            ),
            ("Processing files: hello-2.10-1.x86_64", Some(("%files hello-2.10-1.x86_64", Stage::Start))),
            ("echo Executing(%prep)", None),
        ];
        let (hint, pattern) = (HINT.as_ref().unwrap(), PATTERN.as_ref().unwrap());
        for (text, expected) in lines {
            let is_phase = hint.is_match(text.as_bytes()) && pattern.is_match(text.as_bytes());
            assert_eq!(is_phase, expected.is_some(), "{text}");
            if let Some((name, stage)) = expected {
                assert_eq!(entry(0, text.as_bytes()), Some(Entry { line: 0, name: name.into(), stage }));
            }
        }
    }
}
