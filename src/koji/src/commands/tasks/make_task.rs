use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use crate::commands::launch::{After, follow};
use crate::context::{Cx, in_background};
use crate::error::{CommandError, Result};
use crate::lookup::typed;

/// Make a task of any method
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "METHOD")]
    method: String,
    /// Integers, decimals, None, True and False are themselves, everything else is text
    #[arg(value_name = "ARG")]
    args: Vec<String>,
    /// In this channel
    #[arg(long)]
    channel: Option<String>,
    /// With this priority
    #[arg(long)]
    priority: Option<String>,
    /// Watch the task
    #[arg(long)]
    watch: bool,
    /// For this arch
    #[arg(long)]
    arch: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let arguments: Vec<Value> = a.args.iter().map(|arg| typed(arg)).collect();
    let mut opts = Struct::from_iter([
        ("method".to_owned(), Value::from(a.method)),
        ("arglist".to_owned(), arguments.into()),
    ]);
    for (key, value) in [("channel", a.channel), ("priority", a.priority), ("arch", a.arch)] {
        if let Some(value) = value {
            opts.insert(key.to_owned(), value.into());
        }
    }
    let task = cx.hub().call(m::MakeTask { opts, ..Default::default() }).await?;
    let task = task.as_int().ok_or_else(|| CommandError::new("the hub answered no task id"))?;
    cx.out.line(format!("Created task id {task}"));
    let watched = a.watch && !in_background();
    follow(cx, task, After { announced: true, watched, quiet: cx.options.quiet }).await
}
