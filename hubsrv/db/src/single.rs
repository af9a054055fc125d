//! Connections for calls that turn out to be one statement: it is sent alone, and needs no transaction around it.
//!
//! A connection goes back when its statement has ended. One that was given up in the middle, or that broke, is closed.

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Error};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::pool::ACQUIRE;

/// The connections that are free now, and how many more there may be.
#[derive(Debug, Clone)]
pub(crate) struct Singles {
    options: Arc<PgConnectOptions>,
    free: Arc<Mutex<Vec<PgConnection>>>,
    permits: Arc<Semaphore>,
}

/// A connection, for one statement.
pub(crate) struct Single {
    connection: Option<PgConnection>,
    ended: bool,
    free: Arc<Mutex<Vec<PgConnection>>>,
    _permit: OwnedSemaphorePermit,
}

impl Singles {
    pub(crate) fn new(options: Arc<PgConnectOptions>, max: u32) -> Singles {
        let max = usize::try_from(max).unwrap_or(1);
        Singles { options, free: Arc::default(), permits: Arc::new(Semaphore::new(max)) }
    }

    pub(crate) async fn take(&self) -> Result<Single, Error> {
        let permit = tokio::time::timeout(ACQUIRE, Arc::clone(&self.permits).acquire_owned()).await;
        let permit = permit.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?;
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match free {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        Ok(Single {
            connection: Some(connection),
            ended: false,
            free: Arc::clone(&self.free),
            _permit: permit,
        })
    }
}

impl Single {
    /// The connection, while its statement runs.
    pub(crate) fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        self.ended = false;
        self.connection.as_mut().ok_or(Error::PoolClosed)
    }

    /// The statement has ended. If the connection broke, those that were opened before it are no better.
    pub(crate) fn ended(&mut self, broken: bool) {
        if broken {
            self.free.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        self.ended = !broken;
    }
}

impl Drop for Single {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|_| self.ended) {
            self.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}
