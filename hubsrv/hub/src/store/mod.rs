//! The file store: opening, making and listing files beneath the top directory, and nowhere else.
//!
//! Every path with a part from outside is a [`RelPath`], and every file is reached from an open directory ([`Dir`]) without
//! following links, so that neither `..` nor a link planted on the way leads out. Files appear under their names whole or
//! not at all.

mod dir;
mod path;
mod served;
mod tree;

use std::io;
use std::path::Path;

pub use dir::{Dir, Entry, Kind};
pub use path::RelPath;
pub use served::open_served;
pub use tree::relative;

use crate::hub::Hub;

/// The root of a volume; `None` and `DEFAULT` are the top directory. Volumes are made by the administrator, also as
/// links, so they are opened by their full path.
pub fn volume(hub: &Hub, volume: Option<&str>) -> io::Result<Dir> {
    if volume.is_some_and(|v| v.contains('/') || v.starts_with('.') || v.contains('\0')) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Dir::open(Path::new(&hub.paths.volume(volume)))
}

/// A volume's `work` directory, made when missing.
pub fn work(hub: &Hub, volume_name: Option<&str>) -> io::Result<Dir> {
    volume(hub, volume_name)?.make_dirs(&RelPath::literal("work"))
}
