use koji_api::methods as m;
use koji_client::ClientError;

use super::{After, follow};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::items;

/// Keep the buildroot of a failed task as an archive
///
/// Needs a hub with the save_failed_tree plugin. Only the build directory is kept, unless --full is given.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "ID")]
    args: Vec<String>,
    /// Keep the whole buildroot
    #[arg(short, long)]
    full: bool,
    /// ID is that of a task (as without it)
    #[arg(short, long, overrides_with = "buildroot")]
    task: bool,
    /// ID is that of a buildroot
    #[arg(short = 'r', long, overrides_with = "task")]
    buildroot: bool,
    /// Print nothing about the task
    #[arg(long)]
    quiet: bool,
    /// Do not wait for the task
    #[arg(long)]
    nowait: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let [id] = a.args.as_slice() else {
        return Err(CommandError::usage("List exactly one task or buildroot ID"));
    };
    let id: i64 = id.trim().parse().map_err(|_| CommandError::usage("ID must be an integer"))?;
    let root = if a.buildroot { id } else { last_root(cx, id).await? };
    let call = m::SaveFailedTree { buildrootID: root.into(), full: a.full, ..Default::default() };
    let task = match cx.hub().call(call).await {
        Err(ClientError::Fault(fault)) if fault.message.contains("Invalid method") => {
            cx.out.line(
                "* The save_failed_tree plugin appears to not be installed on the koji hub.  \
                 Please contact the administrator.",
            );
            return Err(CommandError::status(1));
        }
        answer => answer?,
    };
    let task = task.as_int().ok_or_else(|| CommandError::new("the hub answered no task id"))?;
    let quiet = a.quiet || cx.options.quiet;
    if !quiet {
        cx.out.line(format!("Created task {task} for buildroot {root}"));
        cx.out.line(format!("Task info: {}", cx.task_url(task)));
    }
    follow(cx, task, After { announced: !quiet, watched: !a.nowait, quiet }).await
}

/// The newest buildroot of a task.
async fn last_root(cx: &Cx, task: i64) -> Result<i64> {
    let roots = cx.hub().call(m::ListBuildroots { taskID: task.into(), ..Default::default() }).await?;
    let ids: Vec<i64> = items(&roots).iter().filter_map(|r| r.int_at("id")).collect();
    let Some(last) = ids.iter().max() else {
        cx.out.line(format!("No buildroots for task {task}"));
        return Err(CommandError::status(1));
    };
    if ids.len() > 1 {
        cx.out.line(format!("Multiple buildroots for task. Choosing last one ({last})"));
    }
    Ok(*last)
}
