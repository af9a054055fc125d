//! Groups of users.

use koji_api::Fault;
use koji_api::methods::{AddGroupMember, DropGroupMember, GetGroupMembers, GetUserGroups, NewGroup};
use koji_api::types::{UserStatus, UserType, repr};
use koji_db::users::{self, User, UserRef};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub async fn new_group(cx: &mut Cx, call: NewGroup) -> Outcome<i64> {
    let name = cx.hub.names.internal(&call.name)?.to_owned();
    if users::find(&mut cx.tx, &UserRef::Text(name.clone())).await?.is_some() {
        return Err(Fault::generic(format!("user/group already exists: {name}")).into());
    }
    Ok(users::create(&mut cx.tx, &name, UserType::Group, UserStatus::Normal.code()).await?)
}

pub async fn add_group_member(cx: &mut Cx, call: AddGroupMember) -> Outcome<()> {
    let group = group(cx, &call.group, "Not a group").await?;
    let user = lookup::find_user(&mut cx.tx, &call.user).await?;
    let user = user.ok_or_else(|| Fault::generic(format!("Not a user: {}", repr::text(&call.user))))?;
    if user.is_group() {
        return Err(Fault::generic("Groups cannot be members of other groups").into());
    }
    if users::is_member(&mut cx.tx, group.id, user.id).await? {
        if call.strict {
            return Err(Fault::generic("User already in group").into());
        }
        return Ok(());
    }
    Ok(users::add_member(&mut cx.tx, group.id, user.id).await?)
}

pub async fn drop_group_member(cx: &mut Cx, call: DropGroupMember) -> Outcome<()> {
    let user = lookup::user(&mut cx.tx, &call.user).await?;
    let group = group(cx, &call.group, "Not a group").await?;
    if !users::is_member(&mut cx.tx, group.id, user.id).await? {
        let text = format!("No such user in group: {}", repr::text(&call.group));
        return Err(Fault::generic(text).into());
    }
    Ok(users::drop_member(&mut cx.tx, group.id, user.id).await?)
}

pub async fn get_group_members(cx: &mut Cx, call: GetGroupMembers) -> Outcome<Vec<Struct>> {
    let group = group(cx, &call.group, "No such group").await?;
    Ok(users::members(&mut cx.tx, group.id).await?)
}

pub async fn get_user_groups(cx: &mut Cx, call: GetUserGroups) -> Outcome<Vec<Struct>> {
    let user = lookup::user_or_caller(cx, &call.user).await?;
    Ok(users::groups(&mut cx.tx, user.id).await?)
}

async fn group(cx: &mut Cx, info: &Value, what: &str) -> Outcome<User> {
    let found = lookup::find_user(&mut cx.tx, info).await?.filter(User::is_group);
    Ok(found.ok_or_else(|| Fault::generic(format!("{what}: {}", repr::text(info))))?)
}
