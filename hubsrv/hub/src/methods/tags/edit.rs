//! Changing tags.

use koji_api::Fault;
use koji_api::methods::{EditTag, EditTag2};
use koji_api::types::refs;
use koji_db::names::{self, Table};
use koji_db::tags::{self, Config, Tag};
use koji_db::{Topic, Tx};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

/// Changes of a tag, looked up and checked; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct TagEdit {
    pub name: Option<String>,
    pub config: Option<Config>,
    pub extra: Struct,
    /// Keys that are not to be inherited any more either.
    pub block_extra: Vec<String>,
    pub remove_extra: Vec<String>,
}

/// Writes the changes; nothing when all is as wanted.
pub(crate) async fn apply(tx: &mut Tx, tag: &Tag, edit: &TagEdit) -> Outcome<()> {
    let dropped = edit.block_extra.iter().chain(&edit.remove_extra);
    if let Some(key) = dropped.clone().find(|key| edit.extra.contains_key(*key)) {
        return Err(Fault::generic(format!("Can not both add/update and remove tag-extra: '{key}'")).into());
    }
    let missing: Vec<&str> =
        edit.remove_extra.iter().filter(|key| !tag.extra.contains_key(*key)).map(String::as_str).collect();
    if let Some(name) = edit.name.as_deref().filter(|name| *name != tag.name) {
        rename(tx, tag.id, name).await?;
    }
    if let Some(config) = &edit.config
        && *config != Config::of(tag)
    {
        tags::set_config(tx, tag.id, config).await?;
    }
    for (key, value) in &edit.extra {
        if tag.extra.get(key) != Some(value) {
            tags::set_extra(tx, tag.id, key, Some(value)).await?;
        }
    }
    for key in &edit.block_extra {
        tags::set_extra(tx, tag.id, key, None).await?;
    }
    if !missing.is_empty() {
        return Err(
            Fault::generic(format!("Tag: {} doesn't have extra: {}", tag.name, missing.join(", "))).into()
        );
    }
    for key in &edit.remove_extra {
        tags::remove_extra(tx, tag.id, key).await?;
    }
    tx.announce(Topic::Tag(tag.id));
    Ok(())
}

/// Names are not versioned, and a deleted tag keeps its own.
async fn rename(tx: &mut Tx, id: i64, name: &str) -> Outcome<()> {
    if let Some(taken) = names::find(tx, Table::Tag, &name.into()).await? {
        return Err(Fault::generic(format!("Name {name} already taken by tag {}", taken.id)).into());
    }
    Ok(names::rename(tx, Table::Tag, id, name).await?)
}

pub(super) async fn edit_tag2(cx: &mut Cx, call: EditTag2) -> Outcome<()> {
    edit(cx, &call.tagInfo, call.kwargs).await
}

/// The old form: all of it is given each time.
pub(super) async fn edit_tag(cx: &mut Cx, call: EditTag) -> Outcome<()> {
    let options = [
        ("name", call.name),
        ("arches", call.arches),
        ("locked", call.locked),
        ("perm_id", call.permissionID),
        ("extra", call.extra),
    ];
    edit(cx, &call.tagInfo, options.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()).await
}

/// Unknown options are ignored, as upstream ignores them.
async fn edit(cx: &mut Cx, info: &Value, options: Struct) -> Outcome<()> {
    let maven = options.contains_key("maven_support") || options.contains_key("maven_include_all");
    if maven && !cx.hub.settings().enable_maven {
        return Err(Fault::generic("Maven support not enabled").into());
    }
    let keys = |option: &str| -> Outcome<Vec<String>> {
        match options.get(option) {
            None => Ok(Vec::new()),
            Some(v @ Value::Nil) => Err(not_iterable(v)),
            Some(Value::Array(keys)) => Ok(keys.iter().map(koji_api::types::repr::text).collect()),
            Some(v) => Err(refs::wrong_type(v, "list").into()),
        }
    };
    let (block_extra, remove_extra) = (keys("block_extra")?, keys("remove_extra")?);
    let tag = lookup::tag(&mut cx.tx, info).await?;
    let mut config = Config::of(&tag);
    if let Some(perm) = options.get("perm_id").or_else(|| options.get("perm")) {
        config.perm_id = match perm {
            Value::Nil => None,
            perm => Some(lookup::named_strict(&mut cx.tx, Table::Permission, perm).await?.id),
        };
    }
    let name = match options.get("name").filter(|v| v.truthy()) {
        Some(name) if name.as_str() != Some(&tag.name) => Some(cx.hub.names.internal(name)?.to_owned()),
        _ => None,
    };
    match options.get("arches") {
        None => {}
        Some(Value::Nil) => config.arches = None,
        Some(arches) => config.arches = Some(lookup::arches(arches)?),
    }
    let flag = |option: &str, current: bool| options.get(option).map_or(current, Value::truthy);
    config.locked = flag("locked", config.locked);
    config.maven_support = flag("maven_support", config.maven_support);
    config.maven_include_all = flag("maven_include_all", config.maven_include_all);
    // upstream notices extra data of a wrong type after it has written the rest, with an event
    let (extra, refused) = match options.get("extra") {
        None => (Struct::new(), None),
        Some(Value::Struct(extra)) => (extra.clone(), None),
        Some(other) => (Struct::new(), Some(not_iterable(other))),
    };
    let edit = TagEdit { name, config: Some(config), extra, block_extra, remove_extra };
    apply(&mut cx.tx, &tag, &edit).await?;
    refused.map_or(Ok(()), Err)
}

fn not_iterable(value: &Value) -> crate::fault::Failure {
    let class = koji_api::types::repr::class(value);
    Fault::internal(format!("<class 'TypeError'>: {class} is no struct or list of keys")).into()
}
