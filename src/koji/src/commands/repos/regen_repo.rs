use koji_api::methods as m;

use super::request_repo::{Patience, Request};
use super::{RepoOptions, print_data, tag_or_target};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, text};
use crate::watch::watch_tasks;

/// Make a current repository of a tag, if there is none
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TAG")]
    name: String,
    /// TAG is a build target: take its build tag
    #[arg(long)]
    target: bool,
    /// Wait, even in the background
    #[arg(long, overrides_with = "nowait")]
    wait: bool,
    /// Do not wait
    #[arg(long)]
    nowait: bool,
    /// Make a newRepo task instead of a request
    #[arg(long)]
    make_task: bool,
    #[command(flatten)]
    options: RepoOptions,
    #[command(flatten)]
    patience: Patience,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let tag = tag_or_target(cx, &a.name, a.target).await?;
    let waits = cx.waits(a.wait, a.nowait);
    if !a.make_task {
        let request =
            Request { tag, min_event: None, at_event: None, current: true, opts: a.options.value(), waits };
        return request.run(cx, &a.patience).await;
    }
    let name = text(&tag, "name");
    let targets =
        cx.hub().call(m::GetBuildTargets { buildTagID: field(&tag, "id"), ..Default::default() }).await?;
    if items(&targets).is_empty() {
        cx.out.warn(format!("{name} is not a build tag"));
    }
    if text(&tag, "arches").is_empty() {
        cx.out.warn(format!("Tag {name} has an empty arch list"));
    }
    let call = m::NewRepo {
        tag: name.into(),
        src: a.options.source,
        debuginfo: a.options.debuginfo,
        separate_src: a.options.separate_source,
        ..Default::default()
    };
    let task = cx.hub().call(call).await?;
    let task = task.as_int().ok_or_else(|| CommandError::new("the hub answered no task id"))?;
    let request = koji_xmlrpc::Value::record([("task_id", task.into())]);
    print_data(cx, &koji_xmlrpc::Value::Nil, &request);
    cx.out.line(format!("Regenerating repo for tag: {name}"));
    cx.out.line(format!("Created task: {task}"));
    cx.out.line(format!("Task info: {}", cx.task_url(task)));
    if waits { watch_tasks(cx, &[task], cx.options.quiet).await } else { Ok(()) }
}
