//! Who wants mail about builds.

use koji_api::Fault;
use koji_api::methods::{
    CreateNotification, CreateNotificationBlock, DeleteNotification, DeleteNotificationBlock,
    GetBuildNotification, GetBuildNotificationBlock, GetBuildNotificationBlocks, GetBuildNotifications,
    UpdateNotification,
};
use koji_api::types::{refs, repr};
use koji_db::names::Table;
use koji_db::notifications::{self, About};
use koji_db::users::User;
use koji_db::{Query, Tx};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub const TABLE: &[Entry] = &[
    write!(CreateNotification, create_notification),
    write!(CreateNotificationBlock, create_notification_block),
    write!(DeleteNotification, delete_notification),
    write!(DeleteNotificationBlock, delete_notification_block),
    read!(GetBuildNotification, get_build_notification),
    read!(GetBuildNotificationBlock, get_build_notification_block),
    read!(GetBuildNotificationBlocks, get_build_notification_blocks),
    read!(GetBuildNotifications, get_build_notifications),
    write!(UpdateNotification, update_notification),
];

async fn get_build_notifications(cx: &mut Cx, call: GetBuildNotifications) -> Outcome<Query> {
    Ok(notifications::of_user(lookup::user_or_caller(cx, &call.userID).await?.id))
}

async fn get_build_notification_blocks(cx: &mut Cx, call: GetBuildNotificationBlocks) -> Outcome<Query> {
    Ok(notifications::blocks_of_user(lookup::user_or_caller(cx, &call.userID).await?.id))
}

async fn get_build_notification(cx: &mut Cx, call: GetBuildNotification) -> Outcome<Option<Struct>> {
    let id = refs::to_int(&call.id)?;
    match notifications::get(&mut cx.tx, id).await? {
        None if call.strict => Err(none(id).into()),
        found => Ok(found),
    }
}

async fn get_build_notification_block(
    cx: &mut Cx,
    call: GetBuildNotificationBlock,
) -> Outcome<Option<Struct>> {
    let id = refs::to_int(&call.id)?;
    match notifications::get_block(&mut cx.tx, id).await? {
        None if call.strict => Err(no_block(id).into()),
        found => Ok(found),
    }
}

fn none(id: i64) -> Fault {
    Fault::generic(format!("No notification with ID {id} found"))
}

fn no_block(id: i64) -> Fault {
    Fault::generic(format!("No notification block with ID {id} found"))
}

fn exists() -> Fault {
    Fault::generic("notification already exists")
}

/// The user a new entry is for: the caller, or anyone for admins.
async fn for_whom(cx: &mut Cx, info: &Value, what: &str) -> Outcome<User> {
    let caller = cx.session()?.clone();
    let user = match info {
        Value::Nil => lookup::user_or_caller(cx, info).await?,
        info => {
            let found = lookup::find_user(&mut cx.tx, info).await?;
            found.ok_or_else(|| Fault::generic(format!("No such user ID: {}", repr::text(info))))?
        }
    };
    if user.id == caller.user_id || cx.is_admin() {
        return Ok(user);
    }
    Err(Fault::generic(format!("user {} cannot create {what} for user {}", caller.user_name, user.name))
        .into())
}

/// A fault unless the caller owns the entry or is an admin. Answers the owner.
fn may_change(cx: &Cx, entry: &Struct, verb: &str, what: &str) -> Outcome<i64> {
    let caller = cx.session()?.user_id;
    let owner = entry.get("user_id").and_then(Value::as_int).unwrap_or_default();
    match owner == caller || cx.is_admin() {
        true => Ok(owner),
        false => Err(Fault::generic(format!("user {caller} cannot {verb} {what} for user {owner}")).into()),
    }
}

async fn about(tx: &mut Tx, package: &Value, tag: &Value) -> Outcome<About> {
    let package = match package {
        Value::Nil => None,
        package => Some(lookup::named_strict(tx, Table::Package, package).await?.id),
    };
    let tag = match tag {
        Value::Nil => None,
        tag => Some(lookup::tag_id(tx, tag).await?),
    };
    Ok(About { package, tag })
}

async fn create_notification(cx: &mut Cx, call: CreateNotification) -> Outcome<()> {
    let user = for_whom(cx, &call.user_id, "notifications").await?;
    let about = about(&mut cx.tx, &call.package_id, &call.tag_id).await?;
    let success_only = call.success_only.truthy();
    if notifications::exists(&mut cx.tx, user.id, about, success_only).await? {
        return Err(exists().into());
    }
    let domain = cx.hub.settings().email_domain.as_deref().unwrap_or("None");
    let email = format!("{}@{domain}", user.name);
    Ok(notifications::create(&mut cx.tx, user.id, about, success_only, &email).await?)
}

async fn update_notification(cx: &mut Cx, call: UpdateNotification) -> Outcome<()> {
    let id = refs::to_int(&call.id)?;
    let entry = notifications::get(&mut cx.tx, id).await?.ok_or_else(|| none(id))?;
    let owner = may_change(cx, &entry, "update", "notifications")?;
    let about = about(&mut cx.tx, &call.package_id, &call.tag_id).await?;
    let success_only = call.success_only.truthy();
    if notifications::exists(&mut cx.tx, owner, about, success_only).await? {
        return Err(exists().into());
    }
    Ok(notifications::update(&mut cx.tx, id, about, success_only).await?)
}

async fn delete_notification(cx: &mut Cx, call: DeleteNotification) -> Outcome<()> {
    let id = refs::to_int(&call.id)?;
    let entry = notifications::get(&mut cx.tx, id).await?.ok_or_else(|| none(id))?;
    may_change(cx, &entry, "delete", "notifications")?;
    Ok(notifications::delete(&mut cx.tx, id).await?)
}

async fn create_notification_block(cx: &mut Cx, call: CreateNotificationBlock) -> Outcome<()> {
    let user = for_whom(cx, &call.user_id, "notification blocks").await?;
    let about = about(&mut cx.tx, &call.package_id, &call.tag_id).await?;
    if notifications::block_exists(&mut cx.tx, user.id, about).await? {
        return Err(exists().into());
    }
    Ok(notifications::create_block(&mut cx.tx, user.id, about).await?)
}

async fn delete_notification_block(cx: &mut Cx, call: DeleteNotificationBlock) -> Outcome<()> {
    let id = refs::to_int(&call.id)?;
    let entry = notifications::get_block(&mut cx.tx, id).await?.ok_or_else(|| no_block(id))?;
    may_change(cx, &entry, "delete", "notification blocks")?;
    Ok(notifications::delete_block(&mut cx.tx, id).await?)
}
