//! One header structure: an index of typed entries and the data they point into.
//!
//! Layout: magic `8e ad e8`, version 1, four reserved bytes, number of entries, bytes of data (both big-endian
//! u32), then 16 bytes an entry (tag, type, offset, count), then the data. Source: rpm's format manual,
//! "Header format".
//!
//! A header is checked once, when parsed: sizes within limits, every entry within the data, strings ended, no two
//! entries overlapping. Afterwards reading cannot fail, and no header can make a reader allocate more than a small
//! multiple of its own size.

use crate::{Error, Result};
use std::io::Read;

/// Most entries of one header; rpm's own limit.
pub const MAX_ENTRIES: u32 = 0xffff;
/// Most bytes of data in a main header. The largest packages known stay below a third of it.
pub const MAX_HEADER_DATA: u32 = 64 << 20;
/// Most bytes of data in a signature header. File signatures of large packages live here.
pub const MAX_SIGNATURE_DATA: u32 = 64 << 20;
/// Most strings in all the arrays of a header, which bounds what their lists take in memory.
pub const MAX_STRINGS: usize = 8 << 20;

const MAGIC: [u8; 4] = [0x8e, 0xad, 0xe8, 0x01];
const INTRO: usize = 16;
const ENTRY: usize = 16;

/// A parsed header with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    store: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    tag: u32,
    kind: Kind,
    /// Start and end in the data.
    start: usize,
    end: usize,
    count: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int(usize),
    String,
    Binary,
    StringArray,
    I18n,
}

/// The value of one entry, borrowed from the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data<'a> {
    /// CHAR, INT8, INT16, INT32 and INT64.
    Ints(Vec<u64>),
    /// STRING, without its NUL.
    String(&'a [u8]),
    /// STRING_ARRAY.
    Strings(Vec<&'a [u8]>),
    /// I18NSTRING: one text a locale, C first.
    I18n(Vec<&'a [u8]>),
    /// BIN.
    Binary(&'a [u8]),
}

impl Header {
    /// Reads one header. Memory grows with what the reader delivers, not with what the header claims.
    pub fn read(reader: &mut impl Read, max_data: u32) -> Result<Self> {
        let mut intro = [0u8; INTRO];
        reader.read_exact(&mut intro).map_err(|_| Error::header("the file ends before a header"))?;
        let rest = body_size(&intro, max_data)?;
        let mut bytes = intro.to_vec();
        let read = reader
            .take(super::to_u64(rest))
            .read_to_end(&mut bytes)
            .map_err(|error| Error::header(format!("the header cannot be read: {error}")))?;
        if read != rest {
            return Err(Error::header(format!(
                "the file ends in a header: {read} of {rest} bytes are there"
            )));
        }
        Self::index(bytes)
    }

    /// Parses a header that stands at the start of `bytes`; what follows it is ignored.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Self::read(&mut &*bytes, MAX_HEADER_DATA)
    }

    /// The bytes of the header as they stood in the file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes that follow a signature header in a file, so that the next header starts at a multiple of 8.
    pub fn padding(&self) -> usize {
        self.bytes.len().next_multiple_of(8) - self.bytes.len()
    }

    /// The tags in the order of the index.
    pub fn tags(&self) -> impl Iterator<Item = u32> + '_ {
        self.entries.iter().map(|entry| entry.tag)
    }

    /// The value of a tag. Of several entries of one tag the last counts, as for rpm (later ones replace those of
    /// the immutable region) and Koji.
    pub fn data(&self, tag: u32) -> Option<Data<'_>> {
        let entry = self.entries.iter().rev().find(|entry| entry.tag == tag)?;
        let bytes = self.bytes.get(self.store + entry.start..self.store + entry.end)?;
        Some(match entry.kind {
            Kind::Int(size) => Data::Ints(bytes.chunks_exact(size).map(big_endian).collect()),
            Kind::Binary => Data::Binary(bytes),
            Kind::String => Data::String(bytes.strip_suffix(&[0]).unwrap_or(bytes)),
            Kind::StringArray => Data::Strings(strings(bytes)),
            Kind::I18n => Data::I18n(strings(bytes)),
        })
    }

    /// The number of values of a tag, 0 when it is absent.
    pub fn count(&self, tag: u32) -> usize {
        self.entries.iter().rev().find(|entry| entry.tag == tag).map_or(0, |entry| entry.count)
    }

    /// The first integer of a tag.
    pub fn int(&self, tag: u32) -> Option<u64> {
        self.ints(tag).first().copied()
    }

    /// All integers of a tag; empty when it is absent or of another type.
    pub fn ints(&self, tag: u32) -> Vec<u64> {
        match self.data(tag) {
            Some(Data::Ints(values)) => values,
            _ => Vec::new(),
        }
    }

    /// The first string of a tag as text (see [`text`]).
    pub fn string(&self, tag: u32) -> Option<String> {
        match self.data(tag)? {
            Data::String(value) => Some(text(value)),
            Data::Strings(values) | Data::I18n(values) => values.first().map(|value| text(value)),
            Data::Ints(_) | Data::Binary(_) => None,
        }
    }

    /// All strings of a tag as text; empty when it is absent or of another type.
    pub fn strings(&self, tag: u32) -> Vec<String> {
        match self.data(tag) {
            Some(Data::String(value)) => vec![text(value)],
            Some(Data::Strings(values) | Data::I18n(values)) => values.into_iter().map(text).collect(),
            _ => Vec::new(),
        }
    }

    /// The binary value of a tag.
    pub fn binary(&self, tag: u32) -> Option<&[u8]> {
        match self.data(tag)? {
            Data::Binary(value) => Some(value),
            _ => None,
        }
    }

    fn index(bytes: Vec<u8>) -> Result<Self> {
        let count = usize_at(&bytes, 8)?;
        let store = INTRO + count * ENTRY;
        let data = bytes.get(store..).ok_or_else(|| Error::header("the index is cut off"))?;
        let mut entries = Vec::with_capacity(count);
        let mut string_total = 0usize;
        for number in 0..count {
            let entry = read_entry(&bytes, INTRO + number * ENTRY, data)?;
            if matches!(entry.kind, Kind::StringArray | Kind::I18n) {
                string_total = string_total.saturating_add(entry.count);
            }
            entries.push(entry);
        }
        if string_total > MAX_STRINGS {
            return Err(Error::header(format!(
                "the header holds {string_total} strings, more than {MAX_STRINGS}"
            )));
        }
        refuse_overlaps(&entries)?;
        Ok(Self { bytes, entries, store })
    }
}

/// Text of a header string: UTF-8, or else ISO 8859-1, which is what old packages hold.
pub fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Bytes of index and data that follow an introduction.
fn body_size(intro: &[u8], max_data: u32) -> Result<usize> {
    if !intro.starts_with(&MAGIC) {
        return Err(Error::header("bad header magic"));
    }
    let (entries, data) = (usize_at(intro, 8)?, usize_at(intro, 12)?);
    if entries == 0 || entries > limit(MAX_ENTRIES) {
        return Err(Error::header(format!("a header of {entries} entries (allowed are 1 to {MAX_ENTRIES})")));
    }
    if data > limit(max_data) {
        return Err(Error::header(format!("a header of {data} bytes (allowed are {max_data})")));
    }
    Ok(entries * ENTRY + data)
}

fn limit(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32> {
    let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok());
    word.map(u32::from_be_bytes).ok_or_else(|| Error::header("the index is cut off"))
}

fn usize_at(bytes: &[u8], at: usize) -> Result<usize> {
    Ok(limit(u32_at(bytes, at)?))
}

fn read_entry(bytes: &[u8], at: usize, data: &[u8]) -> Result<Entry> {
    let tag = u32_at(bytes, at)?;
    let outside = || Error::header(format!("the value of tag {tag} lies outside the header"));
    let kind = match u32_at(bytes, at + 4)? {
        1 | 2 => Kind::Int(1),
        3 => Kind::Int(2),
        4 => Kind::Int(4),
        5 => Kind::Int(8),
        6 => Kind::String,
        7 => Kind::Binary,
        8 => Kind::StringArray,
        9 => Kind::I18n,
        other => return Err(Error::header(format!("tag {tag} has the unknown type {other}"))),
    };
    let (start, count) = (usize_at(bytes, at + 8)?, usize_at(bytes, at + 12)?);
    let values = data.get(start..).filter(|_| count > 0).ok_or_else(outside)?;
    let length = match kind {
        Kind::Int(size) => count.checked_mul(size),
        Kind::Binary => Some(count),
        Kind::String => string_end(values, 1),
        Kind::StringArray | Kind::I18n => string_end(values, count),
    };
    let length = length.filter(|length| *length <= values.len()).ok_or_else(outside)?;
    Ok(Entry { tag, kind, start, end: start + length, count })
}

/// Length of `count` NUL-ended strings, `None` when there are fewer.
fn string_end(bytes: &[u8], count: usize) -> Option<usize> {
    if count > bytes.len() {
        return None;
    }
    bytes.iter().enumerate().filter(|(_, byte)| **byte == 0).nth(count - 1).map(|(at, _)| at + 1)
}

fn refuse_overlaps(entries: &[Entry]) -> Result<()> {
    let mut order: Vec<&Entry> = entries.iter().collect();
    order.sort_unstable_by_key(|entry| entry.start);
    for pair in order.windows(2) {
        if let [one, two] = pair
            && two.start < one.end
        {
            return Err(Error::header(format!("the values of tags {} and {} overlap", one.tag, two.tag)));
        }
    }
    Ok(())
}

fn strings(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.strip_suffix(&[0]).unwrap_or(bytes).split(|byte| *byte == 0).collect()
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte))
}
