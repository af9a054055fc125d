use super::select::{Period, Selection};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::watch::watch_changes;

/// Watch tasks until they end
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TASK-ID")]
    tasks: Vec<i64>,
    /// Say nothing, only end with the tasks' status
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    selection: Selection,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let selects = !a.selection.is_empty();
    if selects && !a.tasks.is_empty() {
        return Err(CommandError::usage("Selection options cannot be combined with a task list"));
    }
    if !selects && a.tasks.is_empty() {
        return Err(CommandError::usage("at least one task id must be specified"));
    }
    let tasks = if selects {
        let open = a.selection.list(cx, &Period::default()).await?;
        open.iter().filter_map(|t| t.int_at("id")).collect()
    } else {
        a.tasks.clone()
    };
    if tasks.is_empty() {
        cx.out.line("(no tasks)");
        return Ok(());
    }
    let quiet = a.quiet || cx.options.quiet;
    watch_changes(cx, &tasks, quiet).await
}
