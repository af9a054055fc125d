//! One daemon a work directory.
//!
//! The hub gives a host one exclusive session. A daemon that was killed leaves that session behind, and the hub cannot tell it from a
//! live one; the work directory can: the file `daemon.lock` is locked while a daemon lives, and holds its process number from the login to
//! the logout.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;

use anyhow::Context;
use nix::fcntl::{Flock, FlockArg};

/// Held while the daemon lives.
pub struct Lock {
    file: Flock<File>,
    /// An earlier daemon of this directory has not ended in order: its session at the hub may be taken over.
    pub left_over: bool,
}

impl Lock {
    /// Fails when another daemon uses the directory.
    pub fn take(workdir: &Path) -> anyhow::Result<Lock> {
        let path = workdir.join("daemon.lock");
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        let mut file = Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, e)| {
            anyhow::anyhow!(
                "another kojid uses the work directory {}: end it first, or set another workdir ({e})",
                workdir.display()
            )
        })?;
        let mut before = String::new();
        file.read_to_string(&mut before).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Lock { file, left_over: !before.is_empty() })
    }

    /// This daemon has the host's session at the hub.
    pub fn mark(&mut self) -> anyhow::Result<()> {
        self.file
            .set_len(0)
            .and_then(|()| self.file.rewind())
            .context("cannot mark the work directory's lock")?;
        write!(*self.file, "{}", std::process::id()).context("cannot mark the work directory's lock")
    }

    /// The orderly end: this daemon has left no session at the hub.
    pub fn release(self) {
        if let Err(e) = self.file.set_len(0) {
            tracing::warn!("the work directory's lock file keeps its mark: {e}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_an_orderly_end_from_a_kill() {
        let dir = tempfile::tempdir().unwrap();
        let mut first = Lock::take(dir.path()).unwrap();
        assert!(!first.left_over);
        first.mark().unwrap();
        let second = Lock::take(dir.path()).map(|_| ()).unwrap_err();
        assert!(second.to_string().contains("another kojid uses the work directory"));
        first.release();
        let refused = Lock::take(dir.path()).unwrap();
        assert!(!refused.left_over);
        // without a session there is nothing to take over
        drop(refused);
        let mut killed = Lock::take(dir.path()).unwrap();
        assert!(!killed.left_over);
        killed.mark().unwrap();
        drop(killed);
        let mut after = Lock::take(dir.path()).unwrap();
        assert!(after.left_over);
        after.mark().unwrap();
        after.release();
        assert!(!Lock::take(dir.path()).unwrap().left_over);
    }
}
