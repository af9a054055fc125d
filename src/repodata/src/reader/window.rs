//! A buffered reader that can look further ahead than one buffer.

use memchr::memmem::Finder;
use std::io::{BufRead, ErrorKind, Read, Result};

/// Bytes asked for at once.
const BLOCK: usize = 128 * 1024;

/// What was read of an input and not consumed yet.
pub(super) struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    /// The part of the buffer that was consumed.
    start: usize,
    /// The part of the buffer that was read; the rest is room.
    end: usize,
    most: usize,
    /// So many of the next bytes were looked at to no avail.
    refused: usize,
}

impl<R: Read> Window<R> {
    /// Looks at most `most` bytes ahead: what [`Self::ahead`] may hold in memory.
    pub(super) fn new(input: R, most: usize) -> Self {
        Self { input, buffer: Vec::new(), start: 0, end: 0, most, refused: 0 }
    }

    /// The bytes from here to the end of the next `mark`, which stay unconsumed. `None` when the input ends before
    /// one, when it is too far away, and within what was refused.
    ///
    /// Errors when the input cannot be read.
    pub(super) fn ahead(&mut self, mark: &Finder<'_>) -> Result<Option<&[u8]>> {
        if self.refused > 0 {
            return Ok(None);
        }
        let mut searched = 0;
        let length = loop {
            let have = self.held().len().min(self.most);
            let from = searched.min(have);
            if let Some(at) = self.held().get(from..have).and_then(|bytes| mark.find(bytes)) {
                break from + at + mark.needle().len();
            }
            // The mark may have begun in the last bytes.
            searched = have.saturating_sub(mark.needle().len());
            if have == self.most || self.read_more()? == 0 {
                self.refuse(searched);
                return Ok(None);
            }
        };
        Ok(self.held().get(..length))
    }

    /// Looks no more at the next `length` bytes, whatever of them is consumed at a time: no input, however odd, is
    /// looked at more than once.
    pub(super) fn refuse(&mut self, length: usize) {
        self.refused = length;
    }

    fn held(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads once, behind what is held. Returns how many bytes, 0 at the end of the input.
    fn read_more(&mut self) -> Result<usize> {
        self.make_room();
        loop {
            match self.input.read(self.buffer.get_mut(self.end..).unwrap_or_default()) {
                Ok(count) => {
                    self.end += count;
                    return Ok(count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes room for a block: moves what is held to the front, and doubles the buffer when that is not enough.
    fn make_room(&mut self) {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() - self.end < BLOCK {
            self.buffer.resize((self.buffer.len() * 2).max(2 * BLOCK), 0);
        }
    }
}

impl<R: Read> Read for Window<R> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
        let count = self.fill_buf()?.read(bytes)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Window<R> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        if self.start == self.end {
            self.read_more()?;
        }
        Ok(self.held())
    }

    fn consume(&mut self, count: usize) {
        self.start = self.end.min(self.start + count);
        self.refused = self.refused.saturating_sub(count);
    }
}
