use koji_api::methods as m;

use super::{info, task_id};
use crate::commands::launch::{After, follow};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Run a failed or canceled task again, with the same parameters
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TASK-ID")]
    task: Vec<String>,
    /// Wait for the task, even when running in the background
    #[arg(long, overrides_with = "nowait")]
    wait: bool,
    /// Do not wait for the task
    #[arg(long, visible_alias = "nowatch")]
    nowait: bool,
    /// Print nothing about the task
    #[arg(long)]
    quiet: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let [task] = a.task.as_slice() else {
        return Err(CommandError::usage("Please specify a single task ID"));
    };
    let old = task_id(task)?;
    let quiet = a.quiet || cx.options.quiet;
    if !quiet && !cx.out.is_json() {
        cx.out.line("Resubmitting the following task:");
        info::print(cx, old, false, true).await?;
    }
    let new = cx.hub().call(m::ResubmitTask { taskID: old.into() }).await?;
    let new = new.as_int().ok_or_else(|| CommandError::new("the hub answered no task id"))?;
    if !quiet {
        cx.out.line(format!("Resubmitted task {old} as new task {new}"));
    }
    let watched = cx.waits(a.wait, a.nowait);
    follow(cx, new, After { announced: !quiet, watched, quiet }).await
}
