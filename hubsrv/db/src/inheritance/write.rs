//! Changing the parents of a tag.

use super::Link;
use crate::{Arg, Result, Tx, versioned};

/// A wish for one parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Set(Link),
    Delete { parent_id: i64 },
}

impl Change {
    fn parent(&self) -> i64 {
        match self {
            Change::Set(link) => link.parent_id,
            Change::Delete { parent_id } => *parent_id,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error(
        "Multiple parent tags ({parents:?}) cannot have the same priority value ({priority}) on child tag {child}"
    )]
    SamePriority { parents: Vec<i64>, priority: i64, child: i64 },
}

/// What has to be written to turn `current` into what the changes ask for; `clear` drops the parents that are not among them.
/// Links that stay the same are not written again unless `clear` is set.
pub fn plan(
    child: i64,
    current: &[Link],
    changes: Vec<Change>,
    clear: bool,
) -> std::result::Result<Vec<Change>, LinkError> {
    // (what the parent is to be, whether that is written), in the order in which parents were first seen
    let mut links: Vec<(Change, bool)> = current.iter().map(|l| (Change::Set(l.clone()), false)).collect();
    for change in changes {
        let parent = change.parent();
        let place = links.iter().position(|(l, _)| l.parent() == parent);
        let Some(slot) = place.and_then(|i| links.get_mut(i)) else {
            if matches!(change, Change::Set(_)) {
                links.push((change, true));
            }
            continue;
        };
        if clear || !same(&slot.0, &change) {
            *slot = (change, true);
        }
    }
    if clear {
        for slot in links.iter_mut().filter(|slot| !slot.1) {
            *slot = (Change::Delete { parent_id: slot.0.parent() }, true);
        }
    }
    if !links.iter().any(|slot| slot.1) {
        return Ok(Vec::new());
    }
    let kept: Vec<&Link> = links
        .iter()
        .filter_map(|(change, _)| match change {
            Change::Set(link) => Some(link),
            Change::Delete { .. } => None,
        })
        .collect();
    for link in &kept {
        let parents: Vec<i64> =
            kept.iter().filter(|l| l.priority == link.priority).map(|l| l.parent_id).collect();
        if parents.len() > 1 {
            return Err(LinkError::SamePriority { parents, priority: link.priority, child });
        }
    }
    Ok(links.into_iter().filter(|slot| slot.1).map(|slot| slot.0).collect())
}

fn same(a: &Change, b: &Change) -> bool {
    match (a, b) {
        (Change::Set(a), Change::Set(b)) => {
            a.priority == b.priority
                && a.maxdepth == b.maxdepth
                && a.intransitive == b.intransitive
                && a.noconfig == b.noconfig
                && a.pkg_filter == b.pkg_filter
        }
        (a, b) => a == b,
    }
}

/// Writes what [`plan`] answered.
pub async fn write(tx: &mut Tx, child: i64, changes: &[Change]) -> Result<()> {
    // all are revoked first, so that two links can exchange their priorities
    for change in changes {
        let key = vec![("tag_id", Arg::from(child)), ("parent_id", change.parent().into())];
        versioned::revoke(tx, "tag_inheritance", key).await?;
    }
    for change in changes {
        let Change::Set(link) = change else { continue };
        let row = vec![
            ("tag_id", child.into()),
            ("parent_id", link.parent_id.into()),
            ("priority", link.priority.into()),
            ("maxdepth", link.maxdepth.into()),
            ("intransitive", link.intransitive.into()),
            ("noconfig", link.noconfig.into()),
            ("pkg_filter", link.pkg_filter.clone().into()),
        ];
        versioned::insert(tx, "tag_inheritance", row).await?;
    }
    Ok(())
}
