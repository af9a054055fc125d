//! An rpm header being written: typed entries, ordered by tag, in a region that covers them all.
//!
//! Layout: rpm's format manual, "Header format".

use std::collections::BTreeMap;

const MAGIC: [u8; 8] = [0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0];
/// Bytes of one index entry, and of a region's trailer.
const ENTRY: i32 = 16;

/// Types of values, numbered as rpm numbers them.
#[derive(Clone, Copy)]
enum Kind {
    Int16 = 3,
    Int32 = 4,
    String = 6,
    Binary = 7,
    StringArray = 8,
    I18nString = 9,
}

#[derive(Default)]
pub(super) struct Header(BTreeMap<u32, Entry>);

struct Entry {
    kind: Kind,
    count: usize,
    data: Vec<u8>,
}

impl Header {
    pub(super) fn text(&mut self, tag: u32, text: &str) {
        self.put(tag, Kind::String, 1, strings(&[text]));
    }

    /// Nothing for an empty list: rpm has no empty arrays.
    pub(super) fn texts(&mut self, tag: u32, texts: &[&str]) {
        self.put(tag, Kind::StringArray, texts.len(), strings(texts));
    }

    /// A text that could be translated, in the locale C.
    pub(super) fn translated(&mut self, tag: u32, text: &str) {
        self.put(tag, Kind::I18nString, 1, strings(&[text]));
    }

    pub(super) fn words(&mut self, tag: u32, values: &[u32]) {
        self.put(tag, Kind::Int32, values.len(), values.iter().flat_map(|v| v.to_be_bytes()).collect());
    }

    pub(super) fn halves(&mut self, tag: u32, values: &[u16]) {
        self.put(tag, Kind::Int16, values.len(), values.iter().flat_map(|v| v.to_be_bytes()).collect());
    }

    pub(super) fn bytes(&mut self, tag: u32, data: &[u8]) {
        self.put(tag, Kind::Binary, data.len(), data.to_vec());
    }

    fn put(&mut self, tag: u32, kind: Kind, count: usize, data: Vec<u8>) {
        if count > 0 {
            self.0.insert(tag, Entry { kind, count, data });
        }
    }

    /// The header's bytes; `region` is the tag of the region.
    pub(super) fn encode(&self, region: u32) -> Vec<u8> {
        let mut index = Vec::new();
        let mut data = Vec::new();
        for (tag, entry) in &self.0 {
            let alignment = match entry.kind {
                Kind::Int16 => 2,
                Kind::Int32 => 4,
                _ => 1,
            };
            data.resize(data.len().next_multiple_of(alignment), 0);
            index.extend(fields(*tag, entry.kind, length(data.len()), entry.count));
            data.extend(&entry.data);
        }
        let count = self.0.len() + 1;
        let size = usize::try_from(ENTRY).unwrap_or_default();
        let head = fields(region, Kind::Binary, length(data.len()), size);
        data.extend(fields(region, Kind::Binary, -length(count) * ENTRY, size));
        let sizes = [count, data.len()].map(|n| length(n).to_be_bytes());
        [&MAGIC[..], &sizes.concat(), &head, &index, &data].concat()
    }
}

fn fields(tag: u32, kind: Kind, offset: i32, count: usize) -> [u8; 16] {
    let words =
        [tag.to_be_bytes(), (kind as u32).to_be_bytes(), offset.to_be_bytes(), length(count).to_be_bytes()];
    let mut entry = [0; 16];
    entry.iter_mut().zip(words.as_flattened()).for_each(|(to, from)| *to = *from);
    entry
}

fn strings(texts: &[&str]) -> Vec<u8> {
    texts.iter().flat_map(|text| text.bytes().filter(|b| *b != 0).chain([0])).collect()
}

fn length(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
