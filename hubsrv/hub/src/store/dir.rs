//! An open directory, and what can be done beneath it without following links.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use super::RelPath;

const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::RDONLY).union(OFlags::CLOEXEC);
const DIR_MODE: Mode = Mode::from_raw_mode(0o755);
const FILE_MODE: Mode = Mode::from_raw_mode(0o644);

/// An open directory.
#[derive(Debug)]
pub struct Dir {
    fd: OwnedFd,
}

/// A file that was opened and turned out to be a directory.
impl From<File> for Dir {
    fn from(file: File) -> Dir {
        Dir { fd: file.into() }
    }
}

/// What a name in a directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Dir,
    Link,
    Other,
}

/// An entry of a directory, the links themselves and not what they lead to.
#[derive(Debug, Clone)]
pub struct Entry {
    pub kind: Kind,
    pub size: u64,
    /// Seconds since 1970.
    pub accessed: f64,
    pub changed: f64,
    pub modified: f64,
}

impl Entry {
    pub fn modified_time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::try_from_secs_f64(self.modified).unwrap_or_default()
    }
}

impl Dir {
    /// A directory by its full path, which has no part from outside.
    pub fn open(path: &Path) -> io::Result<Dir> {
        Ok(Dir { fd: rustix::fs::open(path, DIRECTORY, Mode::empty())? })
    }

    pub fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// A directory below.
    pub fn sub(&self, path: &RelPath) -> io::Result<Dir> {
        Ok(Dir { fd: self.open_beneath(path.as_path(), DIRECTORY, Mode::empty())? })
    }

    /// A directory of this one, by its name as it is.
    pub(super) fn sub_dir(&self, name: &OsStr) -> io::Result<Dir> {
        Ok(Dir { fd: self.open_beneath(Path::new(name), DIRECTORY, Mode::empty())? })
    }

    /// A directory below, made with all above it when missing.
    pub fn make_dirs(&self, path: &RelPath) -> io::Result<Dir> {
        let mut at = Dir { fd: self.fd.try_clone()? };
        for name in path.names() {
            match rustix::fs::mkdirat(&at.fd, name, DIR_MODE) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(e) => return Err(e.into()),
            }
            at = Dir { fd: at.open_beneath(Path::new(name), DIRECTORY, Mode::empty())? };
        }
        Ok(at)
    }

    /// A regular file below, for reading. Never waits, whatever kind of file it is.
    pub fn read(&self, path: &RelPath) -> io::Result<File> {
        self.regular(path, OFlags::RDONLY)
    }

    /// A regular file below that is there, for writing.
    pub fn write(&self, path: &RelPath) -> io::Result<File> {
        self.regular(path, OFlags::RDWR)
    }

    fn regular(&self, path: &RelPath, flags: OFlags) -> io::Result<File> {
        let fd =
            self.open_beneath(path.as_path(), flags | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty())?;
        let stat = rustix::fs::fstat(&fd)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(fd.into())
    }

    /// What `path` is; `None` when it is not there.
    pub fn entry(&self, path: &RelPath) -> io::Result<Option<Entry>> {
        let dir = match path.parent().map(|p| self.sub(&p)).transpose() {
            Ok(dir) => dir,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e),
        };
        let fd = dir.as_ref().map_or(self.fd.as_fd(), |d| d.fd.as_fd());
        match rustix::fs::statat(fd, path.name(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(entry(&stat))),
            Err(Errno::NOENT) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// The names in this directory that are text, with what they are, sorted.
    pub fn list(&self) -> io::Result<Vec<(String, Entry)>> {
        let mut names = Vec::new();
        for item in rustix::fs::Dir::read_from(&self.fd)? {
            let item = item?;
            let Ok(name) = item.file_name().to_str() else { continue };
            if name == "." || name == ".." {
                continue;
            }
            match rustix::fs::statat(&self.fd, item.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => names.push((name.to_owned(), entry(&stat))),
                Err(Errno::NOENT) => {}
                Err(e) => return Err(e.into()),
            }
        }
        names.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(names)
    }

    /// A new file without a name; [`Dir::enter`] gives it one. It vanishes by itself otherwise.
    pub fn temp(&self) -> io::Result<Temp<'_>> {
        for _ in 0..16 {
            let name = format!(".new-{:016x}", rand::random::<u64>());
            let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            match rustix::fs::openat(&self.fd, name.as_str(), flags, FILE_MODE) {
                Ok(fd) => return Ok(Temp { dir: self, name, file: fd.into(), entered: false }),
                Err(Errno::EXIST) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Writes a file whole: what was called `name` before is replaced in one step.
    pub fn put(&self, name: &OsStr, content: &[u8]) -> io::Result<()> {
        let mut temp = self.temp()?;
        temp.file.write_all(content)?;
        temp.replace(name)
    }

    /// Writes a file that must not be there yet; false when it is.
    pub fn put_new(&self, name: &OsStr, content: &[u8]) -> io::Result<bool> {
        let mut temp = self.temp()?;
        temp.file.write_all(content)?;
        temp.file.sync_all()?;
        match rustix::fs::linkat(&self.fd, temp.name.as_str(), &self.fd, name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    fn open_beneath(&self, path: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        match rustix::fs::openat2(&self.fd, path, flags, mode, resolve) {
            // kernels before 5.6, and sandboxes that do not know the call
            Err(Errno::NOSYS | Errno::PERM) => walk(self.fd.as_fd(), path, flags, mode),
            other => Ok(other?),
        }
    }
}

/// The same name by name.
fn walk(from: BorrowedFd<'_>, path: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let mut at: Option<OwnedFd> = None;
    let mut names = path.iter().peekable();
    while let Some(name) = names.next() {
        let fd = at.as_ref().map_or(from, |fd| fd.as_fd());
        let flags = if names.peek().is_some() { DIRECTORY } else { flags };
        at = Some(rustix::fs::openat(fd, name, flags | OFlags::NOFOLLOW, mode)?);
    }
    at.ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

fn entry(stat: &Stat) -> Entry {
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Dir,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    };
    // far below 2^53
    let time = |seconds: i64, nanos: u32| seconds as f64 + f64::from(nanos) / 1e9;
    // the width of the kernel's type differs between machines; the value is below a thousand million
    macro_rules! nanos {
        ($n:expr) => {
            u32::try_from($n).unwrap_or(0)
        };
    }
    Entry {
        kind,
        size: u64::try_from(stat.st_size).unwrap_or(0),
        accessed: time(stat.st_atime, nanos!(stat.st_atime_nsec)),
        changed: time(stat.st_ctime, nanos!(stat.st_ctime_nsec)),
        modified: time(stat.st_mtime, nanos!(stat.st_mtime_nsec)),
    }
}

/// A file that has no proper name yet.
pub struct Temp<'d> {
    dir: &'d Dir,
    name: String,
    pub file: File,
    entered: bool,
}

impl Temp<'_> {
    /// Makes it durable and gives it its name, in place of what had it before.
    pub fn replace(mut self, name: &OsStr) -> io::Result<()> {
        self.file.sync_all()?;
        rustix::fs::renameat(&self.dir.fd, self.name.as_str(), &self.dir.fd, name)?;
        self.entered = true;
        Ok(rustix::fs::fsync(&self.dir.fd)?)
    }
}

impl Drop for Temp<'_> {
    fn drop(&mut self) {
        if !self.entered {
            let _ = rustix::fs::unlinkat(&self.dir.fd, self.name.as_str(), AtFlags::empty());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn rel(text: &str) -> RelPath {
        RelPath::parse(text).unwrap()
    }

    #[test]
    fn links_are_not_followed() {
        let top = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "x").unwrap();
        symlink(outside.path(), top.path().join("out")).unwrap();
        symlink(outside.path().join("secret"), top.path().join("link")).unwrap();
        symlink("nowhere", top.path().join("dangling")).unwrap();
        let dir = Dir::open(top.path()).unwrap();
        for path in ["out/secret", "link", "dangling"] {
            assert!(dir.read(&rel(path)).is_err(), "{path}");
            assert!(dir.write(&rel(path)).is_err(), "{path}");
            assert!(walk(dir.as_fd(), Path::new(path), OFlags::RDONLY, Mode::empty()).is_err(), "{path}");
        }
        assert!(dir.make_dirs(&rel("out/new")).is_err());
        assert!(!outside.path().join("new").exists());
        assert_eq!(dir.entry(&rel("link")).unwrap().unwrap().kind, Kind::Link);
        assert!(dir.entry(&rel("out/secret")).is_err());
    }

    #[test]
    fn fifos_do_not_block() {
        let top = tempfile::tempdir().unwrap();
        nix::unistd::mkfifo(&top.path().join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert!(Dir::open(top.path()).unwrap().read(&rel("fifo")).is_err());
    }

    #[test]
    fn files_appear_whole() {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap().make_dirs(&rel("a/b")).unwrap();
        assert!(dir.put_new("f".as_ref(), b"one").unwrap());
        assert!(!dir.put_new("f".as_ref(), b"two").unwrap());
        dir.put("f".as_ref(), b"three").unwrap();
        {
            let mut unfinished = dir.temp().unwrap();
            unfinished.file.write_all(b"half").unwrap();
        }
        let names: Vec<_> = dir.list().unwrap().into_iter().map(|(n, e)| (n, e.size)).collect();
        assert_eq!(names, [("f".to_owned(), 5)]);
        assert_eq!(fs::read_to_string(top.path().join("a/b/f")).unwrap(), "three");
    }
}
