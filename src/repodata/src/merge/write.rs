//! The merged package files, written while the sources are read.

use super::Merge;
use super::load::Source;
use super::select::Selection;
use crate::cache::Key;
use crate::chunk::Cutter;
use crate::output::{Output, Stream, StreamFile};
use crate::reader::{Element, Elements};
use crate::{Error, Result};
use std::collections::HashSet;

/// A written file and what it took.
pub(super) struct Written {
    pub file: StreamFile,
    pub compressed: usize,
    pub chunks: usize,
}

/// Writes the three files side by side.
pub(super) fn package_files(
    merge: &Merge<'_>,
    sources: &[Source],
    selection: &Selection,
    output: &Output,
) -> Result<Vec<Written>> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = Stream::ALL
            .into_iter()
            .map(|stream| scope.spawn(move || one(merge, sources, selection, output, stream)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

fn one(
    merge: &Merge<'_>,
    sources: &[Source],
    selection: &Selection,
    output: &Output,
    stream: Stream,
) -> Result<Written> {
    let file = output.stream(stream, selection.packages())?;
    let mut written = Written { file, compressed: 0, chunks: 0 };
    for (source, taken) in sources.iter().zip(&selection.taken) {
        let (url, input) = source.open(stream)?;
        let mut elements = Elements::new(input, &url, source.base.as_deref());
        let mut missing: HashSet<&str> = taken.iter().map(String::as_str).collect();
        let mut cutter = Cutter::default();
        let (mut element, mut chunk) = (Element::default(), String::new());
        while elements.next(&mut element)? {
            if !missing.remove(element.info.pkgid.as_str()) {
                continue;
            }
            if cutter.starts(&element.info.name) {
                written.add(merge, stream, &chunk)?;
                chunk.clear();
            }
            chunk.push_str(&element.xml);
        }
        written.add(merge, stream, &chunk)?;
        if let Some(pkgid) = missing.into_iter().next() {
            return Err(Error::metadata(&url, format!("the package {pkgid} of primary is not listed")));
        }
    }
    Ok(written)
}

impl Written {
    /// Adds a chunk, compressed or as the cache has it compressed.
    fn add(&mut self, merge: &Merge<'_>, stream: Stream, text: &str) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.chunks += 1;
        let key = Key::of([b"text".as_slice(), text.as_bytes()]);
        if let Some(member) = merge.cache.and_then(|cache| cache.get(&key, stream.entry(merge.compression))) {
            return self.file.add(text.as_bytes(), &member);
        }
        self.compressed += 1;
        let member = merge.compression.pack(text.as_bytes());
        if let Some(cache) = merge.cache {
            cache.put(&key, stream.entry(merge.compression), &member);
        }
        self.file.add(text.as_bytes(), &member)
    }
}
