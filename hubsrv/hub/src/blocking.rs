//! Work that blocks: files, hashing.

use koji_api::Fault;

use crate::fault::Outcome;

/// Runs `work` where it holds up no other request.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(e) => Err(Fault::internal(format!("a worker of the hub failed: {e}")).into()),
    }
}
