//! Requests for repositories: table `repo_queue`.

use koji_api::types::TaskState;
use koji_xmlrpc::{Struct, Value};

use crate::view::View;
use crate::{Query, Result, Topic, Tx, args, to_json};

/// Name of the row in `locks` that works on the queue.
pub const LOCK: &str = "repo-queue";

/// What `repo.queryQueue` can be asked for.
pub const VIEW: View = View {
    table: "repo_queue",
    joins: &[
        ("tag", "JOIN tag ON repo_queue.tag_id = tag.id"),
        ("task", "LEFT JOIN task ON repo_queue.task_id = task.id"),
        ("users", "JOIN users ON repo_queue.owner = users.id"),
    ],
    fields: &[
        ("id", "repo_queue.id", None),
        ("create_time", "repo_queue.create_time", None),
        ("create_ts", "date_part('epoch', repo_queue.create_time)", None),
        ("owner", "repo_queue.owner", None),
        ("owner_name", "users.name", Some("users")),
        ("priority", "repo_queue.priority", None),
        ("tag_id", "repo_queue.tag_id", None),
        ("tag_name", "tag.name", Some("tag")),
        ("at_event", "repo_queue.at_event", None),
        ("min_event", "repo_queue.min_event", None),
        ("opts", "repo_queue.opts", None),
        ("update_time", "repo_queue.update_time", None),
        ("update_ts", "date_part('epoch', repo_queue.update_time)", None),
        ("active", "repo_queue.active", None),
        ("task_id", "repo_queue.task_id", None),
        ("task_state", "task.state", Some("task")),
        ("tries", "repo_queue.tries", None),
        ("repo_id", "repo_queue.repo_id", None),
    ],
    default: &[
        "id",
        "tag_id",
        "at_event",
        "min_event",
        "create_ts",
        "task_id",
        "tries",
        "repo_id",
        "opts",
        "active",
        "update_ts",
    ],
};

fn all() -> Query {
    let mut query = Query::from(VIEW.table);
    for (_, join) in VIEW.joins {
        query = query.join(join);
    }
    VIEW.fields.iter().fold(query, |q, (name, sql, _)| q.columns(&[(sql, name)]))
}

/// A request with all its fields.
pub async fn info(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    tx.select_one(&all().filter("repo_queue.id = {}", id)).await
}

/// From which event on a repo is wanted, or exactly of which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    Min(i64),
    At(i64),
}

/// The most urgent active request that also gives what is wanted now.
pub async fn same(tx: &mut Tx, tag: i64, since: Since, opts: &Value) -> Result<Option<Struct>> {
    let query = all()
        .filter("repo_queue.tag_id = {}", tag)
        .filter_sql("repo_queue.active IS TRUE")
        .filter("repo_queue.opts = {}::jsonb", to_json(opts))
        .order_by("repo_queue.priority, repo_queue.id");
    let query = match since {
        Since::Min(event) => query.filter("repo_queue.min_event >= {}", event),
        Since::At(event) => query.filter("repo_queue.at_event = {}", event),
    };
    tx.select_one(&query).await
}

pub async fn insert(
    tx: &mut Tx,
    owner: i64,
    priority: i64,
    tag: i64,
    since: Since,
    opts: &Value,
) -> Result<i64> {
    let (min, at) = match since {
        Since::Min(event) => (Some(event), None),
        Since::At(event) => (None, Some(event)),
    };
    tx.announce(Topic::RepoQueue);
    tx.int(
        "INSERT INTO repo_queue (owner, priority, tag_id, min_event, at_event, opts)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        args![owner, priority, tag, min, at, to_json(opts)],
    )
    .await
}

pub async fn set_priority(tx: &mut Tx, id: i64, priority: i64) -> Result<()> {
    tx.announce(Topic::RepoQueue);
    tx.execute("UPDATE repo_queue SET priority = $2 WHERE id = $1", args![id, priority]).await.map(drop)
}

/// A request that has no repo yet.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Waiting {
    pub id: i64,
    pub owner: i64,
    pub tag_id: i64,
    pub tag_name: String,
    pub at_event: Option<i64>,
    pub min_event: Option<i64>,
    opts: serde_json::Value,
    pub tries: i64,
    pub task_id: Option<i64>,
    task_state: Option<i64>,
    /// Seconds since the task ended.
    pub ended: Option<f64>,
}

impl Waiting {
    pub fn opts(&self) -> Value {
        crate::json(self.opts.clone())
    }

    pub fn maven(&self) -> bool {
        self.opts.get("maven").and_then(serde_json::Value::as_bool).unwrap_or(false)
    }

    pub fn task_state(&self) -> Option<TaskState> {
        self.task_state.and_then(TaskState::from_code)
    }
}

/// Active requests without a repo, the most urgent first.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<Waiting>> {
    tx.rows_as(
        "SELECT q.id::bigint, q.owner::bigint, q.tag_id::bigint, tag.name::text AS tag_name, q.at_event::bigint, q.min_event::bigint,
                q.opts, coalesce(q.tries, 0)::bigint AS tries, q.task_id::bigint, task.state::bigint AS task_state,
                date_part('epoch', clock_timestamp() - task.completion_time) AS ended
           FROM repo_queue AS q JOIN tag ON tag.id = q.tag_id LEFT JOIN task ON task.id = q.task_id
          WHERE q.active AND q.repo_id IS NULL ORDER BY q.priority, q.id",
        vec![],
    )
    .await
}

/// Gives a request its task, which counts as a try, or takes it away.
pub async fn set_task(tx: &mut Tx, id: i64, task: Option<i64>) -> Result<()> {
    tx.execute(
        "UPDATE repo_queue SET task_id = $2, update_time = NOW(),
                tries = tries + CASE WHEN $2::bigint IS NULL THEN 0 ELSE 1 END
          WHERE id = $1",
        args![id, task],
    )
    .await
    .map(drop)
}

/// Gives a request up.
pub async fn give_up(tx: &mut Tx, id: i64) -> Result<()> {
    let tag = tx
        .maybe_int(
            "UPDATE repo_queue SET active = FALSE, update_time = NOW() WHERE id = $1 RETURNING tag_id",
            args![id],
        )
        .await?;
    tag.into_iter().for_each(|tag| tx.announce(Topic::Repo(tag)));
    Ok(())
}

/// Fulfils the request with a repo if that is what was asked for; whether it was.
pub async fn fulfil(tx: &mut Tx, id: i64, repo: i64) -> Result<bool> {
    let tag = tx
        .maybe_int(
            "UPDATE repo_queue AS q SET repo_id = repo.id, active = FALSE, update_time = NOW() FROM repo
              WHERE q.id = $1 AND repo.id = $2 AND repo.state = 1 AND repo.dist IS NOT TRUE
                    AND q.tag_id = repo.tag_id AND q.opts <@ repo.opts AND q.opts @> repo.custom_opts
                    AND (q.min_event <= repo.create_event OR q.at_event = repo.create_event)
             RETURNING q.tag_id",
            args![id, repo],
        )
        .await?;
    tag.into_iter().for_each(|tag| tx.announce(Topic::Repo(tag)));
    Ok(tag.is_some())
}

/// Fulfils all requests that a ready repo fits.
pub(crate) async fn fulfil_with(tx: &mut Tx, repo: i64) -> Result<()> {
    tx.execute(
        "UPDATE repo_queue AS q SET repo_id = repo.id, active = FALSE, update_time = NOW() FROM repo
          WHERE repo.id = $1 AND q.active AND q.repo_id IS NULL AND q.tag_id = repo.tag_id
                AND q.opts <@ repo.opts AND q.opts @> repo.custom_opts
                AND (q.min_event <= repo.create_event OR q.at_event = repo.create_event)",
        args![repo],
    )
    .await?;
    // others may now have room for their tasks
    tx.announce(Topic::RepoQueue);
    Ok(())
}

/// Deletes inactive requests that nobody has touched for so many minutes.
pub async fn clean(tx: &mut Tx, minutes: i64) -> Result<u64> {
    tx.execute(
        "DELETE FROM repo_queue WHERE active IS FALSE AND update_time < NOW() - make_interval(mins => $1::int)",
        args![minutes],
    )
    .await
}

/// Tags with the own setting `repo.auto`, and their own `repo.lag` in seconds.
pub async fn automatic(tx: &mut Tx) -> Result<Vec<(i64, Option<i64>)>> {
    let rows: Vec<(i64, String, Option<String>)> = tx
        .rows_as(
            "SELECT tag_id::bigint, key, value FROM tag_extra
              WHERE active IS TRUE AND key IN ('repo.auto', 'repo.lag') ORDER BY tag_id",
            vec![],
        )
        .await?;
    let read = |text: &Option<String>| {
        text.as_deref().and_then(|t| serde_json::from_str(t).ok()).map_or(Value::Nil, crate::json)
    };
    let lag = |tag: i64| {
        let row = rows.iter().find(|(id, key, _)| *id == tag && key == "repo.lag");
        row.and_then(|(_, _, value)| match read(value) {
            Value::Int(seconds) => Some(seconds),
            _ => None,
        })
    };
    Ok(rows
        .iter()
        .filter(|(_, key, value)| key == "repo.auto" && read(value).truthy())
        .map(|(tag, _, _)| (*tag, lag(*tag)))
        .collect())
}
