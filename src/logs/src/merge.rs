//! Several logs as one, in the order in which their lines arrived.

use std::sync::Arc;

use crate::body::{Body, Line};

/// Which of the merged logs a line is of.
pub type Origin = usize;

/// Lines shown of each log from before it was merged.
const BACKLOG: i64 = 1000;

/// What arrived of several logs, as runs of lines; a run costs as much memory whatever its length.
#[derive(Default)]
pub struct Merged {
    logs: Vec<Part>,
    runs: Vec<Run>,
    total: u64,
}

struct Part {
    body: Arc<Body>,
    /// The first line that is not part of the stream yet.
    next: i64,
    shown: bool,
}

/// Lines of one log that follow each other in the stream, too.
struct Run {
    origin: Origin,
    first: i64,
    count: u64,
    /// Lines of the stream before this run.
    before: u64,
}

impl Merged {
    /// Takes one more log in; its last lines come first.
    pub fn add(&mut self, body: Arc<Body>) -> Origin {
        let next = (body.ended() - BACKLOG).max(body.whole_lines().start);
        self.logs.push(Part { body, next, shown: true });
        self.arrived(self.logs.len() - 1);
        self.logs.len() - 1
    }

    /// Whether the log of that origin was begun anew, and so must be taken in again.
    pub fn replace(&mut self, origin: Origin, body: Arc<Body>) {
        if let Some(part) = self.logs.get_mut(origin)
            && part.body.generation() != body.generation()
        {
            // what was shown of the old one cannot be read any more
            self.runs.retain(|r| r.origin != origin);
            part.next = body.whole_lines().start;
            part.body = body;
            self.count_anew();
        }
    }

    fn count_anew(&mut self) {
        self.total = 0;
        for run in &mut self.runs {
            run.before = self.total;
            self.total += run.count;
        }
    }

    /// Takes in what a log has more than before. True when there was something.
    pub fn arrived(&mut self, origin: Origin) -> bool {
        let Some(part) = self.logs.get_mut(origin) else { return false };
        let end = part.body.ended();
        let Ok(count @ 1..) = u64::try_from(end - part.next) else { return false };
        let first = std::mem::replace(&mut part.next, end);
        let shown = part.shown;
        match self.runs.last_mut() {
            Some(last) if last.origin == origin => last.count += count,
            _ => self.runs.push(Run { origin, first, count, before: self.total }),
        }
        self.total += count;
        shown
    }

    /// Lines of the stream.
    pub fn len(&self) -> u64 {
        self.total
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Up to `count` lines from position `first` on.
    pub fn window(&self, first: u64, count: usize) -> Vec<(Origin, Line)> {
        let mut lines = Vec::new();
        let start = self.runs.partition_point(|r| r.before + r.count <= first);
        for run in self.runs.get(start..).unwrap_or_default() {
            let Some(part) = self.logs.get(run.origin) else { continue };
            let skip = first.saturating_sub(run.before);
            let left = usize::try_from(run.count - skip).unwrap_or(usize::MAX);
            let id = run.first + i64::try_from(skip).unwrap_or(i64::MAX);
            let found = part.body.window(id, left.min(count - lines.len()));
            lines.extend(found.into_iter().map(|line| (run.origin, line)));
            if lines.len() >= count {
                break;
            }
        }
        lines
    }
}
