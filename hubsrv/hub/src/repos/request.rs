//! A request for a repo: which one would do, and what is done when there is none.

use koji_api::Fault;
use koji_api::types::RepoState;
use koji_db::repo_queue::{self as queue, Since};
use koji_db::repos::{self as table, Wanted};
use koji_db::tags::Tag;
use koji_db::{Tx, events, tag_changes};
use koji_xmlrpc::{Struct, Value};

use crate::fault::Outcome;
use crate::tasks::no_rows;

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    pub tag: i64,
    pub since: Since,
    /// Options that differ from the tag's.
    pub opts: Struct,
    pub priority: i64,
    /// Whose request it is.
    pub owner: i64,
    /// A new repo even when one would do.
    pub force: bool,
}

/// The newest ready repo that fits.
pub async fn fitting(tx: &mut Tx, tag: i64, since: Option<Since>, opts: &Struct) -> Outcome<Option<Struct>> {
    let (min_event, at_event) = match since {
        None => (None, None),
        Some(Since::Min(event)) => (Some(event), None),
        Some(Since::At(event)) => (None, Some(event)),
    };
    let want = Wanted {
        state: Some(RepoState::Ready),
        min_event,
        at_event,
        opts: Some(Value::Struct(opts.clone())),
        ..Wanted::default()
    };
    Ok(table::newest(tx, tag, &want).await?)
}

/// A repo that is there, a request that is under way already, or a new request: `{repo, request, duplicate}`.
pub async fn request(tx: &mut Tx, order: &Order) -> Outcome<Struct> {
    let answer = |repo: Value, request: Value, duplicate: bool| {
        Struct::from_iter([
            ("repo".to_owned(), repo),
            ("request".to_owned(), request),
            ("duplicate".to_owned(), duplicate.into()),
        ])
    };
    if !order.force
        && let Some(repo) = fitting(tx, order.tag, Some(order.since), &order.opts).await?
    {
        return Ok(answer(Value::Struct(repo), Value::Nil, false));
    }
    let opts = Value::Struct(order.opts.clone());
    if let Some(mut same) = queue::same(tx, order.tag, order.since, &opts).await? {
        let priority = same.get("priority").and_then(Value::as_int).unwrap_or(order.priority);
        if priority > order.priority {
            let id = same.get("id").and_then(Value::as_int).unwrap_or_default();
            queue::set_priority(tx, id, order.priority).await?;
            same.insert("priority".into(), order.priority.into());
        }
        return Ok(answer(Value::Nil, Value::Struct(same), true));
    }
    let id = queue::insert(tx, order.owner, order.priority, order.tag, order.since, &opts).await?;
    let request = queue::info(tx, id).await?.ok_or_else(no_rows)?;
    Ok(answer(Value::Nil, Value::Struct(request), false))
}

/// From which event on a repo is current enough: the tag's last change, or the last event some time ago, whichever is
/// older. Times are rounded down to a window, so that requests can share a repo. `lag` and `window` in seconds.
pub async fn min_event(tx: &mut Tx, tag: i64, lag: i64, window: i64, now: f64) -> Outcome<i64> {
    let gone = || Fault::generic(format!("tag {tag} has no events"));
    let last = tag_changes::last(tx, tag, None, true).await?.ok_or_else(gone)?;
    let window = window.max(1) as f64;
    let before = ((now - lag as f64) / window).floor() * window;
    let base = match events::last(tx, Some(before)).await?.and_then(|e| e.get("id")?.as_int()) {
        Some(event) => event,
        None => tag_changes::first(tx, tag, None, true).await?.ok_or_else(gone)?,
    };
    Ok(base.min(last))
}

/// How far the default goes back for a tag: its own setting `repo.lag`, if that is a number of seconds.
pub fn lag_of(tag: &Tag, default: i64) -> i64 {
    match tag.extra.get("repo.lag") {
        None | Some(Value::Nil) => default,
        Some(Value::Int(seconds)) => *seconds,
        Some(other) => {
            tracing::warn!(tag = tag.name, "repo.lag is no number of seconds: {other:?}");
            default
        }
    }
}

/// Seconds since 1970.
pub fn now() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64())
}
