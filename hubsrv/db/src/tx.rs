//! One request's transaction.

use std::time::Duration;

use futures::TryStreamExt;
use koji_xmlrpc::{Struct, Value, Writer};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Postgres, Transaction};

use crate::after::After;
use crate::arg::bind;
use crate::json_text::json_text;
use crate::row::row_list;
use crate::single::Single;
use crate::touched::{self, Tables, Touched};
use crate::{Arg, Db, DbError, Query, Result, Topic, row_struct, write_row};

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Sees one snapshot, cannot write.
    Read,
    /// Sees what is committed, statement by statement, as upstream's hub does; row locks decide races.
    Write,
}

/// Bytes of what is said about one change. PostgreSQL takes 8000 in a message.
const LONGEST_NEWS: usize = 4000;
/// A transaction: the only way to the database.
///
/// It takes a connection when the first statement is made, so that calls that need no database do without.
pub struct Tx {
    db: Db,
    mode: Mode,
    link: Link,
    /// The first statement is sent alone.
    first_alone: bool,
    user: Option<i64>,
    event: Option<i64>,
    topics: Vec<(Topic, String)>,
    after: After,
    /// What this transaction wrote, and each open savepoint.
    written: Vec<Touched>,
    /// Tables that were read, once somebody wants to know.
    read: Option<Tables>,
}

enum Link {
    None,
    Single(Single),
    Open(Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) fn new(db: Db, mode: Mode) -> Tx {
        Tx {
            db,
            mode,
            link: Link::None,
            first_alone: false,
            user: None,
            event: None,
            topics: Vec::new(),
            after: After::default(),
            written: vec![Touched::default()],
            read: None,
        }
    }

    /// Sends the first statement of a reading transaction by itself; those after it, if any, see one snapshot. Most reading
    /// calls are one statement, and it needs no other word with the server.
    #[must_use]
    pub fn first_alone(self) -> Tx {
        Tx { first_alone: self.mode == Mode::Read, ..self }
    }

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
        let written = self.written.pop().and_then(|w| w.tables());
        if !self.topics.is_empty() {
            let topics: Vec<String> = self.topics.iter().map(|(topic, _)| topic.to_string()).collect();
            let news: Vec<String> = self.topics.drain(..).map(|(_, news)| news).collect();
            self.own(
                "WITH noted AS (INSERT INTO hub_changes (tables) VALUES ($3))
                 SELECT pg_notify('koji_live', concat(topic, ' ', pg_current_xact_id(), '.', nr, ' ', news))
                   FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t(topic, news, nr)",
                crate::args![topics, news, written.unwrap_or_default()],
            )
            .await?;
        } else if let Some(written) = written {
            self.note_changes(written).await?;
        }
        if let Link::Open(open) = std::mem::replace(&mut self.link, Link::None) {
            open.commit().await?;
        }
        self.after.run().await;
        Ok(())
    }

    /// Leaves what was written to [`crate::changes`], if PostgreSQL has a number for it.
    async fn note_changes(&mut self, tables: Vec<String>) -> Result<()> {
        self.own(
            "INSERT INTO hub_changes (tables) SELECT $1 WHERE pg_current_xact_id_if_assigned() IS NOT NULL",
            crate::args![tables],
        )
        .await
    }

    /// A statement of the transaction's own, which is no part of what it wrote.
    async fn own(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<()> {
        self.open().await?;
        sqlx::query_with(sql, bind(&args)?).execute(self.connection().await?).await?;
        Ok(())
    }

    /// Does `hook` once this transaction is committed, and never if it is not. It may block.
    pub fn after_commit(&mut self, hook: impl FnOnce() + Send + Sync + 'static) {
        self.after.push(Box::new(hook));
    }

    pub async fn rollback(self) -> Result<()> {
        match self.link {
            Link::Open(open) => Ok(open.rollback().await?),
            Link::None | Link::Single(_) => Ok(()),
        }
    }

    /// Ends the transaction, keeping what it wrote, and gives the connection back; the next statement begins a new one.
    /// For calls that wait.
    pub async fn pause(&mut self) -> Result<()> {
        self.event = None;
        let next = Tx { user: self.user, ..Tx::new(self.db.clone(), self.mode) };
        std::mem::replace(self, next).commit().await
    }

    /// Whether the transaction has written or locked anything.
    pub async fn has_written(&mut self) -> Result<bool> {
        if !matches!(self.link, Link::Open(_)) {
            return Ok(false);
        }
        let n = self.int("SELECT count(pg_current_xact_id_if_assigned())", vec![]).await?;
        Ok(n > 0)
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// For the next statement; [`Tx::ended`] says how it went.
    async fn connection(&mut self) -> Result<&mut PgConnection> {
        if std::mem::take(&mut self.first_alone) {
            self.link = Link::Single(self.db.single().await?);
        } else {
            self.open().await?;
        }
        match &mut self.link {
            Link::Single(single) => Ok(single.connection()?),
            Link::Open(open) => Ok(&mut **open),
            Link::None => Err(DbError::Other("there is no connection".into())),
        }
    }

    /// Begins the transaction, unless it has begun.
    async fn open(&mut self) -> Result<()> {
        self.first_alone = false;
        if !matches!(self.link, Link::Open(_)) {
            // gives a connection back before it asks for another
            self.link = Link::None;
            self.link = Link::Open(self.db.open(self.mode).await?);
        }
        Ok(())
    }

    /// A statement has ended.
    fn ended<T>(&mut self, outcome: sqlx::Result<T>) -> Result<T> {
        let outcome = outcome.map_err(DbError::from);
        if let Link::Single(single) = &mut self.link {
            single.ended(matches!(outcome, Err(DbError::Unavailable(_))));
        }
        outcome
    }

    fn note(&mut self, sql: &'static str) {
        if let (Mode::Write, Some(written)) = (self.mode, self.written.last_mut()) {
            written.note(sql);
        }
        if let Some(read) = &mut self.read {
            read.add(touched::read_by(sql));
        }
    }

    /// As [`Tx::note`], of a statement that was put together.
    fn note_built(&mut self, sql: &str) {
        if let (Mode::Write, Some(written)) = (self.mode, self.written.last_mut()) {
            written.note(sql);
        }
        if let Some(read) = &mut self.read {
            read.add(touched::read_by_built(sql));
        }
    }

    /// From here on it is noted which tables are read.
    pub fn note_reads(&mut self) {
        self.read = Some(Tables::default());
    }

    /// The tables read since [`Tx::note_reads`].
    pub fn reads(&self) -> Tables {
        self.read.unwrap_or_default()
    }

    /// From here on a statement of this transaction is stopped after this time ([`DbError::TooLong`]): for those whose work is
    /// up to the caller, such as regular expressions.
    pub async fn limit_statements(&mut self, time: Duration) -> Result<()> {
        let millis = format!("{}ms", time.as_millis());
        // it holds for the transaction
        self.open().await?;
        self.maybe_text("SELECT set_config('statement_timeout', $1, true)", vec![Arg::from(millis)])
            .await
            .map(drop)
    }

    /// Sets a savepoint; [`Tx::rollback_to`] or [`Tx::release`] ends it. Savepoints nest.
    pub async fn savepoint(&mut self) -> Result<()> {
        self.own("SAVEPOINT call", vec![]).await?;
        self.after.savepoint();
        self.written.push(Touched::default());
        Ok(())
    }

    pub async fn rollback_to(&mut self) -> Result<()> {
        self.own("ROLLBACK TO SAVEPOINT call", vec![]).await?;
        self.event = None;
        self.after.rollback_to();
        if let Some(written) = self.written.last_mut() {
            *written = Touched::default();
        }
        self.release().await
    }

    pub async fn release(&mut self) -> Result<()> {
        // PostgreSQL numbers a savepoint's writes apart
        if let Some(tables) = self.written.pop().and_then(|w| w.tables()) {
            self.note_changes(tables).await?;
        }
        self.own("RELEASE SAVEPOINT call", vec![]).await?;
        self.after.release();
        Ok(())
    }

    /// Runs a statement; the number of rows it touched.
    pub async fn execute(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64> {
        self.note(sql);
        let done = sqlx::query_with(sql, bind(&args)?).execute(self.connection().await?).await;
        Ok(self.ended(done)?.rows_affected())
    }

    /// All rows of a statement.
    pub async fn rows(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Struct>> {
        self.note(sql);
        let rows = sqlx::query_with(sql, bind(&args)?).fetch_all(self.connection().await?).await;
        self.ended(rows)?.iter().map(row_struct).collect()
    }

    /// The first row of a statement.
    pub async fn row(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<Struct>> {
        self.note(sql);
        let row = sqlx::query_with(sql, bind(&args)?).fetch_optional(self.connection().await?).await;
        self.ended(row)?.as_ref().map(row_struct).transpose()
    }

    /// Rows as a type that derives `sqlx::FromRow`.
    pub async fn rows_as<T>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<T>>
    where
        T: for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin,
    {
        self.note(sql);
        let rows = sqlx::query_as_with(sql, bind(&args)?).fetch_all(self.connection().await?).await;
        self.ended(rows)
    }

    /// The first row as a type that derives `sqlx::FromRow` (tuples do).
    pub async fn row_as<T>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>>
    where
        T: for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin,
    {
        self.note(sql);
        let row = sqlx::query_as_with(sql, bind(&args)?).fetch_optional(self.connection().await?).await;
        self.ended(row)
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
        self.note_built(&sql);
        let rows =
            sqlx::query_with(AssertSqlSafe(sql), bind(args)?).fetch_all(self.connection().await?).await;
        self.ended(rows)?.iter().map(row_struct).collect()
    }

    /// All rows of a [`Query`] as a type that derives `sqlx::FromRow`.
    pub async fn select_as<T>(&mut self, query: &Query) -> Result<Vec<T>>
    where
        T: for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin,
    {
        let (sql, args) = query.build();
        self.note_built(&sql);
        let rows =
            sqlx::query_as_with(AssertSqlSafe(sql), bind(args)?).fetch_all(self.connection().await?).await;
        self.ended(rows)
    }

    /// The first row of a [`Query`].
    pub async fn select_one(&mut self, query: &Query) -> Result<Option<Struct>> {
        let (sql, args) = query.build();
        self.note_built(&sql);
        let row =
            sqlx::query_with(AssertSqlSafe(sql), bind(args)?).fetch_optional(self.connection().await?).await;
        self.ended(row)?.as_ref().map(row_struct).transpose()
    }

    /// The answer to a [`Query`] as its options ask: a count, lists or structs.
    pub async fn answer(&mut self, query: &Query) -> Result<Value> {
        if query.count_only() {
            return self.count(query).await.map(Value::Int);
        }
        let (sql, args) = query.build();
        self.note_built(&sql);
        let rows =
            sqlx::query_with(AssertSqlSafe(sql), bind(args)?).fetch_all(self.connection().await?).await;
        let rows = self.ended(rows)?;
        let values = if query.as_list() {
            rows.iter().map(|r| row_list(r).map(Value::Array)).collect::<Result<Vec<_>>>()?
        } else {
            rows.iter().map(|r| row_struct(r).map(Value::Struct)).collect::<Result<Vec<_>>>()?
        };
        Ok(Value::Array(values))
    }

    pub async fn count(&mut self, query: &Query) -> Result<i64> {
        let (sql, args) = query.build_count();
        self.note_built(&sql);
        let count = sqlx::query_scalar_with(AssertSqlSafe(sql), bind(args)?)
            .fetch_one(self.connection().await?)
            .await;
        self.ended(count)
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
        self.note_built(&sql);
        let mut rows = sqlx::query_with(AssertSqlSafe(sql), bind(args)?).fetch(self.connection().await?);
        w.begin_array();
        let ended = loop {
            match rows.try_next().await {
                Ok(Some(row)) => write_row(&row, query.as_list(), w)?,
                ended => break ended.map(drop),
            }
            if let Some(sent) = flush(w) {
                sent.await?;
            }
        };
        drop(rows);
        w.end_array();
        self.ended(ended)
    }

    /// Runs SQL whose table name is not a literal; only [`crate::versioned`] and the history need it.
    pub(crate) async fn execute_built(&mut self, sql: String, args: &[Arg]) -> Result<u64> {
        self.note_built(&sql);
        let done = sqlx::query_with(AssertSqlSafe(sql), bind(args)?).execute(self.connection().await?).await;
        Ok(self.ended(done)?.rows_affected())
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
