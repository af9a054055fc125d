//! Build targets.

use koji_api::Fault;
use koji_api::methods::{
    CreateBuildTarget, DeleteBuildTarget, EditBuildTarget, GetBuildTarget, GetBuildTargets,
};
use koji_api::types::{NameOrId, refs, repr};
use koji_db::names::{self, Named, Table};
use koji_db::targets::{self, Filter};
use koji_db::{Query, QueryOpts, Tx};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub const TABLE: &[Entry] = &[
    write!(CreateBuildTarget, create_build_target),
    write!(DeleteBuildTarget, delete_build_target),
    write!(EditBuildTarget, edit_build_target),
    kept!(GetBuildTarget, get_build_target),
    kept!(GetBuildTargets, get_build_targets),
];

/// Targets are also those that have been deleted: names stay.
async fn named(tx: &mut Tx, info: &Value) -> Outcome<Named> {
    let found = lookup::named(tx, Table::BuildTarget, info).await?;
    Ok(found.ok_or_else(|| Fault::generic(format!("No such build target: {}", repr::text(info))))?)
}

async fn tag(tx: &mut Tx, info: &Value, what: &str) -> Outcome<i64> {
    let found = lookup::find_tag(tx, info, None).await?;
    let missing = || Fault::generic(format!("{what} tag '{}' does not exist", repr::text(info)));
    Ok(found.ok_or_else(missing)?.id)
}

async fn create_build_target(cx: &mut Cx, call: CreateBuildTarget) -> Outcome<()> {
    let name = cx.hub.names.internal(&call.name)?;
    let tx = &mut cx.tx;
    if targets::get(tx, &name.into(), None).await?.is_some() {
        return Err(Fault::generic(format!("A build target with the name '{name}' already exists")).into());
    }
    let build_tag = tag(tx, &call.build_tag, "build").await?;
    let dest_tag = tag(tx, &call.dest_tag, "destination").await?;
    Ok(targets::create(tx, name, build_tag, dest_tag).await?)
}

async fn edit_build_target(cx: &mut Cx, call: EditBuildTarget) -> Outcome<()> {
    let name = cx.hub.names.internal(&call.name)?;
    let tx = &mut cx.tx;
    let target = named(tx, &call.buildTargetInfo).await?;
    let build_tag = tag(tx, &call.build_tag, "build").await?;
    let dest_tag = tag(tx, &call.dest_tag, "destination").await?;
    if target.name != name {
        if let Some(taken) = names::find(tx, Table::BuildTarget, &name.into()).await? {
            return Err(Fault::generic(format!(
                "name \"{name}\" is already taken by build target {}",
                taken.id
            ))
            .into());
        }
        names::rename(tx, Table::BuildTarget, target.id, name).await?;
    }
    Ok(targets::set(tx, target.id, build_tag, dest_tag).await?)
}

/// Deleting a target that is deleted is no fault.
async fn delete_build_target(cx: &mut Cx, call: DeleteBuildTarget) -> Outcome<()> {
    let target = named(&mut cx.tx, &call.buildTargetInfo).await?;
    targets::delete(&mut cx.tx, target.id).await?;
    Ok(())
}

async fn get_build_target(cx: &mut Cx, call: GetBuildTarget) -> Outcome<Option<Struct>> {
    let event = refs::event(&call.event)?;
    let found = match call.info.truthy() {
        true => {
            let filter = Filter { which: Some(NameOrId::from_value(&call.info)?), ..Filter::default() };
            cx.tx.select_one(&targets::list(&filter, event)).await?
        }
        false => None,
    };
    match found {
        None if call.strict => {
            Err(Fault::generic(format!("No such build target: {}", repr::text(&call.info))).into())
        }
        found => Ok(found),
    }
}

async fn get_build_targets(cx: &mut Cx, call: GetBuildTargets) -> Outcome<Query> {
    let which = if call.info.truthy() { Some(NameOrId::from_value(&call.info)?) } else { None };
    // a tag that does not exist has no targets
    const NONE: i64 = -1;
    let mut tags = [None, None];
    for (slot, info) in tags.iter_mut().zip([&call.buildTagID, &call.destTagID]) {
        *slot = match info {
            Value::Nil => None,
            Value::Int(id) => Some(*id),
            info => Some(lookup::named(&mut cx.tx, Table::Tag, info).await?.map_or(NONE, |tag| tag.id)),
        };
    }
    let [build_tag, dest_tag] = tags;
    let query = targets::list(&Filter { which, build_tag, dest_tag }, refs::event(&call.event)?);
    Ok(query.options(&QueryOpts::from_value(&call.queryOpts)?)?)
}
