//! Making and changing users.

use koji_api::Fault;
use koji_api::methods::{CreateUser, DisableUser, EditUser, EnableUser};
use koji_api::types::{UserStatus, UserType, repr};
use koji_db::users::{self, User, UserRef};
use koji_xmlrpc::Value;

use super::principals;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub async fn create_user(cx: &mut Cx, call: CreateUser) -> Outcome<i64> {
    let name = cx.hub.names.user(&call.username)?.to_owned();
    if name.is_empty() {
        return Err(Fault::generic("a user must have a non-empty name").into());
    }
    if !call.krb_principal.is_nil() {
        cx.hub.names.principal(&call.krb_principal)?;
    }
    if users::find(&mut cx.tx, &UserRef::Text(name.clone())).await?.is_some() {
        return Err(Fault::generic(format!("user already exists: {name}")).into());
    }
    let status = match &call.status {
        Value::Nil => UserStatus::Normal,
        v => v
            .as_int()
            .and_then(UserStatus::from_code)
            .ok_or_else(|| Fault::generic(format!("invalid status: {}", repr::text(v))))?,
    };
    let id = users::create(&mut cx.tx, &name, UserType::Normal, status.code()).await?;
    if let Some(principal) = call.krb_principal.as_str().filter(|p| !p.is_empty()) {
        principals::add(cx, id, principal).await?;
    }
    Ok(id)
}

pub async fn enable_user(cx: &mut Cx, call: EnableUser) -> Outcome<()> {
    let user = named(cx, &call.username).await?;
    Ok(users::set_status(&mut cx.tx, user.id, UserStatus::Normal.code()).await?)
}

/// Every call looks at the status, so open sessions of a disabled user are of no use from now on.
pub async fn disable_user(cx: &mut Cx, call: DisableUser) -> Outcome<()> {
    let user = named(cx, &call.username).await?;
    Ok(users::set_status(&mut cx.tx, user.id, UserStatus::Blocked.code()).await?)
}

async fn named(cx: &mut Cx, info: &Value) -> Outcome<User> {
    let info = if info.is_nil() { cx.user_id()?.into() } else { info.clone() };
    let found = lookup::find_user(&mut cx.tx, &info).await?;
    Ok(found.ok_or_else(|| Fault::generic(format!("No such user: {}", repr::text(&info))))?)
}

pub async fn edit_user(cx: &mut Cx, call: EditUser) -> Outcome<()> {
    let user = lookup::user_or_caller(cx, &call.userInfo).await?;
    if call.name.truthy() {
        let name = cx.hub.names.user(&call.name)?.to_owned();
        if name != user.name {
            let parts = UserRef::Parts { id: None, name: Some(name.clone()), principal: None };
            if let Some(other) = users::find(&mut cx.tx, &parts).await? {
                let text = format!("Name {name} already taken by user {}", other.id);
                return Err(Fault::generic(text).into());
            }
            users::rename(&mut cx.tx, user.id, &name).await?;
        }
    }
    match &call.krb_principal_mappings {
        v if !v.truthy() => Ok(()),
        Value::Array(mappings) => principals::change(cx, user.id, mappings).await,
        _ => Err(Fault::parameter("krb_principal_mappings must be a list").into()),
    }
}
