use koji_api::methods as m;

use super::group_to_change;
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Block a group of a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    group: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let (_, group) = group_to_change(cx, &a.tag, &a.group).await?;
    if group.truthy_at("blocked") {
        return Err(CommandError::new(format!("Group {} is already blocked in this tag", a.group)));
    }
    cx.hub().call(m::GroupListBlock { taginfo: a.tag.into(), grpinfo: a.group.into() }).await?;
    Ok(())
}
