use super::{info, task_id_or_usage};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Show information about tasks
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TASK-ID")]
    tasks: Vec<String>,
    /// Their descendants, too
    #[arg(short, long)]
    recurse: bool,
    /// Show what they were asked to do
    #[arg(short, long)]
    verbose: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.tasks.is_empty() {
        return Err(CommandError::usage("You must specify at least one task ID"));
    }
    for task in &a.tasks {
        let id = task_id_or_usage(task, &format!("task id must be an integer: {task}"))
            .map_err(|e| CommandError { status: 1, usage: false, ..e })?;
        info::print(cx, id, a.recurse, a.verbose).await?;
    }
    Ok(())
}
