use koji_api::methods as m;
use koji_api::types::TaskState;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::watch::watch_tasks;

/// Watch tasks until they end
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TASK-ID")]
    tasks: Vec<i64>,
    /// Say nothing, only end with the tasks' status
    #[arg(long)]
    quiet: bool,
    /// All open tasks of mine
    #[arg(long)]
    mine: bool,
    /// All open tasks of a user
    #[arg(long)]
    user: Option<String>,
    /// Of these, only tasks for an arch
    #[arg(long)]
    arch: Option<String>,
    /// Of these, only tasks of a method
    #[arg(long)]
    method: Option<String>,
    /// Of these, only tasks in a channel
    #[arg(long)]
    channel: Option<String>,
    /// Of these, only tasks on a host
    #[arg(long)]
    host: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let selects = a.mine
        || a.user.is_some()
        || a.arch.is_some()
        || a.method.is_some()
        || a.channel.is_some()
        || a.host.is_some();
    if selects && !a.tasks.is_empty() {
        return Err(CommandError::usage("Selection options cannot be combined with a task list"));
    }
    if !selects && a.tasks.is_empty() {
        return Err(CommandError::usage("at least one task id must be specified"));
    }
    let tasks = if selects { select(cx, &a).await? } else { a.tasks.clone() };
    if tasks.is_empty() {
        cx.out.line("(no tasks)");
        return Ok(());
    }
    let quiet = a.quiet || cx.options.quiet;
    watch_tasks(cx, &tasks, quiet).await
}

async fn select(cx: &Cx, a: &Arguments) -> Result<Vec<i64>> {
    let mut opts = Struct::new();
    let states = [TaskState::Free, TaskState::Open, TaskState::Assigned].map(|s| Value::Int(s.code()));
    opts.insert("state".into(), Value::Array(states.to_vec()));
    opts.insert("decode".into(), true.into());
    if a.mine {
        let user = cx.hub().call(m::GetLoggedInUser {}).await?;
        let id = user
            .get("id")
            .cloned()
            .ok_or_else(|| CommandError::new("Unable to determine user: not logged in"))?;
        opts.insert("owner".into(), id);
    }
    if let Some(name) = &a.user {
        let user = cx.hub().call(m::GetUser { userInfo: name.into(), ..Default::default() }).await?;
        let id = user.get("id").cloned().ok_or_else(|| CommandError::new(format!("No such user: {name}")))?;
        opts.insert("owner".into(), id);
    }
    if let Some(arch) = &a.arch {
        opts.insert(
            "arch".into(),
            arch.replace(',', " ").split_whitespace().map(str::to_owned).collect::<Vec<_>>().into(),
        );
    }
    if let Some(method) = &a.method {
        opts.insert("method".into(), method.into());
    }
    if let Some(name) = &a.channel {
        let channel = cx.hub().call(m::GetChannel { channelInfo: name.into(), ..Default::default() }).await?;
        let id = channel
            .get("id")
            .cloned()
            .ok_or_else(|| CommandError::new(format!("No such channel: {name}")))?;
        opts.insert("channel_id".into(), id);
    }
    if let Some(name) = &a.host {
        let host = cx.hub().call(m::GetHost { hostInfo: name.into(), ..Default::default() }).await?;
        let id = host.get("id").cloned().ok_or_else(|| CommandError::new(format!("No such host: {name}")))?;
        opts.insert("host_id".into(), id);
    }
    let order = Value::record([("order", "priority,create_time".into())]);
    let tasks = cx.hub().call(m::ListTasks { opts: opts.into(), queryOpts: order }).await?;
    Ok(tasks.as_array().unwrap_or_default().iter().filter_map(|t| t.int_at("id")).collect())
}
