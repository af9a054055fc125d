//! Tags: looking at them, making, changing and deleting them, and who may tag.

mod access;
mod create;
mod edit;

use koji_api::Fault;
use koji_api::methods::{
    CheckTagAccess, CreateTag, DeleteTag, EditTag, EditTag2, GetTag, GetTagID, ListTags,
};
use koji_api::types::{NameOrId, refs, repr};
use koji_db::names::{self, Table};
use koji_db::tags::{self, Carrying, Tag};
use koji_db::{QueryOpts, search};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::reply::Reply;

pub(crate) use access::require_access;
pub(crate) use create::{NewTag, create, delete};
pub(crate) use edit::{TagEdit, apply};

pub const TABLE: &[Entry] = &[
    read!(CheckTagAccess, access::check_tag_access),
    write!(CreateTag, create::create_tag),
    write!(DeleteTag, create::delete_tag),
    write!(EditTag, edit::edit_tag),
    write!(EditTag2, edit::edit_tag2),
    kept!(GetTag, get_tag),
    write!(GetTagID, get_tag_id),
    kept!(ListTags, list_tags),
];

async fn get_tag(cx: &mut Cx, call: GetTag) -> Outcome<Option<Struct>> {
    let tx = &mut cx.tx;
    let which = NameOrId::from_value(&call.tagInfo)?;
    let tag = match call.event.as_str() {
        Some("auto") => tags::get_even_deleted(tx, &which).await?,
        _ => tags::get(tx, &which, refs::event(&call.event)?).await?,
    };
    match tag {
        None if call.strict => Err(lookup::no_such_tag(&call.tagInfo).into()),
        None => Ok(None),
        Some(tag) if call.blocked => with_blocked(cx, tag).await.map(Some),
        Some(tag) => Ok(Some(tag.into())),
    }
}

/// The tag with `[blocked, value]` for each key of its extra data.
async fn with_blocked(cx: &mut Cx, tag: Tag) -> Outcome<Struct> {
    let mut extra = Struct::new();
    for e in tags::extra(&mut cx.tx, tag.id, tag.query_event).await? {
        let blocked = Value::Bool(e.value.is_none());
        extra.insert(e.key, Value::Array(vec![blocked, e.value.unwrap_or_default()]));
    }
    let mut out: Struct = tag.into();
    out.insert("extra".into(), Value::Struct(extra));
    Ok(out)
}

/// `create` reserves a name, which upstream lets anybody do; here it needs the permission to make tags.
async fn get_tag_id(cx: &mut Cx, call: GetTagID) -> Outcome<Option<i64>> {
    if call.strict || !call.create {
        let found = lookup::named(&mut cx.tx, Table::Tag, &call.info).await?;
        return match found {
            None if call.strict => lookup::tag_id(&mut cx.tx, &call.info).await.map(Some),
            found => Ok(found.map(|tag| tag.id)),
        };
    }
    if let Some(tag) = lookup::named(&mut cx.tx, Table::Tag, &call.info).await? {
        return Ok(Some(tag.id));
    }
    cx.assert_perm("tag")?;
    let name = call.info.as_str().ok_or_else(|| Fault::generic("Name must be a string"))?;
    Ok(Some(names::find_or_add(&mut cx.tx, Table::Tag, name).await?))
}

async fn list_tags(cx: &mut Cx, call: ListTags) -> Outcome<Reply> {
    let carrying = match (&call.build, &call.package) {
        (Value::Nil, Value::Nil) => Carrying::Anything,
        (build, Value::Nil) => {
            let found = lookup::find_build(&mut cx.tx, build).await?;
            let no_build = || Fault::generic(format!("No such build: {}", repr::text(build)));
            Carrying::Build(found.ok_or_else(no_build)?.id)
        }
        (Value::Nil, package) => {
            let found = lookup::named(&mut cx.tx, Table::Package, package).await?;
            let no_package = || Fault::generic(format!("No such package: {}", repr::text(package)));
            Carrying::Package(found.ok_or_else(no_package)?.id)
        }
        _ => return Err(Fault::generic("only one of build and package may be specified").into()),
    };
    let pattern = match &call.pattern {
        Value::Nil => None,
        pattern => Some(search::glob_pattern(refs::to_str(pattern)?)),
    };
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    Ok(tags::list(carrying, call.perms, pattern).options(&opts)?.into())
}
