//! Commands on the comps groups of tags.

pub mod add_group;
pub mod add_group_pkg;
pub mod add_group_req;
pub mod block_group;
pub mod block_group_pkg;
pub mod block_group_req;
pub mod import_comps;
pub mod list_groups;
pub mod remove_group;
pub mod remove_group_pkg;
pub mod remove_group_req;
pub mod show_groups;
mod spec;
pub mod unblock_group;
pub mod unblock_group_pkg;
pub mod unblock_group_req;

use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{items, require_perm, tag_or_error, text};

/// Admits users who may change the tag, where the group is of the tag itself.
async fn require_own_group(cx: &Cx, tag: &str, group: &str) -> Result {
    require_perm(cx, "tag").await?;
    tag_or_error(cx, tag).await?;
    let call = m::GetTagGroups { tag: tag.into(), inherit: false, ..Default::default() };
    let groups = cx.hub().call(call).await?;
    if items(&groups).iter().any(|g| text(g, "name") == group) {
        return Ok(());
    }
    Err(CommandError::new(format!("Group {group} doesn't exist within tag {tag}")))
}
