//! Moving what is in the store: links, renames, whole directories. Blocking.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType};
use rustix::io::Errno;

use super::{Dir, RelPath};

/// How deep a directory may be that is removed; deeper ones were not made by the hub.
const MAX_DEPTH: usize = 64;

impl Dir {
    /// Gives the open regular file `from` a further name here: a hard link where the file system allows, else a copy
    /// that is on disk when it appears. The name must be free.
    pub fn adopt(&self, from: &mut File, name: &OsStr) -> io::Result<()> {
        let link = format!("/proc/self/fd/{}", from.as_raw_fd());
        match rustix::fs::linkat(CWD, link.as_str(), self.as_fd(), name, AtFlags::SYMLINK_FOLLOW) {
            Ok(()) => Ok(from.sync_all()?),
            Err(Errno::EXIST) => Err(io::ErrorKind::AlreadyExists.into()),
            // another file system, no hard links there, or no /proc
            Err(
                Errno::XDEV | Errno::PERM | Errno::ACCESS | Errno::MLINK | Errno::NOENT | Errno::OPNOTSUPP,
            ) => self.copy_in(from, name),
            Err(e) => Err(e.into()),
        }
    }

    fn copy_in(&self, from: &mut File, name: &OsStr) -> io::Result<()> {
        io::Seek::rewind(from)?;
        let mut temp = self.temp()?;
        io::copy(from, &mut temp.file)?;
        temp.replace(name)
    }

    /// Makes `name` a symbolic link, in place of a file or link that had the name.
    pub fn link_over(&self, name: &OsStr, target: &Path) -> io::Result<()> {
        for _ in 0..16 {
            let temp = format!(".new-{:016x}", rand::random::<u64>());
            match rustix::fs::symlinkat(target, self.as_fd(), temp.as_str()) {
                Ok(()) => {
                    return rustix::fs::renameat(self.as_fd(), temp.as_str(), self.as_fd(), name).map_err(
                        |e| {
                            let _ = rustix::fs::unlinkat(self.as_fd(), temp.as_str(), AtFlags::empty());
                            e.into()
                        },
                    );
                }
                Err(Errno::EXIST) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Where the symbolic link `name` leads; `None` when it is none.
    pub fn link_target(&self, name: &OsStr) -> io::Result<Option<String>> {
        match rustix::fs::readlinkat(self.as_fd(), name, Vec::new()) {
            Ok(target) => Ok(Some(target.to_string_lossy().into_owned())),
            Err(Errno::INVAL | Errno::NOENT) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// Renames a file or directory of this one, durably; what had the new name and is a file is replaced.
    pub fn rename(&self, from: &OsStr, into: &Dir, to: &OsStr) -> io::Result<()> {
        rustix::fs::renameat(self.as_fd(), from, into.as_fd(), to)?;
        into.sync()?;
        self.sync()
    }

    /// Makes what was done to the directory's names durable.
    pub fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(self.as_fd())?)
    }

    /// Removes a file or link; false when it was not there.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<bool> {
        match rustix::fs::unlinkat(self.as_fd(), name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    /// Removes whatever `name` is, with all below it; links are removed and not followed. False when it was not there.
    pub fn remove_tree(&self, name: &OsStr) -> io::Result<bool> {
        remove(self, name, MAX_DEPTH)
    }

    /// Paths of all regular files below, relative to here, sorted; links are left out.
    pub fn files_below(&self) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        collect(self, "", MAX_DEPTH, &mut found)?;
        Ok(found)
    }
}

fn remove(dir: &Dir, name: &OsStr, depth: usize) -> io::Result<bool> {
    let stat = match rustix::fs::statat(dir.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Ok(false),
        Err(e) => return Err(e.into()),
    };
    if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
        return dir.remove_file(name);
    }
    if depth == 0 {
        return Err(io::Error::other("the directory is too deep to be one of the hub's"));
    }
    let below = dir.sub_dir(name)?;
    for item in rustix::fs::Dir::read_from(below.as_fd())? {
        let item = item?;
        let name = item.file_name().to_bytes();
        if name != b"." && name != b".." {
            remove(&below, std::os::unix::ffi::OsStrExt::from_bytes(name), depth - 1)?;
        }
    }
    match rustix::fs::unlinkat(dir.as_fd(), name, AtFlags::REMOVEDIR) {
        Ok(()) | Err(Errno::NOENT) => Ok(true),
        Err(e) => Err(e.into()),
    }
}

fn collect(dir: &Dir, prefix: &str, depth: usize, found: &mut Vec<String>) -> io::Result<()> {
    for (name, entry) in dir.list()? {
        match entry.kind {
            super::Kind::File => found.push(format!("{prefix}{name}")),
            super::Kind::Dir if depth > 0 => {
                collect(&dir.sub_dir(name.as_ref())?, &format!("{prefix}{name}/"), depth - 1, found)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// The way from the directory of `from` to `to`, both below the top directory: what a relative link in place of `from`
/// has to say.
pub fn relative(from: &RelPath, to: &RelPath) -> std::path::PathBuf {
    let dirs: Vec<&OsStr> = from.as_path().parent().map(|p| p.iter().collect()).unwrap_or_default();
    let names: Vec<&OsStr> = to.names().collect();
    let common = dirs.iter().zip(&names).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n(OsStr::new(".."), dirs.len() - common);
    up.chain(names.into_iter().skip(common)).collect()
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
    fn links_lead_from_their_own_directory() {
        let way = |from, to| relative(&rel(from), &rel(to)).display().to_string();
        assert_eq!(
            way("work/tasks/1/1/a.rpm", "packages/a/1/1/src/a.rpm"),
            "../../../../packages/a/1/1/src/a.rpm"
        );
        assert_eq!(way("packages/a/1/1", "packages/a/1/2"), "2");
        assert_eq!(way("packages/a/1/1", "vol/v/packages/a/1/1"), "../../../vol/v/packages/a/1/1");
        assert_eq!(way("x", "y"), "y");
    }

    #[test]
    fn files_are_adopted_and_trees_removed() {
        let (top, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(top.path().join("upload"), "content").unwrap();
        fs::write(other.path().join("kept"), "x").unwrap();
        let dir = Dir::open(top.path()).unwrap();
        let sub = dir.make_dirs(&rel("p/a")).unwrap();
        let mut file = dir.read(&rel("upload")).unwrap();
        sub.adopt(&mut file, "f".as_ref()).unwrap();
        assert_eq!(sub.adopt(&mut file, "f".as_ref()).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        sub.copy_in(&mut file, "g".as_ref()).unwrap();
        assert_eq!(dir.sub(&rel("p")).unwrap().files_below().unwrap(), ["a/f", "a/g"]);
        dir.link_over("upload".as_ref(), Path::new("p/a/f")).unwrap();
        assert_eq!(dir.link_target("upload".as_ref()).unwrap().as_deref(), Some("p/a/f"));
        assert_eq!(fs::read_to_string(top.path().join("upload")).unwrap(), "content");
        symlink(other.path(), top.path().join("p/out")).unwrap();
        assert!(dir.remove_tree("p".as_ref()).unwrap());
        assert!(!dir.remove_tree("p".as_ref()).unwrap());
        assert!(other.path().join("kept").exists());
        assert!(!top.path().join("p").exists());
    }
}
