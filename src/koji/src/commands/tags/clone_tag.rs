use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::EventOptions;
use crate::lookup::{field, require_perm};
use crate::time::ctime;

/// Copy a tag onto another one, which is made if there is none
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "SOURCE")]
    src: String,
    #[arg(value_name = "DESTINATION")]
    dst: String,
    /// Copy the configuration
    #[arg(long)]
    config: bool,
    /// Copy the groups
    #[arg(long)]
    groups: bool,
    /// Copy the package list
    #[arg(long)]
    pkgs: bool,
    /// Tag the builds
    #[arg(long)]
    builds: bool,
    /// The same as --config --groups --pkgs --builds
    #[arg(long)]
    all: bool,
    /// Only the latest build of each package
    #[arg(long)]
    latest_only: bool,
    /// Inherited builds, too
    #[arg(long)]
    inherit_builds: bool,
    /// Leave what the destination has and the source has not
    #[arg(long)]
    no_delete: bool,
    #[command(flatten)]
    event: EventOptions,
    #[arg(short, long, hide = true)]
    verbose: bool,
    /// Accepted as upstream does; the hub decides about notifications
    #[arg(long)]
    notify: bool,
    /// Even where a tag is locked
    #[arg(short, long)]
    force: bool,
    #[arg(short = 'n', long, hide = true)]
    test: bool,
    #[arg(long, hide = true, default_value_t = 100)]
    batch: i64,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if !a.test {
        require_perm(cx, "tag").await?;
    }
    if a.src == a.dst {
        return Err(CommandError::usage("Source and destination tags must be different."));
    }
    if a.batch < 0 {
        return Err(CommandError::usage("batch size must be bigger than zero"));
    }
    let event = a.event.event(cx).await?;
    if let Some(event) = event {
        cx.out.line(format!("Cloning at event {} ({})", event.id, ctime(event.ts)));
    }
    let event = event.map(|e| e.id);
    let (pkgs, builds) = (a.pkgs || a.all, a.builds || a.all);
    if builds && !pkgs {
        return Err(CommandError::usage("--builds can't be used without also specifying --pkgs"));
    }
    let call = m::GetBuildConfig { tag: a.src.as_str().into(), event: event.into() };
    let src = match cx.hub().call(call).await {
        Ok(src) => src,
        Err(e) if e.fault().is_some() => {
            return Err(CommandError::usage(format!("No such src-tag: {}", a.src)));
        }
        Err(e) => return Err(e.into()),
    };
    let dst = cx.hub().call(m::GetTag { tagInfo: a.dst.as_str().into(), ..Default::default() }).await?;
    if (src.truthy_at("locked") || dst.truthy_at("locked")) && !a.force {
        return Err(CommandError::usage(
            "Error: You are attempting to clone from or to a tag which is locked.\n\
             Please use --force if this is what you really want to do.",
        ));
    }
    if a.test {
        return Err(CommandError::usage("server-side operation, test output is no longer available"));
    }
    let (config, groups) = (a.config || a.all, a.groups || a.all);
    let (latest_only, inherit_builds, force) = (a.latest_only, a.inherit_builds, a.force);
    let (src, event) = (field(&src, "id"), event.into());
    if dst.is_nil() {
        let dst = a.dst.into();
        let call = m::SnapshotTag {
            src,
            dst,
            config,
            pkgs,
            builds,
            groups,
            latest_only,
            inherit_builds,
            event,
            force,
        };
        cx.hub().call(call).await?;
    } else {
        let (dst, remove) = (a.dst.into(), !a.no_delete);
        let call = m::SnapshotTagModify {
            src,
            dst,
            config,
            pkgs,
            builds,
            groups,
            latest_only,
            inherit_builds,
            event,
            force,
            remove,
        };
        cx.hub().call(call).await?;
    }
    Ok(())
}
