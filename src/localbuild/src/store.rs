//! rpm files by their content, kept between builds.
//!
//! ```text
//! STORE/files/ab/abcd....rpm   named by the sha256 of the file
//! STORE/idents/IDENT           what Koji calls it (sigmd5): a file with the sha256, and the URL it came from
//! ```
//!
//! A file gets its name after its digests were checked. Whoever uses one checks its sha256 again (the engine does).

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::check::{Checked, check};
use crate::error::{Error, Result};

/// The directory.
#[derive(Debug, Clone)]
pub struct Store {
    dir: PathBuf,
}

/// What a store holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreUse {
    pub files: usize,
    pub bytes: u64,
}

impl Store {
    pub fn new(dir: impl Into<PathBuf>) -> Result<Store> {
        let dir = dir.into();
        for name in ["files", "idents", "tmp"] {
            let path = dir.join(name);
            std::fs::create_dir_all(&path).map_err(Error::io("create", &path))?;
        }
        Ok(Store { dir })
    }

    /// Where downloads go until they are checked.
    pub fn tmp(&self) -> PathBuf {
        self.dir.join("tmp")
    }

    /// The file with this sha256.
    pub fn by_sha256(&self, sha256: &str) -> Option<PathBuf> {
        let path = self.path(sha256)?;
        path.is_file().then_some(path)
    }

    /// The file that Koji knows by this payload hash, with its sha256.
    pub fn by_ident(&self, ident: &str) -> Option<(PathBuf, String)> {
        let text = std::fs::read_to_string(self.ident(ident)?).ok()?;
        let sha256 = text.lines().next()?.to_owned();
        Some((self.by_sha256(&sha256)?, sha256))
    }

    /// Where the file of this payload hash was fetched from.
    pub fn url(&self, ident: &str) -> Option<String> {
        let text = std::fs::read_to_string(self.ident(ident)?).ok()?;
        text.lines().nth(1).filter(|u| !u.is_empty()).map(str::to_owned)
    }

    /// Takes a file in: checks its digests and moves it to its name. `accept` says what else must hold.
    pub fn adopt(
        &self,
        file: &Path,
        url: &str,
        accept: impl FnOnce(&Checked) -> std::result::Result<(), String>,
    ) -> Result<(PathBuf, Checked)> {
        let checked = check(file)?;
        accept(&checked).map_err(|reason| Error::tampered(checked.nevra(), reason))?;
        let path = self
            .path(&checked.sha256)
            .ok_or_else(|| Error::tampered(checked.nevra(), "its digest has an odd form"))?;
        let parent = path.parent().unwrap_or(&self.dir);
        std::fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
        let synced = std::fs::File::open(file).and_then(|f| f.sync_all());
        synced.map_err(Error::io("write", file))?;
        std::fs::rename(file, &path).map_err(Error::io("move to", &path))?;
        if let Some(ident) = self.ident(&checked.ident) {
            let new = self.tmp().join(format!("ident-{}-{}", std::process::id(), checked.sha256));
            std::fs::write(&new, format!("{}\n{url}\n", checked.sha256)).map_err(Error::io("write", &new))?;
            std::fs::rename(&new, &ident).map_err(Error::io("move to", &ident))?;
        }
        Ok((path, checked))
    }

    /// How much there is.
    pub fn usage(&self) -> StoreUse {
        self.list().iter().fold(StoreUse::default(), |sum, (_, size, _)| StoreUse {
            files: sum.files + 1,
            bytes: sum.bytes + size,
        })
    }

    /// Removes files beyond `bytes`, least recently fetched first, and those older than `age`; what was removed.
    pub fn gc(&self, bytes: u64, age: Duration) -> StoreUse {
        let mut files = self.list();
        files.sort_by_key(|(_, _, changed)| *changed);
        let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
        let mut removed = StoreUse::default();
        for (path, size, changed) in files {
            let old = changed.elapsed().is_ok_and(|a| a > age);
            if (old || total > bytes) && std::fs::remove_file(&path).is_ok() {
                total = total.saturating_sub(size);
                removed.files += 1;
                removed.bytes += size;
            }
        }
        // left by downloads that were cut short
        for entry in std::fs::read_dir(self.tmp()).into_iter().flatten().flatten() {
            let old = entry.metadata().and_then(|m| m.modified()).ok().and_then(|t| t.elapsed().ok());
            if old.is_some_and(|a| a > Duration::from_secs(86400)) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        removed
    }

    fn list(&self) -> Vec<(PathBuf, u64, SystemTime)> {
        let read = |dir: &Path| std::fs::read_dir(dir).into_iter().flatten().flatten();
        read(&self.dir.join("files"))
            .flat_map(|d| read(&d.path()).collect::<Vec<_>>())
            .filter_map(|e| {
                let meta = e.metadata().ok()?;
                Some((e.path(), meta.len(), meta.modified().ok()?))
            })
            .collect()
    }

    fn path(&self, sha256: &str) -> Option<PathBuf> {
        let hex = sha256.len() == 64 && sha256.chars().all(|c| c.is_ascii_hexdigit());
        let start = sha256.get(..2).filter(|_| hex)?;
        Some(self.dir.join("files").join(start).join(format!("{sha256}.rpm")))
    }

    fn ident(&self, ident: &str) -> Option<PathBuf> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == ':' || c == '-';
        (!ident.is_empty() && ident.chars().all(plain)).then(|| self.dir.join("idents").join(ident))
    }
}
