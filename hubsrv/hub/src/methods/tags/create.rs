//! Making and deleting tags.

use koji_api::Fault;
use koji_api::methods::{CreateTag, DeleteTag};
use koji_api::types::repr;
use koji_db::inheritance::{self, Change, Link};
use koji_db::names::Table;
use koji_db::tags::{self, Config};
use koji_db::{Topic, Tx};
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

/// A tag to be made. The name is not checked here against other tags' or the rules for names.
#[derive(Debug, Clone)]
pub(crate) struct NewTag<'a> {
    pub name: &'a str,
    pub config: Config,
    /// A struct, or nil.
    pub extra: Value,
    /// A parent with priority 0.
    pub parent: Option<i64>,
}

/// Makes the tag, or brings one that was deleted back with the same id.
pub(crate) async fn create(tx: &mut Tx, tag: &NewTag<'_>) -> Outcome<i64> {
    let id = tags::create(tx, tag.name, &tag.config).await?;
    match &tag.extra {
        Value::Nil => {}
        Value::Struct(extra) => {
            for (key, value) in extra {
                tags::set_extra(tx, id, key, Some(value)).await?;
            }
        }
        other => {
            let class = repr::class(other);
            return Err(Fault::internal(format!(
                "<class 'AttributeError'>: extra of a tag is a struct, not a {class}"
            ))
            .into());
        }
    }
    if let Some(parent_id) = tag.parent {
        let link = Link {
            child_id: id,
            parent_id,
            name: String::new(),
            priority: 0,
            maxdepth: None,
            intransitive: false,
            noconfig: false,
            pkg_filter: Some(String::new()),
        };
        inheritance::write(tx, id, &[Change::Set(link)]).await?;
    }
    tx.announce(Topic::Tag(id));
    Ok(id)
}

/// Revokes the tag and all that refers to it.
pub(crate) async fn delete(tx: &mut Tx, id: i64) -> Outcome<()> {
    tags::delete(tx, id).await?;
    tx.announce(Topic::Tag(id));
    Ok(())
}

pub(super) async fn create_tag(cx: &mut Cx, call: CreateTag) -> Outcome<i64> {
    let name = cx.hub.names.internal(&call.name)?;
    let arches = lookup::arches(&call.arches)?;
    if (call.maven_support || call.maven_include_all) && !cx.hub.settings().enable_maven {
        return Err(Fault::generic("Maven support not enabled").into());
    }
    let tx = &mut cx.tx;
    if lookup::find_tag(tx, &call.name, None).await?.is_some() {
        return Err(Fault::generic(format!("A tag with the name '{name}' already exists")).into());
    }
    let parent = match call.parent.truthy() {
        false => None,
        true => {
            let parent = lookup::find_tag(tx, &call.parent, None).await?;
            let none =
                || Fault::generic(format!("Parent tag '{}' could not be found", repr::text(&call.parent)));
            Some(parent.ok_or_else(none)?.id)
        }
    };
    let perm_id = match &call.perm {
        Value::Nil => None,
        perm => Some(lookup::named_strict(tx, Table::Permission, perm).await?.id),
    };
    let config = Config {
        arches: Some(arches),
        perm_id,
        locked: call.locked,
        maven_support: call.maven_support,
        maven_include_all: call.maven_include_all,
    };
    create(tx, &NewTag { name, config, extra: call.extra, parent }).await
}

pub(super) async fn delete_tag(cx: &mut Cx, call: DeleteTag) -> Outcome<()> {
    let tag = lookup::tag(&mut cx.tx, &call.tagInfo).await?;
    delete(&mut cx.tx, tag.id).await
}
