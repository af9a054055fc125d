//! The part of `host.*` that is about repositories.

use koji_api::Fault;
use koji_api::methods::{HostDistRepoMove, HostRepoDone, HostRepoInit};
use koji_api::types::refs;
use koji_xmlrpc::Value;

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::repos;

pub const TABLE: &[Entry] = &[
    write!(HostDistRepoMove, dist_repo_move),
    write!(HostRepoDone, repo_done),
    write!(HostRepoInit, repo_init),
];

fn maybe_int(value: &Value) -> Result<Option<i64>, Fault> {
    if value.is_nil() { Ok(None) } else { refs::to_int(value).map(Some) }
}

/// Makes a repo with the lists of what it holds: its id, and its event.
async fn repo_init(cx: &mut Cx, call: HostRepoInit) -> Outcome<Vec<i64>> {
    cx.host_id()?;
    let (task, event) = (maybe_int(&call.task_id)?, maybe_int(&call.event)?);
    let overrides = repos::given_options(&call.opts, false)?;
    let (id, event) = repos::init(cx, &call.tag, task, event, Some(&overrides)).await?;
    Ok(vec![id, event])
}

async fn repo_done(cx: &mut Cx, call: HostRepoDone) -> Outcome<()> {
    cx.host_id()?;
    let repo = repos::lock(&mut cx.tx, &call.repo_id).await?;
    repos::done(cx, &repo, &call.data, call.expire, &call.repo_json_updates).await
}

async fn dist_repo_move(cx: &mut Cx, call: HostDistRepoMove) -> Outcome<()> {
    cx.host_id()?;
    let repo = repos::lock(&mut cx.tx, &call.repo_id).await?;
    repos::dist::take_in(cx, &repo, refs::to_str(&call.uploadpath)?, refs::to_str(&call.arch)?).await
}
