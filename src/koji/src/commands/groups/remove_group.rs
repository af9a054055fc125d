use koji_api::methods as m;

use super::require_own_group;
use crate::context::Cx;
use crate::error::Result;

/// Remove a group from a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    group: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    require_own_group(cx, &a.tag, &a.group).await?;
    cx.hub()
        .call(m::GroupListRemove { taginfo: a.tag.into(), grpinfo: a.group.into(), ..Default::default() })
        .await?;
    Ok(())
}
