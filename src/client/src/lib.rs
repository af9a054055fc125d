//! The session with a Koji hub, upstream's or ours: calls, logins, retries, multicalls, uploads and downloads.
//!
//! What it is not: it reads no configuration and no environment ([`ClientOptions`] is filled by the program), it
//! prints nothing, and it knows no command. The methods themselves are declared in `koji-api`.
//!
//! Start at [`Session`].

mod daemon;
mod download;
mod error;
pub mod events;
mod hub;
mod live;
mod multicall;
mod negotiate;
mod options;
mod roots;
mod session;
mod tape;
mod transport;
mod upload;

pub use download::{
    Checksum, ChecksumKind, Download, Downloaded, Downloader, TaskLog, Verify, task_output_bytes,
};
pub use error::{ClientError, HubFault, Result};
pub use live::Live;
pub use multicall::Multicall;
pub use negotiate::kerberos_ticket;
pub use options::ClientOptions;
pub use session::{Credentials, Rows, Session, SessionInfo};
pub use tape::Tape;
pub use upload::{LogUploader, Upload, Uploaded};

/// Whether logins by Kerberos are built in.
pub const HAS_KERBEROS: bool = cfg!(feature = "kerberos");

/// Told about a transfer: bytes done so far, and bytes in all where they are known.
pub type Progress = std::sync::Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;
