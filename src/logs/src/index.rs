//! Where lines begin, in eight bytes for 64 KiB of log.
//!
//! The log is divided into chunks of equal size. For each the index knows how many line ends lie between the place where
//! the log was opened (`base`) and the chunk's far end; the chunk with the n-th line end is found by bisection, the line
//! end in it by reading the chunk. Both ends grow: `append` for what is written, `prepend` for what is fetched backwards.

/// Bytes of a chunk.
pub(crate) const CHUNK: u64 = 64 * 1024;

#[derive(Debug, Clone)]
pub(crate) struct Index {
    chunk: u64,
    base: u64,
    start: u64,
    end: u64,
    /// Line ends from `base` up to the end of each chunk behind it.
    down: Vec<i64>,
    /// Line ends from `base` back to the beginning of each chunk before it.
    up: Vec<i64>,
    ends_in_newline: bool,
}

/// Where a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    At(u64),
    /// Behind the `nth` (from 1) line end of the chunk that begins at `chunk`, counted from its front or its back.
    Behind {
        chunk: u64,
        nth: i64,
        back: bool,
    },
}

pub(crate) fn newlines(bytes: &[u8]) -> i64 {
    i64::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(i64::MAX)
}

impl Index {
    /// Nothing yet; `base` is a multiple of `chunk`.
    pub fn new(chunk: u64, base: u64) -> Index {
        Index {
            chunk,
            base,
            start: base,
            end: base,
            down: Vec::new(),
            up: Vec::new(),
            ends_in_newline: false,
        }
    }

    pub fn chunk(&self) -> u64 {
        self.chunk
    }

    pub fn start(&self) -> u64 {
        self.start
    }

    pub fn end(&self) -> u64 {
        self.end
    }

    pub fn append(&mut self, mut bytes: &[u8]) {
        if let Some(last) = bytes.last() {
            self.ends_in_newline = *last == b'\n';
        }
        while !bytes.is_empty() {
            let room = usize::try_from(self.chunk - self.end % self.chunk).unwrap_or(usize::MAX);
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            let count = newlines(now);
            if self.end.is_multiple_of(self.chunk) {
                self.down.push(total(&self.down) + count);
            } else if let Some(last) = self.down.last_mut() {
                *last += count;
            }
            self.end += now.len() as u64;
            bytes = rest;
        }
    }

    /// What lies directly before `start`: whole chunks.
    pub fn prepend(&mut self, bytes: &[u8]) {
        debug_assert_eq!(bytes.len() as u64 % self.chunk, 0);
        if let (Some(last), true) = (bytes.last(), self.end == self.start) {
            self.ends_in_newline = *last == b'\n';
        }
        for chunk in bytes.rchunks(usize::try_from(self.chunk).unwrap_or(usize::MAX)) {
            self.up.push(total(&self.up) + newlines(chunk));
            self.start = self.start.saturating_sub(chunk.len() as u64);
        }
    }

    /// Whether the beginning of the log is there, and with it the lines' own numbers.
    pub fn is_whole(&self) -> bool {
        self.start == 0
    }

    /// Lines before line 0.
    pub fn above(&self) -> i64 {
        total(&self.up)
    }

    /// The first line; without the log's beginning the first whose beginning is there.
    pub fn first(&self) -> i64 {
        let first = -total(&self.up);
        if self.is_whole() { first } else { (first + 1).min((self.last() - 1).max(first)) }
    }

    /// The first line whose beginning is there.
    pub fn first_whole(&self) -> i64 {
        (i64::from(!self.is_whole()) - total(&self.up)).min(self.last())
    }

    /// Behind the last line.
    pub fn last(&self) -> i64 {
        total(&self.down) + i64::from(self.end > self.start && !self.ends_in_newline)
    }

    /// Whether the last line has its end.
    pub fn ends_in_newline(&self) -> bool {
        self.ends_in_newline || self.end == self.start
    }

    pub fn find(&self, line: i64) -> Option<Found> {
        if line >= self.last() || line < self.first() {
            return None;
        }
        let (ends, nth, back) = if line > 0 { (&self.down, line, false) } else { (&self.up, 1 - line, true) };
        let at = ends.partition_point(|sum| *sum < nth);
        if at == ends.len() {
            // the first line, or the rest of it
            return back.then_some(Found::At(self.start));
        }
        let before = at.checked_sub(1).and_then(|i| ends.get(i)).copied().unwrap_or(0);
        let distance = at as u64 * self.chunk;
        let chunk = if back { self.base - distance - self.chunk } else { self.base + distance };
        Some(Found::Behind { chunk, nth: nth - before, back })
    }

    /// Line ends between `base` and the beginning of the chunk that `offset` is in; negative before `base`.
    pub fn before_chunk(&self, offset: u64) -> i64 {
        if offset >= self.base {
            let at = usize::try_from((offset - self.base) / self.chunk).unwrap_or(usize::MAX);
            at.checked_sub(1).and_then(|i| self.down.get(i)).copied().unwrap_or(0)
        } else {
            let at = usize::try_from((self.base - 1 - offset) / self.chunk).unwrap_or(usize::MAX);
            -self.up.get(at).copied().unwrap_or(0)
        }
    }
}

fn total(sums: &[i64]) -> i64 {
    sums.last().copied().unwrap_or(0)
}
