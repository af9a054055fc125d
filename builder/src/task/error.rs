//! How a task fails, and what the hub is told.

use koji_api::{Fault, FaultKind};
use koji_client::ClientError;

/// Why a task method did not return a result.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The task failed; the fault is its result.
    #[error("{0}")]
    Failed(Fault),
    /// This host should not run the task; another may.
    #[error("{0}")]
    Refused(String),
    /// The hub took the task away or ended the session: nothing is reported.
    #[error("the task is no longer ours: {0}")]
    Gone(String),
}

impl TaskError {
    pub fn generic(message: impl Into<String>) -> TaskError {
        TaskError::Failed(Fault::generic(message))
    }
    pub fn build(message: impl Into<String>) -> TaskError {
        TaskError::Failed(Fault::build(message))
    }
    pub fn buildroot(message: impl Into<String>) -> TaskError {
        TaskError::Failed(Fault::buildroot(message))
    }
    pub fn parameter(message: impl Into<String>) -> TaskError {
        TaskError::Failed(Fault::parameter(message))
    }
}

impl From<ClientError> for TaskError {
    fn from(e: ClientError) -> TaskError {
        match e.fault() {
            Some(fault) => match fault.kind() {
                Some(FaultKind::AuthExpired | FaultKind::Auth | FaultKind::Retry | FaultKind::Sequence) => {
                    TaskError::Gone(fault.message.clone())
                }
                kind => {
                    TaskError::Failed(Fault::new(kind.unwrap_or(FaultKind::Internal), fault.message.clone()))
                }
            },
            None => TaskError::generic(e.to_string()),
        }
    }
}

impl From<koji_scm::ScmError> for TaskError {
    fn from(e: koji_scm::ScmError) -> TaskError {
        TaskError::build(e.to_string())
    }
}
impl From<crate::arches::ArchError> for TaskError {
    fn from(e: crate::arches::ArchError) -> TaskError {
        TaskError::build(e.to_string())
    }
}
impl From<koji_buildroot::Error> for TaskError {
    fn from(e: koji_buildroot::Error) -> TaskError {
        TaskError::buildroot(e.to_string())
    }
}
impl From<koji_rpm::Error> for TaskError {
    fn from(e: koji_rpm::Error) -> TaskError {
        TaskError::build(e.to_string())
    }
}
impl From<koji_repodata::Error> for TaskError {
    fn from(e: koji_repodata::Error) -> TaskError {
        TaskError::generic(e.to_string())
    }
}
impl From<std::io::Error> for TaskError {
    fn from(e: std::io::Error) -> TaskError {
        TaskError::generic(format!("builder: {e}"))
    }
}
impl From<tokio::task::JoinError> for TaskError {
    fn from(e: tokio::task::JoinError) -> TaskError {
        TaskError::generic(format!("builder: a worker ended: {e}"))
    }
}
