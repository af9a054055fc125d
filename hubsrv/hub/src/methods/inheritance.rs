//! Which tags inherit from which.

use koji_api::Fault;
use koji_api::methods::{
    GetFullInheritance, GetInheritanceData, GetUserPermsInheritance, SetInheritanceData,
};
use koji_api::types::{refs, repr};
use koji_db::inheritance::{self, Change, Link};
use koji_db::{Topic, users};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub const TABLE: &[Entry] = &[
    kept!(GetFullInheritance, get_full_inheritance),
    kept!(GetInheritanceData, get_inheritance_data),
    read!(GetUserPermsInheritance, get_user_perms_inheritance),
    write!(SetInheritanceData, set_inheritance_data),
];

async fn get_inheritance_data(cx: &mut Cx, call: GetInheritanceData) -> Outcome<Vec<Struct>> {
    let tag = lookup::tag_id(&mut cx.tx, &call.tag).await?;
    let links = inheritance::links(&mut cx.tx, tag, refs::event(&call.event)?).await?;
    Ok(links.into_iter().map(Link::into_wire).collect())
}

async fn get_full_inheritance(cx: &mut Cx, call: GetFullInheritance) -> Outcome<Vec<Struct>> {
    for (option, value) in &call.kwargs {
        // removed long ago; empty ones are still sent by old clients
        if !matches!(option.as_str(), "stops" | "jumps") {
            let text = format!("getFullInheritance() got an unexpected keyword argument '{option}'");
            return Err(Fault::parameter(text).into());
        }
        if value.truthy() {
            return Err(Fault::parameter(format!("{option} option has been removed since 1.26")).into());
        }
    }
    let tag = match &call.tag {
        Value::Int(id) => *id,
        tag => lookup::tag_id(&mut cx.tx, tag).await?,
    };
    let event = refs::event(&call.event)?;
    let steps = match call.reverse {
        false => inheritance::order(&mut cx.tx, tag, event).await?,
        true => inheritance::reverse_order(&mut cx.tx, tag, event).await?,
    };
    Ok(steps.into_iter().map(|step| step.into_wire(call.reverse)).collect())
}

async fn get_user_perms_inheritance(cx: &mut Cx, call: GetUserPermsInheritance) -> Outcome<Struct> {
    let user = lookup::user_or_caller(cx, &call.userID).await?;
    Ok(users::perm_sources(&mut cx.tx, user.id).await?)
}

async fn set_inheritance_data(cx: &mut Cx, call: SetInheritanceData) -> Outcome<()> {
    let tx = &mut cx.tx;
    let child = lookup::tag_id(tx, &call.tag).await?;
    let wishes = match call.data {
        Value::Array(wishes) => wishes,
        one @ Value::Struct(_) => vec![one],
        other => return Err(refs::wrong_type(&other, "list").into()),
    };
    let mut changes = Vec::with_capacity(wishes.len());
    for wish in &wishes {
        let delete = wish.truthy_at("delete link");
        let fields: &[&str] = match delete {
            true => &["parent_id"],
            false => &["parent_id", "priority", "maxdepth", "intransitive", "noconfig", "pkg_filter"],
        };
        if let Some(missing) = fields.iter().find(|field| wish.get(field).is_none()) {
            return Err(Fault::generic(format!("No value for {missing}")).into());
        }
        let parent_id = lookup::tag(tx, wish.get("parent_id").unwrap_or(&Value::Nil)).await?.id;
        changes.push(match delete {
            true => Change::Delete { parent_id },
            false => Change::Set(link(child, parent_id, wish)?),
        });
    }
    let current = inheritance::links(tx, child, None).await?;
    let plan =
        inheritance::plan(child, &current, changes, call.clear).map_err(|e| Fault::generic(e.to_string()))?;
    if plan.is_empty() {
        return Ok(());
    }
    inheritance::write(tx, child, &plan).await?;
    tx.announce(Topic::Tag(child));
    Ok(())
}

fn link(child_id: i64, parent_id: i64, wish: &Value) -> Result<Link, Fault> {
    let field = |key: &str| wish.get(key).unwrap_or(&Value::Nil);
    let number = |key: &str| match field(key) {
        Value::Nil => Ok(None),
        value => refs::to_int(value).map(Some),
    };
    let pkg_filter = match field("pkg_filter") {
        Value::Nil => None,
        pattern => Some(refs::to_str(pattern)?.to_owned()),
    };
    if let Some(pattern) = &pkg_filter {
        inheritance::check_filter(pattern).map_err(|e| {
            Fault::generic(format!(
                "pkg_filter {} is no regular expression: {e}",
                repr::repr(&pattern.as_str().into())
            ))
        })?;
    }
    Ok(Link {
        child_id,
        parent_id,
        name: String::new(),
        priority: number("priority")?.ok_or_else(|| Fault::generic("No value for priority"))?,
        maxdepth: number("maxdepth")?,
        intransitive: field("intransitive").truthy(),
        noconfig: field("noconfig").truthy(),
        pkg_filter,
    })
}
