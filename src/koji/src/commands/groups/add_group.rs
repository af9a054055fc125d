use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{items, require_perm, tag_or_error, text};

/// Add a group to a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    group: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    require_perm(cx, "tag").await?;
    tag_or_error(cx, &a.tag).await?;
    let call = m::GetTagGroups { tag: a.tag.as_str().into(), inherit: false, ..Default::default() };
    let groups = cx.hub().call(call).await?;
    if items(&groups).iter().any(|g| text(g, "name") == a.group) {
        return Err(CommandError::new(format!("Group {} already exists for tag {}", a.group, a.tag)));
    }
    cx.hub()
        .call(m::GroupListAdd { taginfo: a.tag.into(), grpinfo: a.group.into(), ..Default::default() })
        .await?;
    Ok(())
}
