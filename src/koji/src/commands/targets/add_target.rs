use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{require_perm, tag_or_error, text};

/// Add a build target
#[derive(Debug, clap::Args)]
pub struct Arguments {
    name: String,
    /// Tag whose repo is built against
    build_tag: String,
    /// Tag that builds land in [default: the tag named like the target]
    dest_tag: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let dest_tag = a.dest_tag.unwrap_or_else(|| a.name.clone());
    require_perm(cx, "target").await?;
    let build = tag_or_error(cx, &a.build_tag).await?;
    if text(&build, "arches").is_empty() {
        return Err(CommandError::new(format!("Build tag has no arches: {}", a.build_tag)));
    }
    let dest = cx.hub().call(m::GetTag { tagInfo: dest_tag.as_str().into(), ..Default::default() }).await?;
    if dest.is_nil() {
        return Err(CommandError::new(format!("No such destination tag: {dest_tag}")));
    }
    let call = m::CreateBuildTarget {
        name: a.name.into(),
        build_tag: a.build_tag.into(),
        dest_tag: dest_tag.into(),
    };
    cx.hub().call(call).await?;
    Ok(())
}
