//! What stands between a session and its hub while a conversation is kept, or held again without a hub.

use bytes::Bytes;

use crate::error::Result;

/// Hears every call of a session and may answer instead of the hub; see [`crate::Session::taped`].
pub trait Tape: Send + Sync {
    /// The answer to a call, both as XML-RPC documents; `None`: the hub is asked.
    fn answer(&self, call: &[u8]) -> Option<Result<Bytes>>;

    /// What the hub answered. Logins are among the calls: their passwords and keys are not to be kept.
    fn note(&self, method: &str, call: &[u8], answer: &[u8]);
}
