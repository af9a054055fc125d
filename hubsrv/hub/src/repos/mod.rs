//! Repositories: their options, their files, the requests for them.

pub mod dist;
mod done;
mod init;
mod maven;
mod options;
pub mod queue;
mod request;
mod service;

use koji_api::Fault;
use koji_api::types::{RepoState, refs};
use koji_db::Tx;
use koji_db::repos::{self as table, Repo};
use koji_xmlrpc::Value;

use crate::fault::Outcome;
use crate::tasks::no_rows;

pub use done::done;
pub use init::init;
pub use options::{given as given_options, of_tag as options_of_tag};
pub use request::{Order, fitting, lag_of, min_event, now, request};
pub use service::serve;

/// The repo that an argument names by its id, its row locked.
pub async fn lock(tx: &mut Tx, id: &Value) -> Outcome<Repo> {
    Ok(table::lock(tx, refs::to_int(id)?).await?.ok_or_else(no_rows)?)
}

/// Sets a repo's state. States go forward only, deletion is always possible and final; the same state again changes
/// nothing.
pub async fn set_state(tx: &mut Tx, repo: &Repo, state: RepoState) -> Outcome<()> {
    let old = repo.state();
    let name = old.map_or("unknown", RepoState::name);
    if old.is_some_and(|old| old > state) && state != RepoState::Deleted {
        let id = repo.id;
        return Err(Fault::generic(format!(
            "Invalid repo state transition for repo {id}: {name} -> {state}"
        ))
        .into());
    }
    if old == Some(state) {
        tracing::warn!(repo = repo.id, "repo is already in state {state}");
        return Ok(());
    }
    if old == Some(RepoState::Deleted) {
        return Err(Fault::generic(format!("Repo {} is deleted", repo.id)).into());
    }
    Ok(table::set_state(tx, repo, state).await?)
}
