//! The connection pool.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, Postgres, Transaction};

use crate::single::{Single, Singles};
use crate::{DbError, Mode, Result, Tx};

/// The connection pool.
#[derive(Debug, Clone)]
pub struct Db {
    pool: PgPool,
    listeners: PgPool,
    singles: Singles,
}

/// Hears announcements.
pub struct Listener {
    inner: PgListener,
}

impl Listener {
    /// The next announcement; `None` when the connection is gone, and announcements with it.
    pub async fn next(&mut self) -> Result<Option<String>> {
        Ok(self.inner.try_recv().await?.map(|n| n.payload().to_owned()))
    }
}

/// How long a request waits for a connection.
pub(crate) const ACQUIRE: Duration = Duration::from_secs(30);
/// How long it waits before it looks whether there is a server at all.
const PATIENCE: Duration = Duration::from_millis(300);
/// Statements that a connection keeps prepared: about as many as the hub has.
const STATEMENTS: usize = 1000;

impl Db {
    /// A pool of at most `max` connections, and as many for single statements; none is made yet.
    pub fn new(options: PgConnectOptions, max: u32) -> Db {
        let options = options
            .application_name("koji-hub")
            .statement_cache_capacity(STATEMENTS)
            .options([("timezone", "UTC")])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(max)
            .acquire_timeout(ACQUIRE)
            // a ping for each request costs more than starting again on the rare dead connection, which `open` does
            .test_before_acquire(false)
            .connect_lazy_with(options);
        // a listener keeps its connection for good; it must not take one of the requests'
        let listeners =
            PgPoolOptions::new().max_connections(2).connect_lazy_with((*pool.connect_options()).clone());
        let singles = Singles::new(pool.connect_options(), max);
        Db { pool, listeners, singles }
    }

    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// A transaction. It takes a connection with its first statement.
    pub fn begin(&self, mode: Mode) -> Tx {
        Tx::new(self.clone(), mode)
    }

    /// Whether the server answers.
    pub async fn ping(&self) -> Result<()> {
        let mut tx = self.begin(Mode::Read);
        tx.int("SELECT 1::bigint", vec![]).await?;
        tx.commit().await
    }

    pub(crate) async fn single(&self) -> Result<Single> {
        Ok(self.singles.take().await?)
    }

    /// A connection beside the pool.
    pub(crate) async fn connect(&self) -> Result<PgConnection> {
        Ok(PgConnection::connect_with(&self.pool.connect_options()).await?)
    }

    /// A connection of its own that hears what is announced on `channel`.
    pub async fn listen(&self, channel: &str) -> Result<Listener> {
        let mut inner = PgListener::connect_with(&self.listeners).await?;
        inner.eager_reconnect(false);
        inner.listen(channel).await?;
        Ok(Listener { inner })
    }

    pub(crate) async fn open(&self, mode: Mode) -> Result<Transaction<'static, Postgres>> {
        let sql = match mode {
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Mode::Write => "BEGIN",
        };
        loop {
            let idle = self.pool.num_idle();
            let begin = self.pool.begin_with(sql);
            tokio::pin!(begin);
            let opened = match tokio::time::timeout(PATIENCE, &mut begin).await {
                Ok(opened) => opened,
                Err(_) => {
                    // all connections are busy, or there is no server: only then say so at once
                    PgConnection::connect_with(&self.pool.connect_options()).await?.close().await?;
                    begin.await
                }
            };
            match opened.map_err(DbError::from) {
                // connections that were open when the server went; the pool drops each when it fails
                Err(DbError::Unavailable(_)) if idle > 0 => {}
                other => return other,
            }
        }
    }
}
