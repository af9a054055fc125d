//! Files on their way to the hub's work directory.
//!
//! An upload has a directory of its own there. Its name is noted in the user's cache until the file is there, so that an upload
//! that broke off goes on where it was when the command is started again. A note is of one file as it is (path, size and
//! time of change), one hub and one user; it is locked while its upload runs.

use std::fs::{self, File, Metadata};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use koji_client::ClientError;
use koji_config::environment;
use md5::{Digest as _, Md5};

use crate::context::{Cx, base_name};
use crate::error::Result;
use crate::output::progress;

/// What is older is given up: hubs clean up their work directory.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// Uploads a file to a directory of its own, whose name it gives; below `prefix`, `cli-build` for instance.
pub async fn upload(cx: &Cx, local: &Path, prefix: &str, noprogress: bool) -> Result<String> {
    let mut note = Note::of(cx, local, prefix);
    if let Some(dir) = note.as_mut().and_then(Note::read) {
        match send(cx, local, &dir, true, noprogress).await {
            Ok(()) => {
                note.iter().for_each(Note::remove);
                return Ok(dir);
            }
            // cleaned up, or not ours any more
            Err(ClientError::Fault(fault)) => tracing::debug!("no upload goes on in {dir}: {fault}"),
            Err(e) => return Err(e.into()),
        }
    }
    let dir = unique_dir(prefix);
    if let Some(note) = &mut note {
        note.write(&dir);
    }
    send(cx, local, &dir, false, noprogress).await?;
    note.iter().for_each(Note::remove);
    Ok(dir)
}

/// Uploads a file to this directory, which several may share.
pub async fn upload_to(cx: &Cx, local: &Path, dir: &str, noprogress: bool) -> Result {
    Ok(send(cx, local, dir, false, noprogress).await?)
}

/// A directory of one upload or import, as upstream's client names them.
pub fn unique_dir(prefix: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let letters: String = (0..8).map(|_| char::from(rand::random_range(b'A'..=b'Z'))).collect();
    format!("{prefix}/{}.{letters}", now.as_secs_f64())
}

async fn send(cx: &Cx, local: &Path, dir: &str, resume: bool, noprogress: bool) -> koji_client::Result<()> {
    let mut job = cx.hub().upload(local, dir);
    if resume {
        job = job.resume();
    }
    if cx.shows_progress(noprogress) {
        job = job.progress(progress::bar(&base_name(local)));
    }
    job.run().await.map(drop)
}

/// Where an upload goes. Nothing that is wrong with notes keeps a file from being uploaded.
struct Note {
    file: File,
    path: PathBuf,
    prefix: String,
}

impl Note {
    /// The note of this file, if it is large enough to be worth one and no other program uploads it now.
    fn of(cx: &Cx, local: &Path, prefix: &str) -> Option<Note> {
        let metadata = fs::metadata(local).ok()?;
        if metadata.len() <= cx.settings.upload_blocksize {
            return None;
        }
        let user = cx.settings.user.as_deref().or(cx.settings.principal.as_deref());
        let user = user.or(cx.settings.cert.as_deref().and_then(Path::to_str)).unwrap_or_default();
        let whose = format!("{}\n{user}\n{prefix}\n", cx.settings.server);
        Note::open(&environment::cache_dir()?.join("koji/uploads"), &whose, local, &metadata, prefix)
    }

    fn open(dir: &Path, whose: &str, local: &Path, metadata: &Metadata, prefix: &str) -> Option<Note> {
        fs::create_dir_all(dir).ok()?;
        sweep(dir);
        let mut digest = Md5::new();
        digest.update(whose);
        digest.update(local.canonicalize().ok()?.as_os_str().as_encoded_bytes());
        digest.update(format!("\n{} {} {}", metadata.len(), metadata.mtime(), metadata.mtime_nsec()));
        let path = dir.join(hex::encode(digest.finalize()));
        let mut options = File::options();
        let file =
            options.read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).ok()?;
        rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).ok()?;
        // the one that had the lock may have removed it
        let same = fs::metadata(&path).ok()?.ino() == file.metadata().ok()?.ino();
        same.then(|| Note { file, path, prefix: prefix.to_owned() })
    }

    /// The directory of the upload that broke off.
    fn read(&mut self) -> Option<String> {
        let mut text = String::new();
        self.file.read_to_string(&mut text).ok()?;
        let dir = text.strip_suffix('\n')?;
        let name = dir.strip_prefix(&self.prefix)?.strip_prefix('/')?;
        let sound = |c: char| c.is_ascii_alphanumeric() || c == '.';
        (name.chars().all(sound) && !name.starts_with('.')).then(|| dir.to_owned())
    }

    fn write(&mut self, dir: &str) {
        let written = self
            .file
            .rewind()
            .and_then(|()| self.file.set_len(0))
            .and_then(|()| self.file.write_all(format!("{dir}\n").as_bytes()));
        if let Err(e) = written {
            tracing::debug!("{} cannot be written: {e}", self.path.display());
        }
    }

    fn remove(&self) {
        // the next one that is made has the same name, and one that stays is swept
        fs::remove_file(&self.path).ok();
    }
}

/// Removes notes of uploads that nobody goes on with.
fn sweep(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > KEPT) {
            fs::remove_file(entry.path()).ok();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_of_one_file_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let (notes, file) = (dir.path().join("notes"), dir.path().join("f"));
        fs::write(&file, "one").unwrap();
        let open = || Note::open(&notes, "hub user", &file, &fs::metadata(&file).unwrap(), "cli-build");
        let mut note = open().unwrap();
        assert_eq!(note.read(), None);
        let place = unique_dir("cli-build");
        note.write(&place);
        assert!(open().is_none(), "one at a time");
        drop(note);
        assert_eq!(open().unwrap().read(), Some(place));
        fs::write(&file, "other").unwrap();
        let mut other = open().unwrap();
        assert_eq!(other.read(), None);
        for text in ["", "x", "elsewhere/1.A\n", "cli-build/../1.A\n", "cli-build/..\n", "cli-build/1.A"] {
            other.file.set_len(0).unwrap();
            other.file.rewind().unwrap();
            other.file.write_all(text.as_bytes()).unwrap();
            other.file.rewind().unwrap();
            assert_eq!(other.read(), None, "{text:?}");
        }
        other.remove();
        assert_eq!(fs::read_dir(&notes).unwrap().count(), 1);
        let old = SystemTime::now() - 2 * KEPT;
        for entry in fs::read_dir(&notes).unwrap() {
            File::options().write(true).open(entry.unwrap().path()).unwrap().set_modified(old).unwrap();
        }
        sweep(&notes);
        assert_eq!(fs::read_dir(&notes).unwrap().count(), 0);
    }
}
