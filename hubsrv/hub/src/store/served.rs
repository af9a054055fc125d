//! Opening what is offered to everybody: links are followed as long as they stay inside.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, ResolveFlags};

use super::{Dir, RelPath};
use crate::hub::Hub;

/// Opens a file or directory of the store for reading. The store itself has links: builds on other volumes, `latest`
/// repos, imported uploads. Those that lead out of the top directory and its volumes are refused.
pub fn open_served(hub: &Hub, path: Option<&RelPath>) -> io::Result<File> {
    let top = Path::new(hub.paths.top());
    let Some(path) = path else { return File::open(top) };
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    match rustix::fs::openat2(Dir::open(top)?.as_fd(), path.as_path(), flags, Mode::empty(), resolve) {
        Ok(fd) => Ok(fd.into()),
        // not there, or a link with a full path, which may still lead to a place inside
        Err(rustix::io::Errno::NOENT) => Err(io::ErrorKind::NotFound.into()),
        Err(_) => open_and_look(top, path),
    }
}

/// Opens first and looks then where that was, so that nothing can be changed in between.
fn open_and_look(top: &Path, path: &RelPath) -> io::Result<File> {
    let nonblock = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(nonblock).open(top.join(path.as_path()))?;
    let place = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    let inside = roots(top).iter().any(|root| place.starts_with(root));
    if inside { Ok(file) } else { Err(io::ErrorKind::PermissionDenied.into()) }
}

/// The top directory and the volumes, where they really are.
fn roots(top: &Path) -> Vec<PathBuf> {
    let volumes = fs::read_dir(top.join("vol")).into_iter().flatten().flatten().map(|e| e.path());
    [top.to_path_buf()].into_iter().chain(volumes).filter_map(|p| fs::canonicalize(p).ok()).collect()
}
