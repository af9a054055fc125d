//! Kerberos principals of users.

use koji_api::Fault;
use koji_api::methods::{AddUserKrbPrincipal, RemoveUserKrbPrincipal};
use koji_api::types::repr;
use koji_db::users::{self, UserRef};
use koji_xmlrpc::Value;

use crate::auth::check_realm;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub async fn add_user_krb_principal(cx: &mut Cx, call: AddUserKrbPrincipal) -> Outcome<i64> {
    let user = lookup::user_or_caller(cx, &call.user).await?;
    let principal = cx.hub.names.principal(&call.krb_principal)?.to_owned();
    add(cx, user.id, &principal).await?;
    Ok(user.id)
}

pub async fn remove_user_krb_principal(cx: &mut Cx, call: RemoveUserKrbPrincipal) -> Outcome<i64> {
    let user = lookup::user_or_caller(cx, &call.user).await?;
    let principal = call.krb_principal.as_str().filter(|p| !p.is_empty());
    let principal = principal.ok_or_else(|| Fault::generic("krb_principal must be specified"))?;
    if !users::remove_principal(&mut cx.tx, user.id, principal).await? {
        let text = format!("cannot remove Kerberos Principal: {principal} with user {}", user.name);
        return Err(Fault::auth(text).into());
    }
    Ok(user.id)
}

/// Gives a user a principal of an allowed realm that nobody has.
pub(super) async fn add(cx: &mut Cx, user_id: i64, principal: &str) -> Outcome<()> {
    check_realm(&cx.hub.settings().allowed_krb_realms, principal)?;
    let which = UserRef::Parts { id: None, name: None, principal: Some(principal.to_owned()) };
    if users::find(&mut cx.tx, &which).await?.is_some() {
        let text = format!("user with this Kerberos principal already exists: {principal}");
        return Err(Fault::generic(text).into());
    }
    Ok(users::add_principal(&mut cx.tx, user_id, principal).await?)
}

/// Makes the changes of `editUser`: each a struct of `old` and `new`.
pub(super) async fn change(cx: &mut Cx, user_id: i64, mappings: &[Value]) -> Outcome<()> {
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for mapping in mappings {
        if mapping.as_struct().is_none() {
            return Err(Fault::parameter("krb_principal_mappings must be a list of structs").into());
        }
        let text = |v: &Value| {
            v.as_str().map(str::to_owned).ok_or_else(|| {
                Fault::generic(format!("Kerberos principal should be string: {}", repr::repr(v)))
            })
        };
        if let Some(old) = mapping.get("old").filter(|v| v.truthy()) {
            removed.push(text(old)?);
        }
        if let Some(new) = mapping.get("new").filter(|v| v.truthy()) {
            added.push(cx.hub.names.principal(new)?.to_owned());
        }
    }
    let current = users::principals(&mut cx.tx, user_id).await?;
    let refuse = |what: &str, which: Vec<&String>| match which.is_empty() {
        true => Ok(()),
        false => {
            let list = which.into_iter().cloned().collect::<Vec<_>>().join(", ");
            Err(Fault::generic(format!("{what}: {list}")))
        }
    };
    let both = added.iter().filter(|p| removed.contains(p)).collect();
    refuse("There are some conflicts between added and removed Kerberos principals", both)?;
    let there = added.iter().filter(|p| current.contains(p)).collect();
    refuse("Cannot add existing Kerberos principals", there)?;
    let absent = removed.iter().filter(|p| !current.contains(p)).collect();
    refuse("Cannot remove non-existent Kerberos principals", absent)?;
    for principal in &removed {
        users::remove_principal(&mut cx.tx, user_id, principal).await?;
    }
    for principal in &added {
        add(cx, user_id, principal).await?;
    }
    Ok(())
}
