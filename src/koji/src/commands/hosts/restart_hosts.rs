use koji_api::methods as m;
use koji_api::types::TaskState;
use koji_xmlrpc::{Struct, Value};

use crate::commands::launch::{After, WaitOptions, follow};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items};

/// Restart the builders of enabled hosts
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    wait: WaitOptions,
    /// Print nothing about the task
    #[arg(long)]
    quiet: bool,
    /// Even while another restart is going on
    #[arg(long)]
    force: bool,
    /// Only hosts in this channel
    #[arg(long)]
    channel: Option<String>,
    /// Only hosts of these arches (repeatable)
    #[arg(short, long)]
    arch: Vec<String>,
    /// Give up after N seconds
    #[arg(long, value_name = "N")]
    timeout: Option<i64>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if !a.force {
        refuse_second(cx).await?;
    }
    let mut options = Struct::new();
    if let Some(channel) = a.channel.as_deref().filter(|c| !c.is_empty()) {
        options.insert("channel".to_owned(), channel.into());
    }
    if !a.arch.is_empty() {
        options.insert("arches".to_owned(), a.arch.clone().into());
    }
    if let Some(timeout) = a.timeout.filter(|t| *t != 0) {
        options.insert("timeout".to_owned(), timeout.into());
    }
    let options = if options.is_empty() { Value::Nil } else { options.into() };
    let task = cx.hub().call(m::RestartHosts { options, ..Default::default() }).await?;
    let task = task.as_int().ok_or_else(|| CommandError::new("the hub answered no task id"))?;
    let quiet = a.quiet || cx.options.quiet;
    follow(cx, task, After { announced: false, watched: a.wait.waits(cx), quiet }).await
}

/// An error while hosts are being restarted.
async fn refuse_second(cx: &Cx) -> Result {
    let states: Vec<Value> =
        [TaskState::Free, TaskState::Open, TaskState::Assigned].into_iter().map(Value::from).collect();
    let opts = Struct::from_iter([
        ("method".to_owned(), "restartHosts".into()),
        ("state".to_owned(), states.into()),
    ]);
    let others = cx.hub().call(m::ListTasks { opts: opts.into(), ..Default::default() }).await?;
    if items(&others).is_empty() {
        return Ok(());
    }
    let ids: Vec<Value> = items(&others).iter().map(|t| field(t, "id")).collect();
    cx.out.warn("Found other restartHosts tasks running.");
    cx.out.warn(format!("Task ids: {}", koji_api::types::repr::repr(&ids.into())));
    Err(CommandError::new("Use --force to run anyway"))
}
