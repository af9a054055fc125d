//! Packages of groups, and groups that groups require.

use koji_api::Fault;
use koji_api::methods::{
    GroupPackageListAdd, GroupPackageListBlock, GroupPackageListRemove, GroupPackageListUnblock,
    GroupReqListAdd, GroupReqListBlock, GroupReqListRemove, GroupReqListUnblock,
};
use koji_api::types::refs;
use koji_db::groups::{self, Group, Key, Wanted};
use koji_db::names::{Named, Table};
use koji_db::{Topic, Tx};
use koji_xmlrpc::{Struct, Value};

use super::{Field, columns, merged};
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

const PACKAGE: &[Field] = &[Field::text("type"), Field::flag("basearchonly"), Field::text("requires")];
const REQUIREMENT: &[Field] = &[Field::text("type"), Field::flag("is_metapkg")];

async fn tag_and_group(tx: &mut Tx, tag: &Value, group: &Value) -> Outcome<(Named, Named)> {
    let tag = lookup::named_strict(tx, Table::Tag, tag).await?;
    Ok((tag, lookup::named_strict(tx, Table::Group, group).await?))
}

/// The group as the tag has it, inherited or not.
async fn visible_group(tx: &mut Tx, tag: &Named, group: &Named, wanted: Wanted) -> Outcome<Group> {
    let mut groups = groups::of_tag(tx, tag.id, None, wanted).await?;
    match groups.swap_remove(&group.id) {
        None => Err(Fault::generic(format!("group {} not present in tag {}", group.name, tag.name)).into()),
        Some(g) if g.blocked => {
            Err(Fault::generic(format!("group {} is blocked in tag {}", group.name, tag.name)).into())
        }
        Some(g) => Ok(g),
    }
}

/// Writes an entry unless it is there already.
async fn set(
    tx: &mut Tx,
    tag: i64,
    key: Key<'_>,
    fields: &[Field],
    (mut values, block): (Struct, bool),
) -> Outcome<()> {
    values.entry("type".into()).or_insert_with(|| "mandatory".into());
    let mut row = columns(fields, &values)?;
    row.push(("blocked", block.into()));
    groups::set(tx, key, row).await?;
    tx.announce(Topic::Tag(tag));
    Ok(())
}

pub(super) async fn group_package_list_add(cx: &mut Cx, call: GroupPackageListAdd) -> Outcome<()> {
    let names = [&call.taginfo, &call.grpinfo, &call.pkg_name];
    add_package(&mut cx.tx, names, call.block, call.force, call.opts).await
}

pub(super) async fn group_package_list_block(cx: &mut Cx, call: GroupPackageListBlock) -> Outcome<()> {
    let names = [&call.taginfo, &call.grpinfo, &call.pkg_name];
    add_package(&mut cx.tx, names, true, false, Struct::new()).await
}

async fn add_package(
    tx: &mut Tx,
    [tag, group, package]: [&Value; 3],
    block: bool,
    force: bool,
    opts: Struct,
) -> Outcome<()> {
    let (tag, group) = tag_and_group(tx, tag, group).await?;
    let package = refs::to_str(package)?;
    let wanted = Wanted { inherit: true, packages: true, requirements: false };
    let visible = visible_group(tx, &tag, &group, wanted).await?;
    let previous = visible.packages.as_ref().and_then(|p| p.get(package));
    if previous.is_some_and(|p| p.blocked) && !force {
        let text = format!("package {package} blocked in group {}, tag {}", group.name, tag.name);
        return Err(Fault::generic(text).into());
    }
    let (values, changed) = merged(PACKAGE, &opts, previous.map(|p| &p.row));
    if previous.is_some() && !changed && !block && !force {
        return Ok(());
    }
    set(tx, tag.id, Key::Package { tag: tag.id, group: group.id, package }, PACKAGE, (values, block)).await
}

pub(super) async fn group_package_list_remove(cx: &mut Cx, call: GroupPackageListRemove) -> Outcome<()> {
    let tx = &mut cx.tx;
    let (tag, group) = tag_and_group(tx, &call.taginfo, &call.grpinfo).await?;
    let package = refs::to_str(&call.pkg_name)?;
    groups::remove(tx, Key::Package { tag: tag.id, group: group.id, package }).await?;
    tx.announce(Topic::Tag(tag.id));
    Ok(())
}

pub(super) async fn group_package_list_unblock(cx: &mut Cx, call: GroupPackageListUnblock) -> Outcome<()> {
    let tx = &mut cx.tx;
    let (tag, group) = tag_and_group(tx, &call.taginfo, &call.grpinfo).await?;
    let package = refs::to_str(&call.pkg_name)?;
    let key = Key::Package { tag: tag.id, group: group.id, package };
    let text = format!("package {package} is NOT blocked in group {}, tag {}", group.id, tag.id);
    unblock(tx, tag.id, key, text).await
}

async fn unblock(tx: &mut Tx, tag: i64, key: Key<'_>, not_blocked: String) -> Outcome<()> {
    if groups::blocked(tx, key).await? != Some(true) {
        return Err(Fault::generic(not_blocked).into());
    }
    groups::remove(tx, key).await?;
    tx.announce(Topic::Tag(tag));
    Ok(())
}

pub(super) async fn group_req_list_add(cx: &mut Cx, call: GroupReqListAdd) -> Outcome<()> {
    let names = [&call.taginfo, &call.grpinfo, &call.reqinfo];
    add_requirement(&mut cx.tx, names, call.block, call.force, call.opts).await
}

pub(super) async fn group_req_list_block(cx: &mut Cx, call: GroupReqListBlock) -> Outcome<()> {
    let names = [&call.taginfo, &call.grpinfo, &call.reqinfo];
    add_requirement(&mut cx.tx, names, true, false, Struct::new()).await
}

async fn add_requirement(
    tx: &mut Tx,
    [tag, group, required]: [&Value; 3],
    block: bool,
    force: bool,
    opts: Struct,
) -> Outcome<()> {
    let (tag, group) = tag_and_group(tx, tag, group).await?;
    let required = lookup::named_strict(tx, Table::Group, required).await?;
    let wanted = Wanted { inherit: true, packages: false, requirements: true };
    let visible = visible_group(tx, &tag, &group, wanted).await?;
    let previous = visible.requirements.as_ref().and_then(|r| r.get(&required.id));
    if previous.is_some_and(|p| p.blocked) && !force {
        return Err(Fault::generic(format!(
            "requirement on group {} blocked in group {}, tag {}",
            required.name, group.name, tag.name
        ))
        .into());
    }
    let (values, changed) = merged(REQUIREMENT, &opts, previous.map(|p| &p.row));
    if previous.is_some() && !changed && !block {
        return Ok(());
    }
    let key = Key::Requirement { tag: tag.id, group: group.id, required: required.id };
    set(tx, tag.id, key, REQUIREMENT, (values, block)).await
}

pub(super) async fn group_req_list_remove(cx: &mut Cx, call: GroupReqListRemove) -> Outcome<()> {
    let tx = &mut cx.tx;
    let (tag, group) = tag_and_group(tx, &call.taginfo, &call.grpinfo).await?;
    let required = lookup::named_strict(tx, Table::Group, &call.reqinfo).await?.id;
    groups::remove(tx, Key::Requirement { tag: tag.id, group: group.id, required }).await?;
    tx.announce(Topic::Tag(tag.id));
    Ok(())
}

pub(super) async fn group_req_list_unblock(cx: &mut Cx, call: GroupReqListUnblock) -> Outcome<()> {
    let tx = &mut cx.tx;
    let (tag, group) = tag_and_group(tx, &call.taginfo, &call.grpinfo).await?;
    let required = lookup::named_strict(tx, Table::Group, &call.reqinfo).await?.id;
    let key = Key::Requirement { tag: tag.id, group: group.id, required };
    let text = format!("group req {required} is NOT blocked in group {}, tag {}", group.id, tag.id);
    unblock(tx, tag.id, key, text).await
}
