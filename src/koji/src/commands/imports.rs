//! Files that commands import: brought to the hub's work directory by upload or by a link.

use std::path::Path;

use koji_api::paths::PathInfo;

use crate::context::{Cx, base_name};
use crate::error::{CommandError, Result};
use crate::staging::{self, unique_dir};

/// Options of commands that bring files.
#[derive(Debug, clap::Args)]
pub struct BringOptions {
    /// Show no progress
    #[arg(long)]
    pub noprogress: bool,
    /// Link the files into the hub's work directory instead of uploading them; it must be mounted here (topdir)
    #[arg(long)]
    pub link: bool,
}

/// Below the hub's work directory.
const IMPORTS: &str = "cli-import";

/// A directory of this import alone, for several files.
pub fn directory() -> String {
    unique_dir(IMPORTS)
}

/// Brings one file to a directory of its own, whose name it gives.
pub async fn bring(cx: &Cx, file: &Path, by_link: bool, noprogress: bool) -> Result<String> {
    if by_link {
        let dir = directory();
        return link(cx, file, &dir).map(|()| dir);
    }
    staging::upload(cx, file, IMPORTS, noprogress).await
}

/// Links a file to a directory below the hub's work directory, which belongs to the owner of that afterwards.
pub fn link(cx: &Cx, file: &Path, dir: &str) -> Result {
    let work = PathInfo::new(cx.settings.topdir.to_string_lossy()).work(None);
    let dir = format!("{work}/{dir}");
    let target = format!("{dir}/{}", base_name(file));
    let failed = |what: &str, e: std::io::Error| {
        CommandError::new(format!("cannot {what}: {e}; without --link the file is uploaded"))
    };
    std::fs::create_dir_all(&dir).map_err(|e| failed(&format!("make {dir}"), e))?;
    let owner = std::fs::metadata(&work).map_err(|e| failed(&format!("look at {work}"), e))?;
    let (uid, gid) =
        (std::os::unix::fs::MetadataExt::uid(&owner), std::os::unix::fs::MetadataExt::gid(&owner));
    std::os::unix::fs::chown(&dir, Some(uid), Some(gid))
        .map_err(|e| failed(&format!("give {dir} away"), e))?;
    cx.out.line(format!("Linking rpm to: {target}"));
    std::fs::hard_link(file, &target).map_err(|e| failed(&format!("link {target}"), e))
}
