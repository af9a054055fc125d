//! The pool, and one request's transaction.

use std::fmt;
use std::time::Duration;

use futures::TryStreamExt;
use koji_xmlrpc::{Struct, Value, Writer};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPool, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Postgres, Transaction};

use crate::after::After;
use crate::arg::bind;
use crate::json_text::json_text;
use crate::row::row_list;
use crate::{Arg, DbError, Query, Result, row_struct, write_row};

/// The connection pool.
#[derive(Debug, Clone)]
pub struct Db {
    pool: PgPool,
    listeners: PgPool,
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

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Sees one snapshot, cannot write.
    Read,
    /// Sees what is committed, statement by statement, as upstream's hub does; row locks decide races.
    Write,
}

/// Something that others wait for; announced when the transaction commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    Task(i64),
    Host(i64),
    Log(i64),
    /// Repositories and repo requests of a tag.
    Repo(i64),
    Tag(i64),
    Build(i64),
    /// Tasks or hosts changed so that assignments may be possible.
    Scheduler,
    /// A repo request was made or can go on.
    RepoQueue,
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Topic::Task(id) => write!(f, "task:{id}"),
            Topic::Host(id) => write!(f, "host:{id}"),
            Topic::Log(id) => write!(f, "log:{id}"),
            Topic::Repo(id) => write!(f, "repo:{id}"),
            Topic::Tag(id) => write!(f, "tag:{id}"),
            Topic::Build(id) => write!(f, "build:{id}"),
            Topic::Scheduler => f.write_str("scheduler"),
            Topic::RepoQueue => f.write_str("repo-queue"),
        }
    }
}

/// PostgreSQL's notification channel for [`Topic`]s. Its messages are three words: the topic, an id that no other message of this
/// database has, and what is known about the change as a JSON object, in which there may be blanks, or nothing.
/// PostgreSQL gives the messages to all listeners in the same order, that of the commits.
pub const CHANNEL: &str = "koji_live";

impl Db {
    /// A pool of at most `max` connections; none is made yet.
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
        Db { pool, listeners }
    }

    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// A transaction. It takes a connection with its first statement.
    pub fn begin(&self, mode: Mode) -> Tx {
        Tx {
            db: self.clone(),
            mode,
            inner: None,
            user: None,
            event: None,
            topics: Vec::new(),
            after: After::default(),
        }
    }

    /// Whether the server answers.
    pub async fn ping(&self) -> Result<()> {
        let mut tx = self.begin(Mode::Read);
        tx.int("SELECT 1::bigint", vec![]).await?;
        tx.commit().await
    }

    /// A connection of its own that hears what is announced on `channel`.
    pub async fn listen(&self, channel: &str) -> Result<Listener> {
        let mut inner = PgListener::connect_with(&self.listeners).await?;
        inner.eager_reconnect(false);
        inner.listen(channel).await?;
        Ok(Listener { inner })
    }

    async fn open(&self, mode: Mode) -> Result<Transaction<'static, Postgres>> {
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

/// Bytes of what is said about one change. PostgreSQL takes 8000 in a message.
const LONGEST_NEWS: usize = 4000;
/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(30);
/// How long it waits before it looks whether there is a server at all.
const PATIENCE: Duration = Duration::from_millis(300);
/// Statements that a connection keeps prepared: about as many as the hub has.
const STATEMENTS: usize = 1000;

/// A transaction: the only way to the database.
///
/// It takes a connection when the first statement is made, so that calls that need no database do without.
pub struct Tx {
    db: Db,
    mode: Mode,
    inner: Option<Transaction<'static, Postgres>>,
    user: Option<i64>,
    event: Option<i64>,
    topics: Vec<(Topic, String)>,
    after: After,
}

impl Tx {
    /// The user in whose name versioned rows are written.
    pub fn set_user(&mut self, user: Option<i64>) {
        self.user = user;
    }

    pub fn user(&self) -> Result<i64> {
        self.user.ok_or(DbError::NoUser)
    }

    /// The transaction's event, made when first asked for: everything one call changes has the same event.
    pub async fn event(&mut self) -> Result<i64> {
        match self.event {
            Some(event) => Ok(event),
            None => {
                let event: i64 = self.int("SELECT get_event()::bigint", vec![]).await?;
                self.event = Some(event);
                Ok(event)
            }
        }
    }

    /// Makes the next write take a new event: after each call of a multicall, for each build of a mass tag.
    pub fn reset_event(&mut self) {
        self.event = None;
    }

    /// Wakes whoever waits for `topic`, once this transaction is committed.
    pub fn announce(&mut self, topic: Topic) {
        if !self.topics.iter().any(|(known, _)| *known == topic) {
            self.topics.push((topic, String::new()));
        }
    }

    /// As [`Tx::announce`], with what changed: so that who waits need not ask.
    pub fn announce_with<const N: usize>(&mut self, topic: Topic, members: [(&'static str, Value); N]) {
        let mut text = json_text(&Value::record(members));
        if text.len() > LONGEST_NEWS {
            text.clear();
        }
        let news = (topic, text);
        if !self.topics.contains(&news) {
            self.topics.push(news);
        }
    }

    pub async fn commit(mut self) -> Result<()> {
        if !self.topics.is_empty() {
            let topics: Vec<String> = self.topics.iter().map(|(topic, _)| topic.to_string()).collect();
            let news: Vec<String> = self.topics.drain(..).map(|(_, news)| news).collect();
            self.execute(
                "SELECT pg_notify('koji_live', concat(topic, ' ', pg_current_xact_id(), '.', nr, ' ', news)) \
                 FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t(topic, news, nr)",
                crate::args![topics, news],
            )
            .await?;
        }
        if let Some(inner) = self.inner.take() {
            inner.commit().await?;
        }
        self.after.run().await;
        Ok(())
    }

    /// Does `hook` once this transaction is committed, and never if it is not. It may block.
    pub fn after_commit(&mut self, hook: impl FnOnce() + Send + Sync + 'static) {
        self.after.push(Box::new(hook));
    }

    pub async fn rollback(self) -> Result<()> {
        match self.inner {
            Some(inner) => Ok(inner.rollback().await?),
            None => Ok(()),
        }
    }

    /// Ends the transaction, keeping what it wrote, and gives the connection back; the next statement begins a new one.
    /// For calls that wait.
    pub async fn pause(&mut self) -> Result<()> {
        self.event = None;
        let next = Tx {
            db: self.db.clone(),
            mode: self.mode,
            inner: None,
            user: self.user,
            event: None,
            topics: Vec::new(),
            after: After::default(),
        };
        std::mem::replace(self, next).commit().await
    }

    /// Whether the transaction has written or locked anything.
    pub async fn has_written(&mut self) -> Result<bool> {
        if self.inner.is_none() {
            return Ok(false);
        }
        let n = self.int("SELECT count(pg_current_xact_id_if_assigned())", vec![]).await?;
        Ok(n > 0)
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    async fn connection(&mut self) -> Result<&mut PgConnection> {
        let opened = match self.inner.take() {
            Some(inner) => inner,
            None => self.db.open(self.mode).await?,
        };
        Ok(&mut **self.inner.insert(opened))
    }

    /// From here on a statement of this transaction is stopped after this time ([`DbError::TooLong`]): for those whose work is
    /// up to the caller, such as regular expressions.
    pub async fn limit_statements(&mut self, time: Duration) -> Result<()> {
        let millis = format!("{}ms", time.as_millis());
        self.maybe_text("SELECT set_config('statement_timeout', $1, true)", vec![Arg::from(millis)])
            .await
            .map(drop)
    }

    /// Sets a savepoint; [`Tx::rollback_to`] or [`Tx::release`] ends it. Savepoints nest.
    pub async fn savepoint(&mut self) -> Result<()> {
        self.execute("SAVEPOINT call", vec![]).await?;
        self.after.savepoint();
        Ok(())
    }

    pub async fn rollback_to(&mut self) -> Result<()> {
        self.execute("ROLLBACK TO SAVEPOINT call", vec![]).await?;
        self.event = None;
        self.after.rollback_to();
        self.release().await
    }

    pub async fn release(&mut self) -> Result<()> {
        self.execute("RELEASE SAVEPOINT call", vec![]).await?;
        self.after.release();
        Ok(())
    }

    /// Runs a statement; the number of rows it touched.
    pub async fn execute(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64> {
        let done = sqlx::query_with(sql, bind(&args)?).execute(self.connection().await?).await?;
        Ok(done.rows_affected())
    }

    /// All rows of a statement.
    pub async fn rows(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Struct>> {
        let rows = sqlx::query_with(sql, bind(&args)?).fetch_all(self.connection().await?).await?;
        rows.iter().map(row_struct).collect()
    }

    /// The first row of a statement.
    pub async fn row(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<Struct>> {
        let row = sqlx::query_with(sql, bind(&args)?).fetch_optional(self.connection().await?).await?;
        row.as_ref().map(row_struct).transpose()
    }

    /// Rows as a type that derives `sqlx::FromRow`.
    pub async fn rows_as<T>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<T>>
    where
        T: for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin,
    {
        Ok(sqlx::query_as_with(sql, bind(&args)?).fetch_all(self.connection().await?).await?)
    }

    /// The first row as a type that derives `sqlx::FromRow` (tuples do).
    pub async fn row_as<T>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>>
    where
        T: for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin,
    {
        Ok(sqlx::query_as_with(sql, bind(&args)?).fetch_optional(self.connection().await?).await?)
    }

    /// The first column of the first row as an integer of any width; an error when there is none.
    pub async fn int(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<i64> {
        self.maybe_int(sql, args)
            .await?
            .ok_or_else(|| DbError::Other("a statement that always has a row had none".into()))
    }

    /// As [`Tx::int`]; `None` without a row or with NULL in it.
    pub async fn maybe_int(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<i64>> {
        let row = self.row(sql, args).await?;
        Ok(row.and_then(|r| r.into_values().next()).and_then(|v| v.as_int()))
    }

    /// The first column of every row as integers.
    pub async fn ints(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<i64>> {
        let rows = self.rows(sql, args).await?;
        Ok(rows.into_iter().filter_map(|r| r.into_values().next()?.as_int()).collect())
    }

    /// The first column of the first row as a string.
    pub async fn maybe_text(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<String>> {
        let row = self.row(sql, args).await?;
        Ok(match row.and_then(|r| r.into_values().next()) {
            Some(Value::Str(s)) => Some(s),
            _ => None,
        })
    }

    /// All rows of a [`Query`], as structs.
    pub async fn select(&mut self, query: &Query) -> Result<Vec<Struct>> {
        let (sql, args) = query.build();
        let rows =
            sqlx::query_with(AssertSqlSafe(sql), bind(args)?).fetch_all(self.connection().await?).await?;
        rows.iter().map(row_struct).collect()
    }

    /// All rows of a [`Query`] as a type that derives `sqlx::FromRow`.
    pub async fn select_as<T>(&mut self, query: &Query) -> Result<Vec<T>>
    where
        T: for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin,
    {
        let (sql, args) = query.build();
        Ok(sqlx::query_as_with(AssertSqlSafe(sql), bind(args)?).fetch_all(self.connection().await?).await?)
    }

    /// The first row of a [`Query`].
    pub async fn select_one(&mut self, query: &Query) -> Result<Option<Struct>> {
        let (sql, args) = query.build();
        let row = sqlx::query_with(AssertSqlSafe(sql), bind(args)?)
            .fetch_optional(self.connection().await?)
            .await?;
        row.as_ref().map(row_struct).transpose()
    }

    /// The answer to a [`Query`] as its options ask: a count, lists or structs.
    pub async fn answer(&mut self, query: &Query) -> Result<Value> {
        if query.count_only() {
            return self.count(query).await.map(Value::Int);
        }
        let (sql, args) = query.build();
        let rows =
            sqlx::query_with(AssertSqlSafe(sql), bind(args)?).fetch_all(self.connection().await?).await?;
        let values = if query.as_list() {
            rows.iter().map(|r| row_list(r).map(Value::Array)).collect::<Result<Vec<_>>>()?
        } else {
            rows.iter().map(|r| row_struct(r).map(Value::Struct)).collect::<Result<Vec<_>>>()?
        };
        Ok(Value::Array(values))
    }

    pub async fn count(&mut self, query: &Query) -> Result<i64> {
        let (sql, args) = query.build_count();
        Ok(sqlx::query_scalar_with(AssertSqlSafe(sql), bind(args)?)
            .fetch_one(self.connection().await?)
            .await?)
    }

    /// Streams the answer to a [`Query`] into `w` as one XML-RPC array (or a count). `flush` is called after every row with
    /// the writer, to take away what is ready.
    pub async fn write_answer<F, Fut>(&mut self, query: &Query, w: &mut Writer, mut flush: F) -> Result<()>
    where
        F: FnMut(&mut Writer) -> Option<Fut>,
        Fut: Future<Output = Result<()>>,
    {
        if query.count_only() {
            let n = self.count(query).await?;
            w.int(n);
            return Ok(());
        }
        let (sql, args) = query.build();
        let mut rows = sqlx::query_with(AssertSqlSafe(sql), bind(args)?).fetch(self.connection().await?);
        w.begin_array();
        while let Some(row) = rows.try_next().await? {
            write_row(&row, query.as_list(), w)?;
            if let Some(sent) = flush(w) {
                sent.await?;
            }
        }
        w.end_array();
        Ok(())
    }

    /// Runs SQL whose table name is not a literal; only [`crate::versioned`] and the history need it.
    pub(crate) async fn execute_built(&mut self, sql: String, args: &[Arg]) -> Result<u64> {
        let done =
            sqlx::query_with(AssertSqlSafe(sql), bind(args)?).execute(self.connection().await?).await?;
        Ok(done.rows_affected())
    }

    /// Takes the row of `locks` called `name`: waits for it, or answers false when somebody has it. Held until the transaction ends.
    pub async fn lock(&mut self, name: &str, wait: bool) -> Result<bool> {
        let found = if wait {
            self.row("SELECT name FROM locks WHERE name = $1 FOR UPDATE", crate::args![name]).await?
        } else {
            self.row("SELECT name FROM locks WHERE name = $1 FOR UPDATE SKIP LOCKED", crate::args![name])
                .await?
        };
        if found.is_some() || !wait {
            return Ok(found.is_some());
        }
        Err(DbError::Other(format!("Lock not defined: {name}")))
    }
}
