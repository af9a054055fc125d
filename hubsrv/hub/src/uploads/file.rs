//! Writing what is received.
//!
//! The first piece of a file goes to a temporary name and gets its own when it is complete. Later pieces are appended in place;
//! when one breaks off, the file is cut back to where it was. When the disk is full, the file goes, so that half an upload does not
//! take the room that the rest of the system needs; logs stay, they are worth reading up to there.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use koji_api::Fault;
use nix::fcntl::{Flock, FlockArg};

use super::{Broken, Digest, Target};
use crate::fault::Failure;
use crate::store::Kind;

/// What was written.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    pub size: u64,
    pub offset: u64,
    pub hexdigest: Option<String>,
}

/// Writes one piece at `offset` (-1: at the end). With `overwrite` the file ends behind it; without, it must have been
/// written up to there and no further than the piece's end. `next` gives the bytes, `None` at their end. Blocks.
pub fn write_chunk(
    target: &Target,
    offset: i64,
    overwrite: bool,
    mut digest: Digest,
    mut next: impl FnMut() -> Result<Option<bytes::Bytes>, Broken>,
) -> Result<Written, Broken> {
    let shown = &target.shown;
    let there = target.dir.entry(&target.name).map_err(Failure::from)?;
    match there.map(|e| e.kind) {
        Some(Kind::Link) => return Err(Fault::generic(format!("destination is a symlink: {shown}")).into()),
        Some(Kind::Dir | Kind::Other) => {
            return Err(Fault::generic(format!("destination not a file: {shown}")).into());
        }
        Some(Kind::File) if offset == 0 && !overwrite => {
            return Err(Fault::generic(format!("upload path exists: {shown}")).into());
        }
        Some(Kind::File) if offset != 0 => {
            return append(target, offset, overwrite, digest, &mut next);
        }
        Some(Kind::File) | None => {}
    }
    if offset > 0 {
        return Err(beyond(target, offset, 0).into());
    }
    let mut temp = target.dir.temp().map_err(Failure::from)?;
    let size = copy(&mut temp.file, &mut digest, &mut next, &mut false)?;
    temp.replace(target.name.name()).map_err(Failure::from)?;
    Ok(Written { size, offset: 0, hexdigest: digest.finish() })
}

fn append(
    target: &Target,
    offset: i64,
    overwrite: bool,
    mut digest: Digest,
    next: &mut impl FnMut() -> Result<Option<bytes::Bytes>, Broken>,
) -> Result<Written, Broken> {
    let file = target.dir.write(&target.name).map_err(Failure::from)?;
    let mut file = Flock::lock(file, FlockArg::LockExclusiveNonblock)
        .map_err(|_| Fault::lock(format!("somebody else is writing to {}; try again", target.shown)))?;
    let length = file.metadata().map_err(Failure::from)?.len();
    let start = match offset {
        -1 => length,
        n => u64::try_from(n).map_err(|_| Fault::generic(format!("Invalid upload offset: {offset}")))?,
    };
    if start > length {
        return Err(beyond(target, offset, length).into());
    }
    let kept = if overwrite { start } else { length };
    let log = target.shown.ends_with(".log");
    let mut full = false;
    let written = (|| {
        file.set_len(kept).map_err(Failure::from)?;
        file.seek(SeekFrom::Start(start)).map_err(Failure::from)?;
        let size = copy(&mut file, &mut digest, next, &mut full)?;
        let now = file.metadata().map_err(Failure::from)?.len();
        if !overwrite && now != start + size {
            let text = format!(
                "Incorrect upload length for {} - Expected {}, actual {now}",
                target.shown,
                start + size
            );
            return Err(Broken::from(Fault::generic(text)));
        }
        // logs are written many times a minute, and lost with the machine's crash like the build that they are of
        if !log {
            file.sync_data().map_err(Failure::from)?;
        }
        Ok(size)
    })();
    match written {
        Ok(size) => Ok(Written { size, offset: start, hexdigest: digest.finish() }),
        Err(broken) => {
            if full && !log {
                tracing::warn!("{}: removed, the file store is full", target.shown);
                target.dir.remove_file(target.name.name()).map_err(Failure::from)?;
            }
            if let Err(e) = file.set_len(kept) {
                tracing::error!("{} keeps half of an upload: {e}", target.shown);
            }
            Err(broken)
        }
    }
}

fn copy(
    file: &mut File,
    digest: &mut Digest,
    next: &mut impl FnMut() -> Result<Option<bytes::Bytes>, Broken>,
    full: &mut bool,
) -> Result<u64, Broken> {
    let mut size = 0;
    while let Some(bytes) = next()? {
        digest.update(&bytes);
        file.write_all(&bytes).map_err(|e| {
            let failure = Failure::Io(zero_is_full(e));
            *full = failure.is_full();
            failure
        })?;
        size += u64::try_from(bytes.len()).unwrap_or(0);
    }
    Ok(size)
}

/// Some file systems write nothing instead of saying that they are full.
fn zero_is_full(e: io::Error) -> io::Error {
    if e.kind() == io::ErrorKind::WriteZero { io::ErrorKind::StorageFull.into() } else { e }
}

fn beyond(target: &Target, offset: i64, length: u64) -> Fault {
    Fault::generic(format!("upload offset {offset} is beyond the end of {} ({length} bytes)", target.shown))
}
