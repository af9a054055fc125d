//! Things that are expensive to make and the same for every test run.

use std::fs::{self, File};
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::programs::checkout;

/// A directory for them that survives test runs.
pub fn cache_dir() -> Result<PathBuf> {
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => checkout().join("target"),
    };
    let dir = target.join("test-cache");
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    Ok(dir)
}

/// The directory `name` in the cache, made by `make` unless an earlier run did. Tests run in processes of their
/// own at the same time: the first makes it, the others wait. A directory whose making failed is made anew.
pub(crate) fn once(name: &str, make: impl FnOnce(&std::path::Path) -> Result<()>) -> Result<PathBuf> {
    let cache = cache_dir()?;
    let lock = File::create(cache.join(format!("{name}.lock")))?;
    lock.lock()?;
    let dir = cache.join(name);
    let complete = cache.join(format!("{name}.complete"));
    if !complete.exists() {
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| format!("cannot remove {}", dir.display()))?;
        }
        fs::create_dir_all(&dir)?;
        make(&dir).with_context(|| format!("cannot prepare {}", dir.display()))?;
        File::create(&complete)?;
    }
    Ok(dir)
}
