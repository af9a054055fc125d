//! Commands that start builds and other tasks.

pub mod build;
pub mod chain_build;

use crate::context::Cx;
use crate::error::Result;
use crate::watch::watch_tasks;

/// Options of commands that make a task and may wait for it.
#[derive(Debug, clap::Args)]
pub struct WaitOptions {
    /// Wait for the task, even when running in the background
    #[arg(long, overrides_with = "nowait")]
    pub wait: bool,
    /// Do not wait for the task
    #[arg(long)]
    pub nowait: bool,
    /// Print nothing about the task
    #[arg(long)]
    pub quiet: bool,
}

/// Says which task was made, and watches it unless nobody waits.
pub async fn created(cx: &mut Cx, task_id: i64, o: &WaitOptions) -> Result {
    let quiet = o.quiet || cx.options.quiet;
    if !quiet {
        cx.out.line(format!("Created task: {task_id}"));
        cx.out.line(format!("Task info: {}", cx.task_url(task_id)));
    }
    if cx.waits(o.wait, o.nowait) { watch_tasks(cx, &[task_id], quiet).await } else { Ok(()) }
}
