//! `snapshotTagModify`: makes an existing tag hold what another one does.

use std::collections::{BTreeMap, HashMap, HashSet};

use koji_api::Fault;
use koji_api::methods::SnapshotTagModify;
use koji_api::types::refs;
use koji_db::groups::{self, Group, Item, Key};
use koji_db::tagging::{self, TaggedFilter};
use koji_db::tags::{Config, Tag};
use koji_db::{Topic, Tx};
use koji_xmlrpc::Value;

use super::{rules, snapshot};
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::methods::tags::{TagEdit, apply};

pub(super) async fn snapshot_tag_modify(cx: &mut Cx, call: SnapshotTagModify) -> Outcome<()> {
    snapshot::require_packages(call.builds, call.pkgs)?;
    let event = refs::event(&call.event)?;
    let source = lookup::tag_at(&mut cx.tx, &call.src, event).await?;
    let target = lookup::tag(&mut cx.tx, &call.dst).await?;
    if (source.locked || target.locked) && !call.force {
        return Err(Fault::generic("Source or destination tag is locked, use force to copy").into());
    }
    if call.config {
        let surplus = target.extra.keys().filter(|k| !source.extra.contains_key(*k)).cloned().collect();
        let edit = TagEdit {
            config: Some(Config::of(&source)),
            extra: source.extra.clone(),
            remove_extra: surplus,
            ..TagEdit::default()
        };
        apply(&mut cx.tx, &target, &edit).await?;
        cx.tx.reset_event();
    }
    if call.pkgs {
        packages(&mut cx.tx, &source, &target, event).await?;
    }
    if call.builds {
        let wanted = snapshot::what(event, call.inherit_builds, call.latest_only);
        builds(cx, &source, &target, &wanted, call.remove).await?;
    }
    if call.groups {
        groups(&mut cx.tx, &source, &target, event, call.remove).await?;
        cx.tx.reset_event();
    }
    cx.tx.announce(Topic::Tag(target.id));
    Ok(())
}

/// Packages that the source lacks are blocked, those that the target lacks are added.
async fn packages(tx: &mut Tx, source: &Tag, target: &Tag, event: Option<i64>) -> Outcome<()> {
    let wanted = snapshot::package_list(tx, source.id, event).await?;
    let there = snapshot::package_list(tx, target.id, None).await?;
    let ids = |list: &[koji_db::packages::Entry]| list.iter().map(|e| e.package_id).collect::<HashSet<i64>>();
    let (wanted_ids, there_ids) = (ids(&wanted), ids(&there));
    for entry in there.iter().filter(|e| !wanted_ids.contains(&e.package_id) && !e.blocked) {
        snapshot::copy_package(tx, target.id, entry, true).await?;
    }
    for entry in wanted.iter().filter(|e| !there_ids.contains(&e.package_id)) {
        snapshot::copy_package(tx, target.id, entry, entry.blocked).await?;
    }
    Ok(())
}

/// Brings the target's own builds into the source's order, package by package.
async fn builds(cx: &mut Cx, source: &Tag, target: &Tag, wanted: &TaggedFilter, remove: bool) -> Outcome<()> {
    let by_package = |chosen: Vec<tagging::Tagged>| {
        let mut map: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        // oldest first
        for tagged in chosen.into_iter().rev() {
            let builds = map.entry(tagged.package_id).or_default();
            if !builds.contains(&tagged.build_id) {
                builds.push(tagged.build_id);
            }
        }
        map
    };
    let from = by_package(tagging::select(&mut cx.tx, source.id, wanted).await?);
    let mut to = by_package(tagging::select(&mut cx.tx, target.id, &TaggedFilter::default()).await?);
    for (package, wanted) in &from {
        let there = to.remove(package).unwrap_or_default();
        let (untag, tag) = steps(&there, wanted, remove);
        for build in untag {
            take(cx, target, build).await?;
        }
        for build in tag {
            let build = lookup::build(&mut cx.tx, &Value::Int(build)).await?;
            rules::put(cx, target, &build, true).await?;
            cx.tx.reset_event();
        }
    }
    if remove {
        for build in to.into_values().flatten() {
            take(cx, target, build).await?;
        }
    }
    Ok(())
}

async fn take(cx: &mut Cx, target: &Tag, build: i64) -> Outcome<()> {
    let build = lookup::build(&mut cx.tx, &Value::Int(build)).await?;
    rules::take(cx, target, &build, true).await?;
    cx.tx.reset_event();
    Ok(())
}

/// What to untag and then to tag, so that builds that are `there` become the `wanted` ones in that order. Surplus builds go, or
/// without `remove` stay and count as older than the wanted ones. Builds that are in place already are not touched.
fn steps(there: &[i64], wanted: &[i64], remove: bool) -> (Vec<i64>, Vec<i64>) {
    let surplus: Vec<i64> = there.iter().copied().filter(|b| !wanted.contains(b)).collect();
    let mut order: Vec<i64> = if remove { Vec::new() } else { surplus.clone() };
    order.extend(wanted);
    let mut untag: Vec<i64> = if remove { surplus } else { Vec::new() };
    let mut rest = there.iter().copied().filter(|b| !untag.contains(b)).collect::<Vec<_>>();
    let mut tag = Vec::new();
    for build in order {
        match rest.iter().position(|b| *b == build) {
            Some(at) if tag.is_empty() => {
                // what stands before it is out of order
                untag.extend(rest.drain(..at));
                rest.remove(0);
            }
            // what is tagged anew comes last, so what follows it must be, too
            Some(at) => {
                untag.push(rest.remove(at));
                tag.push(build);
            }
            None => tag.push(build),
        }
    }
    (untag, tag)
}

/// Groups and their items, inherited ones included.
async fn groups(tx: &mut Tx, source: &Tag, target: &Tag, event: Option<i64>, remove: bool) -> Outcome<()> {
    let wanted = snapshot::groups_of(tx, source.id, event).await?;
    let there = snapshot::groups_of(tx, target.id, None).await?;
    let by_id: HashMap<i64, &Group> = there.iter().map(|g| (g.id, g)).collect();
    for group in &wanted {
        if by_id.get(&group.id).is_none_or(|old| old.blocked != group.blocked) {
            snapshot::put_group(tx, target.id, group, group.blocked).await?;
        }
    }
    if remove {
        for group in there.iter().filter(|g| !wanted.iter().any(|w| w.id == g.id)) {
            match is_of(&group.row, target.id) {
                true => drop(groups::remove(tx, Key::Group { tag: target.id, group: group.id }).await?),
                false => snapshot::put_group(tx, target.id, group, true).await?,
            }
        }
    }
    for group in &wanted {
        // the items of a new group follow with the next call, as upstream has it
        if let Some(old) = by_id.get(&group.id) {
            items(tx, target.id, group, old, remove).await?;
        }
    }
    Ok(())
}

fn is_of(row: &koji_xmlrpc::Struct, tag: i64) -> bool {
    row.get("tag_id").and_then(Value::as_int) == Some(tag)
}

async fn items(tx: &mut Tx, tag: i64, wanted: &Group, there: &Group, remove: bool) -> Outcome<()> {
    let surplus = |item: &Item, kept: bool| remove && !item.blocked && !kept;
    let (want, have) =
        (wanted.packages.clone().unwrap_or_default(), there.packages.clone().unwrap_or_default());
    for package in want.keys().filter(|p| !have.contains_key(*p)) {
        snapshot::put_package(tx, tag, wanted.id, package, false).await?;
    }
    for (package, item) in &have {
        if want.get(package).is_some_and(|w| w.blocked) && remove && !item.blocked {
            snapshot::put_package(tx, tag, wanted.id, package, true).await?;
        } else if surplus(item, want.contains_key(package)) && is_of(&item.row, tag) {
            groups::remove(tx, Key::Package { tag, group: wanted.id, package }).await?;
        }
    }
    let (want, have) =
        (wanted.requirements.clone().unwrap_or_default(), there.requirements.clone().unwrap_or_default());
    for (required, item) in want.iter().filter(|(r, _)| !have.contains_key(*r)) {
        snapshot::put_requirement(tx, tag, wanted.id, *required, item.blocked).await?;
    }
    for (required, item) in &have {
        if surplus(item, want.contains_key(required)) {
            match is_of(&item.row, tag) {
                true => {
                    groups::remove(tx, Key::Requirement { tag, group: wanted.id, required: *required })
                        .await?;
                }
                false => snapshot::put_requirement(tx, tag, wanted.id, *required, true).await?,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::steps;

    /// What the tag holds, oldest first, after the steps.
    fn after(there: &[i64], wanted: &[i64], remove: bool) -> Vec<i64> {
        let (untag, tag) = steps(there, wanted, remove);
        let mut builds: Vec<i64> = there.to_vec();
        for build in &untag {
            builds.retain(|b| b != build);
        }
        builds.extend(tag);
        builds
    }

    #[test]
    fn the_order_becomes_the_wanted_one() {
        assert_eq!(after(&[], &[1, 2], true), [1, 2]);
        assert_eq!(after(&[1, 2, 3], &[1, 2, 3], true), [1, 2, 3]);
        assert_eq!(steps(&[1, 2, 3], &[1, 2, 3], true), (vec![], vec![]));
        assert_eq!(after(&[9, 1, 2], &[1, 2, 3], true), [1, 2, 3]);
        assert_eq!(after(&[9, 1], &[1, 2], false), [9, 1, 2]);
        assert_eq!(after(&[1, 9], &[1], false), [9, 1]);
        for wanted in [[1, 2, 3], [3, 2, 1], [2, 3, 1], [2, 1, 3]] {
            assert_eq!(after(&[1, 2, 3], &wanted, true), wanted, "{wanted:?}");
        }
    }
}
