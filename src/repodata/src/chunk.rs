//! Where a list of packages is cut into the pieces that are compressed and cached as one.

use sha2::{Digest, Sha256};

/// Packages a chunk on average.
const AVERAGE: u32 = 64;
/// Packages a chunk at most.
const MOST: usize = 256;

/// Decides package by package whether a new chunk starts.
///
/// The cut depends on a name, not on the position: a package that comes or goes changes its own chunk only, and the
/// chunks before and after it are found in the cache.
#[derive(Default)]
pub(crate) struct Cutter {
    last: Option<String>,
    length: usize,
}

impl Cutter {
    /// Whether a chunk starts at this package. `name` should stay the same when the package is updated.
    pub(crate) fn starts(&mut self, name: &str) -> bool {
        let same = self.last.as_deref() == Some(name);
        let starts = self.length >= MOST || (!same && (self.length == 0 || is_cut(name)));
        if starts {
            self.length = 0;
        }
        self.length += 1;
        if !same {
            self.last = Some(name.to_owned());
        }
        starts
    }
}

fn is_cut(name: &str) -> bool {
    let digest = Sha256::digest(name);
    let word = digest.first_chunk::<4>().copied().map_or(0, u32::from_be_bytes);
    word.is_multiple_of(AVERAGE)
}
