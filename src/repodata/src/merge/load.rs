//! The repositories to be merged, fetched and checked.

use super::Merge;
use crate::compress;
use crate::fetch::{Fetch, Fetched, fetch_record, fetch_text};
use crate::output::Stream;
use crate::repomd::{Record, Repomd};
use crate::{Error, Result};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// Most bytes of a comps or modules file.
const MAX_TEXT: u64 = 512 << 20;

const REPOMD: &str = "repodata/repomd.xml";

/// SHA-256 of the repomd.xml of a repository as it is now: another one when anything in the repository has changed.
pub fn repomd_digest(fetch: &dyn Fetch, url: &str) -> Result<String> {
    fetch_text(fetch, &format!("{}/{REPOMD}", url.trim_end_matches('/'))).map(|text| digest(&text))
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// One repository.
pub(super) struct Source {
    /// The address with one slash at its end, and a protocol.
    pub url: String,
    /// What its locations get as `xml:base`: the address without the slash; nothing for the local repository.
    pub base: Option<String>,
    /// SHA-256 of its repomd.xml.
    pub digest: String,
    repomd: Repomd,
    files: Vec<(Record, Fetched)>,
}

impl Source {
    pub(super) fn load(merge: &Merge<'_>, url: &str, external: bool, scratch: &Path) -> Result<Self> {
        let bare = url.trim_end_matches('/');
        let bare = if bare.starts_with('/') { format!("file://{bare}") } else { bare.to_owned() };
        let url = format!("{bare}/");
        let place = format!("{url}{REPOMD}");
        let text = fetch_text(merge.fetch, &place)?;
        let repomd = Repomd::parse(&text, &place)?;
        let digest = digest(&text);
        let mut source = Self { base: external.then_some(bare), digest, url, repomd, files: Vec::new() };
        for stream in Stream::ALL {
            let record = source.repomd.record(stream.kind()).cloned().ok_or_else(|| {
                Error::metadata(&place, format!("the repository has no {} file", stream.kind()))
            })?;
            let file = fetch_record(merge.fetch, merge.cache, &source.place(&record), &record, scratch)?;
            source.files.push((record, file));
        }
        Ok(source)
    }

    /// Opens one of the package files. Returns its address too.
    pub(super) fn open(&self, stream: Stream) -> Result<(String, Box<dyn Read + Send>)> {
        let found = self.files.iter().find(|(record, _)| record.kind == stream.kind());
        let (record, file) = found
            .ok_or_else(|| Error::metadata(&self.url, format!("the {} file is missing", stream.kind())))?;
        let place = self.place(record);
        let input = compress::open(file.path(), &place, record.open_size)?;
        Ok((place, input))
    }

    fn place(&self, record: &Record) -> String {
        // A record may say that its files lie elsewhere; none of the repositories Koji merges does.
        format!("{}{}", self.url, record.location)
    }

    /// The unpacked text of another file of the repository.
    fn text(&self, merge: &Merge<'_>, record: &Record, scratch: &Path) -> Result<Vec<u8>> {
        let place = self.place(record);
        let file = fetch_record(merge.fetch, merge.cache, &place, record, scratch)?;
        let mut text = Vec::new();
        compress::open(file.path(), &place, record.open_size)?
            .take(MAX_TEXT)
            .read_to_end(&mut text)
            .map_err(|error| Error::metadata(&place, error))?;
        Ok(text)
    }
}

/// The comps file of the first repository that has one.
pub(super) fn first_comps(merge: &Merge<'_>, sources: &[Source], scratch: &Path) -> Result<Option<Vec<u8>>> {
    for source in sources {
        let record =
            ["group", "group_gz", "group_xz", "group_zst"].iter().find_map(|kind| source.repomd.record(kind));
        if let Some(record) = record {
            return source.text(merge, record, scratch).map(Some);
        }
    }
    Ok(None)
}

/// The module documents of all repositories, one after the other. They are YAML streams, so that joining them is
/// merging them; solvers resolve what several repositories say of one module.
pub(super) fn modules(merge: &Merge<'_>, sources: &[Source], scratch: &Path) -> Result<Option<Vec<u8>>> {
    let mut joined = Vec::new();
    for source in sources {
        if let Some(record) = source.repomd.record("modules") {
            let text = source.text(merge, record, scratch)?;
            if !text.starts_with(b"---") {
                joined.extend_from_slice(b"---\n");
            }
            joined.extend_from_slice(&text);
            if !text.ends_with(b"\n") {
                joined.push(b'\n');
            }
        }
    }
    Ok((!joined.is_empty()).then_some(joined))
}
