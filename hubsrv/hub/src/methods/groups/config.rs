//! The groups of a tag themselves.

use koji_api::Fault;
use koji_api::methods::{GroupListAdd, GroupListBlock, GroupListRemove, GroupListUnblock};
use koji_db::Topic;
use koji_db::groups::{self, Key, Wanted};
use koji_db::names::{self, Named, Table};
use koji_xmlrpc::{Struct, Value};

use super::{Field, columns, merged};
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

const FIELDS: &[Field] = &[
    Field::flag("exported"),
    Field::text("display_name"),
    Field::flag("is_default"),
    Field::flag("uservisible"),
    Field::text("description"),
    Field::text("langonly"),
    Field::flag("biarchonly"),
    Field::flag("blocked"),
];

pub(super) async fn group_list_add(cx: &mut Cx, call: GroupListAdd) -> Outcome<()> {
    add(cx, &call.taginfo, &call.grpinfo, call.block, call.force, call.opts).await
}

pub(super) async fn group_list_block(cx: &mut Cx, call: GroupListBlock) -> Outcome<()> {
    add(cx, &call.taginfo, &call.grpinfo, true, false, Struct::new()).await
}

async fn add(
    cx: &mut Cx,
    tag: &Value,
    group: &Value,
    block: bool,
    force: bool,
    mut opts: Struct,
) -> Outcome<()> {
    let tx = &mut cx.tx;
    let tag = lookup::tag(tx, tag).await?;
    let group = match lookup::named(tx, Table::Group, group).await? {
        Some(group) => group,
        None => {
            let name = group.as_str().ok_or_else(|| Fault::generic("Name must be a string"))?.to_owned();
            Named { id: names::find_or_add(tx, Table::Group, &name).await?, name }
        }
    };
    opts.insert("blocked".into(), block.into());
    let wanted = Wanted { inherit: true, packages: false, requirements: false };
    let groups = groups::of_tag(tx, tag.id, None, wanted).await?;
    let previous = groups.get(&group.id);
    if previous.is_some_and(|p| p.blocked) && !force {
        return Err(Fault::generic(format!("group {} is blocked in tag {}", group.name, tag.name)).into());
    }
    let (mut values, changed) = merged(FIELDS, &opts, previous.map(|p| &p.row));
    if previous.is_some() && !changed {
        return Ok(());
    }
    let defaults = [
        ("display_name", Value::Str(group.name)),
        ("biarchonly", false.into()),
        ("exported", true.into()),
        ("uservisible", true.into()),
    ];
    for (name, value) in defaults {
        values.entry(name.to_owned()).or_insert(value);
    }
    groups::set(tx, Key::Group { tag: tag.id, group: group.id }, columns(FIELDS, &values)?).await?;
    tx.announce(Topic::Tag(tag.id));
    Ok(())
}

pub(super) async fn group_list_remove(cx: &mut Cx, call: GroupListRemove) -> Outcome<()> {
    let tx = &mut cx.tx;
    let tag = lookup::tag(tx, &call.taginfo).await?;
    let group = lookup::named_strict(tx, Table::Group, &call.grpinfo).await?;
    let removed = groups::remove(tx, Key::Group { tag: tag.id, group: group.id }).await?;
    if removed == 0 && !call.force {
        return Err(Fault::generic(format!("No group: {} found for tag: {}", group.name, tag.name)).into());
    }
    tx.announce(Topic::Tag(tag.id));
    Ok(())
}

pub(super) async fn group_list_unblock(cx: &mut Cx, call: GroupListUnblock) -> Outcome<()> {
    let tx = &mut cx.tx;
    let tag = lookup::named_strict(tx, Table::Tag, &call.taginfo).await?;
    let group = lookup::named_strict(tx, Table::Group, &call.grpinfo).await?;
    let key = Key::Group { tag: tag.id, group: group.id };
    if groups::blocked(tx, key).await? != Some(true) {
        return Err(Fault::generic(format!("group {} is NOT blocked in tag {}", group.name, tag.name)).into());
    }
    groups::remove(tx, key).await?;
    tx.announce(Topic::Tag(tag.id));
    Ok(())
}
