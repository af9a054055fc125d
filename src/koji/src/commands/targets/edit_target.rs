use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, require_perm, tag_or_error, text};

/// Change the name or the tags of a build target
#[derive(Debug, clap::Args)]
pub struct Arguments {
    name: String,
    /// Give the target another name
    #[arg(long, value_name = "NAME")]
    rename: Option<String>,
    /// Tag whose repo is built against
    #[arg(long)]
    build_tag: Option<String>,
    /// Tag that builds land in
    #[arg(long)]
    dest_tag: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    require_perm(cx, "target").await?;
    let call = m::GetBuildTarget { info: a.name.as_str().into(), ..Default::default() };
    let target = cx.hub().call(call).await?;
    if target.is_nil() {
        return Err(CommandError::new(format!("GenericError: No such build target: {}", a.name)));
    }
    if let Some(build) = &a.build_tag {
        let tag = tag_or_error(cx, build).await?;
        if text(&tag, "arches").is_empty() {
            return Err(CommandError::new(format!("Build tag has no arches: {build}")));
        }
    }
    if let Some(dest) = &a.dest_tag {
        let tag = cx.hub().call(m::GetTag { tagInfo: dest.into(), ..Default::default() }).await?;
        if tag.is_nil() {
            return Err(CommandError::new(format!("No such destination tag: {dest}")));
        }
    }
    let call = m::EditBuildTarget {
        buildTargetInfo: field(&target, "name"),
        name: a.rename.map_or_else(|| field(&target, "name"), Into::into),
        build_tag: a.build_tag.map_or_else(|| field(&target, "build_tag_name"), Into::into),
        dest_tag: a.dest_tag.map_or_else(|| field(&target, "dest_tag_name"), Into::into),
    };
    cx.hub().call(call).await?;
    Ok(())
}
