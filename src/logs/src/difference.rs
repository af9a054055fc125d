//! What differs between the logs of two runs of the same thing: the one that failed and the last good one.
//!
//! Lines are compared without what differs between any two runs: times, counters, temporary names, commits. A line that
//! merely stands elsewhere (a parallel make prints in any order) is no difference.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use regex::Regex;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use crate::body::Body;
use crate::text;

/// What a line is in the second log, seen from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Same,
    /// Only the first log has it.
    Gone,
    /// Only the second log has it.
    New,
}

/// A line of the comparison: its number in the first log when it is gone, else in the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    pub change: Change,
    pub line: i64,
}

/// Parts of the logs that differ, each with the lines around it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    pub parts: Vec<Vec<Compared>>,
    pub gone: usize,
    pub new: usize,
    /// A log had more lines than are compared; those at its end were.
    pub cut: bool,
}

/// Lines of a log that are compared.
const MOST: usize = 400_000;
/// A comparison that takes longer is finished coarsely.
const PATIENCE: Duration = Duration::from_secs(3);
/// Lines read at once.
const BLOCK: usize = 4096;

/// What differs between any two runs; what it matches counts as the same.
static NEUTRAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b\d{4}-\d\d-\d\d\b",
        r"|\b\d{1,2}:\d\d(:\d\d)?([.,]\d+)?( ?[ap]m)?\b",
        r"|\b(mon|tue|wed|thu|fri|sat|sun),? (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) +\d+\b",
        r"|\brpm-tmp\.\w+",
        r"|\b0x[0-9a-f]+\b",
        r"|\b[0-9a-f]{12,}\b",
        r"|\b\d+(\.\d+)? ?(s|ms|us|sec|secs|seconds|minutes|[kmg]?i?b(/s)?)\b",
        r"|\[ *\d+(/\d+|%)\]",
        r"|\b\d+%",
        r"|\bp?pid[ =:]+\d+",
        r"|-build-\d+-\d+\b",
    ))
    .ok()
});

/// One of two logs that are compared.
pub struct Side<'a> {
    pub body: &'a Body,
    /// What its own name and version are called in it, the longest first: that differs by itself.
    pub own: &'a [String],
}

/// Compares two logs; `context` lines stand around each difference.
pub fn difference(first: Side, second: Side, context: usize) -> Difference {
    within(PATIENCE, first, second, context)
}

fn within(patience: Duration, first: Side, second: Side, context: usize) -> Difference {
    let (first, second) = (Hashed::of(first), Hashed::of(second));
    let deadline = Some(Instant::now() + patience);
    let ops = capture_diff_slices_deadline(Algorithm::Patience, &first.hashes, &second.hashes, deadline);
    let mut moved_here = moved(&ops, &first.hashes, &second.hashes);
    let mut moved_away = moved_here.clone();
    let mut all = Vec::new();
    for op in ops {
        let (old, new) = (op.old_range(), op.new_range());
        if matches!(op, DiffOp::Equal { .. }) {
            all.extend(second.lines(new, Change::Same));
            continue;
        }
        // what the second says comes first: a build that failed lacks all that would have followed
        for line in second.lines(new, Change::New) {
            let moved = take(&mut moved_here, second.hash(line.line));
            all.push(if moved { Compared { change: Change::Same, ..line } } else { line });
        }
        let gone = first.lines(old, Change::Gone);
        all.extend(gone.filter(|c| !take(&mut moved_away, first.hash(c.line))));
    }
    let count = |change| all.iter().filter(|c| c.change == change).count();
    Difference {
        gone: count(Change::Gone),
        new: count(Change::New),
        parts: parts(&all, context),
        cut: first.cut || second.cut,
    }
}

/// The lines of a log by what they say.
struct Hashed {
    /// The number of the first line.
    start: i64,
    hashes: Vec<u64>,
    cut: bool,
}

impl Hashed {
    fn of(Side { body, own }: Side) -> Hashed {
        let lines = body.lines();
        let all = usize::try_from(lines.end - lines.start).unwrap_or(0);
        let start = lines.end - i64::try_from(all.min(MOST)).unwrap_or(0);
        let mut hashes = Vec::with_capacity(all.min(MOST));
        let mut at = start;
        while at < lines.end {
            let block = body.window(at, BLOCK);
            let Some(last) = block.last() else { break };
            at = last.id + 1;
            hashes.extend(block.iter().filter(|l| l.id < lines.end).map(|l| hash(&l.text, own)));
        }
        Hashed { start, hashes, cut: all > MOST }
    }

    fn lines(&self, range: Range<usize>, change: Change) -> impl Iterator<Item = Compared> + use<> {
        let first = self.start + i64::try_from(range.start).unwrap_or(0);
        (first..).take(range.len()).map(move |line| Compared { change, line })
    }

    fn hash(&self, line: i64) -> u64 {
        let at = usize::try_from(line - self.start).unwrap_or(usize::MAX);
        self.hashes.get(at).copied().unwrap_or_default()
    }
}

fn hash(line: &[u8], own: &[String]) -> u64 {
    let safe = own.iter().fold(text::safe(line).text, |text, word| match text.contains(word) {
        true => text.replace(word, "·"),
        false => text,
    });
    let neutral = NEUTRAL.as_ref().map_or(safe.as_str().into(), |r| r.replace_all(&safe, "·"));
    let mut hasher = DefaultHasher::new();
    neutral.trim().hash(&mut hasher);
    hasher.finish()
}

/// How often each line is gone in one place and new in another.
fn moved(ops: &[DiffOp], first: &[u64], second: &[u64]) -> HashMap<u64, usize> {
    let changed = || ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let mut gone: HashMap<u64, usize> = HashMap::new();
    for hash in changed().filter_map(|op| first.get(op.old_range())).flatten() {
        *gone.entry(*hash).or_default() += 1;
    }
    let mut both: HashMap<u64, usize> = HashMap::new();
    for hash in changed().filter_map(|op| second.get(op.new_range())).flatten() {
        if let Some(left) = gone.get_mut(hash).filter(|left| **left > 0) {
            *left -= 1;
            *both.entry(*hash).or_default() += 1;
        }
    }
    both
}

/// Takes a line out of those that moved; false when it is none, or no more of them.
fn take(moved: &mut HashMap<u64, usize>, hash: u64) -> bool {
    match moved.get_mut(&hash) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    }
}

/// The differences with the lines around them; those that are near each other are one part.
fn parts(all: &[Compared], context: usize) -> Vec<Vec<Compared>> {
    let mut parts: Vec<Vec<Compared>> = Vec::new();
    let mut end = 0;
    for (at, _) in all.iter().enumerate().filter(|(_, c)| c.change != Change::Same) {
        let from = at.saturating_sub(context).max(end);
        let to = at.saturating_add(context).saturating_add(1).min(all.len());
        let lines = all.get(from.min(to)..to).unwrap_or_default();
        match parts.last_mut() {
            Some(part) if from == end && end > 0 => part.extend_from_slice(lines),
            _ => parts.push(lines.to_vec()),
        }
        end = to;
    }
    parts
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn side(body: &Body) -> Side<'_> {
        Side { body, own: &[] }
    }

    fn compared(first: &str, second: &str, context: usize) -> Vec<String> {
        let body = |text: &str| Body::of(text.as_bytes()).unwrap();
        let (first, second) = (body(first), body(second));
        let found = difference(side(&first), side(&second), context);
        let line = |c: &Compared| {
            let (sign, of) = match c.change {
                Change::Same => (' ', &second),
                Change::Gone => ('-', &first),
                Change::New => ('+', &second),
            };
            format!("{sign}{}", String::from_utf8_lossy(&of.line(c.line).unwrap().text))
        };
        let parts = found.parts.iter().map(|p| p.iter().map(line).collect::<Vec<_>>().join("\n"));
        parts.collect()
    }

    #[test]
    fn what_differs_between_any_two_runs_is_the_same() {
        let first = "12:00:01 start pid 77\nSun Nov 29 x\nsh /var/tmp/rpm-tmp.AbC\n[ 1/20] cc a\ntook 0.5 s\nroot f45-build-12-3/\n";
        let second = "13:59:59 start pid 9\nMon Nov 30 x\nsh /var/tmp/rpm-tmp.xYz\n[ 7/20] cc a\ntook 12 s\nroot f45-build-99-4/\n";
        assert_eq!(compared(first, second, 3), [""; 0]);
        assert_eq!(
            compared("gcc 14.1\n", "gcc 14.2\n", 0),
            ["+gcc 14.2\n-gcc 14.1"],
            "a version is none of that"
        );
    }

    #[test]
    fn its_own_version_is_the_same() {
        let body = |text: &str| Body::of(text.as_bytes()).unwrap();
        let own = |text: &str| vec![format!("a-{text}"), text.to_owned()];
        let (first, second) = (body("Wrote: a-1.0-1.rpm\nb-1.0\n"), body("Wrote: a-1.0-2.rpm\nb-1.1\n"));
        let (before, now) = (own("1.0-1"), own("1.0-2"));
        let found = difference(Side { body: &first, own: &before }, Side { body: &second, own: &now }, 0);
        assert_eq!((found.gone, found.new), (1, 1));
    }

    #[test]
    fn differences_have_the_lines_around_them() {
        let first = (0..40).map(|n| format!("line {n} of it\n")).collect::<String>();
        let second = first.replace("line 5 of it\n", "error: here\n").replace("line 30 of it\n", "");
        assert_eq!(
            compared(&first, &second, 1),
            [
                " line 4 of it\n+error: here\n-line 5 of it\n line 6 of it",
                " line 29 of it\n-line 30 of it\n line 31 of it"
            ]
        );
        // near each other they are one
        let near = first.replace("line 7 of it\n", "x\n").replace("line 9 of it\n", "y\n");
        assert_eq!(compared(&first, &near, 1).len(), 1);
    }

    #[test]
    fn lines_that_moved_are_no_difference() {
        let first = "cc a\ncc b\ncc c\nld all\n";
        let second = "cc c\ncc a\ncc b\ncc d\nld all\n";
        assert_eq!(compared(first, second, 0), ["+cc d"]);
        // but as often as they are there
        assert_eq!(compared("a\nb\n", "b\na\na\n", 0).join("\n").matches("+a").count(), 1);
    }

    #[test]
    fn a_coarse_comparison_is_one_too() {
        let log = |salt: u32| {
            (0..2000).map(|n: u32| format!("{} {}\n", n * 7919 % 1009, n * salt % 3)).collect::<String>()
        };
        let body = |text: String| Body::of(text.as_bytes()).unwrap();
        let (first, second) = (body(log(1)), body(log(2)));
        let found = within(Duration::ZERO, side(&first), side(&second), usize::MAX);
        let count =
            |changes: &[Change]| found.parts.iter().flatten().filter(|c| changes.contains(&c.change)).count();
        assert_eq!(count(&[Change::Same, Change::New]), 2000, "all of the second is there");
        assert_eq!(found.new, found.gone);
        assert!(found.new > 0 && found.new < 2000, "{}", found.new);
    }
}
