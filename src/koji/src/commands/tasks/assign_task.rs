use koji_api::methods as m;

use super::task_id;
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Assign a task to a build host
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TASK-ID")]
    task: String,
    hostname: String,
    /// Even if the task is not free
    #[arg(short, long)]
    force: bool,
    /// Without the scheduler's checks of the host
    #[arg(long)]
    r#override: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let id = task_id(&a.task)?;
    let task = cx.hub().call(m::GetTaskInfo { task_id: id.into(), ..Default::default() }).await?;
    if task.is_nil() {
        return Err(CommandError::new(format!("GenericError: No such task: {id}")));
    }
    let call = m::GetHost { hostInfo: a.hostname.as_str().into(), ..Default::default() };
    if cx.hub().call(call).await?.is_nil() {
        return Err(CommandError::new(format!("GenericError: No such host: {}", a.hostname)));
    }
    if !cx.hub().call(m::HasPerm { perm: "admin".into(), ..Default::default() }).await?.truthy() {
        return Err(CommandError::usage("This action requires admin privileges"));
    }
    let call = m::AssignTask {
        task_id: id.into(),
        host: a.hostname.as_str().into(),
        force: a.force,
        r#override: a.r#override,
    };
    let done = cx.hub().call(call).await?.truthy();
    let said = if done { "assigned" } else { "failed to assign" };
    cx.out.line(format!("{said} task {id} to host {}", a.hostname));
    Ok(())
}
