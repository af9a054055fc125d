use koji_api::methods as m;

use super::group_to_change;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, text};

/// Remove a group from a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    group: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let (id, group) = group_to_change(cx, &a.tag, &a.group).await?;
    if group.truthy_at("blocked") {
        return Err(CommandError::new(format!(
            "Group {} is blocked in this tag. You could use unblock-group to unblock it",
            a.group
        )));
    }
    let from = field(&group, "tag_id");
    if from != id {
        let from = cx.hub().call(m::GetTag { tagInfo: from, ..Default::default() }).await?;
        return Err(CommandError::new(format!(
            "The entry for group {} is inherited from {}. You could use block-group to prevent this",
            a.group,
            text(&from, "name")
        )));
    }
    cx.hub()
        .call(m::GroupListRemove { taginfo: a.tag.into(), grpinfo: a.group.into(), ..Default::default() })
        .await?;
    Ok(())
}
