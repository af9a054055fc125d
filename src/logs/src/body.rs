//! The lines that are there.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use crate::error::{Error, Result};
use crate::index::{CHUNK, Found, Index};
use crate::store::Store;

/// Bytes of a line that are handed out; the rest is counted.
const LONGEST: usize = 16 * 1024;
/// Bytes read at once.
const BLOCK: usize = 64 * 1024;

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: i64,
    /// Where it begins in the log.
    pub offset: u64,
    /// Its bytes without their end (LF or CRLF), at most 16 KiB.
    pub text: Vec<u8>,
    /// Its length in bytes, without its end.
    pub length: u64,
    /// It has an end; the last line of a growing log may not.
    pub ended: bool,
}

impl Line {
    /// Bytes that `text` lacks.
    pub fn left_out(&self) -> u64 {
        self.length.saturating_sub(self.text.len() as u64)
    }
}

/// A log as far as it is there. Reading needs no copy of it in memory; any number of threads may read.
#[derive(Debug)]
pub struct Body {
    pub(crate) store: Store,
    index: RwLock<Index>,
    generation: u64,
}

impl Body {
    pub(crate) fn new(store: Store, index: Index, generation: u64) -> Body {
        Body { store, index: RwLock::new(index), generation }
    }

    /// A log that is all there and will not grow.
    pub fn of(bytes: &[u8]) -> Result<Body> {
        let body = Body::new(Store::spool(&std::env::temp_dir())?, Index::new(CHUNK, 0), 0);
        body.store.write(0, bytes)?;
        body.append(bytes);
        Ok(body)
    }

    /// Another number means another log of the same name: it was begun anew.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The lines that are there.
    pub fn lines(&self) -> Range<i64> {
        let index = self.index();
        index.first()..index.last()
    }

    /// As [`Body::lines`], without a first one whose beginning is not there.
    pub(crate) fn whole_lines(&self) -> Range<i64> {
        let index = self.index();
        index.first_whole()..index.last()
    }

    /// Behind the last line that has an end.
    pub(crate) fn ended(&self) -> i64 {
        let index = self.index();
        index.last() - i64::from(!index.ends_in_newline())
    }

    /// The bytes that are there.
    pub fn bytes(&self) -> Range<u64> {
        let index = self.index();
        index.start()..index.end()
    }

    /// A line's number in the log, from 1; `None` before the beginning of the log is there.
    pub fn number(&self, line: i64) -> Option<u64> {
        let index = self.index();
        index.is_whole().then(|| u64::try_from(line + index.above() + 1).ok()).flatten()
    }

    /// The line of that number.
    pub fn numbered(&self, number: u64) -> Option<i64> {
        let index = self.index();
        let line = i64::try_from(number).ok()?.checked_sub(index.above() + 1)?;
        (index.is_whole() && line < index.last() && number > 0).then_some(line)
    }

    /// Up to `count` lines from `first` on.
    pub fn window(&self, first: i64, count: usize) -> Vec<Line> {
        let Some(offset) = self.offset_of(first) else { return Vec::new() };
        let mut reader = Reader { body: self, end: self.bytes().end, at: 0, buffer: Vec::new() };
        let (mut lines, mut offset, mut id) = (Vec::with_capacity(count.min(512)), offset, first);
        while lines.len() < count && id < self.lines().end {
            let Some((line, next)) = reader.line(id, offset) else { break };
            lines.push(line);
            offset = next;
            id += 1;
        }
        lines
    }

    pub fn line(&self, id: i64) -> Option<Line> {
        self.window(id, 1).pop()
    }

    /// Where a line begins.
    pub fn offset_of(&self, line: i64) -> Option<u64> {
        let (found, size) = {
            let index = self.index();
            (index.find(line)?, usize::try_from(index.chunk()).unwrap_or(BLOCK))
        };
        let Found::Behind { chunk, nth, back } = found else {
            let Found::At(offset) = found else { return None };
            return Some(offset);
        };
        let bytes = self.read(chunk, size).ok()?;
        let skip = usize::try_from(nth - 1).ok()?;
        let at = if back {
            memchr::memrchr_iter(b'\n', &bytes).nth(skip)?
        } else {
            memchr::memchr_iter(b'\n', &bytes).nth(skip)?
        };
        Some(chunk + at as u64 + 1)
    }

    /// The line that a byte belongs to.
    pub fn line_at(&self, offset: u64) -> Option<i64> {
        let (start, before) = {
            let index = self.index();
            if offset < index.start() || offset >= index.end() {
                return None;
            }
            (offset - offset % index.chunk(), index.before_chunk(offset))
        };
        let bytes = self.read(start, usize::try_from(offset - start).unwrap_or(0)).ok()?;
        Some(before + crate::index::newlines(&bytes))
    }

    /// Where a line ends, for one that is longer than a block, and whether it has an end.
    fn end_of(&self, line: i64) -> (u64, bool) {
        if let Some(next) = self.offset_of(line + 1) {
            return (next - 1, true);
        }
        let index = self.index();
        if index.last() > line + 1 {
            // it got a successor just now; its own end was the last byte or is behind it
            drop(index);
            return self.offset_of(line + 1).map_or((self.bytes().end, false), |next| (next - 1, true));
        }
        let ended = index.ends_in_newline();
        (index.end() - u64::from(ended), ended)
    }

    /// Writes lines as they are, control characters included.
    pub fn write_lines(&self, lines: Range<i64>, to: &mut dyn Write) -> Result<u64> {
        let all = self.bytes();
        let Some(start) = self.offset_of(lines.start.max(self.lines().start)) else { return Ok(0) };
        let end = self.offset_of(lines.end).unwrap_or(all.end);
        let mut at = start;
        while at < end {
            let block = usize::try_from(end - at).unwrap_or(BLOCK).min(BLOCK);
            let bytes = self.read(at, block).map_err(Error::io("cannot read the log"))?;
            if bytes.is_empty() {
                break;
            }
            to.write_all(&bytes).map_err(Error::io("cannot write the log"))?;
            at += bytes.len() as u64;
        }
        Ok(at - start)
    }

    pub(crate) fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        let read = self.store.read(offset, &mut bytes)?;
        bytes.truncate(read);
        // a file that is ours alone may be written further than it is indexed
        let end = self.bytes().end;
        bytes.truncate(usize::try_from(end.saturating_sub(offset)).unwrap_or(usize::MAX).min(read));
        Ok(bytes)
    }

    pub(crate) fn append(&self, bytes: &[u8]) {
        self.index.write().unwrap_or_else(PoisonError::into_inner).append(bytes);
    }

    pub(crate) fn prepend(&self, bytes: &[u8]) {
        self.index.write().unwrap_or_else(PoisonError::into_inner).prepend(bytes);
    }

    fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads one line after the other.
struct Reader<'a> {
    body: &'a Body,
    end: u64,
    at: u64,
    buffer: Vec<u8>,
}

impl Reader<'_> {
    /// The line that begins at `offset`, and where the next one begins.
    fn line(&mut self, id: i64, offset: u64) -> Option<(Line, u64)> {
        if offset >= self.end {
            return None;
        }
        let mut rest = self.from(offset, 0);
        let mut at = memchr::memchr(b'\n', rest);
        if at.is_none() && offset + (rest.len() as u64) < self.end {
            rest = self.from(offset, LONGEST + 1);
            at = memchr::memchr(b'\n', rest);
        }
        let (stop, ended) = match at {
            Some(at) => (offset + at as u64, true),
            None => self.body.end_of(id),
        };
        let rest = self.from(offset, 0);
        let mut length = stop.saturating_sub(offset);
        let shown = usize::try_from(length).unwrap_or(usize::MAX).min(LONGEST);
        let mut text = rest.get(..shown).unwrap_or(rest).to_vec();
        let carriage_return = if text.len() as u64 == length {
            text.last() == Some(&b'\r')
        } else {
            self.body.read(stop.saturating_sub(1), 1).is_ok_and(|b| b == b"\r")
        };
        if ended && carriage_return {
            length -= 1;
            text.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        }
        Some((Line { id, offset, text, length, ended }, stop + u64::from(ended)))
    }

    /// What is there from `offset` on: at least `wanted` bytes, unless the log ends.
    fn from(&mut self, offset: u64, wanted: usize) -> &[u8] {
        let inside = offset.checked_sub(self.at).and_then(|n| usize::try_from(n).ok());
        let kept = inside.filter(|n| *n < self.buffer.len() && self.buffer.len() - n >= wanted);
        let skip = match kept {
            Some(skip) => skip,
            None => {
                self.buffer = self.body.read(offset, BLOCK).unwrap_or_default();
                self.at = offset;
                0
            }
        };
        self.buffer.get(skip..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::cases;

    /// As [`Line`]s of a body whose line 0 is line `above` of the log.
    fn expected(naive: &[(u64, Vec<u8>, bool)], above: i64) -> Vec<Line> {
        let line = |(at, (offset, bytes, ended)): (usize, &(u64, Vec<u8>, bool))| {
            let text = match bytes.strip_suffix(b"\r") {
                Some(text) if *ended => text,
                _ => bytes,
            };
            Line {
                id: i64::try_from(at).unwrap() - above,
                offset: *offset,
                text: text.iter().take(LONGEST).copied().collect(),
                length: text.len() as u64,
                ended: *ended,
            }
        };
        naive.iter().enumerate().map(line).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn windows_show_what_a_naive_reading_does(case in cases(), from in 0_usize..70, count in 1_usize..40) {
            let (body, naive) = (case.build(), case.naive());
            let above = body.index().above();
            let all = expected(&naive, above);
            prop_assert_eq!(body.lines(), -above..i64::try_from(all.len()).unwrap() - above);
            prop_assert_eq!(body.window(-above, all.len() + 5), all.clone());
            let from = from.min(all.len());
            let first = i64::try_from(from).unwrap() - above;
            let window: Vec<Line> = all.iter().skip(from).take(count).cloned().collect();
            prop_assert_eq!(body.window(first, count), window);
            for (at, line) in all.iter().enumerate() {
                prop_assert_eq!(body.offset_of(line.id), Some(line.offset));
                prop_assert_eq!(body.number(line.id), Some(at as u64 + 1));
                prop_assert_eq!(body.numbered(at as u64 + 1), Some(line.id));
                prop_assert_eq!(body.line_at(line.offset), Some(line.id));
                let end = line.offset + line.length.saturating_sub(1);
                prop_assert_eq!(body.line_at(end.min(case.content.len() as u64 - 1)), Some(line.id));
            }
            prop_assert_eq!(body.numbered(all.len() as u64 + 1), None);
            prop_assert_eq!(body.numbered(0), None);
            let mut written = Vec::new();
            body.write_lines(body.lines(), &mut written).unwrap();
            prop_assert_eq!(written, case.content);
        }

        #[test]
        fn without_its_beginning_the_lines_are_those_of_the_end(case in cases()) {
            let case = crate::testing::Case { base: case.base, ..case };
            let whole = case.build();
            let store = Store::spool(&std::env::temp_dir()).unwrap();
            store.write(0, &case.content).unwrap();
            let base = case.base * case.chunk;
            let part = Body::new(store, Index::new(case.chunk, base), 1);
            part.append(case.content.get(usize::try_from(base).unwrap()..).unwrap());
            let all = whole.window(whole.lines().start, 1000);
            for line in part.window(part.lines().start, 1000) {
                let same = all.iter().find(|l| l.id == line.id).unwrap();
                // only a line that is alone may lack its beginning
                prop_assert!(*same == line || part.lines().end - part.lines().start == 1);
            }
        }
    }
}
