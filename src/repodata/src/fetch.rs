//! Getting the files of other repositories.

use crate::cache::Cache;
use crate::repomd::Record;
use crate::{Error, Result};
use sha2::Digest;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// How files of repositories are got. The crate itself does no network: programs bring their HTTP client.
pub trait Fetch: Sync {
    /// Opens the content of `url`: an `http:`, `https:` or `file:` address, or an absolute path.
    fn fetch(&self, url: &str) -> std::io::Result<Box<dyn Read + Send>>;
}

/// Serves `file:` addresses and absolute paths, and nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalFetch;

impl Fetch for LocalFetch {
    fn fetch(&self, url: &str) -> std::io::Result<Box<dyn Read + Send>> {
        match local_path(url) {
            Some(path) => Ok(Box::new(std::fs::File::open(path)?)),
            None => Err(std::io::Error::other("only file addresses can be read here")),
        }
    }
}

/// The path of a local address.
fn local_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("file://").unwrap_or(url);
    path.starts_with('/').then(|| PathBuf::from(path))
}

/// The whole of a small file.
pub(crate) fn fetch_text(fetch: &dyn Fetch, url: &str) -> Result<String> {
    /// More than any repomd.xml has.
    const MOST: u64 = 16 << 20;
    let failed = |reason: std::io::Error| Error::Fetch { url: url.to_owned(), reason: reason.to_string() };
    let mut text = String::new();
    fetch.fetch(url).map_err(failed)?.take(MOST).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// A fetched metadata file, removed when dropped unless the cache keeps it.
pub(crate) enum Fetched {
    Kept(PathBuf),
    Temporary(tempfile::TempPath),
}

impl Fetched {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(path) => path,
        }
    }
}

/// Fetches a file that a repomd.xml lists, and checks size and checksum. Files of other machines are kept in the
/// cache under their checksum and not fetched again.
pub(crate) fn fetch_record(
    fetch: &dyn Fetch,
    cache: Option<&Cache>,
    url: &str,
    record: &Record,
    scratch: &Path,
) -> Result<Fetched> {
    let mut digest = Digester::new(&record.checksum_type)
        .ok_or_else(|| Error::metadata(url, format!("unknown checksum type {:?}", record.checksum_type)))?;
    let keep = cache.filter(|_| local_path(url).is_none() && is_hex(&record.checksum)).map(Cache::downloads);
    let kept = keep.as_ref().map(|dir| dir.join(format!("{}-{}", record.checksum_type, record.checksum)));
    if let Some(path) = kept.as_ref().filter(|path| path.exists()) {
        // Reading it marks it as used, see Cache::prune.
        let _ = std::fs::File::open(path).and_then(|file| file.set_modified(std::time::SystemTime::now()));
        return Ok(Fetched::Kept(path.clone()));
    }
    let dir = match &keep {
        Some(dir) => {
            std::fs::create_dir_all(dir).map_err(Error::io(dir))?;
            dir
        }
        None => scratch,
    };
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(Error::io(dir))?;
    let failed = |reason: std::io::Error| Error::Fetch { url: url.to_owned(), reason: reason.to_string() };
    let input = fetch.fetch(url).map_err(failed)?;
    // One byte more than announced is enough to see that the size is wrong.
    let limit = record.size.map_or(u64::MAX, |size| size.saturating_add(1));
    let mut output = Tee { file: &mut file, digest: &mut digest };
    let size = std::io::copy(&mut input.take(limit), &mut output).map_err(failed)?;
    if let Some(expected) = record.size.filter(|expected| *expected != size) {
        let found = if size > expected { "more".to_owned() } else { size.to_string() };
        return Err(Error::metadata(url, format!("the file has {found} bytes, repomd.xml says {expected}")));
    }
    let found = digest.finish();
    if !found.eq_ignore_ascii_case(&record.checksum) {
        let expected = &record.checksum;
        return Err(Error::metadata(url, format!("the checksum is {found}, repomd.xml says {expected}")));
    }
    match kept {
        Some(path) => {
            file.as_file().sync_all().map_err(Error::io(&path))?;
            file.persist(&path).map_err(|error| Error::io(&path)(error.error))?;
            Ok(Fetched::Kept(path))
        }
        None => Ok(Fetched::Temporary(file.into_temp_path())),
    }
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

struct Tee<'a> {
    file: &'a mut tempfile::NamedTempFile,
    digest: &'a mut Digester,
}

impl Write for Tee<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.digest.update(bytes.get(..count).unwrap_or(bytes));
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// The checksum algorithms that repositories use.
enum Digester {
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Digester {
    fn new(kind: &str) -> Option<Self> {
        Some(match kind {
            "sha" | "sha1" => Self::Sha1(sha1::Sha1::new()),
            "sha224" => Self::Sha224(sha2::Sha224::new()),
            "sha256" => Self::Sha256(sha2::Sha256::new()),
            "sha384" => Self::Sha384(sha2::Sha384::new()),
            "sha512" => Self::Sha512(sha2::Sha512::new()),
            _ => return None,
        })
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(digest) => digest.update(bytes),
            Self::Sha224(digest) => digest.update(bytes),
            Self::Sha256(digest) => digest.update(bytes),
            Self::Sha384(digest) => digest.update(bytes),
            Self::Sha512(digest) => digest.update(bytes),
        }
    }

    fn finish(self) -> String {
        match self {
            Self::Sha1(digest) => hex::encode(digest.finalize()),
            Self::Sha224(digest) => hex::encode(digest.finalize()),
            Self::Sha256(digest) => hex::encode(digest.finalize()),
            Self::Sha384(digest) => hex::encode(digest.finalize()),
            Self::Sha512(digest) => hex::encode(digest.finalize()),
        }
    }
}
