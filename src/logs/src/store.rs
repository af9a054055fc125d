//! The bytes on disk.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::error::{Error, Result};

/// A file with the log's bytes at their offsets in the log.
#[derive(Debug)]
pub(crate) struct Store {
    file: File,
    /// The log itself, which is not ours to write.
    direct: bool,
}

impl Store {
    /// A file without a name in `dir`, which goes with the process. What is not fetched yet is a hole in it.
    pub fn spool(dir: &Path) -> Result<Store> {
        let failed = || Error::io(format!("cannot make a file for the log in {}", dir.display()));
        std::fs::create_dir_all(dir).map_err(failed())?;
        let file = tempfile::tempfile_in(dir).map_err(failed())?;
        Ok(Store { file, direct: false })
    }

    pub fn direct(file: File) -> Store {
        Store { file, direct: true }
    }

    pub fn is_direct(&self) -> bool {
        self.direct
    }

    pub fn write(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        self.file.write_all_at(bytes, offset).map_err(Error::io("cannot keep the log on disk"))
    }

    /// Fills `buffer` as far as there is something; how far.
    pub fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|r| !r.is_empty()) {
            match self.file.read_at(rest, offset + done as u64) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(done)
    }
}
