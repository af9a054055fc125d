use koji_api::FaultKind;
use koji_api::methods as m;

use crate::commands::repos::wait_repo;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::text;

/// Make a side tag of a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    basetag: String,
    /// Do not print the name of the new tag
    #[arg(short, long)]
    quiet: bool,
    /// Wait until the tag has a repo
    #[arg(short, long)]
    wait: bool,
    /// Repos of the tag hold debuginfo packages
    #[arg(long)]
    debuginfo: bool,
    /// One of the suffixes that the hub allows
    #[arg(long)]
    suffix: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let call =
        m::CreateSideTag { basetag: a.basetag.into(), debuginfo: a.debuginfo, suffix: a.suffix.into() };
    let tag = match cx.hub().call(call).await {
        Err(e) if e.fault_kind() == Some(FaultKind::ActionNotAllowed) => {
            return Err(CommandError::usage("Policy violation"));
        }
        answer => answer?,
    };
    let quiet = a.quiet || cx.options.quiet;
    cx.out.data(&tag);
    if !quiet {
        cx.out.line(text(&tag, "name"));
    }
    if a.wait {
        return wait_repo::run(cx, wait_repo::Arguments::for_target(text(&tag, "name"), quiet)).await;
    }
    Ok(())
}
