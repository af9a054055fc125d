//! A task in words.

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_api::types::TaskState;
use koji_xmlrpc::Value;

use super::{output, params};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, shown, text, with};
use crate::time::ctime;

/// Where builders keep buildroots.
const BUILDDIR: &str = "/var/lib/mock";

/// Prints a task, and with `recurse` its descendants, each generation indented by two more columns.
pub async fn print(cx: &Cx, task: i64, recurse: bool, verbose: bool) -> Result {
    // depth first, children in the order of their ids
    let mut todo = vec![(task, 0)];
    while let Some((id, level)) = todo.pop() {
        one(cx, id, level, verbose).await?;
        if recurse {
            let call = m::GetTaskChildren { task_id: id.into(), request: true, ..Default::default() };
            let children = cx.hub().call(call).await?;
            let mut ids: Vec<i64> = items(&children).iter().filter_map(|c| c.int_at("id")).collect();
            ids.sort_unstable_by(|x, y| y.cmp(x));
            todo.extend(ids.into_iter().map(|id| (id, level + 1)));
        }
    }
    Ok(())
}

async fn one(cx: &Cx, id: i64, level: usize, verbose: bool) -> Result {
    let info = cx.hub().call(m::GetTaskInfo { task_id: id.into(), ..Default::default() }).await?;
    if info.is_nil() {
        return Err(CommandError::new(format!("GenericError: No such task: {id}")));
    }
    let host = match info.int_at("host_id") {
        Some(host) => cx.hub().call(m::GetHost { hostInfo: host.into(), ..Default::default() }).await?,
        None => Value::Nil,
    };
    let roots = cx.hub().call(m::ListBuildroots { taskID: id.into(), ..Default::default() }).await?;
    let builds = cx.hub().call(m::ListBuilds { taskID: id.into(), ..Default::default() }).await?;
    let paths = cx.paths();
    let path = |(name, volume): &(String, String)| {
        format!("{}/{}/{name}", paths.work(Some(volume.as_str())), PathInfo::task_rel(id))
    };
    let files = output(cx.hub(), id).await?;
    let call = m::GetTaskRequest { taskId: id.into() };
    let request = if cx.out.is_json() { cx.hub().call(call).await? } else { Value::Nil };
    let names: Vec<String> = files.iter().map(path).collect();
    let (logs, files): (Vec<_>, Vec<_>) = files.iter().partition(|(name, _)| name.ends_with(".log"));
    let call = m::GetUser { userInfo: field(&info, "owner"), ..Default::default() };
    let owner = cx.hub().call(call).await?;

    let nvrs: Vec<Value> = items(&builds).iter().map(|b| field(b, "nvr")).collect();
    let root_ids: Vec<Value> = items(&roots).iter().map(|r| field(r, "id")).collect();
    cx.out.data(&with(
        &info,
        [
            ("owner_name", field(&owner, "name")),
            ("host_name", field(&host, "name")),
            ("request", request),
            ("builds", nvrs.into()),
            ("buildroots", root_ids.into()),
            ("files", names.into()),
        ],
    ));
    let indent = "  ".repeat(level);
    let line = |text: String| cx.out.line(format!("{indent}{text}"));
    let method = text(&info, "method");
    line(format!("Task: {id}"));
    line(format!("Type: {method}"));
    if verbose {
        line("Request Parameters:".into());
        for param in params::lines(cx, method, id).await {
            line(format!("  {param}"));
        }
    }
    line(format!("Owner: {}", shown(&owner, "name")));
    let state = info.int_at("state").and_then(TaskState::from_code);
    line(format!("State: {}", state.map_or("unknown", TaskState::name).to_lowercase()));
    for (title, key) in [("Created", "create_ts"), ("Started", "start_ts"), ("Finished", "completion_ts")] {
        if let Some(ts) = field(&info, key).as_double().filter(|ts| *ts != 0.0) {
            line(format!("{title}: {}", ctime(ts)));
        }
    }
    if !host.is_nil() {
        line(format!("Host: {}", shown(&host, "name")));
    }
    if let Some(build) = items(&builds).first() {
        line(format!("Build: {} ({})", shown(build, "nvr"), shown(build, "build_id")));
    }
    if !items(&roots).is_empty() {
        line("Buildroots:".into());
        for root in items(&roots) {
            let (tag, id, repo) = (shown(root, "tag_name"), shown(root, "id"), shown(root, "repo_id"));
            line(format!("  {BUILDDIR}/{tag}-{id}-{repo}/"));
        }
    }
    for (title, list) in [("Log Files:", &logs), ("Output:", &files)] {
        line(title.into());
        for file in list {
            line(format!("  {}", path(file)));
        }
        if list.is_empty() {
            line("  No outputs reported [1]".into());
        }
    }
    if logs.is_empty() || files.is_empty() {
        line("[1] Not all tasks produce outputs, and task outputs are not retained indefinitely.".into());
    }
    cx.out.line("");
    Ok(())
}
