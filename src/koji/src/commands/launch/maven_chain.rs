use koji_api::methods as m;

use super::{After, Opts, WaitOptions, build_target, created, maven_ini, priority};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Build packages with Maven in the order of their dependencies
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TARGET CONFIG")]
    args: Vec<String>,
    /// Do not tag the builds
    #[arg(long)]
    skip_tag: bool,
    /// Build without importing
    #[arg(long)]
    scratch: bool,
    /// Run Maven with debug output
    #[arg(long)]
    debug: bool,
    /// Build packages that are up to date, too
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    wait: WaitOptions,
    /// Run at a lower priority
    #[arg(long)]
    background: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let [target, configs @ ..] = a.args.as_slice() else {
        return Err(CommandError::usage("Two arguments (a build target and a config file) are required"));
    };
    if configs.is_empty() {
        return Err(CommandError::usage("Two arguments (a build target and a config file) are required"));
    }
    build_target(cx, target, a.scratch).await?;
    let mut opts = Opts::default();
    opts.flag("skip_tag", a.skip_tag);
    opts.flag("scratch", a.scratch);
    opts.flag("debug", a.debug);
    opts.flag("force", a.force);
    let call = m::ChainMaven {
        builds: maven_ini::chain(configs, a.scratch)?.into(),
        target: target.into(),
        opts: opts.value(),
        priority: priority(a.background),
        ..Default::default()
    };
    let task = cx.hub().call(call).await?;
    created(cx, &task, After::announced(cx, &a.wait)).await
}
