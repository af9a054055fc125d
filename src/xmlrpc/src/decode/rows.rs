//! The rows of a long answer, while it arrives.

use std::mem;

use super::document::{FaultDoc, parse_response};
use super::plain::{self, Stop};
use super::pull::Pull;
use super::tree;
use crate::Value;
use crate::error::ParseError;

/// The elements around a row; the name of the outermost does not matter.
const AROUND: [&[u8]; 9] =
    [b"", b"params", b"param", b"value", b"array", b"data", b"value", b"array", b"data"];
/// How many of them are around a row of a flat list.
const FLAT: usize = 6;
/// A row of which so much has come is not tried again from its beginning.
const LONGEST_TRY: usize = 256 * 1024;
/// A tag longer than this is none of XML-RPC's.
const LONGEST_TAG: usize = 1000;

/// A row and the number of its list, from 0.
pub type Row = (usize, Value);

/// Takes the elements of an answer's array out of the document as it comes in, so that they can be shown before it ends.
///
/// What is left is the document without its rows, which [`parse_response`] reads at the end: faults, answers that are no
/// array and documents that break off are found there. Mark-up that Koji does not write (comments, CDATA, attributes) and
/// encodings other than UTF-8 end the splitting; what follows is read at the end, too.
pub struct Rows {
    /// How many elements of [`AROUND`] are around a row.
    around: usize,
    /// Nothing is taken out any more.
    ended: bool,
    /// What has come and is neither in `rest` nor was a row.
    buffer: Vec<u8>,
    /// Bytes of `buffer` whose tags are known.
    scanned: usize,
    /// Where in `buffer` the row begins that is still coming.
    row: Option<usize>,
    /// Nothing in that row was looked at yet, so that it may be read at once.
    untouched: bool,
    /// Elements that are open, and how many of the outermost are those of [`AROUND`].
    open: usize,
    matched: usize,
    /// Lists that have ended.
    lists: usize,
    rest: Vec<u8>,
}

enum Tag<'a> {
    Open(&'a [u8]),
    Close,
    /// `<nil/>`, `<?xml version='1.0'?>`
    Nothing,
    /// Not as Koji writes it.
    Strange,
}

impl Rows {
    /// For an answer that is an array of rows.
    pub fn of_list() -> Rows {
        Rows::within(FLAT)
    }

    /// For an answer that is an array of arrays of rows, such as the rpms and builds of `listTaggedRPMS`.
    pub fn of_lists() -> Rows {
        Rows::within(AROUND.len())
    }

    fn within(around: usize) -> Rows {
        Rows {
            around,
            ended: false,
            buffer: Vec::new(),
            scanned: 0,
            row: None,
            untouched: false,
            open: 0,
            matched: 0,
            lists: 0,
            rest: Vec::new(),
        }
    }

    /// Takes the next bytes, and gives the rows that are complete with them. The place in an error is that in its row.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Row>, ParseError> {
        self.buffer.extend_from_slice(bytes);
        let buffer = mem::take(&mut self.buffer);
        let mut rows = Vec::new();
        // bytes that are in `rest`, or were a row
        let mut gone = 0;
        while !self.ended {
            if let Some(begin) = self.row.filter(|_| self.untouched) {
                let unread = buffer.get(self.scanned..).unwrap_or_default();
                match plain::value(unread) {
                    Ok((row, length)) => {
                        self.closed();
                        self.scanned += length;
                        self.rest.extend_from_slice(buffer.get(gone..begin).unwrap_or_default());
                        rows.push((self.lists, row));
                        gone = self.scanned;
                        self.row = None;
                        continue;
                    }
                    Err(Stop::More) if unread.len() < LONGEST_TRY => break,
                    Err(Stop::More | Stop::Strange) => self.untouched = false,
                }
            }
            let Some((tag, at)) = self.next_tag(&buffer) else { break };
            match tag {
                Tag::Open(name) => self.opened(name, at),
                Tag::Close => {
                    let row = self.row.filter(|_| self.open == self.around + 1);
                    self.closed();
                    if let Some(begin) = row {
                        self.rest.extend_from_slice(buffer.get(gone..begin).unwrap_or_default());
                        rows.push((self.lists, read(buffer.get(begin..self.scanned).unwrap_or_default())?));
                        gone = self.scanned;
                        self.row = None;
                    }
                }
                Tag::Nothing => {}
                Tag::Strange => self.ended = true,
            }
        }
        let until = if self.ended { buffer.len() } else { self.row.unwrap_or(self.scanned) };
        self.rest.extend_from_slice(buffer.get(gone..until).unwrap_or_default());
        self.buffer.extend_from_slice(buffer.get(until..).unwrap_or_default());
        self.scanned = self.scanned.saturating_sub(until);
        self.row = self.row.map(|_| 0);
        Ok(rows)
    }

    /// The answer without the rows that [`Rows::feed`] gave, and the rows that were still in it.
    pub fn finish(mut self) -> Result<Result<(Value, Vec<Row>), FaultDoc>, ParseError> {
        self.rest.append(&mut self.buffer);
        let mut answer = match parse_response(&self.rest)? {
            Ok(answer) => answer,
            Err(fault) => return Ok(Err(fault)),
        };
        let mut rows = Vec::new();
        match &mut answer {
            Value::Array(lists) if self.around > FLAT => {
                for (number, list) in lists.iter_mut().enumerate() {
                    if let Value::Array(list) = list {
                        rows.extend(list.drain(..).map(|row| (number, row)));
                    }
                }
            }
            Value::Array(list) => rows.extend(list.drain(..).map(|row| (0, row))),
            _ => {}
        }
        Ok(Ok((answer, rows)))
    }

    /// The next tag and where it begins, if all of it is there.
    fn next_tag<'b>(&mut self, buffer: &'b [u8]) -> Option<(Tag<'b>, usize)> {
        let unread = buffer.get(self.scanned..)?;
        let Some(start) = memchr::memchr(b'<', unread) else {
            self.scanned = buffer.len();
            return None;
        };
        let at = self.scanned + start;
        let inner = unread.get(start + 1..)?;
        let Some(length) = memchr::memchr(b'>', inner) else {
            self.scanned = at;
            self.ended = inner.len() > LONGEST_TAG;
            return None;
        };
        self.scanned = at + length + 2;
        Some((tag(inner.get(..length)?), at))
    }

    fn opened(&mut self, name: &[u8], at: usize) {
        self.open += 1;
        if self.open == self.matched + 1 && self.matched < self.around {
            let same = self.open == 1 || AROUND.get(self.matched).is_some_and(|n| *n == name);
            self.matched += usize::from(same);
        } else if self.open == self.around + 1 && self.matched == self.around && name == b"value" {
            self.row = Some(at);
            self.untouched = true;
        }
    }

    fn closed(&mut self) {
        // the end of an element that is in the list of lists
        if self.around > FLAT && self.open == FLAT + 1 && self.matched >= FLAT {
            self.lists += 1;
        }
        self.open = self.open.saturating_sub(1);
        self.matched = self.matched.min(self.open);
    }
}

/// What is between `<` and `>`.
fn tag(text: &[u8]) -> Tag<'_> {
    match text {
        [b'?', inner @ ..] if is_declaration(inner) => Tag::Nothing,
        [b'?' | b'!', ..] => Tag::Strange,
        _ if text.iter().any(|b| matches!(b, b'\'' | b'"' | b'<')) => Tag::Strange,
        [b'/', ..] => Tag::Close,
        [.., b'/'] => Tag::Nothing,
        name => Tag::Open(name.trim_ascii_end()),
    }
}

/// `xml version='1.0'?`, with no encoding but UTF-8.
fn is_declaration(inner: &[u8]) -> bool {
    let text = String::from_utf8_lossy(inner).to_ascii_lowercase();
    let encoding = text.split_once("encoding").map(|(_, rest)| rest);
    text.starts_with("xml ")
        && text.ends_with('?')
        && encoding.is_none_or(|rest| rest.contains("utf-8") || rest.contains("utf8"))
}

fn read(row: &[u8]) -> Result<Value, ParseError> {
    let text = super::text::decode(row, super::text::Forbidden::Accept)?;
    let mut pull = Pull::new(&text);
    pull.expect_start("value")?;
    tree::value(&mut pull)
}
