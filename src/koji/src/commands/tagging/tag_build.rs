use koji_api::methods as m;

use crate::commands::launch::{After, follow_all};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Tag builds
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    #[arg(value_name = "NVR", required = true)]
    builds: Vec<String>,
    /// Override policies, where the hub allows it
    #[arg(long)]
    force: bool,
    /// Wait for the tasks, even when running in the background
    #[arg(long, overrides_with = "nowait")]
    wait: bool,
    /// Do not wait for the tasks
    #[arg(long)]
    nowait: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut tasks = Vec::new();
    for build in &a.builds {
        let call = m::TagBuild {
            tag: a.tag.as_str().into(),
            build: build.into(),
            force: a.force,
            ..Default::default()
        };
        let task = cx.hub().call(call).await?;
        let task = task.as_int().ok_or_else(|| CommandError::new("the hub answered no task id"))?;
        cx.out.line(format!("Created task {task}"));
        tasks.push(task);
    }
    let watched = cx.waits(a.wait, a.nowait);
    follow_all(cx, &tasks, After { announced: true, watched, quiet: cx.options.quiet }).await
}
