//! Writing the metadata of a list of rpms.

use crate::cache::{Cache, Key};
use crate::chunk::Cutter;
use crate::compress::Compression;
use crate::fragment::Fragment;
use crate::item::{Item, mismatch};
use crate::output::{Output, Stream, StreamFile};
use crate::pkglist::{PackageRef, file_name};
use crate::repomd::Repomd;
use crate::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Says which kinds of metadata files are wanted.
type Wanted = fn(kind: &str) -> bool;

/// Writes `repodata` for rpms below a directory.
#[derive(Debug, Clone)]
pub struct RepoWriter {
    base: PathBuf,
    cache: Option<Cache>,
    comps: Option<PathBuf>,
    origin: Option<String>,
    compression: Compression,
    included: Option<(PathBuf, Wanted)>,
}

/// What was written, and how much of it was new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Packages in the repository.
    pub packages: usize,
    /// Of these, packages whose rpm had to be read.
    pub read: usize,
    /// Chunks of metadata that had to be compressed, of all `chunks` (a chunk counts once for its three files).
    pub compressed: usize,
    /// Chunks in all.
    pub chunks: usize,
    /// Addresses of the external repositories that were merged in, with the SHA-256 of each one's repomd.xml.
    pub sources: Vec<(String, String)>,
    /// The list of files as written to repomd.xml.
    pub repomd: Repomd,
}

/// The gzip members of one chunk, by stream.
struct Members {
    members: [Vec<u8>; 3],
    read: usize,
    compressed: bool,
}

impl RepoWriter {
    /// A writer for rpms whose locations are relative to `base`.
    pub fn new(base: &Path) -> Self {
        Self {
            base: base.to_owned(),
            cache: None,
            comps: None,
            origin: None,
            compression: Compression::default(),
            included: None,
        }
    }

    /// Uses and fills a cache.
    #[must_use]
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Includes a comps file.
    #[must_use]
    pub fn comps(mut self, comps: &Path) -> Self {
        self.comps = Some(comps.to_owned());
        self
    }

    /// Writes pkgorigins, naming `url` as every package's origin. The packages' names are those of their files.
    #[must_use]
    pub fn origin(mut self, url: &str) -> Self {
        self.origin = Some(url.to_owned());
        self
    }

    /// Compresses the files in this way.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Takes the metadata files of `wanted` kinds over from another repository of the same packages: what this crate
    /// does not make itself, such as lists of delta rpms.
    #[must_use]
    pub fn include(mut self, repository: &Path, wanted: Wanted) -> Self {
        self.included = Some((repository.to_owned(), wanted));
        self
    }

    /// Writes `<repository>/repodata`, replacing what is there. The packages appear in order of their file names,
    /// each location once; an empty list gives an empty repository.
    ///
    /// Errors, leaving the old metadata as it was, when a package is missing, unreadable, or not what its identity
    /// says.
    pub fn write(&self, packages: &[PackageRef], repository: &Path) -> Result<Summary> {
        let comps =
            self.comps.as_ref().map(|path| std::fs::read(path).map_err(Error::io(path))).transpose()?;
        let mut items =
            packages.iter().map(|package| Item::look_at(&self.base, package)).collect::<Result<Vec<_>>>()?;
        let place =
            |item: &Item<'_>| (file_name(&item.package.location).to_owned(), item.package.location.clone());
        items.sort_by_cached_key(place);
        items.dedup_by(|one, two| one.package == two.package);
        refuse_contradictions(&items)?;

        let chunks = self.chunks(&cut(&items))?;
        let mut output = Output::new(repository, self.compression)?;
        let files = std::thread::scope(|scope| {
            let (output, chunks, count) = (&output, &chunks, items.len());
            let threads: Vec<_> = Stream::ALL
                .into_iter()
                .zip(0..)
                .map(|(stream, index)| {
                    scope.spawn(move || self.write_stream(output, stream, index, chunks, count))
                })
                .collect();
            threads.into_iter().map(join).collect::<Result<Vec<_>>>()
        })?;
        files.into_iter().try_for_each(|file| output.finish_stream(file))?;
        if let Some(comps) = comps {
            output.add_comps(&comps)?;
        }
        if let Some(url) = &self.origin {
            let name =
                |item: &Item<'_>| file_name(&item.package.location).trim_end_matches(".rpm").to_owned();
            let lines: String = items.iter().map(|item| format!("{}\t{url}\n", name(item))).collect();
            output.add_origins(lines.as_bytes())?;
        }
        if let Some((from, wanted)) = &self.included {
            output.include(from, wanted)?;
        }
        Ok(Summary {
            packages: items.len(),
            read: chunks.iter().map(|chunk| chunk.read).sum(),
            compressed: chunks.iter().filter(|chunk| chunk.compressed).count(),
            chunks: chunks.len(),
            sources: Vec::new(),
            repomd: output.finish()?,
        })
    }

    /// Gets the members of all chunks, several chunks at a time.
    fn chunks(&self, chunks: &[&[Item<'_>]]) -> Result<Vec<Members>> {
        let threads = std::thread::available_parallelism().map_or(1, |count| count.get()).min(chunks.len());
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Result<Members>)>> = Mutex::new(Vec::with_capacity(chunks.len()));
        let work = || {
            while let Some((index, chunk)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|index| Some((index, chunks.get(index)?)))
            {
                let members = self.chunk(chunk);
                if members.is_err() {
                    // Nothing more needs to be done.
                    next.store(chunks.len(), Ordering::Relaxed);
                }
                done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, members));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, members)| members).collect()
    }

    fn chunk(&self, items: &[Item<'_>]) -> Result<Members> {
        let parts = items.iter().flat_map(|item| {
            // The size is looked at every time: a file that changed under its checksum must not be taken as known.
            [
                item.key.as_bytes().to_vec(),
                item.package.location.as_bytes().to_vec(),
                item.size.to_be_bytes().to_vec(),
            ]
        });
        let parts: Vec<Vec<u8>> = parts.collect();
        let key = Key::of(parts.iter().map(Vec::as_slice));
        if let Some(cache) = &self.cache
            && let [Some(primary), Some(filelists), Some(other)] =
                Stream::ALL.map(|stream| cache.get(&key, stream.entry(self.compression)))
        {
            return Ok(Members { members: [primary, filelists, other], read: 0, compressed: false });
        }
        let mut texts = [const { String::new() }; 3];
        let mut read = 0;
        for item in items {
            let (fragment, was_read) = self.fragment(item)?;
            read += usize::from(was_read);
            let [primary, filelists, other] = &mut texts;
            primary.push_str(&fragment.primary(&item.package.location, None));
            filelists.push_str(&fragment.filelists);
            other.push_str(&fragment.other);
        }
        let members = texts.map(|text| self.compression.pack(text.as_bytes()));
        if let Some(cache) = &self.cache {
            for (stream, member) in Stream::ALL.into_iter().zip(&members) {
                cache.put(&key, stream.entry(self.compression), member);
            }
        }
        Ok(Members { members, read, compressed: true })
    }

    fn fragment(&self, item: &Item<'_>) -> Result<(Fragment, bool)> {
        if let Some(fragment) = self.cache.as_ref().and_then(|cache| cache.fragment(&item.key)) {
            if fragment.size != item.size {
                return Err(mismatch(item.package, "size", item.size, fragment.size));
            }
            return Ok((fragment, false));
        }
        let fragment = item.read()?;
        if let Some(cache) = &self.cache {
            cache.put_fragment(&item.key, &fragment);
        }
        Ok((fragment, true))
    }

    fn write_stream(
        &self,
        output: &Output,
        stream: Stream,
        index: usize,
        chunks: &[Members],
        packages: usize,
    ) -> Result<StreamFile> {
        let mut file = output.stream(stream, packages)?;
        for members in chunks.iter().filter_map(|chunk| chunk.members.get(index)) {
            // The digest of the unpacked text is wanted, so cached members are unpacked.
            let text =
                self.compression.unpack(members).map_err(|error| Error::metadata(stream.kind(), error))?;
            file.add(&text, members)?;
        }
        Ok(file)
    }
}

/// One file cannot be two packages.
fn refuse_contradictions(items: &[Item<'_>]) -> Result<()> {
    let same =
        |pair: &&[Item<'_>]| matches!(pair, [one, two] if one.package.location == two.package.location);
    match items.windows(2).find(same).and_then(<[_]>::first) {
        Some(item) => Err(Error::Format {
            what: "package list".to_owned(),
            reason: format!("{} is listed twice with different checksums or sizes", item.package.location),
        }),
        None => Ok(()),
    }
}

fn join<T>(thread: std::thread::ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn cut<'i, 'a>(items: &'i [Item<'a>]) -> Vec<&'i [Item<'a>]> {
    let mut cutter = Cutter::default();
    let mut starts: Vec<usize> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| cutter.starts(package_name(&item.package.location)))
        .map(|(index, _)| index)
        .collect();
    starts.push(items.len());
    starts.windows(2).filter_map(|pair| items.get(*pair.first()?..*pair.last()?)).collect()
}

/// The name part of `…/N-V-R.A.rpm`; the whole file name where it has no such form.
fn package_name(location: &str) -> &str {
    file_name(location).rsplitn(3, '-').nth(2).unwrap_or(file_name(location))
}
