//! One pass over a log.

use std::collections::{BTreeMap, VecDeque};
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use crate::class::Class;
use crate::rules::{self, Hit};
use crate::verdict::{Line, Place, Verdict};

/// What a log is about, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogKind {
    /// root.log: mock or our engine and the package manager, each line with a logger's prefix.
    Root,
    /// build.log: rpmbuild and what it runs.
    Build,
    /// Anything else: checkout.log, createrepo.log, ...
    Other,
    /// Not a log: the text of the task's fault.
    Result,
}

impl LogKind {
    pub fn of(name: &str) -> LogKind {
        match name.rsplit('/').next().unwrap_or(name) {
            "root.log" => LogKind::Root,
            "build.log" => LogKind::Build,
            _ => LogKind::Other,
        }
    }
}

/// Lines kept before and after a telling one.
const BEFORE: usize = 4;
const AFTER: usize = 5;
/// Telling lines kept of one rule in one command: the first ones and the last.
const KEPT: usize = 4;
/// Characters of a line that are looked at.
const WIDTH: usize = 2000;
/// Lines a verdict shows at most.
const SHOWN: usize = 20;

/// Reads a log line by line, in memory that does not grow with it.
pub struct Scanner {
    kind: LogKind,
    count: u64,
    before: VecDeque<(u64, String)>,
    now: Segment,
    /// The last command that failed.
    failed: Option<Segment>,
    /// Line numbers count from the start of the log.
    from_start: bool,
}

/// One command of the log: rpmbuild, or a call of the package manager.
#[derive(Default, Clone)]
struct Segment {
    found: Vec<Found>,
    /// Output beside the program's own words, the latest last.
    last: VecDeque<(u64, String)>,
    section: Option<String>,
    /// The section rpm says failed.
    bad: Option<String>,
    /// rpm or the engine says that it failed.
    failed: bool,
    whole: bool,
}

#[derive(Clone)]
struct Found {
    number: u64,
    text: String,
    hit: Hit,
    section: Option<String>,
    before: Vec<(u64, String)>,
    after: Vec<(u64, String)>,
}

static STATUS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:\w+ [\w.: ]+:  )?Child return code was: (-?\d+)\s*$").ok());
static PREFIX: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:DEBUG|INFO|ERROR|WARNING) [\w.]+(?::\d+)?:  ").ok());
static SECTION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^Executing\((%\w+)\): ").ok());
static BAD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(?:error: )?Bad exit status from \S+ \((%\w+)\)").ok());
/// rpm's and the engine's own words: not what a program said last.
static FRAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^\s*$|^RPM build (?:errors|warnings):|^\s+Bad exit status|^error: Bad exit status|Could not canonicalize hostname|^Building (?:target platforms|for target)|^\+ (?:umask|exit 0$|RPM_EC=)|^\+\+ jobs -p|^make(?:\[\d+\])?: (?:\*\*\*|Leaving|Entering|Target )|^Executing command: |^Mock Version|^ninja: build stopped|^\+ cd /builddir",
    )
    .ok()
});

impl Scanner {
    /// `whole`: the first line given is the first of the log.
    pub fn new(kind: LogKind, whole: bool) -> Scanner {
        let now = Segment { whole, ..Segment::default() };
        Scanner { kind, count: 0, before: VecDeque::new(), now, failed: None, from_start: whole }
    }

    /// The next line, without its end.
    pub fn line(&mut self, line: &str) {
        self.count += 1;
        let line = cut(line);
        let matches = |p: &'static LazyLock<Option<Regex>>| p.as_ref().and_then(|p| p.captures(line));
        if let Some(status) = matches(&STATUS) {
            // 11 of rpmbuild: further BuildRequires were generated
            let fine = |s: &str| s == "0" || (self.kind == LogKind::Build && s == "11");
            let failed = status.get(1).is_some_and(|s| !fine(s.as_str()));
            self.end(failed);
            return;
        }
        let bare = match (self.kind, PREFIX.as_ref()) {
            (LogKind::Root, Some(prefix)) => {
                prefix.find(line).map_or(line, |m| line.get(m.end()..).unwrap_or(""))
            }
            _ => line,
        };
        if self.kind == LogKind::Build {
            if let Some(section) = matches(&SECTION).and_then(|c| c.get(1)) {
                self.now.section = Some(section.as_str().to_owned());
                self.now.last.clear();
            }
            if let Some(bad) = matches(&BAD).and_then(|c| c.get(1)) {
                self.now.bad.get_or_insert_with(|| bad.as_str().to_owned());
                self.now.failed = true;
            } else if line.starts_with("RPM build errors:") {
                self.now.failed = true;
            }
        }
        for found in &mut self.now.found {
            if found.after.len() < AFTER && self.count <= found.number + AFTER as u64 {
                found.after.push((self.count, bare.to_owned()));
            }
        }
        if let Some(hit) = rules::best(bare, self.kind, self.now.section.as_deref()) {
            self.keep(bare, hit);
        }
        if matches(&FRAME).is_none() && self.now.bad.is_none() {
            push(&mut self.now.last, (self.count, bare.to_owned()), BEFORE + 1);
        }
        push(&mut self.before, (self.count, bare.to_owned()), BEFORE);
    }

    fn keep(&mut self, text: &str, hit: Hit) {
        let same = |f: &Found| f.hit.rule.id == hit.rule.id && f.section == self.now.section;
        if self.now.found.iter().filter(|f| same(f)).count() >= KEPT {
            // the first ones stay, the last one is the newest
            if let Some(at) = self.now.found.iter().rposition(same) {
                self.now.found.remove(at);
            }
        }
        self.now.found.push(Found {
            number: self.count,
            text: text.to_owned(),
            hit,
            section: self.now.section.clone(),
            before: self.before.iter().cloned().collect(),
            after: Vec::new(),
        });
    }

    /// A command ended.
    fn end(&mut self, failed: bool) {
        let mut segment = std::mem::take(&mut self.now);
        self.now.whole = true;
        self.before.clear();
        if failed {
            segment.failed = true;
            // in root.log cleaning up fails too, and says nothing
            let better = self.kind == LogKind::Build
                || segment.best().is_some_and(|w| w > 10)
                || self.failed.is_none();
            if better {
                self.failed = Some(segment);
            }
        } else if self.kind == LogKind::Build {
            // it was repaired, or was only a question
            self.failed = None;
        }
    }

    /// The judgement; `None` for a log that tells nothing at all.
    pub fn finish(self) -> Option<Verdict> {
        let (kind, count) = (self.kind, self.count);
        let unfinished = !self.now.found.is_empty() || !self.now.last.is_empty();
        let segment = match self.failed {
            Some(failed) if !(unfinished && self.now.failed) => failed,
            // of root.log only a command that failed can explain a failure, unless the log breaks off
            _ => self.now,
        };
        segment.verdict(kind, count, self.from_start)
    }
}

impl Segment {
    /// Candidates with their weights, without those of sections that went well.
    fn candidates(&self) -> impl Iterator<Item = (&Found, u8)> {
        let all = self.found.iter().map(|f| match (&self.bad, &f.section) {
            // the section began before what was read
            (Some(bad), None) if !self.whole || self.section.is_none() => {
                (f, f.hit.rule.weight_in(Some(bad)), true)
            }
            (Some(bad), section) => (f, f.hit.weight, section.as_ref() == Some(bad) || f.hit.weight >= 85),
            (None, _) => (f, f.hit.weight, true),
        });
        all.filter(|(_, _, counts)| *counts).map(|(found, weight, _)| (found, weight))
    }

    fn best(&self) -> Option<u8> {
        self.candidates().map(|(_, weight)| weight).max()
    }

    fn verdict(&self, kind: LogKind, count: u64, from_start: bool) -> Option<Verdict> {
        let place = |n: u64| {
            if from_start { Place::Line(n) } else { Place::FromEnd(count.saturating_sub(n) + 1) }
        };
        let weight = self.best().unwrap_or(0);
        let first = self.candidates().find(|(_, w)| *w == weight).map(|(found, _)| found);
        let found = match first {
            Some(f) if f.hit.rule.last => self
                .candidates()
                .map(|(o, _)| o)
                .filter(|o| o.hit.rule.id == f.hit.rule.id)
                .last()
                .or(Some(f)),
            other => other,
        };
        let section = self.bad.clone().or_else(|| self.section.clone());
        let complete = self.whole
            || from_start
            || (kind == LogKind::Build && self.bad.is_some() && self.bad == self.section);
        // weaker than the last thing a program said
        let last = self.last.back();
        let (cause, class, rule, subject, remedy, weight) = match (found, last) {
            (Some(f), _) if weight > 30 || last.is_none() => (
                (f.number, f.text.clone()),
                f.hit.rule.class,
                f.hit.rule.id.as_str(),
                f.hit.subject(&f.text),
                f.hit.rule.remedy.clone(),
                weight,
            ),
            (found, Some(last)) => {
                let class = match (found, section.as_deref()) {
                    (_, Some("%check")) => Class::Test,
                    (Some(f), _) => f.hit.rule.class,
                    _ => Class::Unknown,
                };
                (last.clone(), class, "last-line", None, None, 10)
            }
            _ => return None,
        };
        // a script that fails in %check is a test that fails
        let class = match class {
            Class::Script | Class::Unknown | Class::Make if section.as_deref() == Some("%check") => {
                Class::Test
            }
            other => other,
        };
        let remedy = remedy.unwrap_or_else(|| class.remedy().to_owned());
        let remedy = remedy.replace("{subject}", subject.as_deref().unwrap_or("it"));
        let line = |(n, text): (u64, String), telling| Line { place: place(n), text, telling };
        let mut shown: BTreeMap<u64, (String, bool)> = BTreeMap::new();
        let mut show = |n: u64, text: &str, telling: bool| {
            if let Some(there) = shown.get_mut(&n) {
                there.1 |= telling;
            } else if shown.len() < SHOWN {
                shown.insert(n, (text.to_owned(), telling));
            }
        };
        show(cause.0, &cause.1, true);
        match found.filter(|f| f.number == cause.0) {
            Some(f) => {
                f.before.iter().for_each(|(n, t)| show(*n, t, false));
                f.after.iter().for_each(|(n, t)| show(*n, t, false));
            }
            None => self.last.iter().for_each(|(n, t)| show(*n, t, false)),
        }
        for (other, _) in self.candidates().filter(|(_, w)| w.saturating_add(25) >= weight) {
            show(other.number, &other.text, true);
        }
        Some(Verdict {
            class,
            rule,
            subject,
            cause: line(cause, true),
            lines: shown.into_iter().map(|(n, (text, telling))| line((n, text), telling)).collect(),
            section,
            remedy,
            weight,
            failed: self.failed,
            complete,
        })
    }
}

fn push(list: &mut VecDeque<(u64, String)>, item: (u64, String), max: usize) {
    if list.len() >= max {
        list.pop_front();
    }
    list.push_back(item);
}

/// The line's beginning, at a character's border.
fn cut(line: &str) -> &str {
    let line = line.strip_suffix('\r').unwrap_or(line);
    match line.char_indices().nth(WIDTH) {
        Some((at, _)) => line.get(..at).unwrap_or(line),
        None => line,
    }
}

/// Judges a log whose lines are all there.
pub fn triage<'a>(log: &str, lines: impl IntoIterator<Item = &'a str>) -> Option<Verdict> {
    let mut scanner = Scanner::new(LogKind::of(log), true);
    for line in lines {
        scanner.line(line);
    }
    scanner.finish()
}
