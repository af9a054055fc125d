//! Repositories of tags: tables `repo` and `external_repo_data`.

mod write;

use koji_api::types::RepoState;
use koji_xmlrpc::{Struct, Value};

use crate::view::View;
use crate::{Query, Result, Tx, args, to_json};

pub use write::{NewRepo, insert, set_end_event, set_external_data, set_state};

/// What `repo.query` can be asked for.
pub const VIEW: View = View {
    table: "repo",
    joins: &[
        ("tag", "JOIN tag ON repo.tag_id = tag.id"),
        ("create_ev", "JOIN events AS create_ev ON repo.create_event = create_ev.id"),
        ("begin_ev", "LEFT JOIN events AS begin_ev ON repo.begin_event = begin_ev.id"),
        ("end_ev", "LEFT JOIN events AS end_ev ON repo.end_event = end_ev.id"),
        ("task", "LEFT JOIN task ON repo.task_id = task.id"),
    ],
    fields: &[
        ("id", "repo.id", None),
        ("tag_id", "repo.tag_id", None),
        ("creation_time", "repo.creation_time", None),
        ("creation_ts", "date_part('epoch', repo.creation_time)", None),
        ("state_time", "repo.state_time", None),
        ("state_ts", "date_part('epoch', repo.state_time)", None),
        ("create_event", "repo.create_event", None),
        ("create_ts", "date_part('epoch', create_ev.time)", Some("create_ev")),
        ("begin_event", "repo.begin_event", None),
        ("begin_ts", "date_part('epoch', begin_ev.time)", Some("begin_ev")),
        ("end_event", "repo.end_event", None),
        ("end_ts", "date_part('epoch', end_ev.time)", Some("end_ev")),
        ("state", "repo.state", None),
        ("dist", "repo.dist", None),
        ("opts", "repo.opts", None),
        ("custom_opts", "repo.custom_opts", None),
        ("task_id", "repo.task_id", None),
        ("task_state", "task.state", Some("task")),
        ("tag_name", "tag.name", Some("tag")),
    ],
    default: &["id", "tag_id", "create_event", "state", "dist", "task_id", "opts", "custom_opts"],
};

/// All fields of the view.
fn all() -> Query {
    let mut query = Query::from(VIEW.table);
    for (_, join) in VIEW.joins {
        query = query.join(join);
    }
    VIEW.fields.iter().fold(query, |q, (name, sql, _)| q.columns(&[(sql, name)]))
}

/// A repo with all its fields.
pub async fn info(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    tx.select_one(&all().filter("repo.id = {}", id)).await
}

/// Repos that are not deleted, with the keys of `getActiveRepos`.
pub async fn active(tx: &mut Tx) -> Result<Vec<Struct>> {
    tx.rows(
        "SELECT repo.id, repo.tag_id, create_event, date_part('epoch', events.time) AS create_ts, state, dist,
                task_id, tag.name AS tag_name, date_part('epoch', creation_time) AS creation_ts,
                date_part('epoch', state_time) AS state_ts, end_event, opts
           FROM repo JOIN tag ON repo.tag_id = tag.id JOIN events ON events.id = repo.create_event
          WHERE state <> $1 ORDER BY repo.id",
        args![RepoState::Deleted.code()],
    )
    .await
}

/// The newest repo of a tag with what is wanted.
pub async fn newest(tx: &mut Tx, tag: i64, want: &Wanted) -> Result<Option<Struct>> {
    let query = all()
        .filter("repo.tag_id = {}", tag)
        .filter("repo.dist IS NOT DISTINCT FROM {}", want.dist)
        .filter_opt("repo.state = {}", want.state.map(RepoState::code))
        .filter_opt("repo.create_event <= {}", want.max_event)
        .filter_opt("repo.create_event >= {}", want.min_event)
        .filter_opt("repo.create_event = {}", want.at_event);
    let query = match &want.opts {
        Some(opts) => query
            .filter("repo.opts @> {}::jsonb", to_json(opts))
            .filter("repo.custom_opts <@ {}::jsonb", to_json(opts))
            .order_by("repo.create_event DESC, repo.id DESC"),
        None => query.order_by("repo.creation_time DESC, repo.id DESC"),
    };
    tx.select_one(&query).await
}

/// What a repo has to be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    pub dist: bool,
    pub state: Option<RepoState>,
    pub min_event: Option<i64>,
    pub max_event: Option<i64>,
    pub at_event: Option<i64>,
    /// Options that it has to have; with options that nobody asked for it does not fit.
    pub opts: Option<Value>,
}

/// A repo, as far as decisions need it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Repo {
    pub id: i64,
    pub tag_id: i64,
    pub tag_name: String,
    state: i64,
    pub dist: bool,
    pub create_event: i64,
    pub task_id: Option<i64>,
    /// Made with options other than the tag's own.
    pub custom: bool,
}

impl Repo {
    /// `None` for a state that this version does not know.
    pub fn state(&self) -> Option<RepoState> {
        RepoState::from_code(self.state)
    }
}

/// The repo, its row locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: i64) -> Result<Option<Repo>> {
    tx.row_as(
        "SELECT repo.id::bigint, tag_id::bigint, tag.name::text AS tag_name, state::bigint, dist IS TRUE AS dist,
                create_event::bigint, task_id::bigint, coalesce(custom_opts <> '{}'::jsonb, FALSE) AS custom
           FROM repo JOIN tag ON tag.id = repo.tag_id WHERE repo.id = $1 FOR UPDATE OF repo",
        args![id],
    )
    .await
}

/// Whether the tag has a ready repo of the same kind, made with the tag's own options, of a later event.
pub async fn is_superseded(tx: &mut Tx, repo: &Repo) -> Result<bool> {
    let newer = tx
        .maybe_int(
            "SELECT id FROM repo WHERE tag_id = $1 AND state = $2 AND create_event > $3
                AND CASE WHEN $4 THEN dist IS TRUE ELSE custom_opts = '{}'::jsonb END LIMIT 1",
            args![repo.tag_id, RepoState::Ready.code(), repo.create_event, repo.dist],
        )
        .await?;
    Ok(newer.is_some())
}

/// Buildroots that use a repo and are not retired.
pub async fn references(tx: &mut Tx, id: i64) -> Result<Vec<Struct>> {
    tx.rows(
        "SELECT buildroot_id AS id, host_id, task_id, create_event, state FROM standard_buildroot
          WHERE repo_id = $1 AND retire_event IS NULL AND state IS DISTINCT FROM 3 ORDER BY buildroot_id",
        args![id],
    )
    .await
}

/// Ready repos whose contents have been current until now: id, tag and event.
pub async fn without_end(tx: &mut Tx) -> Result<Vec<(i64, i64, i64)>> {
    tx.rows_as(
        "SELECT id::bigint, tag_id::bigint, create_event::bigint FROM repo
          WHERE end_event IS NULL AND state = $1 ORDER BY id",
        args![RepoState::Ready.code()],
    )
    .await
}

/// What kojira keeps about an external repo.
pub async fn external_data(tx: &mut Tx, external_repo: i64) -> Result<Value> {
    let row = tx
        .row(
            "SELECT data FROM external_repo_data WHERE external_repo_id = $1 AND active IS TRUE",
            args![external_repo],
        )
        .await?;
    Ok(row.and_then(|r| r.into_values().next()).unwrap_or(Value::Nil))
}
