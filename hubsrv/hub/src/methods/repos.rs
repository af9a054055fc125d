//! Repositories: looking them up, asking for new ones the old way, what kojira sets.

use std::sync::Arc;

use koji_api::Fault;
use koji_api::methods::{
    DistRepo, GetActiveRepos, GetRepo, NewRepo, RepoDelete, RepoExpire, RepoInfo, RepoProblem,
};
use koji_api::tasks::REPO_PRIORITY;
use koji_api::types::{RepoState, refs};
use koji_db::names::Table;
use koji_db::repos::{self as table, Wanted};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::blocking;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::store::{self, RelPath};
use crate::tasks::{self, TaskOptions, encode_args};
use crate::{lookup, repos};

pub const TABLE: &[Entry] = &[
    write!(DistRepo, dist_repo),
    read!(GetActiveRepos, get_active_repos),
    read!(GetRepo, get_repo),
    write!(NewRepo, new_repo),
    write!(RepoDelete, repo_delete),
    write!(RepoExpire, repo_expire),
    read!(RepoInfo, repo_info),
    write!(RepoProblem, repo_problem),
];

async fn get_active_repos(cx: &mut Cx, _: GetActiveRepos) -> Outcome<Vec<Struct>> {
    Ok(table::active(&mut cx.tx).await?)
}

fn maybe_int(value: &Value) -> Result<Option<i64>, Fault> {
    if value.is_nil() { Ok(None) } else { refs::to_int(value).map(Some) }
}

/// The newest repo of a tag: a ready one, one in some state, or whichever there was at an event.
async fn get_repo(cx: &mut Cx, call: GetRepo) -> Outcome<Option<Struct>> {
    let tag = lookup::named_strict(&mut cx.tx, Table::Tag, &call.tag).await?.id;
    let (state, event) = (maybe_int(&call.state)?, maybe_int(&call.event)?.filter(|e| *e != 0));
    let state = match (event, state) {
        (Some(_), _) => None,
        (None, None) => Some(RepoState::Ready),
        (None, Some(code)) => match RepoState::from_code(code) {
            // there is none in a state that does not exist
            None => return Ok(None),
            state => state,
        },
    };
    let want = Wanted {
        dist: call.dist,
        state,
        max_event: event,
        min_event: maybe_int(&call.min_event)?,
        ..Wanted::default()
    };
    Ok(table::newest(&mut cx.tx, tag, &want).await?)
}

async fn repo_info(cx: &mut Cx, call: RepoInfo) -> Outcome<Option<Struct>> {
    let found = match maybe_int(&call.repo_id)? {
        Some(id) => table::info(&mut cx.tx, id).await?,
        None => None,
    };
    if found.is_none() && call.strict {
        return Err(tasks::no_rows().into());
    }
    Ok(found)
}

/// Makes a newRepo task.
async fn new_repo(cx: &mut Cx, call: NewRepo) -> Outcome<i64> {
    if !cx.hub.settings().allow_new_repo {
        return Err(Fault::not_allowed("newRepo api call is disabled").into());
    }
    if !cx.has_perm("repo") {
        cx.assert_perm("regen-repo")?;
    }
    lookup::tag_at(&mut cx.tx, &call.tag, maybe_int(&call.event)?).await?;
    // builders refuse the task without it
    let hub = Arc::clone(&cx.hub);
    blocking(move || Ok(store::volume(&hub, None)?.make_dirs(&RelPath::literal("repos")).map(drop)?)).await?;

    let mut kwargs = Struct::new();
    if !call.event.is_nil() {
        kwargs.insert("event".into(), call.event);
    }
    for (key, set) in [("src", call.src), ("separate_src", call.separate_src), ("debuginfo", call.debuginfo)]
    {
        if set {
            kwargs.insert(key.into(), true.into());
        }
    }
    tasks::make(cx, "newRepo", encode_args(vec![call.tag], kwargs), task_options()).await
}

fn task_options() -> TaskOptions {
    TaskOptions {
        priority: Some(REPO_PRIORITY),
        channel: Some("createrepo".into()),
        ..TaskOptions::default()
    }
}

/// Makes a distRepo task for a new repo of signed packages.
async fn dist_repo(cx: &mut Cx, call: DistRepo) -> Outcome<i64> {
    let args = repos::dist::prepare(cx, call).await?;
    tasks::make(cx, "distRepo", args, task_options()).await
}

async fn repo_expire(cx: &mut Cx, call: RepoExpire) -> Outcome<()> {
    set_state(cx, &call.repo_id, RepoState::Expired).await
}

async fn repo_problem(cx: &mut Cx, call: RepoProblem) -> Outcome<()> {
    set_state(cx, &call.repo_id, RepoState::Problem).await
}

async fn set_state(cx: &mut Cx, id: &Value, state: RepoState) -> Outcome<()> {
    let repo = repos::lock(&mut cx.tx, id).await?;
    repos::set_state(&mut cx.tx, &repo, state).await
}

/// Marks the repo deleted unless buildroots use it; how many do.
async fn repo_delete(cx: &mut Cx, call: RepoDelete) -> Outcome<i64> {
    let id = refs::to_int(&call.repo_id)?;
    let found = table::lock(&mut cx.tx, id).await?;
    let references = table::references(&mut cx.tx, id).await?.len();
    if references == 0 {
        let repo = found.ok_or_else(tasks::no_rows)?;
        repos::set_state(&mut cx.tx, &repo, RepoState::Deleted).await?;
    }
    Ok(i64::try_from(references).unwrap_or(i64::MAX))
}
