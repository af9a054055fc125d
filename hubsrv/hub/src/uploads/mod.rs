//! Files that clients and builders send: into `work`, each directory for one owner.

mod digest;
mod file;
mod raw;
mod target;

use koji_api::Fault;

use crate::fault::Failure;

pub use digest::Digest;
pub use file::write_chunk;
pub use raw::receive;
pub use target::{Target, target};

/// Why an upload got no answer in the ordinary way.
#[derive(Debug)]
pub enum Broken {
    Fault(Fault),
    /// The body could not be read.
    Body(String),
    /// The client paused too long.
    Slow,
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Broken {
        Broken::Fault(fault)
    }
}
impl From<Failure> for Broken {
    fn from(failure: Failure) -> Broken {
        Broken::Fault(failure.into_fault())
    }
}
