//! Installed roots kept between builds, each named by the digest of everything that decides its content.
//!
//! ```text
//! CACHE/layers/KEY/{fs/, meta.json}   one layer; complete, or it is not there
//! CACHE/locks/NAME                    flock: exclusive to make or remove, shared while in use
//! CACHE/tmp/XXXX                      layers being made
//! CACHE/dnf/DIGEST                    the package manager's own cache, one a state of a repository
//! ```
//!
//! A layer is never written to once it has its name: it is the lower side of overlays, or the source of copies.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};

use crate::engine::{CacheLimits, GcReport, private_dir};
use crate::error::{Error, Result};
use crate::outcome::InstalledPackage;

use super::sandbox::Sandbox;

/// Changes whenever roots are made differently; older ones are then not used again.
pub(super) const ENGINE_VERSION: u32 = 1;

/// The cache directory.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    top: PathBuf,
}

/// One installed root; it stays as long as this value lives.
#[derive(Debug)]
pub(super) struct Layer {
    pub meta: Meta,
    pub fs: PathBuf,
    _in_use: Flock<File>,
}

/// What is known about a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Meta {
    /// The digest it is named by.
    pub key: String,
    /// [`ENGINE_VERSION`].
    pub engine: u32,
    /// Unique to this making of it; part of the keys of layers that stand on it.
    pub made: String,
    /// Where its rpm database is.
    pub dbpath: PathBuf,
    /// The packages in it and below, sorted.
    pub installed: Vec<InstalledPackage>,
    /// Bytes on disk.
    pub bytes: u64,
    /// The running system's id when it was made: after a crash, data not yet synced may be missing.
    pub boot: String,
}

/// A layer being made; removed again unless published.
pub(super) struct Draft {
    pub dir: PathBuf,
    pub fs: PathBuf,
    key: String,
    _making: Flock<File>,
}

impl Cache {
    pub(super) fn new(top: &Path) -> Result<Cache> {
        std::fs::create_dir_all(top).map_err(Error::io("create", top))?;
        for name in ["layers", "locks", "tmp", "dnf"] {
            private_dir(&top.join(name))?;
        }
        // The kernel compares overlay paths as they are written, and Error messages should name real places.
        let top = std::fs::canonicalize(top).map_err(Error::io("find", top))?;
        Ok(Cache { top })
    }

    /// Where drafts are made.
    pub(super) fn tmp(&self) -> PathBuf {
        self.top.join("tmp")
    }

    /// The layer of this key, or the right to make it: at most one process makes a layer at a time.
    pub(super) fn get(&self, key: &str) -> Result<std::result::Result<Layer, Draft>> {
        if let Some(layer) = self.open(key)? {
            return Ok(Ok(layer));
        }
        let making = self.lock(key, FlockArg::LockExclusive)?;
        // Whoever held the lock before may just have made it.
        if self.valid(key).is_some() {
            drop(making);
            return match self.open(key)? {
                Some(layer) => Ok(Ok(layer)),
                None => self.get(key),
            };
        }
        let stale = self.layer(key);
        let dir = self.scratch("layer-")?;
        if stale.exists() {
            // Moved aside first: a removal that is cut short must not leave half a layer under the name.
            std::fs::rename(&stale, dir.join("stale")).map_err(Error::io("move", &stale))?;
        }
        let fs = dir.join("fs");
        for path in [&fs, &dir.join("work"), &dir.join("mnt")] {
            std::fs::create_dir(path).map_err(Error::io("create", path))?;
        }
        Ok(Err(Draft { dir, fs, key: key.into(), _making: making }))
    }

    /// A new directory, swept away when nobody changes it for a day.
    fn scratch(&self, prefix: &str) -> Result<PathBuf> {
        let tmp = self.tmp();
        let dir = tempfile::Builder::new().prefix(prefix).tempdir_in(&tmp);
        Ok(dir.map_err(Error::io("create", &tmp))?.keep())
    }

    /// Gives a finished draft its name.
    pub(super) fn publish(&self, draft: Draft, meta: &Meta, sandbox: &Sandbox) -> Result<Layer> {
        let text = serde_json::to_vec(meta).map_err(|e| Error::Plan(e.to_string()))?;
        crate::files::write_atomic(&draft.dir.join("meta.json"), &text)?;
        for left in ["work", "mnt", "stale"] {
            sandbox.remove(&draft.dir.join(left))?;
        }
        let to = self.layer(&draft.key);
        std::fs::rename(&draft.dir, &to).map_err(Error::io("publish", &to))?;
        let key = draft.key.clone();
        drop(draft);
        self.open(&key)?
            .ok_or_else(|| Error::State(format!("the layer {key} was removed as soon as it was made")))
    }

    /// Removes a draft that came to nothing.
    pub(super) fn discard(&self, draft: Draft, sandbox: &Sandbox) -> Result<()> {
        sandbox.remove(&draft.dir)
    }

    /// The package manager's cache for a state of a repository, and the lock its user must hold.
    pub(super) fn dnf(&self, digest: &str) -> Result<(PathBuf, Flock<File>)> {
        let dir = self.top.join("dnf").join(digest);
        let lock = self.lock(&format!("dnf-{digest}"), FlockArg::LockExclusive)?;
        private_dir(&dir)?;
        let _ = File::open(&dir).and_then(|d| d.set_modified(SystemTime::now()));
        // Its own lock files name process ids, which mean nothing from one pid namespace to the next.
        for entry in std::fs::read_dir(&dir).map_err(Error::io("read", &dir))?.flatten() {
            if entry.file_name().to_string_lossy().ends_with(".pid") {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        Ok((dir, lock))
    }

    /// Makes what is on disk safe against a crash, then removes what is too old or too much.
    pub(super) fn gc(&self, limits: &CacheLimits, sandbox: &Sandbox) -> Result<GcReport> {
        let mut layers = self.list()?;
        if layers.iter().any(|(meta, _)| !self.layer(&meta.key).join("synced").exists()) {
            let dir = File::open(&self.top).map_err(Error::io("open", &self.top))?;
            nix::unistd::syncfs(&dir).map_err(|e| Error::io("sync", &self.top)(e.into()))?;
            for (meta, _) in &layers {
                let _ = File::create(self.layer(&meta.key).join("synced"));
            }
        }
        let mut report = GcReport::default();
        let mut total: u64 = layers.iter().map(|(meta, _)| meta.bytes).sum();
        let now = SystemTime::now();
        // Oldest use first, so what stands on another layer goes before it: using both marks the lower one last.
        layers.sort_by_key(|(_, used)| *used);
        for (meta, used) in layers {
            let old = now.duration_since(used).is_ok_and(|age| age > limits.age);
            if (old || total > limits.bytes) && self.remove(&meta.key, sandbox)? {
                total = total.saturating_sub(meta.bytes);
                report.removed += 1;
                report.freed += meta.bytes;
            } else {
                report.kept += 1;
                report.bytes += meta.bytes;
            }
        }
        self.sweep(limits, sandbox)?;
        Ok(report)
    }

    /// Drafts nobody makes any more, and the package manager's caches that are too old or too much.
    fn sweep(&self, limits: &CacheLimits, sandbox: &Sandbox) -> Result<()> {
        let day = std::time::Duration::from_secs(86400);
        for (path, idle) in self.idle("tmp")? {
            if idle > day {
                sandbox.remove(&path)?;
            }
        }
        let mut caches = Vec::new();
        for (path, idle) in self.idle("dnf")? {
            caches.push((idle, sandbox.size(&path)?, path));
        }
        // Downloads can be had again, so they get a smaller share than the roots made of them.
        let mut total: u64 = caches.iter().map(|(_, bytes, _)| bytes).sum();
        caches.sort_by_key(|(idle, _, _)| std::cmp::Reverse(*idle));
        for (idle, bytes, path) in caches {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if (idle > limits.age || total > limits.bytes / 4)
                && let Some(_lock) = self.try_lock(&format!("dnf-{name}"))?
            {
                sandbox.remove(&path)?;
                total = total.saturating_sub(bytes);
            }
        }
        Ok(())
    }

    /// What lies in a directory of the cache, and how long since it was last changed.
    fn idle(&self, name: &str) -> Result<Vec<(PathBuf, std::time::Duration)>> {
        let dir = self.top.join(name);
        let entries = std::fs::read_dir(&dir).map_err(Error::io("read", &dir))?;
        Ok(entries
            .flatten()
            .filter_map(|entry| {
                let changed = entry.metadata().and_then(|m| m.modified()).ok()?;
                Some((entry.path(), changed.elapsed().unwrap_or_default()))
            })
            .collect())
    }

    fn remove(&self, key: &str, sandbox: &Sandbox) -> Result<bool> {
        let Some(_lock) = self.try_lock(key)? else { return Ok(false) };
        let from = self.layer(key);
        // a new name each time: a removal that was cut short may have left one
        let gone = self.scratch("gone-")?;
        std::fs::rename(&from, gone.join(key)).map_err(Error::io("move", &from))?;
        sandbox.remove(&gone)?;
        Ok(true)
    }

    fn list(&self) -> Result<Vec<(Meta, SystemTime)>> {
        let dir = self.top.join("layers");
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&dir).map_err(Error::io("read", &dir))?.flatten() {
            let path = entry.path().join("meta.json");
            let Ok(used) = std::fs::metadata(&path).and_then(|m| m.modified()) else { continue };
            let Some(meta) = read_meta(&path) else { continue };
            if entry.file_name().to_str() == Some(meta.key.as_str()) {
                found.push((meta, used));
            }
        }
        Ok(found)
    }

    fn open(&self, key: &str) -> Result<Option<Layer>> {
        let in_use = self.lock(key, FlockArg::LockShared)?;
        let Some(meta) = self.valid(key) else { return Ok(None) };
        let dir = self.layer(key);
        let path = dir.join("meta.json");
        File::open(&path)
            .and_then(|f| f.set_modified(SystemTime::now()))
            .map_err(Error::io("touch", &path))?;
        Ok(Some(Layer { meta, fs: dir.join("fs"), _in_use: in_use }))
    }

    /// The layer's description if it is what its name says and certainly whole.
    fn valid(&self, key: &str) -> Option<Meta> {
        let dir = self.layer(key);
        let meta = read_meta(&dir.join("meta.json"))?;
        let safe = meta.boot == boot_id() || dir.join("synced").exists();
        (safe && meta.key == key && meta.engine == ENGINE_VERSION).then_some(meta)
    }

    fn layer(&self, key: &str) -> PathBuf {
        self.top.join("layers").join(key)
    }

    fn lock(&self, name: &str, how: FlockArg) -> Result<Flock<File>> {
        let (file, path) = self.lock_file(name)?;
        Flock::lock(file, how).map_err(|(_, e)| Error::io("lock", &path)(e.into()))
    }

    fn try_lock(&self, name: &str) -> Result<Option<Flock<File>>> {
        let (file, path) = self.lock_file(name)?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Some(lock)),
            Err((_, nix::errno::Errno::EWOULDBLOCK)) => Ok(None),
            Err((_, e)) => Err(Error::io("lock", &path)(e.into())),
        }
    }

    fn lock_file(&self, name: &str) -> Result<(File, PathBuf)> {
        let path = self.top.join("locks").join(name);
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
        Ok((file.map_err(Error::io("open", &path))?, path))
    }
}

fn read_meta(path: &Path) -> Option<Meta> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Differs after every start of the machine.
pub(super) fn boot_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn sandbox() -> Sandbox {
        Sandbox::new(Vec::new(), None)
    }

    fn meta(key: &str) -> Meta {
        Meta {
            key: key.into(),
            engine: ENGINE_VERSION,
            made: "x".into(),
            dbpath: "/var/lib/rpm".into(),
            installed: Vec::new(),
            bytes: 100,
            boot: boot_id(),
        }
    }

    fn make(cache: &Cache, key: &str) -> Layer {
        let Err(draft) = cache.get(key).unwrap() else { panic!("it was there") };
        std::fs::write(draft.fs.join("file"), key).unwrap();
        cache.publish(draft, &meta(key), &sandbox()).unwrap()
    }

    #[test]
    fn made_once_found_again_kept_while_used() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path()).unwrap();
        let layer = make(&cache, "aaaa");
        assert!(cache.get("aaaa").unwrap().is_ok());
        let none = CacheLimits { bytes: 0, age: Duration::ZERO };
        assert_eq!(
            cache.gc(&none, &sandbox()).unwrap(),
            GcReport { removed: 0, freed: 0, kept: 1, bytes: 100 }
        );
        drop(layer);
        assert_eq!(cache.gc(&none, &sandbox()).unwrap().removed, 1);
        let Err(draft) = cache.get("aaaa").unwrap() else { panic!("it is still there") };
        cache.discard(draft, &sandbox()).unwrap();
        assert_eq!(std::fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0);
    }

    #[test]
    fn a_layer_that_is_not_what_its_name_says_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path()).unwrap();
        drop(make(&cache, "bbbb"));
        let path = dir.path().join("layers/bbbb/meta.json");
        std::fs::write(&path, serde_json::to_vec(&meta("cccc")).unwrap()).unwrap();
        assert!(cache.get("bbbb").unwrap().is_err());
        let mut other_boot = meta("bbbb");
        other_boot.boot = "before the crash".into();
        std::fs::create_dir_all(dir.path().join("layers/bbbb")).unwrap();
        std::fs::write(&path, serde_json::to_vec(&other_boot).unwrap()).unwrap();
        assert!(cache.open("bbbb").unwrap().is_none());
        std::fs::write(dir.path().join("layers/bbbb/synced"), "").unwrap();
        assert!(cache.open("bbbb").unwrap().is_some());
    }

    #[test]
    fn a_removal_that_was_cut_short_is_in_nobodys_way() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path()).unwrap();
        drop(make(&cache, "dddd"));
        std::fs::create_dir_all(dir.path().join("tmp/gone-dddd/fs")).unwrap();
        let none = CacheLimits { bytes: 0, age: Duration::ZERO };
        assert_eq!(cache.gc(&none, &sandbox()).unwrap().removed, 1);
        assert!(cache.get("dddd").unwrap().is_err());
    }

    #[test]
    fn the_oldest_goes_first() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path()).unwrap();
        for key in ["one", "two"] {
            drop(make(&cache, key));
        }
        let old = SystemTime::now() - Duration::from_secs(100);
        File::open(dir.path().join("layers/two/meta.json")).unwrap().set_modified(old).unwrap();
        let limits = CacheLimits { bytes: 150, age: Duration::from_secs(1000) };
        cache.gc(&limits, &sandbox()).unwrap();
        assert!(cache.get("one").unwrap().is_ok());
        assert!(!dir.path().join("layers/two").exists());
    }
}
