//! The files of a package.

use crate::header::{Header, tags};
use serde::{Deserialize, Serialize};

/// Flag bits of a file (rpm's `RPMFILE_*`).
pub mod flag {
    /// %config
    pub const CONFIG: u64 = 1;
    /// %doc
    pub const DOC: u64 = 1 << 1;
    /// %ghost
    pub const GHOST: u64 = 1 << 6;
    /// %license
    pub const LICENSE: u64 = 1 << 7;
}

/// One file of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Absolute path; for source packages the bare name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Type and permission bits.
    pub mode: u32,
    /// Seconds since the epoch.
    pub mtime: u64,
    /// [`flag`] bits.
    pub flags: u64,
    /// Hex digest, empty for what has no content; the algorithm is [`digest_algo`].
    pub digest: String,
    /// Owner.
    pub user: String,
    /// Group.
    pub group: String,
    /// What a symbolic link points to, else empty.
    pub linkto: String,
}

impl FileEntry {
    /// Whether it is a directory.
    pub fn is_dir(&self) -> bool {
        self.mode & 0o170_000 == 0o040_000
    }

    /// Whether it is %ghost: named, but not in the payload.
    pub fn is_ghost(&self) -> bool {
        self.flags & flag::GHOST != 0
    }
}

/// Name of the algorithm of the files' digests, as Koji names it. `None` for one that it does not know.
pub fn digest_algo(header: &Header) -> Option<&'static str> {
    Some(match header.int(tags::FILEDIGESTALGO) {
        None | Some(0 | 1) => "md5",
        Some(2) => "sha1",
        Some(3) => "ripemd160",
        Some(8) => "sha256",
        Some(9) => "sha384",
        Some(10) => "sha512",
        Some(11) => "sha224",
        Some(_) => return None,
    })
}

/// The full paths, in header order.
pub(crate) fn names(header: &Header) -> Vec<String> {
    let basenames = header.strings(tags::BASENAMES);
    if basenames.is_empty() {
        return header.strings(tags::OLDFILENAMES);
    }
    let dirs = header.strings(tags::DIRNAMES);
    let mut indexes = header.ints(tags::DIRINDEXES).into_iter();
    basenames
        .into_iter()
        .map(|base| {
            let index = indexes.next().and_then(|index| usize::try_from(index).ok());
            let dir = index.and_then(|index| dirs.get(index)).map_or("", String::as_str);
            format!("{dir}{base}")
        })
        .collect()
}

/// The sizes, from the 64-bit tag where there is one.
pub(crate) fn sizes(header: &Header) -> Vec<u64> {
    let long = header.ints(tags::LONGFILESIZES);
    if long.is_empty() { header.ints(tags::FILESIZES) } else { long }
}

pub(crate) fn read(header: &Header) -> Vec<FileEntry> {
    let mut sizes = sizes(header).into_iter();
    let mut modes = header.ints(tags::FILEMODES).into_iter();
    let mut mtimes = header.ints(tags::FILEMTIMES).into_iter();
    let mut flags = header.ints(tags::FILEFLAGS).into_iter();
    let mut digests = header.strings(tags::FILEMD5S).into_iter();
    let mut users = header.strings(tags::FILEUSERNAME).into_iter();
    let mut groups = header.strings(tags::FILEGROUPNAME).into_iter();
    let mut links = header.strings(tags::FILELINKTOS).into_iter();
    names(header)
        .into_iter()
        .map(|name| FileEntry {
            name,
            size: sizes.next().unwrap_or(0),
            mode: modes.next().and_then(|mode| u32::try_from(mode).ok()).unwrap_or(0),
            mtime: mtimes.next().unwrap_or(0),
            flags: flags.next().unwrap_or(0),
            digest: digests.next().unwrap_or_default(),
            user: users.next().unwrap_or_default(),
            group: groups.next().unwrap_or_default(),
            linkto: links.next().unwrap_or_default(),
        })
        .collect()
}
