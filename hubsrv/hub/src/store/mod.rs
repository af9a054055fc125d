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

/// A file below the top directory, for reading. A path in `work` may be the link that an imported file leaves there.
pub fn read_below_top(hub: &Hub, path: &RelPath) -> io::Result<std::fs::File> {
    let top = volume(hub, None)?;
    let dir = match path.parent() {
        Some(above) => top.sub(&above)?,
        None => volume(hub, None)?,
    };
    match dir.link_target(path.name())? {
        Some(target) if path.names().next().is_some_and(|n| n == "work") => {
            let above = path.parent().map(|p| p.to_string()).unwrap_or_default();
            let target = RelPath::parse(&format!("{above}/{target}")).ok_or(io::ErrorKind::NotFound)?;
            read_on_volume(hub, &target)
        }
        _ => top.read(path),
    }
}

/// A file by its path below the top directory; volumes may be links themselves.
fn read_on_volume(hub: &Hub, path: &RelPath) -> io::Result<std::fs::File> {
    let text = path.to_string();
    let on_volume = text.strip_prefix("vol/").and_then(|rest| rest.split_once('/'));
    match on_volume {
        Some((name, below)) => {
            let below = RelPath::parse(below).ok_or(io::ErrorKind::NotFound)?;
            volume(hub, Some(name))?.read(&below)
        }
        None => volume(hub, None)?.read(path),
    }
}
