//! Finding lines, in the background and while the log grows.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

use crate::body::Body;
use crate::error::{Error, Result};
use crate::index::newlines;
use crate::lines::{LineSet, lines_of, segments};
use crate::pattern::Pattern;

/// Bytes read at once; a longer line is searched in pieces of this length.
const BLOCK: usize = 1 << 20;
/// What two pieces of a long line share.
const OVERLAP: usize = 4096;
/// Threads that search at once.
const THREADS: usize = 4;

/// What makes a line one of the set.
pub trait Test: Send + Sync {
    /// Where the first candidate at or behind `at` begins. `bytes` are whole lines.
    fn find(&self, bytes: &[u8], at: usize) -> Option<usize>;

    /// Whether the candidate's line really is one.
    fn confirm(&self, _line: &[u8]) -> bool {
        true
    }
}

impl Test for Pattern {
    fn find(&self, bytes: &[u8], at: usize) -> Option<usize> {
        Pattern::find(self, bytes, at).map(|found| found.start)
    }
}

/// The lines of a log that pass a test.
///
/// [`Search::update`] does the work and may take a while; everything else answers at once with what was found so far.
pub struct Search<T = Pattern> {
    test: T,
    set: RwLock<LineSet>,
    /// The log that the set is about.
    generation: Mutex<Option<u64>>,
    cancelled: AtomicBool,
    /// One at a time.
    updating: Mutex<()>,
}

impl<T: Test> Search<T> {
    pub fn new(test: T) -> Search<T> {
        Search {
            test,
            set: RwLock::default(),
            generation: Mutex::new(None),
            cancelled: AtomicBool::new(false),
            updating: Mutex::new(()),
        }
    }

    pub fn test(&self) -> &T {
        &self.test
    }

    pub fn found(&self) -> RwLockReadGuard<'_, LineSet> {
        self.set.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends [`Search::update`] soon; what was found stays.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Looks at the lines that were not looked at yet, the last ones first. True when there were some.
    pub fn update(&self, body: &Body) -> Result<bool> {
        let _one = self.updating.lock().unwrap_or_else(PoisonError::into_inner);
        let mut generation = self.generation.lock().unwrap_or_else(PoisonError::into_inner);
        if generation.replace(body.generation()) != Some(body.generation()) {
            *self.write() = LineSet::default();
        }
        drop(generation);
        let jobs = Mutex::new(self.jobs(body));
        let amount = jobs.lock().unwrap_or_else(PoisonError::into_inner).len();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS).min(amount);
        if threads <= 1 {
            self.work(body, &jobs)?;
            return Ok(amount > 0);
        }
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| self.work(body, &jobs))).collect();
            workers.into_iter().try_for_each(|w| {
                w.join().unwrap_or_else(|_| Err(Error::Pattern("a thread of the search failed".to_owned())))
            })
        })?;
        Ok(true)
    }

    /// Pieces of a segment each that are missing.
    fn jobs(&self, body: &Body) -> VecDeque<(i64, Range<i64>)> {
        let lines = body.whole_lines();
        let set = self.found();
        let mut jobs = VecDeque::new();
        for segment in segments(&lines).rev() {
            let all = lines_of(segment);
            let there = all.start.max(lines.start)..all.end.min(lines.end);
            let seen = set.seen(segment);
            if seen.is_empty() {
                jobs.push_back((segment, there));
                continue;
            }
            if seen.end < there.end {
                jobs.push_back((segment, seen.end..there.end));
            }
            if seen.start > there.start {
                jobs.push_back((segment, there.start..seen.start));
            }
        }
        jobs
    }

    fn work(&self, body: &Body, jobs: &Mutex<VecDeque<(i64, Range<i64>)>>) -> Result<()> {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((segment, lines)) = job else { return Ok(()) };
            if self.cancelled.load(Ordering::Relaxed) {
                return Ok(());
            }
            let mut found = Vec::new();
            let ended = body.ended();
            scan(body, &self.test, &lines, BLOCK, &mut found).map_err(Error::io("cannot read the log"))?;
            let mut set = self.write();
            let seen = set.seen(segment);
            // what was said of a line without an end no longer counts
            if seen.is_empty() {
                set.clear_segment(segment);
            } else {
                set.remove(lines.start);
            }
            found.iter().for_each(|line| set.insert(*line));
            // a line without an end is looked at again when it has grown
            let lines = lines.start..lines.end.min(ended.max(lines.start));
            let seen =
                if seen.is_empty() { lines } else { seen.start.min(lines.start)..seen.end.max(lines.end) };
            set.set_seen(segment, seen);
        }
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, LineSet> {
        self.set.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds those of `lines` to `found` that pass, in memory that does not depend on their length.
fn scan<T: Test>(
    body: &Body,
    test: &T,
    lines: &Range<i64>,
    block: usize,
    found: &mut Vec<i64>,
) -> std::io::Result<()> {
    let Some(mut next) = body.offset_of(lines.start) else { return Ok(()) };
    let end = body.offset_of(lines.end).unwrap_or_else(|| body.bytes().end);
    let mut buffer = vec![0; block];
    let (mut kept, mut line) = (0, lines.start);
    loop {
        let room = usize::try_from(end.saturating_sub(next)).unwrap_or(usize::MAX).min(block - kept);
        let free = buffer.get_mut(kept..kept + room).unwrap_or_default();
        let read = body.store.read(next, free)?;
        next += read as u64;
        let filled = kept + read;
        let last = read == 0 || next >= end;
        let bytes = buffer.get(..filled).unwrap_or_default();
        let (whole, rest) = match memchr::memrchr(b'\n', bytes) {
            _ if last => (filled, filled),
            Some(at) => (at + 1, at + 1),
            None if filled == block => (filled, filled - OVERLAP.min(block / 2)),
            None => (0, 0),
        };
        line = pass(test, bytes.get(..whole).unwrap_or_default(), line, lines.end, found);
        if last {
            return Ok(());
        }
        buffer.copy_within(rest..filled, 0);
        kept = filled - rest;
    }
}

/// Looks through whole lines of which the first is `line`; the one behind them.
fn pass<T: Test>(test: &T, bytes: &[u8], mut line: i64, end: i64, found: &mut Vec<i64>) -> i64 {
    let mut at = 0;
    while at < bytes.len() {
        let Some(start) = test.find(bytes, at).filter(|s| *s < bytes.len() || bytes.last() != Some(&b'\n'))
        else {
            break;
        };
        line += newlines(bytes.get(at..start).unwrap_or_default());
        let begin = memchr::memrchr(b'\n', bytes.get(..start).unwrap_or_default()).map_or(0, |n| n + 1);
        let rest = bytes.get(start..).unwrap_or_default();
        let stop = memchr::memchr(b'\n', rest).map(|n| start + n);
        let text = bytes.get(begin..stop.unwrap_or(bytes.len())).unwrap_or_default();
        if line < end && found.last() != Some(&line) && test.confirm(text) {
            found.push(line);
        }
        let Some(stop) = stop else { return line };
        at = stop + 1;
        line += 1;
    }
    line + newlines(bytes.get(at..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::filter::{Filter, Selection};
    use crate::pattern::Case;
    use crate::testing::{Case as Log, cases};

    fn patterns() -> impl Strategy<Value = Pattern> {
        prop_oneof![
            "[a-e]{1,3}".prop_map(|t| Pattern::literal(&t, Case::Matters).unwrap()),
            prop::sample::select(&["^a", "e$", "a.*b", "[^a]", r"\s+c", "^$", "b|cc", "x*"][..])
                .prop_map(|t| Pattern::regex(t, Case::Matters).unwrap()),
        ]
    }

    fn naive(log: &Log, first: i64, pattern: &Pattern) -> Vec<i64> {
        let lines = log.naive();
        let found = lines.iter().zip(first..).filter(|((_, text, _), _)| pattern.is_match(text));
        found.map(|(_, id)| id).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_search_finds_what_a_naive_one_does(log in cases(), pattern in patterns(), block in 45_000_usize..60_000) {
            let body = log.build();
            let mut found = Vec::new();
            scan(&body, &pattern, &body.lines(), block, &mut found).unwrap();
            prop_assert_eq!(&found, &naive(&log, body.lines().start, &pattern));
            let search = Search::new(pattern);
            search.update(&body).unwrap();
            prop_assert_eq!(search.found().from(i64::MIN).collect::<Vec<_>>(), found);
        }

        #[test]
        fn small_blocks_find_the_same_in_short_lines(
            lines in prop::collection::vec("[a-e ]{0,12}", 0..60), pattern in patterns(), block in 16_usize..60,
        ) {
            let content = lines.join("\n").into_bytes();
            let log = Log { content, chunk: 16, base: 0, pieces: 1 };
            let body = log.build();
            let mut found = Vec::new();
            scan(&body, &pattern, &body.lines(), block, &mut found).unwrap();
            prop_assert_eq!(found, naive(&log, 0, &pattern));
        }

        #[test]
        fn a_growing_log_is_searched_and_filtered_as_a_whole_one(
            log in cases(), pattern in patterns(), without in patterns(), context in 0_u16..4, cuts in 1_usize..6,
        ) {
            let whole = log.build();
            let base = log.base * log.chunk;
            let (before, behind) = log.content.split_at(usize::try_from(base).unwrap());
            let store = crate::store::Store::spool(&std::env::temp_dir()).unwrap();
            store.write(0, &log.content).unwrap();
            let body = Body::new(store, crate::index::Index::new(log.chunk, base), 1);
            let search = Search::new(pattern.clone());
            let selection = |include| Selection { include, exclude: Some(without.clone()), context };
            let filters = [Filter::new(selection(Some(pattern.clone()))), Filter::new(selection(None))];
            let look = || {
                search.update(&body).unwrap();
                for filter in &filters {
                    filter.update(&body).unwrap();
                }
            };
            let mut upwards = before.rchunks(usize::try_from(log.chunk).unwrap() * 5);
            for piece in behind.chunks((behind.len() / cuts).max(1)) {
                body.append(piece);
                look();
                if let Some(chunk) = upwards.next() {
                    body.prepend(chunk);
                    look();
                }
            }
            for chunk in upwards {
                body.prepend(chunk);
            }
            look();
            let found = naive(&log, whole.lines().start, &pattern);
            prop_assert_eq!(search.found().from(i64::MIN).collect::<Vec<_>>(), found.clone());
            let never = naive(&log, whole.lines().start, &without);
            let near = |line: i64| found.iter().any(|f| (f - line).abs() <= i64::from(context) && !never.contains(f));
            for (filter, all) in filters.iter().zip([false, true]) {
                let expected: Vec<i64> =
                    whole.lines().filter(|l| !never.contains(l) && (all || near(*l))).collect();
                prop_assert_eq!(filter.shown().from(i64::MIN).collect::<Vec<_>>(), expected);
            }
        }
    }

    #[test]
    fn a_line_longer_than_a_block_is_found_once() {
        let mut content = vec![b'x'; 10_000];
        content.extend(b"needle");
        content.extend(vec![b'x'; 10_000]);
        content.extend(b"needle\nother\nneedle\n");
        let body = Log { content, chunk: 4096, base: 1, pieces: 3 }.build();
        let mut found = Vec::new();
        let needle = Pattern::literal("needle", Case::Matters).unwrap();
        scan(&body, &needle, &body.lines(), 1024, &mut found).unwrap();
        assert_eq!(found, [0, 2].map(|n| n + body.lines().start));
    }
}
