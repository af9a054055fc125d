use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::shown;

/// Change the priority of tasks
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TASK-ID")]
    tasks: Vec<String>,
    /// The new priority; lower numbers come first
    #[arg(long)]
    priority: Option<i64>,
    /// Their child tasks, too
    #[arg(long)]
    recurse: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.tasks.is_empty() {
        return Err(CommandError::usage("You must specify at least one task id"));
    }
    let Some(priority) = a.priority else {
        return Err(CommandError::usage("You must specify --priority"));
    };
    let ids: std::result::Result<Vec<i64>, _> = a.tasks.iter().map(|t| t.parse()).collect();
    let ids = ids.map_err(|_| CommandError::usage("Task numbers must be integers"))?;
    if !cx.hub().call(m::HasPerm { perm: "admin".into(), ..Default::default() }).await?.truthy() {
        let me = cx.hub().call(m::GetLoggedInUser {}).await?;
        let message = format!("admin permission required (logged in as {})", shown(&me, "name"));
        return Err(CommandError::new(message));
    }
    for id in ids {
        let call = m::SetTaskPriority { task_id: id.into(), priority: priority.into(), recurse: a.recurse };
        match cx.hub().call(call).await {
            Err(e) if e.fault().is_some() => {
                cx.out.warn(format!("Can't update task priority on closed task: {id}"));
            }
            answer => {
                answer?;
            }
        }
    }
    Ok(())
}
