//! Uploaded files that are to be imported.

use std::fs::File;
use std::io;

use koji_api::Fault;
use rustix::fs::FlockOperation;

use crate::fault::{Failure, Outcome};
use crate::store::{Dir, RelPath};

/// An uploaded file, open and kept from being written to as long as it is.
#[derive(Debug)]
pub struct Source {
    /// As the caller named it.
    pub given: String,
    /// Below `work`.
    pub path: RelPath,
    /// The file's name.
    pub name: String,
    /// The full path, for messages.
    pub shown: String,
    pub file: File,
    pub size: u64,
}

impl Source {
    /// Opens an uploaded file. `work` is the directory with all uploads, `root` its full path.
    pub fn open(work: &Dir, root: &str, given: &str) -> Outcome<Source> {
        let shown = format!("{root}/{given}");
        let missing = || Failure::Fault(Fault::generic(format!("No such file: {shown}")));
        let path = RelPath::parse(given).ok_or_else(missing)?;
        let name = path.name().to_str().ok_or_else(missing)?.to_owned();
        let file = match work.read(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound || e.kind() == io::ErrorKind::NotADirectory => {
                return Err(missing());
            }
            // a link is what an imported file leaves behind
            Err(e) if e.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Err(Fault::generic(format!(
                    "{shown} is not a regular file: it was imported already"
                ))
                .into());
            }
            Err(e) if e.kind() == io::ErrorKind::InvalidInput => {
                return Err(Fault::generic(format!("{shown} is not a regular file")).into());
            }
            Err(e) => return Err(e.into()),
        };
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                return Err(Fault::lock(format!("{shown} is being written to; try again")).into());
            }
            Err(e) => return Err(io::Error::from(e).into()),
        }
        let size = file.metadata()?.len();
        Ok(Source { given: given.to_owned(), path, name, shown, file, size })
    }

    /// The id of the task in whose directory the file was uploaded, if it was one's.
    pub fn task(&self) -> Option<i64> {
        let mut names = self.path.names();
        match (names.next()?.to_str()?, names.next()?, names.next()?.to_str()?) {
            ("tasks", _, id) => id.parse().ok(),
            _ => None,
        }
    }
}
