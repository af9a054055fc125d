//! Changes of repos.

use koji_api::types::RepoState;
use koji_xmlrpc::Value;

use super::Repo;
use crate::{Arg, Result, Topic, Tx, args, repo_queue, to_json, versioned};

/// A repo to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRepo {
    pub tag: i64,
    pub event: i64,
    /// The last change of the tag before `event`, and the first one after it.
    pub begin_event: Option<i64>,
    pub end_event: Option<i64>,
    pub dist: bool,
    pub task: Option<i64>,
    /// Options, and those of them that differ from the tag's own; dist repos have none.
    pub opts: Option<(Value, Value)>,
}

/// Makes a repo in state INIT.
pub async fn insert(tx: &mut Tx, repo: &NewRepo) -> Result<i64> {
    let json = |v: &Value| to_json(v);
    let (opts, custom) = match &repo.opts {
        Some((opts, custom)) => (Some(json(opts)), Some(json(custom))),
        None => (None, None),
    };
    let id = tx
        .int(
            "INSERT INTO repo (create_event, begin_event, end_event, tag_id, state, dist, task_id, opts, custom_opts)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
            args![
                repo.event,
                repo.begin_event,
                repo.end_event,
                repo.tag,
                RepoState::Init.code(),
                repo.dist,
                repo.task,
                opts,
                custom,
            ],
        )
        .await?;
    tx.announce_with(
        Topic::Repo(repo.tag),
        [("repo", id.into()), ("state", RepoState::Init.code().into()), ("dist", repo.dist.into())],
    );
    Ok(id)
}

/// Sets the state; a repo that becomes ready fulfils the requests that it fits.
pub async fn set_state(tx: &mut Tx, repo: &Repo, state: RepoState) -> Result<()> {
    tx.execute("UPDATE repo SET state = $2, state_time = NOW() WHERE id = $1", args![repo.id, state.code()])
        .await?;
    if state == RepoState::Ready && !repo.dist {
        repo_queue::fulfil_with(tx, repo.id).await?;
    }
    tx.announce_with(
        Topic::Repo(repo.tag_id),
        [("repo", repo.id.into()), ("state", state.code().into()), ("dist", repo.dist.into())],
    );
    Ok(())
}

/// The tag changed: the repo's contents are those of before that event.
pub async fn set_end_event(tx: &mut Tx, id: i64, event: i64) -> Result<()> {
    tx.execute("UPDATE repo SET end_event = $2 WHERE id = $1", args![id, event]).await.map(drop)
}

/// Stores what kojira keeps about an external repo; a change of it is a change of the tags that use the repo.
pub async fn set_external_data(tx: &mut Tx, external_repo: i64, data: &Value) -> Result<()> {
    versioned::replace(
        tx,
        "external_repo_data",
        vec![("external_repo_id", Arg::from(external_repo))],
        vec![("data", Arg::from(to_json(data)))],
    )
    .await?;
    tx.announce(Topic::RepoQueue);
    Ok(())
}
