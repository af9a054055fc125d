//! What was once computed and can be used again: fragments of packages and compressed chunks of metadata.
//!
//! A directory that any number of processes may share. Entries are named by what they were made from and never
//! change; losing one, or the whole directory, costs time and nothing else. They are written to a temporary name
//! and renamed but not synced: an entry that a power cut left damaged fails its checksum and counts as absent.

use crate::fragment::Fragment;
use crate::{Error, Result};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Changes whenever what is rendered from an rpm changes, so that older entries are not used.
const VERSION: &str = "koji-repodata 1";

/// A cache directory.
#[derive(Debug, Clone)]
pub struct Cache {
    dir: PathBuf,
}

/// A name in the cache: the digest of all that an entry depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// The key of something made from these parts.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut digest = Sha256::new();
        digest.update(VERSION);
        for part in parts {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        Self(hex::encode(digest.finalize()))
    }

    /// The key as bytes, to make other keys of.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Cache {
    /// Opens the cache in `dir`, which is made when it does not exist.
    pub fn open(dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(dir).map_err(Error::io(dir))?;
        Ok(Self { dir: dir.to_owned() })
    }

    /// Removes entries that were not used for `age`. Returns how many.
    pub fn prune(&self, age: Duration) -> Result<usize> {
        let Some(limit) = SystemTime::now().checked_sub(age) else { return Ok(0) };
        let mut removed = 0;
        let read = |dir: &Path| std::fs::read_dir(dir).map_err(Error::io(dir));
        for dir in read(&self.dir)?.flatten().filter(|entry| entry.path().is_dir()) {
            for entry in read(&dir.path())?.flatten() {
                let old = entry.metadata().and_then(|data| data.modified()).is_ok_and(|time| time < limit);
                if old && std::fs::remove_file(entry.path()).is_ok() {
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    pub(crate) fn fragment(&self, key: &Key) -> Option<Fragment> {
        serde_json::from_slice(&self.get(key, "fragment")?).ok()
    }

    pub(crate) fn put_fragment(&self, key: &Key, fragment: &Fragment) {
        if let Ok(bytes) = serde_json::to_vec(fragment) {
            self.put(key, "fragment", &bytes);
        }
    }

    /// The bytes stored under a key. `None` when there are none or they are damaged.
    pub(crate) fn get(&self, key: &Key, kind: &str) -> Option<Vec<u8>> {
        let path = self.path(key, kind);
        let mut bytes = std::fs::read(&path).ok()?;
        let sum = bytes.split_off(bytes.len().checked_sub(32)?);
        if Sha256::digest(&bytes).as_slice() != sum.as_slice() {
            return None;
        }
        self.touch(&path);
        Some(bytes)
    }

    /// Stores bytes under a key. A cache that cannot be written (full disk) is no reason to fail.
    pub(crate) fn put(&self, key: &Key, kind: &str, bytes: &[u8]) {
        let path = self.path(key, kind);
        let write = || -> std::io::Result<()> {
            let dir = path.parent().unwrap_or(&self.dir);
            std::fs::create_dir_all(dir)?;
            let mut file = tempfile::NamedTempFile::new_in(dir)?;
            file.write_all(bytes)?;
            file.write_all(&Sha256::digest(bytes))?;
            file.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        // Ignored on purpose: see above.
        let _ = write();
    }

    /// A directory below the cache for files named by their own checksum.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.dir.join("metadata")
    }

    /// Marks an entry as used, at most once a day.
    fn touch(&self, path: &Path) {
        const DAY: Duration = Duration::from_secs(24 * 3600);
        let age = std::fs::metadata(path)
            .and_then(|data| data.modified())
            .ok()
            .and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > DAY) {
            // A read-only cache still serves.
            let _ = std::fs::File::open(path).and_then(|file| file.set_modified(SystemTime::now()));
        }
    }

    fn path(&self, key: &Key, kind: &str) -> PathBuf {
        let (shard, rest) = key.0.split_at(2.min(key.0.len()));
        self.dir.join(shard).join(format!("{rest}.{kind}"))
    }
}
