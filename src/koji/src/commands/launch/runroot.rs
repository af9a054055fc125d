use koji_api::methods as m;
use koji_api::types::TaskState;
use koji_client::{ClientError, Live, Session};

use super::{After, Opts, follow};
use crate::commands::tasks::output;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::watch::again;

/// Run a command in a buildroot
///
/// Needs a hub with the runroot plugin. Its output is printed when it has ended. Options stand before the tag.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TAG ARCH COMMAND", trailing_var_arg = true)]
    args: Vec<String>,
    /// Package to install in the buildroot (repeatable)
    #[arg(short, long = "package", value_name = "PACKAGE")]
    packages: Vec<String>,
    /// Directory to mount in the buildroot, writable (repeatable)
    #[arg(short, long = "mount", value_name = "DIR")]
    mounts: Vec<String>,
    /// Do not set the arch that programs see
    #[arg(long)]
    skip_setarch: bool,
    /// Weight of the task
    #[arg(short, long)]
    weight: Option<i64>,
    /// Run in another channel
    #[arg(long, value_name = "CHANNEL")]
    channel_override: Option<String>,
    /// Print the id of the task
    #[arg(long)]
    task_id: bool,
    /// Run the command with a shell
    #[arg(long)]
    use_shell: bool,
    /// Use mock's --new-chroot
    #[arg(long, overrides_with = "old_chroot")]
    new_chroot: bool,
    /// Use mock's --old-chroot
    #[arg(long, overrides_with = "new_chroot")]
    old_chroot: bool,
    /// Use this repo
    #[arg(long, value_name = "ID")]
    repo_id: Option<i64>,
    /// Do not wait for the task
    #[arg(long)]
    nowait: bool,
    /// Watch the task instead of printing the output
    #[arg(long)]
    watch: bool,
    /// Print neither the task nor the output
    #[arg(long)]
    quiet: bool,
}

const LOG: &str = "runroot.log";

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let [tag, arch, command @ ..] = a.args.as_slice() else {
        return Err(CommandError::usage("Incorrect number of arguments"));
    };
    if command.is_empty() {
        return Err(CommandError::usage("Incorrect number of arguments"));
    }
    let mut opts = Opts::default();
    opts.set("packages", a.packages.clone());
    opts.set("mounts", a.mounts.clone());
    opts.set("repo_id", a.repo_id);
    opts.set("skip_setarch", a.skip_setarch);
    opts.set("weight", a.weight);
    if a.new_chroot || a.old_chroot {
        opts.set("new_chroot", a.new_chroot);
    }
    let call = m::Runroot {
        tagInfo: tag.into(),
        arch: arch.into(),
        command: if a.use_shell { command.join(" ").into() } else { command.to_vec().into() },
        channel: a.channel_override.clone().into(),
        opts: opts.0,
    };
    let answer = cx.hub().call(call).await;
    if let Err(ClientError::Fault(fault)) = &answer
        && fault.message.contains("Invalid method")
    {
        cx.out.line(
            "* The runroot plugin appears to not be installed on the koji hub.  Please contact the administrator.",
        );
    }
    let task = answer?.as_int().ok_or_else(|| CommandError::new("the hub answered no task id"))?;
    if a.task_id {
        cx.out.line(task.to_string());
    }
    let quiet = a.quiet || cx.options.quiet;
    if a.nowait || a.watch || cx.out.is_json() {
        return follow(cx, task, After { announced: false, watched: !a.nowait, quiet }).await;
    }
    crate::interrupt::cancels(cx.hub(), task, "User interrupt: canceling runroot task");
    let state = ended(cx, task).await?;
    crate::interrupt::forget();
    if !quiet {
        print_log(cx, task).await?;
    }
    match state {
        Some(TaskState::Failed | TaskState::Canceled) | None => Err(CommandError::status(1)),
        Some(_) => Ok(()),
    }
}

/// Waits for the end of the task; how it ended, nothing when there is no such task any more.
async fn ended(cx: &Cx, task: i64) -> Result<Option<TaskState>> {
    let reader = cx.reader();
    let mut live = Live::new(cx.hub(), cx.poll_interval());
    loop {
        let call = m::GetTaskInfo { task_id: task.into(), ..Default::default() };
        let info = again(|| reader.call(call.clone())).await?;
        let state = info.int_at("state").and_then(TaskState::from_code);
        if state.is_none_or(TaskState::is_final) {
            return Ok(state);
        }
        live.news(&[format!("task:{task}")]).await;
    }
}

/// What the command printed, as it is: it may be anything.
async fn print_log(cx: &Cx, task: i64) -> Result {
    let reader: Session = cx.reader();
    for (name, volume) in output(&reader, task).await? {
        if name == LOG {
            let text = again(|| reader.task_output(task, LOG, 0, -1, Some(&volume))).await?;
            cx.out.bytes(&text);
        }
    }
    Ok(())
}
