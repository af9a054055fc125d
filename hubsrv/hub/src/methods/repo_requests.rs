//! `repo.*`: requests for repositories, and what kojira asks and tells.

use koji_api::Fault;
use koji_api::methods::{
    RepoAutoRequests, RepoCheckQueue, RepoCheckRequest, RepoGet, RepoGetExternalRepoData, RepoQuery,
    RepoQueryQueue, RepoReferences, RepoRequest, RepoSetExternalRepoData, RepoSetRequestPriority,
    RepoSetState, RepoUpdateEndEvents,
};
use koji_api::tasks::DEFAULT_PRIORITY;
use koji_api::types::{RepoState, refs, repr};
use koji_db::names::Table;
use koji_db::repo_queue::{self as queue, Since};
use koji_db::repos as table;
use koji_db::tags::Tag;
use koji_db::{events, tag_changes, tasks as task_table};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::reply::Reply;
use crate::repos::{self, Order};

pub const TABLE: &[Entry] = &[
    write!(RepoAutoRequests, auto_requests),
    write!(RepoCheckQueue, check_queue),
    read!(RepoCheckRequest, check_request),
    read!(RepoGet, get),
    read!(RepoGetExternalRepoData, get_external_repo_data),
    read!(RepoQuery, query),
    read!(RepoQueryQueue, query_queue),
    read!(RepoReferences, references),
    write!(RepoRequest, request),
    write!(RepoSetExternalRepoData, set_external_repo_data),
    write!(RepoSetRequestPriority, set_request_priority),
    write!(RepoSetState, set_state),
    write!(RepoUpdateEndEvents, update_end_events),
];

async fn auto_requests(cx: &mut Cx, _: RepoAutoRequests) -> Outcome<()> {
    let owner = cx.user_id()?;
    repos::queue::request_automatic(cx, owner).await
}

async fn check_queue(cx: &mut Cx, _: RepoCheckQueue) -> Outcome<()> {
    repos::queue::check(cx, 0.0).await.map(drop)
}

async fn check_request(cx: &mut Cx, call: RepoCheckRequest) -> Outcome<Struct> {
    let found = queue::info(&mut cx.tx, refs::to_int(&call.req_id)?).await?;
    let request = found.ok_or_else(|| Fault::generic("No such request"))?;
    let id = |key: &str| request.get(key).and_then(Value::as_int);
    let (repo, task) = (id("repo_id"), id("task_id"));
    let mut answer = Struct::new();
    answer.insert("repo".into(), Value::Nil);
    answer.insert("request".into(), Value::Struct(request));
    if let Some(repo) = repo {
        answer.insert("repo".into(), table::info(&mut cx.tx, repo).await?.into());
    } else if let Some(task) = task {
        answer.insert("task".into(), task_table::info(&mut cx.tx, vec![task], false).await?.pop().into());
    }
    Ok(answer)
}

/// The newest ready repo of a tag with these options and of these events.
async fn get(cx: &mut Cx, call: RepoGet) -> Outcome<Option<Struct>> {
    let tag = lookup::named_strict(&mut cx.tx, Table::Tag, &call.tag).await?.id;
    let since = match (&call.at_event, &call.min_event) {
        (Value::Nil, Value::Nil) => None,
        (Value::Nil, min) => Some(Since::Min(refs::to_int(min)?)),
        (at, _) => Some(Since::At(refs::to_int(at)?)),
    };
    let opts = repos::given_options(&call.opts, true)?;
    repos::fitting(&mut cx.tx, tag, since, &opts).await
}

/// A repo that does, or a request for one: `{repo, request, duplicate}`.
async fn request(cx: &mut Cx, call: RepoRequest) -> Outcome<Struct> {
    let owner = cx.user_id()?;
    let tag = lookup::tag(&mut cx.tx, &call.tag).await?;
    let opts = repos::given_options(&call.opts, true)?;
    if opts.get("maven").is_some_and(Value::truthy) && !cx.hub.settings().enable_maven {
        return Err(Fault::generic("Maven support not enabled").into());
    }
    let since = since(cx, &tag, &call.min_event, &call.at_event).await?;
    let relative = if call.priority.is_nil() { 0 } else { refs::to_int(&call.priority)? };
    if relative < 0 && !cx.is_admin() {
        return Err(Fault::not_allowed("only admins may create high-priority requests").into());
    }
    let priority = DEFAULT_PRIORITY.saturating_add(relative);
    let order = Order { tag: tag.id, since, opts, priority, owner, force: call.force };
    repos::request(&mut cx.tx, &order).await
}

/// `last` is the tag's last change; nothing is a change some time ago.
async fn since(cx: &mut Cx, tag: &Tag, min: &Value, at: &Value) -> Outcome<Since> {
    if !at.is_nil() {
        if !min.is_nil() {
            return Err(Fault::parameter("The min_event and at_event options conflict").into());
        }
        return Ok(Since::At(existing(cx, at).await?));
    }
    Ok(Since::Min(match min {
        Value::Str(last) if last == "last" => {
            let last = tag_changes::last(&mut cx.tx, tag.id, None, true).await?;
            last.ok_or_else(|| Fault::generic(format!("tag {} has no events", tag.name)))?
        }
        Value::Nil => {
            let settings = cx.hub.settings();
            let (lag, window) = (repos::lag_of(tag, settings.repo_lag), settings.repo_lag_window);
            repos::min_event(&mut cx.tx, tag.id, lag, window, repos::now()).await?
        }
        event => existing(cx, event).await?,
    }))
}

async fn existing(cx: &mut Cx, event: &Value) -> Outcome<i64> {
    let id = refs::to_int(event)?;
    if events::get(&mut cx.tx, id).await?.is_none() {
        return Err(Fault::parameter(format!("Invalid event: {id}")).into());
    }
    Ok(id)
}

async fn query(_: &mut Cx, call: RepoQuery) -> Outcome<Reply> {
    Ok(table::VIEW.query(&call.clauses, &call.fields, &call.opts)?.into())
}

async fn query_queue(_: &mut Cx, call: RepoQueryQueue) -> Outcome<Reply> {
    Ok(queue::VIEW.query(&call.clauses, &call.fields, &call.opts)?.into())
}

async fn references(cx: &mut Cx, call: RepoReferences) -> Outcome<Vec<Struct>> {
    Ok(table::references(&mut cx.tx, refs::to_int(&call.repo_id)?).await?)
}

async fn get_external_repo_data(cx: &mut Cx, call: RepoGetExternalRepoData) -> Outcome<Value> {
    let id = lookup::named_strict(&mut cx.tx, Table::ExternalRepo, &call.erepo).await?.id;
    Ok(table::external_data(&mut cx.tx, id).await?)
}

async fn set_external_repo_data(cx: &mut Cx, call: RepoSetExternalRepoData) -> Outcome<()> {
    let id = lookup::named_strict(&mut cx.tx, Table::ExternalRepo, &call.external_repo_id).await?.id;
    if call.data.as_struct().is_none() {
        return Err(refs::wrong_type(&call.data, "dict").into());
    }
    Ok(table::set_external_data(&mut cx.tx, id, &call.data).await?)
}

async fn set_request_priority(cx: &mut Cx, call: RepoSetRequestPriority) -> Outcome<()> {
    let (id, priority) = (refs::to_int(&call.req_id)?, refs::to_int(&call.priority)?);
    Ok(queue::set_priority(&mut cx.tx, id, priority).await?)
}

async fn set_state(cx: &mut Cx, call: RepoSetState) -> Outcome<()> {
    refs::to_int(&call.repo_id)?;
    let Value::Int(code) = call.state else {
        let why = format!("a repo state is a number, not {}", repr::repr(&call.state));
        return Err(Fault::internal(why).into());
    };
    let state = RepoState::from_code(code);
    let state = state.ok_or_else(|| Fault::parameter(format!("Unknown repo state: {code}")))?;
    let repo = repos::lock(&mut cx.tx, &call.repo_id).await?;
    repos::set_state(&mut cx.tx, &repo, state).await
}

/// Notes for ready repos whose tag has changed since when that was.
async fn update_end_events(cx: &mut Cx, _: RepoUpdateEndEvents) -> Outcome<()> {
    let mut unchanged: std::collections::HashMap<i64, i64> = std::collections::HashMap::new();
    for (repo, tag, event) in table::without_end(&mut cx.tx).await? {
        if unchanged.get(&tag).is_some_and(|last| *last <= event) {
            continue;
        }
        match tag_changes::first(&mut cx.tx, tag, Some(event), true).await? {
            Some(end) => table::set_end_event(&mut cx.tx, repo, end).await?,
            None => {
                let last = tag_changes::last(&mut cx.tx, tag, None, true).await?;
                unchanged.insert(tag, last.unwrap_or(event));
            }
        }
    }
    Ok(())
}
