//! Errors below a method become faults here, and nowhere else.

use koji_api::Fault;
use koji_db::{DbError, OptsError};

/// The result of a method or of what it is made of.
pub type Outcome<T> = Result<T, Failure>;

/// Why a call failed: something to tell the caller, or a trouble of the hub's.
#[derive(Debug)]
pub enum Failure {
    Fault(Fault),
    Db(DbError),
    Io(std::io::Error),
}

impl Failure {
    /// The file store has no room.
    pub fn is_full(&self) -> bool {
        matches!(self, Failure::Io(e) if is_full(e))
    }

    /// What the caller is told.
    pub fn into_fault(self) -> Fault {
        match self {
            Failure::Fault(f) => f,
            Failure::Db(DbError::Unavailable(_)) => Fault::offline("database outage"),
            Failure::Db(DbError::NoUser) => Fault::auth("not logged-in"),
            Failure::Db(DbError::Locked) => Fault::lock("the record is locked by another call; try again"),
            Failure::Db(DbError::TooLong) => {
                Fault::generic("the search took too long and was stopped; a simpler or longer pattern may do")
            }
            Failure::Db(e @ DbError::DiskFull(_)) => Fault::generic(format!("{e}; nothing was changed")),
            Failure::Db(e) => Fault::internal(format!("database: {e}")),
            Failure::Io(e) if is_full(&e) => Fault::generic(
                "no space left on the hub's file store; nothing was kept, try again when there is room",
            ),
            Failure::Io(e) => Fault::internal(format!("file store: {e}")),
        }
    }
}

fn is_full(e: &std::io::Error) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(e.kind(), StorageFull | QuotaExceeded)
}

impl From<Fault> for Failure {
    fn from(f: Fault) -> Failure {
        Failure::Fault(f)
    }
}
impl From<DbError> for Failure {
    fn from(e: DbError) -> Failure {
        Failure::Db(e)
    }
}
impl From<std::io::Error> for Failure {
    fn from(e: std::io::Error) -> Failure {
        Failure::Io(e)
    }
}
impl From<OptsError> for Failure {
    fn from(e: OptsError) -> Failure {
        Failure::Fault(Fault::internal(format!("<class 'Exception'>: {e}")))
    }
}
impl From<koji_api::methods::BindError> for Failure {
    fn from(e: koji_api::methods::BindError) -> Failure {
        Failure::Fault(e.into())
    }
}
