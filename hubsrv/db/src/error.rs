//! What can go wrong with the database.

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The server cannot be reached, refuses connections or went away; the same call may work later.
    #[error("the database cannot be reached: {0}")]
    Unavailable(sqlx::Error),
    /// A constraint of the schema forbids the write.
    #[error("{message}")]
    Constraint { constraint: String, message: String },
    /// A row lock that was asked for without waiting is held by somebody else.
    #[error("locked by another transaction")]
    Locked,
    /// Two transactions collided; doing the whole call again helps.
    #[error("collided with another transaction: {0}")]
    Conflict(sqlx::Error),
    /// A statement ran for longer than it was allowed to; see `Tx::limit_statements`.
    #[error("the statement took too long and was stopped")]
    TooLong,
    /// The disk under the database is full.
    #[error("the database's disk is full: {0}")]
    DiskFull(sqlx::Error),
    /// A value that PostgreSQL does not take, such as a string with a NUL or an id beyond its range.
    #[error("{0}")]
    BadValue(String),
    /// A write without a logged-in user.
    #[error("not logged-in")]
    NoUser,
    #[error("{0}")]
    Sql(sqlx::Error),
    #[error("{0}")]
    Other(String),
}

impl From<sqlx::Error> for DbError {
    fn from(e: sqlx::Error) -> DbError {
        use sqlx::Error as E;
        match &e {
            E::Io(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Tls(_) | E::Protocol(_) => {
                DbError::Unavailable(e)
            }
            E::Database(d) => {
                let code = d.code().unwrap_or_default().into_owned();
                match code.as_str() {
                    "55P03" => DbError::Locked,
                    "40001" | "40P01" => DbError::Conflict(e),
                    "57014" => DbError::TooLong,
                    "53100" => DbError::DiskFull(e),
                    c if c.starts_with("23") => DbError::Constraint {
                        constraint: d.constraint().unwrap_or_default().to_owned(),
                        message: d.message().to_owned(),
                    },
                    // connection exceptions, shutting down, starting up, too many connections
                    c if c.starts_with("08") || c.starts_with("57P") || c == "53300" => {
                        DbError::Unavailable(e)
                    }
                    c if c.starts_with("22") => DbError::BadValue(d.message().to_owned()),
                    _ => DbError::Sql(e),
                }
            }
            _ => DbError::Sql(e),
        }
    }
}
