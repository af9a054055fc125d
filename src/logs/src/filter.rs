//! Showing some of a log's lines.

use std::ops::Range;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::body::{Body, Line};
use crate::error::Result;
use crate::lines::LineSet;
use crate::pattern::Pattern;
use crate::search::Search;

/// Which lines to show.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only lines with this; all when there is none.
    pub include: Option<Pattern>,
    /// Never lines with this.
    pub exclude: Option<Pattern>,
    /// Lines to show around each one that is included.
    pub context: u16,
}

/// The lines that a selection shows. [`Filter::update`] does the work; the rest answers with what is known so far.
pub struct Filter {
    include: Option<Search>,
    exclude: Option<Search>,
    context: i64,
    shown: RwLock<LineSet>,
    /// The log and the lines of it that were decided about.
    state: Mutex<(Option<u64>, Range<i64>)>,
}

impl Filter {
    pub fn new(selection: Selection) -> Filter {
        Filter {
            include: selection.include.map(Search::new),
            exclude: selection.exclude.map(Search::new),
            context: i64::from(selection.context),
            shown: RwLock::default(),
            state: Mutex::new((None, 0..0)),
        }
    }

    /// The lines that are shown.
    pub fn shown(&self) -> RwLockReadGuard<'_, LineSet> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a line is shown for its own sake, not as context.
    pub fn is_included(&self, line: i64) -> bool {
        self.include.as_ref().is_none_or(|s| s.found().contains(line))
    }

    pub fn cancel(&self) {
        self.include.iter().chain(&self.exclude).for_each(Search::cancel);
    }

    /// Up to `count` shown lines from `first` on.
    pub fn window(&self, body: &Body, first: i64, count: usize) -> Vec<Line> {
        let wanted: Vec<i64> = self.shown().from(first).take(count).collect();
        let mut lines: Vec<Line> = Vec::with_capacity(wanted.len());
        let mut rest = wanted.as_slice();
        while let Some(start) = rest.first().copied() {
            // lines that follow each other are read together
            let run = rest.iter().zip(start..).take_while(|(line, next)| *line == next).count();
            let read = body.window(start, run);
            if read.is_empty() {
                break;
            }
            lines.extend(read);
            rest = rest.get(run..).unwrap_or_default();
        }
        lines
    }

    /// The shown line nearest to `line`: where to be when the filter is set.
    pub fn nearest(&self, line: i64) -> Option<i64> {
        let shown = self.shown();
        if shown.contains(line) {
            return Some(line);
        }
        match (shown.previous(line), shown.next(line)) {
            (Some(a), Some(b)) => Some(if line - a <= b - line { a } else { b }),
            (a, b) => a.or(b),
        }
    }

    /// Looks at what is new in the log.
    pub fn update(&self, body: &Body) -> Result<bool> {
        let mut changed = false;
        for search in self.include.iter().chain(&self.exclude) {
            changed |= search.update(body)?;
        }
        let lines = body.whole_lines();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (generation, old) = state.clone();
        let same = generation == Some(body.generation());
        let mut parts = Vec::new();
        if !same {
            *self.write() = LineSet::default();
            parts.push(lines.clone());
        } else {
            // the last line may not have been whole, and what is new may be context of what was there
            if lines.end > old.end || changed {
                parts.push((old.end - 1 - self.context).max(lines.start)..lines.end);
            }
            if lines.start < old.start {
                parts.push(lines.start..(old.start + self.context + 1).min(lines.end));
            }
        }
        for part in parts {
            changed |= !part.is_empty();
            self.select(part);
        }
        *state = (Some(body.generation()), lines);
        Ok(changed)
    }

    /// Decides about some lines anew.
    fn select(&self, part: Range<i64>) {
        let excluded = self.exclude.as_ref().map(Search::found);
        let is_excluded = |line: i64| excluded.as_ref().is_some_and(|e| e.contains(line));
        let mut shown = self.write();
        match &self.include {
            None => {
                for line in part {
                    if is_excluded(line) { shown.remove(line) } else { shown.insert(line) }
                }
            }
            Some(include) => {
                part.clone().for_each(|line| shown.remove(line));
                let around = part.start - self.context..part.end + self.context;
                let mut done = part.start;
                for line in include.found().from(around.start).take_while(|l| *l < around.end) {
                    if is_excluded(line) {
                        continue;
                    }
                    let end = (line + self.context + 1).min(part.end);
                    for near in (line - self.context).max(done)..end {
                        if !is_excluded(near) {
                            shown.insert(near);
                        }
                    }
                    done = done.max(end);
                }
            }
        }
    }

    fn write(&self) -> RwLockWriteGuard<'_, LineSet> {
        self.shown.write().unwrap_or_else(PoisonError::into_inner)
    }
}
