//! Looking at users.

use koji_api::Fault;
use koji_api::methods::{GetUser, ListUsers};
use koji_api::types::repr;
use koji_db::names::Table;
use koji_db::users::{self, User};
use koji_db::{Query, QueryOpts, Tx};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub async fn get_user(cx: &mut Cx, call: GetUser) -> Outcome<Option<Struct>> {
    let info = match (&call.userInfo, &cx.session) {
        (Value::Nil, Some(session)) => Value::Int(session.user_id),
        (Value::Nil, None) => return Err(Fault::generic("No user provided").into()),
        (info, _) => info.clone(),
    };
    let found = if call.strict {
        Some(lookup::user(&mut cx.tx, &info).await?)
    } else {
        lookup::find_user(&mut cx.tx, &info).await?
    };
    match found {
        Some(user) => Ok(Some(described(&mut cx.tx, user, call.krb_princs, call.groups).await?)),
        None => Ok(None),
    }
}

async fn described(tx: &mut Tx, user: User, principals: bool, groups: bool) -> Outcome<Struct> {
    let id = user.id;
    let mut answer: Struct = user.into();
    if principals {
        answer.insert("krb_principals".into(), users::principals(tx, id).await?.into());
    }
    if groups {
        let names = users::groups(tx, id).await?.into_iter().filter_map(|mut g| g.shift_remove("name"));
        answer.insert("groups".into(), Value::Array(names.collect()));
    }
    Ok(answer)
}

pub async fn list_users(cx: &mut Cx, call: ListUsers) -> Outcome<Query> {
    if call.inherited_perm && !call.perm.truthy() {
        return Err(Fault::generic("inherited_perm option must be used with perm option").into());
    }
    let wrong = || Fault::parameter("userType must be integer, list, tuple or None");
    let types = match &call.userType {
        Value::Nil => None,
        Value::Array(items) => {
            let types: Option<Vec<i64>> = items.iter().map(Value::as_int).collect();
            Some(types.ok_or_else(wrong)?)
        }
        one => Some(vec![one.as_int().ok_or_else(wrong)?]),
    };
    let perm = if call.perm.truthy() {
        let id = lookup::named_strict(&mut cx.tx, Table::Permission, &call.perm).await?.id;
        Some((id, call.inherited_perm))
    } else {
        None
    };
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    if opts.group.is_some() {
        return Err(Fault::generic("queryOpts.group is not available for this API").into());
    }
    let prefix = call.prefix.truthy().then(|| repr::text(&call.prefix));
    Ok(users::list(types, prefix.as_deref(), perm).options(&opts)?)
}
