use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::AtOption;
use crate::lookup::{items, text};

/// List build targets
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only this target
    #[arg(long)]
    name: Option<String>,
    /// No header
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    at: AtOption,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let event = a.at.announced(cx, a.quiet || cx.options.quiet).await?.into();
    let call = m::GetBuildTargets { info: a.name.clone().into(), event, ..Default::default() };
    let targets = cx.hub().call(call).await?;
    let mut targets: Vec<_> = items(&targets).to_vec();
    if targets.is_empty() {
        return Err(CommandError::usage(match &a.name {
            Some(name) => format!("No such build target: {name}"),
            None => "No targets were found".to_owned(),
        }));
    }
    targets.sort_by(|x, y| text(x, "name").cmp(text(y, "name")));
    if !a.quiet && !cx.options.quiet {
        cx.out.line(format!("{:<30} {:<30} {:<30}", "Name", "Buildroot", "Destination"));
        cx.out.line("-".repeat(93));
    }
    for t in targets {
        cx.out.data(&t);
        let (name, build, dest) = (text(&t, "name"), text(&t, "build_tag_name"), text(&t, "dest_tag_name"));
        cx.out.line(format!("{name:<30} {build:<30} {dest:<30}"));
    }
    Ok(())
}
