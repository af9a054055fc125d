//! The queue of requests: gives each its newRepo task, and looks what became of those that have one.

use koji_api::tasks::{DEFAULT_PRIORITY, REPO_PRIORITY};
use koji_api::types::TaskState;
use koji_db::repo_queue::{self as queue, Since, Waiting};
use koji_db::tasks::{self as task_table, TaskResult, decode_result};
use koji_db::users::{self, UserRef};
use koji_db::{Mode, Tx};
use koji_xmlrpc::{Struct, Value};

use super::request::now;
use super::request::{Order, min_event, request};
use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::store;
use crate::tasks::{TaskOptions, encode_args, make_by};

/// Priority of requests that nobody makes but the tag's setting `repo.auto`.
const AUTO_PRIORITY: i64 = DEFAULT_PRIORITY + 5;

/// Works on the queue, unless somebody else does at the moment. At most `MaxRepoTasks` tasks are under way at a time, the most
/// urgent requests first. What failed less than `pause` seconds ago is left for later; whether something was.
pub async fn check(cx: &mut Cx, pause: f64) -> Outcome<bool> {
    if !cx.tx.lock(queue::LOCK, false).await? {
        return Ok(false);
    }
    let mut later = false;
    let settings = cx.hub.settings();
    let (max_tasks, max_maven) = (settings.max_repo_tasks, settings.max_repo_tasks_maven);
    let (retries, minutes) = (i64::from(settings.repo_retries), settings.request_clean_time);
    let waiting = queue::waiting(&mut cx.tx).await?;
    let (mut tasks, mut maven) = (0, 0);
    let mut open = Vec::new();
    let mut changed = false;
    for request in waiting {
        match outcome(&mut cx.tx, &request).await? {
            Progress::None => open.push(request),
            Progress::UnderWay => {
                tasks += 1;
                maven += u32::from(request.maven());
            }
            Progress::Fulfilled => changed = true,
            Progress::Failed if request.tries > retries => {
                tracing::error!(
                    request = request.id,
                    tag = request.tag_name,
                    "no more tries for the requested repo"
                );
                queue::give_up(&mut cx.tx, request.id).await?;
                changed = true;
            }
            Progress::Failed if request.ended.is_some_and(|ended| ended < pause) => later = true,
            Progress::Failed => {
                queue::set_task(&mut cx.tx, request.id, None).await?;
                open.push(request);
                changed = true;
            }
        }
    }
    for request in open {
        if tasks >= max_tasks {
            break;
        }
        if request.maven() && maven >= max_maven {
            continue;
        }
        if let Some(task) = start(cx, &request).await? {
            tracing::info!(request = request.id, tag = request.tag_name, task, "newRepo task for a request");
            tasks += 1;
            maven += u32::from(request.maven());
            changed = true;
        }
    }
    if changed {
        queue::clean(&mut cx.tx, minutes).await?;
    }
    Ok(later)
}

enum Progress {
    None,
    UnderWay,
    Fulfilled,
    Failed,
}

/// What became of a request's task.
async fn outcome(tx: &mut Tx, request: &Waiting) -> Outcome<Progress> {
    let Some(task) = request.task_id else { return Ok(Progress::None) };
    Ok(match request.task_state() {
        Some(TaskState::Closed) => {
            // when the repo became ready, the request was not there or did not fit
            let task = task_table::find(tx, task).await?;
            let result = task.and_then(|t| t.result).map(|text| decode_result(&text)).transpose()?;
            let repo = match &result {
                Some(TaskResult::Value(Value::Array(items))) => items.first().and_then(Value::as_int),
                _ => None,
            };
            match repo {
                Some(repo) if queue::fulfil(tx, request.id, repo).await? => Progress::Fulfilled,
                _ => Progress::Failed,
            }
        }
        Some(TaskState::Canceled | TaskState::Failed) => Progress::Failed,
        Some(_) => Progress::UnderWay,
        None => Progress::Failed,
    })
}

/// Makes the task of a request. One that cannot be made holds up no other.
async fn start(cx: &mut Cx, request: &Waiting) -> Outcome<Option<i64>> {
    let user = UserRef::Text(cx.hub.settings().repo_queue_user.clone());
    let owner = users::find(&mut cx.tx, &user).await?.map_or(request.owner, |u| u.id);
    // builders refuse the task without it
    store::volume(&cx.hub, None)?.make_dirs(&store::RelPath::literal("repos"))?;

    let tag = Value::record([("id", Value::Int(request.tag_id)), ("name", request.tag_name.as_str().into())]);
    let mut kwargs = Struct::new();
    kwargs.insert("opts".into(), request.opts());
    if let Some(event) = request.at_event {
        kwargs.insert("event".into(), event.into());
    }
    let options = TaskOptions {
        owner: Some(owner),
        priority: Some(REPO_PRIORITY),
        channel: Some("createrepo".into()),
        ..TaskOptions::default()
    };
    cx.tx.savepoint().await?;
    match make_by(cx, Some(owner), "newRepo", encode_args(vec![tag], kwargs), options).await {
        Ok(task) => {
            cx.tx.release().await?;
            queue::set_task(&mut cx.tx, request.id, Some(task)).await?;
            Ok(Some(task))
        }
        Err(Failure::Fault(fault)) => {
            cx.tx.rollback_to().await?;
            tracing::error!(
                request = request.id,
                tag = request.tag_name,
                "no newRepo task for the request: {fault}"
            );
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// Requests repos for all tags with the setting `repo.auto`, in the name of `owner`.
pub async fn request_automatic(cx: &mut Cx, owner: i64) -> Outcome<()> {
    let settings = cx.hub.settings();
    let (lag, window) = (settings.repo_auto_lag, settings.repo_lag_window);
    for (tag, own_lag) in queue::automatic(&mut cx.tx).await? {
        let event = min_event(&mut cx.tx, tag, own_lag.unwrap_or(lag), window, now()).await?;
        let order = Order {
            tag,
            since: Since::Min(event),
            opts: Struct::new(),
            priority: AUTO_PRIORITY,
            owner,
            force: false,
        };
        request(&mut cx.tx, &order).await?;
    }
    Ok(())
}

/// A call of the hub's own, without a caller.
pub(super) fn own_call(hub: &std::sync::Arc<crate::hub::Hub>, method: &'static str) -> Cx {
    Cx {
        hub: std::sync::Arc::clone(hub),
        tx: hub.db.begin(Mode::Write),
        session: None,
        renewable: None,
        origin: crate::context::Origin { request_id: "hub".into(), ..Default::default() },
        method,
        nested: false,
        depth: 0,
    }
}
