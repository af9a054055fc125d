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
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, require_perm, tag_or_error, text};

/// The tag's id and the group as it is there, of its own or inherited, blocked or not; for users who may change tags.
async fn group_to_change(cx: &Cx, tag: &str, group: &str) -> Result<(Value, Value)> {
    require_perm(cx, "tag").await?;
    let id = field(&tag_or_error(cx, tag).await?, "id");
    let call = m::GetTagGroups {
        tag: id.clone(),
        incl_pkgs: false,
        incl_reqs: false,
        incl_blocked: true,
        ..Default::default()
    };
    let groups = cx.hub().call(call).await?;
    let found = items(&groups).iter().find(|g| text(g, "name") == group);
    let found =
        found.ok_or_else(|| CommandError::new(format!("Group {group} doesn't exist within tag {tag}")))?;
    Ok((id, found.clone()))
}

/// What a group lists.
struct Listing {
    /// Key of the list in the group, and of the name in its entries.
    keys: (&'static str, &'static str),
    /// In sentences, at their start and inside.
    words: (&'static str, &'static str),
    /// End of the names of the commands that block and unblock.
    commands: &'static str,
}

const PACKAGES: Listing =
    Listing { keys: ("packagelist", "package"), words: ("Package", "package"), commands: "group-pkg" };
const REQUIREMENTS: Listing =
    Listing { keys: ("grouplist", "name"), words: ("Req", "req"), commands: "group-req" };

/// The tag's id, where all of the entries are the tag's own; what is wrong with the others is said.
async fn own_entries(cx: &Cx, tag: &str, group: &str, listing: &Listing, wanted: &[String]) -> Result<Value> {
    let info = tag_or_error(cx, tag).await?;
    let id = field(&info, "id");
    let call = m::GetTagGroups { tag: id.clone(), incl_blocked: true, ..Default::default() };
    let groups = cx.hub().call(call).await?;
    let found = items(&groups).iter().find(|g| text(g, "name") == group);
    let found =
        found.ok_or_else(|| CommandError::new(format!("Group {group} is not present in tag {tag}")))?;
    let (word, inside) = listing.words;
    let entries = field(found, listing.keys.0);
    let mut sound = true;
    for name in wanted {
        let wrong = match items(&entries).iter().find(|e| text(e, listing.keys.1) == name) {
            None => format!("{word} {name} is not included in this group"),
            Some(entry) if entry.truthy_at("blocked") => {
                let command = listing.commands;
                format!(
                    "{word} {name} is blocked in this group. You could use unblock-{command} to unblock it"
                )
            }
            Some(entry) if field(entry, "tag_id") != id => {
                let call = m::GetTag { tagInfo: field(entry, "tag_id"), ..Default::default() };
                let from = cx.hub().call(call).await?;
                format!(
                    "The entry for {inside} {name} is inherited from {}. You could use block-{} to prevent this",
                    text(&from, "name"),
                    listing.commands
                )
            }
            Some(_) => continue,
        };
        cx.out.line(wrong);
        sound = false;
    }
    if sound { Ok(id) } else { Err(CommandError::new("Invalid parameters")) }
}
