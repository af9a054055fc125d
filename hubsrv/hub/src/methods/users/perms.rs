//! Permissions.

use koji_api::Fault;
use koji_api::methods::{EditPermission, GetAllPerms, GetUserPerms, GrantPermission, RevokePermission};
use koji_api::types::{refs, repr};
use koji_db::names::{self, Table};
use koji_db::users;
use koji_xmlrpc::Struct;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub async fn get_all_perms(cx: &mut Cx, _: GetAllPerms) -> Outcome<Vec<Struct>> {
    Ok(users::all_perms(&mut cx.tx).await?)
}

pub async fn get_user_perms(cx: &mut Cx, call: GetUserPerms) -> Outcome<Vec<String>> {
    let user = lookup::user_or_caller(cx, &call.userID).await?;
    Ok(users::perms(&mut cx.tx, user.id, call.with_groups).await?)
}

pub async fn grant_permission(cx: &mut Cx, call: GrantPermission) -> Outcome<()> {
    if call.create {
        cx.hub.names.internal(&call.permission)?;
    }
    if !call.description.is_nil() {
        if !call.create {
            return Err(Fault::generic("Description should be specified only with create.").into());
        }
        refs::to_str(&call.description)?;
    }
    let user = lookup::user_or_caller(cx, &call.userinfo).await?;
    let perm = match call.permission.as_str().filter(|_| call.create) {
        Some(name) => {
            let id = names::find_or_add(&mut cx.tx, Table::Permission, name).await?;
            if let Some(description) = call.description.as_str() {
                users::describe_perm(&mut cx.tx, id, description).await?;
            }
            names::Named { id, name: name.to_owned() }
        }
        None => lookup::named_strict(&mut cx.tx, Table::Permission, &call.permission).await?,
    };
    if users::perms(&mut cx.tx, user.id, false).await?.contains(&perm.name) {
        let who = repr::text(&call.userinfo);
        return Err(Fault::generic(format!("user {who} already has permission: {}", perm.name)).into());
    }
    Ok(users::grant(&mut cx.tx, user.id, perm.id).await?)
}

pub async fn revoke_permission(cx: &mut Cx, call: RevokePermission) -> Outcome<()> {
    let user = lookup::user_or_caller(cx, &call.userinfo).await?;
    let perm = lookup::named_strict(&mut cx.tx, Table::Permission, &call.permission).await?;
    if !users::perms(&mut cx.tx, user.id, false).await?.contains(&perm.name) {
        let who = repr::text(&call.userinfo);
        return Err(Fault::generic(format!("user {who} does not have permission: {}", perm.name)).into());
    }
    Ok(users::revoke(&mut cx.tx, user.id, perm.id).await?)
}

pub async fn edit_permission(cx: &mut Cx, call: EditPermission) -> Outcome<()> {
    let description = refs::to_str(&call.description)?;
    let perm = lookup::named_strict(&mut cx.tx, Table::Permission, &call.permission).await?;
    Ok(users::describe_perm(&mut cx.tx, perm.id, description).await?)
}
