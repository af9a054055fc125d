use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, shown};

/// Move builds to a volume
#[derive(Debug, clap::Args)]
pub struct Arguments {
    volume: String,
    #[arg(value_name = "BUILD", required = true)]
    builds: Vec<String>,
    /// Say what moves
    #[arg(short, long)]
    verbose: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let call = m::GetVolume { volume: a.volume.as_str().into(), ..Default::default() };
    let volume = cx.hub().call(call).await?;
    if !volume.truthy() {
        return Err(CommandError::new(format!("No such volume: {}", a.volume)));
    }
    let to = shown(&volume, "name");
    let mut builds = Vec::new();
    for nvr in &a.builds {
        let build = cx.hub().call(m::GetBuild { buildInfo: nvr.into(), ..Default::default() }).await?;
        if !build.truthy() {
            cx.out.line(format!("No such build: {nvr}"));
        } else if build.get("volume_id") == volume.get("id") {
            cx.out.line(format!("Build {nvr} already on volume {to}"));
        } else {
            builds.push(build);
        }
    }
    if builds.is_empty() {
        return Err(CommandError::new("No builds to move"));
    }
    for build in &builds {
        let call = m::ChangeBuildVolume {
            build: field(build, "id"),
            volume: field(&volume, "id"),
            ..Default::default()
        };
        cx.hub().call(call).await?;
        if a.verbose {
            cx.out.line(format!("{}: {} -> {to}", shown(build, "nvr"), shown(build, "volume_name")));
        }
    }
    Ok(())
}
