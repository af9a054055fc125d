//! Whole trees: removed, given away, copied, measured. Nothing here follows a symbolic link.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

/// Removes a tree however deep it is.
///
/// A build can nest directories deeper than any recursion or path limit bears. So each directory found is first moved up
/// next to its parent, which keeps every path short.
pub(crate) fn remove(top: &Path) -> io::Result<()> {
    match fs::symlink_metadata(top) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e),
        Ok(meta) if !meta.is_dir() => return fs::remove_file(top),
        Ok(_) => {}
    }
    let mut next = 0_u64;
    let mut queue = vec![top.to_path_buf()];
    while let Some(dir) = queue.pop() {
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            // A build can take its own permissions away; root is refused only in a user namespace with foreign ids.
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {
                fs::set_permissions(&dir, fs::Permissions::from_mode(0o700))?;
                fs::read_dir(&dir)?
            }
            Err(e) => return Err(e),
        };
        let names: Vec<_> = entries.collect::<io::Result<_>>()?;
        for entry in names {
            let path = entry.path();
            if !entry.file_type()?.is_dir() {
                fs::remove_file(&path)?;
            } else if fs::remove_dir(&path).is_err() {
                let moved = loop {
                    let to = top.join(format!(".gone-{next}"));
                    next += 1;
                    if fs::symlink_metadata(&to).is_err() {
                        break to;
                    }
                };
                if dir == top {
                    queue.push(path);
                } else {
                    fs::rename(&path, &moved)?;
                    queue.push(moved);
                }
            }
        }
        if dir != top {
            fs::remove_dir(&dir)?;
        }
    }
    fs::remove_dir(top)
}

/// Gives everything in a tree to a user.
pub(crate) fn chown(top: &Path, uid: u32, gid: u32) -> io::Result<()> {
    walk(top, &mut |path, _| lchown(path, Some(uid), Some(gid)))
}

/// Bytes a tree takes on disk; what vanishes meanwhile or cannot be read counts nothing.
pub(crate) fn size(top: &Path) -> u64 {
    usage(top).0
}

/// Bytes a tree takes on disk, and its files and directories.
pub(crate) fn usage(top: &Path) -> (u64, u64) {
    let (mut bytes, mut files) = (0_u64, 0_u64);
    let _ = walk(top, &mut |_, meta| {
        bytes = bytes.saturating_add(meta.blocks().saturating_mul(512));
        files += 1;
        Ok(())
    });
    (bytes, files)
}

/// Copies a root with `cp`, sharing blocks where the file system can.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let status = std::process::Command::new("cp")
        .args(["-a", "--reflink=auto", "--"])
        .arg(from.join("."))
        .arg(to)
        .stdout(std::process::Stdio::null())
        .status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("cp: {status}"))) }
}

fn walk(top: &Path, visit: &mut dyn FnMut(&Path, &fs::Metadata) -> io::Result<()>) -> io::Result<()> {
    let mut queue: Vec<PathBuf> = vec![top.into()];
    while let Some(path) = queue.pop() {
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        visit(&path, &meta)?;
        if meta.is_dir()
            && let Ok(entries) = fs::read_dir(&path)
        {
            queue.extend(entries.flatten().map(|e| e.path()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_deeper_than_any_path_goes() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().join("top");
        let mut nest = fs::canonicalize(dir.path()).unwrap().join("top");
        fs::create_dir(&nest).unwrap();
        // Built in pieces from the bottom up: each chunk is moved beneath the next.
        for _ in 0..60 {
            let chunk = dir.path().join("chunk");
            let mut deep = chunk.clone();
            for _ in 0..50 {
                deep = deep.join("a");
            }
            fs::create_dir_all(&deep).unwrap();
            fs::write(deep.join("file"), "x").unwrap();
            fs::rename(&nest, deep.join("below")).unwrap();
            fs::rename(&chunk, &top).unwrap();
            nest = top.clone();
        }
        std::os::unix::fs::symlink("/etc", top.join("link")).unwrap();
        remove(&top).unwrap();
        assert!(!top.exists());
        assert!(Path::new("/etc/passwd").exists());
    }

    #[test]
    fn a_link_is_removed_and_not_what_it_names() {
        let dir = tempfile::tempdir().unwrap();
        let kept = dir.path().join("kept");
        fs::create_dir(&kept).unwrap();
        fs::write(kept.join("file"), "x").unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&kept, &link).unwrap();
        remove(&link).unwrap();
        assert!(kept.join("file").exists());
        assert!(size(&kept) >= 512);
    }
}
