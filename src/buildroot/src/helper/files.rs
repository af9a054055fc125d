//! Files in and out of a root that may hold anything.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir, ResolveFlags, openat, openat2, unlinkat};

use super::request::{Collect, Content, WriteFile};

/// Names of entries not taken that are reported.
const MAX_REFUSED: usize = 100;

/// Writes one file as the current user, with its parent directories.
pub(super) fn write(file: &WriteFile, source: Option<File>) -> io::Result<()> {
    if let Some(parent) = file.path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    // A package may own the file already; never write through what stands there.
    match std::fs::remove_file(&file.path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut out = OpenOptions::new().write(true).create_new(true).mode(file.mode).open(&file.path)?;
    match (&file.content, source) {
        (Content::Text(text), _) => out.write_all(text.as_bytes()),
        (Content::Host(_), Some(mut source)) => io::copy(&mut source, &mut out).map(drop),
        (Content::Host(path), None) => Err(io::Error::other(format!("{} was not opened", path.display()))),
    }
}

/// Copies the rpm files of some directories inside to a directory of the host.
///
/// Only regular files with the name of an rpm are taken; the others' names are handed back. Directories are opened
/// without following links, since whoever ran inside may have put links anywhere.
pub(super) fn collect(collect: &Collect, to: BorrowedFd<'_>) -> io::Result<(Vec<String>, Vec<String>)> {
    let root = openat(CWD, "/", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    let mut left = collect.max_bytes;
    for from in &collect.from {
        let dir = match open_dir(root.as_fd(), from) {
            Ok(Some(dir)) => dir,
            Ok(None) => continue,
            // Whoever ran inside put a link or a file in the directory's place.
            Err(e) if matches!(e.raw_os_error(), Some(libc::ELOOP | libc::ENOTDIR | libc::EXDEV)) => {
                refused.push(format!("{}/", from.display()));
                continue;
            }
            Err(e) => return Err(e),
        };
        for (name, kind) in entries(dir.as_fd())? {
            let shown = name.to_string_lossy().into_owned();
            match name.to_str() {
                Ok(text) if kind == FileType::RegularFile && is_rpm_name(text) => {
                    match take(dir.as_fd(), text, to, left)? {
                        Some(size) => {
                            left -= size;
                            taken.push(text.to_string());
                        }
                        None => refused.push(shown),
                    }
                }
                _ => refused.push(shown),
            }
        }
        // The report is read whole; its reader needs a few names, not a million.
        refused.sort_by_key(|name| !name.ends_with(".rpm"));
        refused.truncate(MAX_REFUSED);
    }
    taken.sort();
    Ok((taken, refused))
}

/// Letters rpm allows in a name, and the ending; so no control character, no slash, no leading dot or dash.
fn is_rpm_name(name: &str) -> bool {
    name.ends_with(".rpm")
        && name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._+~^-".contains(c))
}

fn open_dir(root: BorrowedFd<'_>, path: &Path) -> io::Result<Option<OwnedFd>> {
    let inside = path.strip_prefix("/").unwrap_or(path);
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    match openat2(root, inside, flags, Mode::empty(), resolve) {
        Ok(dir) => Ok(Some(dir)),
        Err(rustix::io::Errno::NOENT) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

fn entries(dir: BorrowedFd<'_>) -> io::Result<Vec<(std::ffi::CString, FileType)>> {
    let mut buffer = Vec::with_capacity(8192);
    let mut found = Vec::new();
    let mut iter = RawDir::new(dir, buffer.spare_capacity_mut());
    while let Some(entry) = iter.next() {
        let entry = entry?;
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
            found.push((entry.file_name().to_owned(), entry.file_type()));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// Copies one file if it is regular and fits; `None` when it is not taken.
fn take(dir: BorrowedFd<'_>, name: &str, to: BorrowedFd<'_>, left: u64) -> io::Result<Option<u64>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut from = File::from(openat2(
        dir,
        name,
        flags,
        Mode::empty(),
        ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS,
    )?);
    let meta = from.metadata()?;
    if !meta.is_file() || meta.len() > left {
        return Ok(None);
    }
    match unlinkat(to, name, AtFlags::empty()) {
        Err(e) if e != rustix::io::Errno::NOENT => return Err(e.into()),
        _ => {}
    }
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut out = File::from(openat(to, name, flags, Mode::from_raw_mode(0o644))?);
    let size = io::copy(&mut from, &mut out)?;
    Ok(Some(size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_plain_rpms_only() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let inside = inside.path().canonicalize().unwrap();
        std::fs::write(inside.join("a-1-1.noarch.rpm"), "rpm").unwrap();
        std::fs::write(inside.join("notes.txt"), "x").unwrap();
        std::fs::write(inside.join("b\n-1-1.noarch.rpm"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", inside.join("c-1-1.noarch.rpm")).unwrap();
        std::fs::create_dir(inside.join("d-1-1.noarch.rpm")).unwrap();
        let to = File::open(outside.path()).unwrap();
        let request = Collect { from: vec![inside], to: outside.path().into(), max_bytes: 1000 };
        let (taken, refused) = collect(&request, to.as_fd()).unwrap();
        assert_eq!(taken, ["a-1-1.noarch.rpm"]);
        assert_eq!(refused.len(), 4, "{refused:?}");
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_in_place_of_the_directory_is_refused_and_set_uid_is_not_copied() {
        use std::os::unix::fs::PermissionsExt;
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let inside = inside.path().canonicalize().unwrap();
        std::fs::create_dir(inside.join("real")).unwrap();
        let rpm = inside.join("real/a-1-1.noarch.rpm");
        std::fs::write(&rpm, "rpm").unwrap();
        std::fs::set_permissions(&rpm, std::fs::Permissions::from_mode(0o6755)).unwrap();
        std::os::unix::fs::symlink(inside.join("real"), inside.join("link")).unwrap();
        std::fs::write(inside.join("file"), "").unwrap();
        let to = File::open(outside.path()).unwrap();
        let from = ["link", "file", "none", "real"].map(|n| inside.join(n)).to_vec();
        let (taken, refused) =
            collect(&Collect { from, to: outside.path().into(), max_bytes: 1000 }, to.as_fd()).unwrap();
        assert_eq!(taken, ["a-1-1.noarch.rpm"]);
        assert_eq!(refused, ["link", "file"].map(|n| format!("{}/", inside.join(n).display())));
        let mode = outside.path().join("a-1-1.noarch.rpm").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o644);
    }

    proptest! {
        #[test]
        fn no_accepted_name_leaves_its_directory(name in ".{0,40}") {
            if is_rpm_name(&name) {
                prop_assert_eq!(Path::new(&name).file_name().unwrap(), name.as_str());
                prop_assert!(name.chars().all(|c| c.is_ascii_graphic()));
            }
        }
    }
}
